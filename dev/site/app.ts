/** The app: a page that is the same for everybody, and whose script asks the gateway who is there. */
import { html } from '../html.ts';
import { framedWithScript } from './frame.ts';

/** Never changes: it could be a file. */
export const appPage = framedWithScript(
  'App',
  '/assets/app.js',
  html`
<noscript><p class="notice">This page is made by its script, and scripts are off.</p></noscript>
<p class="notice" id="notice" role="status" hidden></p>
<section class="account" id="nobody" aria-labelledby="nobody-title" hidden>
<div class="title"><span class="initial" aria-hidden="true">?</span>
<div><h1 id="nobody-title">Nobody is signed in</h1><p>This page is for everybody all the same.</p></div></div>
<div class="actions"><button class="button" id="sign-in">Sign in</button><button class="button quiet" id="sign-up">Create an account</button></div>
</section>
<section class="account" id="somebody" aria-labelledby="name" hidden>
<div class="title"><span class="initial" id="initial" aria-hidden="true"></span>
<div><h1 id="name"></h1><p id="email"></p></div></div>
<dl>
<div><dt><label for="organization">Organization</label></dt><dd><select id="organization"></select><code id="organization-id"></code></dd></div>
<div><dt>Role</dt><dd id="role"></dd></div>
<div><dt>Permissions</dt><dd id="permissions"></dd></div>
<div><dt id="token-label">Access token</dt><dd class="token"><progress id="life" max="1" value="1" aria-labelledby="token-label"></progress><span id="left"></span></dd></div>
</dl>
<div class="actions"><button class="button" id="refresh">Refresh the session</button><button class="button quiet" id="get-token">Get an access token</button><button class="button quiet" id="sign-out">Sign out</button></div>
</section>
<section aria-labelledby="log-title">
<h2 id="log-title">What happens</h2>
<ol class="log" id="log" role="log" tabindex="0" aria-labelledby="log-title"></ol>
</section>
<section aria-labelledby="how">
<h2 id="how">How</h2>
<p class="lead small">The server sends everybody the same page. Its <a href="/assets/app.js">script</a> imports
<a href="/auth/client.js"><code>/auth/client.js</code></a> from the gateway and has no token of its own to look after.</p>
<ul class="tries">
<li>Open this page in a second tab and sign out there: this one knows at once.</li>
<li>Sign in as Katherine and go from one organization to the other; a second tab comes along.</li>
<li>Let the access token run out: nothing is polled, and the next button you press brings a new one.</li>
</ul>
</section>`,
);
