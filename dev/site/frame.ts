/** The frame of the site's pages. */
import { type Html, html } from '../html.ts';
import type { Identity } from './identity.ts';

/** Puts content into a whole page. */
export function framed(title: string, visitor: Identity | undefined, content: Html): Html {
  const session = visitor
    ? signOutForm('link')
    : html`<a href="/login?return_to=/account">Sign in</a>`;
  return frame({ title, session, content });
}

/** As {@link framed}, for a page that is the same for everybody: its script finds out who is there. */
export function framedWithScript(title: string, script: string, content: Html): Html {
  const module = html`
<script type="module" src="${script}"></script>`;
  return frame({ title, module, content });
}

interface Parts {
  title: string;
  content: Html;
  module?: Html;
  session?: Html;
}

function frame({ title, content, module, session }: Parts): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="/assets/icon.svg">
<link rel="stylesheet" href="/assets/style.css">${module}
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<a class="brand" href="/"><img src="/assets/icon.svg" alt="" width="28" height="28"> Demo site</a>
<nav aria-label="Main">
<a href="/">Home</a>
<a href="/account">Account</a>
<a href="/app">App</a>
${session}
</nav>
</header>
<main id="content">
${content}
</main>
<footer>Served by a plain HTTP server that has no sign-in code. <a href="/auth/session">What the gateway knows of you</a></footer>
</body>
</html>
`;
}

/** A button that signs out; by POST, since a link would sign out whoever is made to follow it. */
export function signOutForm(look: 'button' | 'link'): Html {
  return html`<form method="post" action="/logout"><button class="${look}">Sign out</button></form>`;
}
