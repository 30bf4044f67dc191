/** Pages that say one thing. */
import { type Html, html } from '../html.ts';
import { framed } from './frame.ts';
import type { Identity } from './identity.ts';

/** There is no such page. */
export function notFoundPage(path: string, visitor: Identity | undefined): Html {
  return message('Page not found', html`There is nothing at <code>${path}</code>.`, visitor);
}

/** Nobody said who is asking: the request did not come through the gateway, or the path is public there. */
export function nobodyPage(): Html {
  return message(
    'Who are you?',
    html`The gateway did not say, so this page has nothing to show.`,
    undefined,
  );
}

function message(title: string, text: Html, visitor: Identity | undefined): Html {
  const content = html`
<section class="hero">
<h1>${title}</h1>
<p class="lead">${text}</p>
<div class="actions"><a class="button" href="/">Go to the home page</a></div>
</section>`;
  return framed(title, visitor, content);
}
