/** The home page, which everybody may see. */
import { type Html, html } from '../html.ts';
import { framed, signOutForm } from './frame.ts';
import type { Identity } from './identity.ts';

/** Says what this is, and who you are if you are signed in. */
export function homePage(visitor: Identity | undefined): Html {
  return framed(
    'Demo site',
    visitor,
    html`
<section class="hero">
<h1>A website without sign-in code</h1>
<p class="lead">This site is a plain HTTP server. The gateway in front of it signs people in with
WorkOS AuthKit, keeps their sessions alive, and tells the site who is asking.</p>
${visitor ? welcome(visitor) : invitation}
</section>
${path}
${tries}`,
  );
}

function welcome(visitor: Identity): Html {
  return html`
<p class="you">You are signed in as <strong>${visitor.name ?? visitor.email ?? visitor.userId}</strong>.</p>
<div class="actions"><a class="button" href="/account">Open your account</a>${signOutForm('button')}</div>`;
}

const invitation = html`
<div class="actions">
<a class="button" href="/login?return_to=/account">Sign in</a>
<a class="button quiet" href="/signup?return_to=/account">Create an account</a>
</div>`;

const path = html`
<section aria-labelledby="path">
<h2 id="path">The way of a request</h2>
<ol class="path">
<li><h3>Your browser</h3><p>holds one sealed cookie that it cannot read.</p></li>
<li><h3>The gateway</h3><p>opens it, verifies the token inside, renews it before it expires.</p></li>
<li><h3>This site</h3><p>reads <code>x-authkit-email</code> and its kin from the request.</p></li>
</ol>
</section>`;

const tries = html`
<section aria-labelledby="try">
<h2 id="try">Things to try</h2>
<ul class="tries">
<li><a href="/account">Open the account page</a> while signed out: you sign in, and come back to it.</li>
<li><a href="/app">Open the app</a>, whose script asks the gateway who is there, in two tabs.</li>
<li>Stay on the account page for a while and reload: the token is renewed on the way, and you notice nothing.</li>
<li>Sign in as Katherine, who is in two organizations, or as Alan, who is being impersonated.</li>
<li>Sign out, and press the browser’s back button.</li>
</ul>
</section>`;
