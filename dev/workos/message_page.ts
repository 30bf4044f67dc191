/** The frame of the double's pages, and the ones that only say something. */
import { readFileSync } from 'node:fs';
import { type Html, html, trusted } from '../html.ts';
import { page, Refusal } from './http.ts';

const style = trusted(readFileSync(new URL('pages.css', import.meta.url), 'utf8'));

/** Puts content into a whole page. */
export function framed(title: string, content: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main>${content}</main>
<footer>A local stand-in for WorkOS AuthKit. No passwords; nothing leaves this machine.</footer>
</body>
</html>
`;
}

/** Says one thing. */
export function messagePage(title: string, text: string): Html {
  return framed(title, html`<h1>${title}</h1><p>${text}</p>`);
}

/** Ends a request with a page that says what is wrong with it. */
export function problemPage(status: number, text: string): Refusal {
  return new Refusal(page(status, messagePage('This request cannot be answered', text)));
}
