/** The account page, which the gateway shows to people who are signed in. */
import { type Html, type HtmlValue, html } from '../html.ts';
import { framed, signOutForm } from './frame.ts';
import type { Identity } from './identity.ts';

/** Shows what the gateway told of the visitor. */
export function accountPage(visitor: Identity, headers: [name: string, value: string][]): Html {
  const called = visitor.name ?? visitor.email ?? visitor.userId;
  return framed(
    'Your account',
    visitor,
    html`
${visitor.impersonator && html`<p class="notice">${visitor.impersonator} is acting as this person.</p>`}
<section class="account" aria-labelledby="who">
<div class="title"><span class="initial" aria-hidden="true">${[...called][0]?.toUpperCase()}</span>
<div><h1 id="who">${called}</h1><p>Your account</p></div></div>
<dl>
${entry('E-mail', visitor.email)}
${entry('User', code(visitor.userId))}
${entry('Organization', code(visitor.organizationId))}
${entry('Role', visitor.roles.length > 1 ? visitor.roles.join(', ') : visitor.role)}
${entry('Permissions', chips(visitor.permissions))}
${entry('Session', code(visitor.sessionId))}
</dl>
${signOutForm('button')}
</section>
<p class="aside"><a href="/app">See the same in the browser</a>, without a server that knows you.</p>
<details>
<summary>The headers this page was made of</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Headers"><table>
<thead><tr><th scope="col">Name</th><th scope="col">Value</th></tr></thead>
<tbody>${headers.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}</tbody>
</table></div>
</details>`,
  );
}

function entry(name: string, value: HtmlValue): Html {
  return html`<div><dt>${name}</dt><dd>${value || html`<span class="none">none</span>`}</dd></div>`;
}

function code(value: string | undefined): HtmlValue {
  return value && html`<code>${value}</code>`;
}

function chips(values: string[]): HtmlValue {
  return (
    values.length > 0 &&
    html`<ul class="chips">${values.map((value) => html`<li>${value}</li>`)}</ul>`
  );
}
