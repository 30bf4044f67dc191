/** The page on which a visitor says who they are. */
import { type Html, type HtmlValue, html } from '../html.ts';
import type { Authorization } from './authorization.ts';
import type { Environment } from './environment.ts';
import { framed } from './message_page.ts';
import { fullName, type Membership, type Person } from './people.ts';
import type { Retry } from './sign_in_form.ts';

/** Lists who can sign in, the person of the login hint first, beside a field for anybody else. */
export function signInPage(
  wanted: Authorization,
  query: URLSearchParams,
  { people }: Environment,
  retry?: Retry,
): Html {
  const action = `/user_management/authorize?${query}`;
  const entries = entriesFor(wanted.organizationId, retry?.email ?? wanted.loginHint, people);
  const list =
    entries.length > 0 &&
    html`
<form method="post" action="${action}"><ul>${entries.map(entryButton)}</ul></form>`;
  const field = emailForm(action, wanted, retry);
  const or = list && html`<div class="or">or</div>`;
  const title = titleOf(wanted, entries);
  return framed(
    title,
    html`
<h1>${title}</h1>
<p>to continue to <strong>${new URL(wanted.redirectUri).host}</strong></p>
${wanted.invited && html`<p class="note">You have been invited.</p>`}
${(wanted.again || wanted.maxAge !== undefined) && html`<p class="note">This site asks you to confirm who you are.</p>`}
${wanted.signUp ? [field, or, list] : [list, or, field]}
<form method="post" action="${action}"><button class="cancel" name="cancel" value="1">Cancel</button></form>`,
  );
}

interface Entry {
  person: Person;
  membership: Membership | undefined;
}

/** One entry a membership, since a session belongs to one organization. */
function entriesFor(
  organizationId: string | null,
  first: string | undefined,
  people: readonly Person[],
): Entry[] {
  const isFirst = ({ person }: Entry) => person.email.toLowerCase() === first?.toLowerCase();
  const all = people
    .flatMap(entriesOf)
    .filter(
      ({ membership: its }) => organizationId === null || its?.organization.id === organizationId,
    );
  return [...all.filter(isFirst), ...all.filter((entry) => !isFirst(entry))];
}

function entriesOf(person: Person): Entry[] {
  if (person.memberships.length === 0) return [{ person, membership: undefined }];
  return person.memberships.map((membership) => ({ person, membership }));
}

function entryButton({ person, membership }: Entry): Html {
  const value = membership ? `${person.id} ${membership.organization.id}` : person.id;
  return html`
<li><button class="person" name="as" value="${value}">
<span class="initials" aria-hidden="true">${initials(person)}</span>
<span class="name">${fullName(person) ?? person.email.split('@', 1)}</span>
<span class="email">${person.email}</span>
<span class="role">${roleOf(membership)}${person.impersonator && ', impersonated'}</span>
</button></li>`;
}

function roleOf(membership: Membership | undefined): HtmlValue {
  return membership
    ? html`<b>${membership.organization.name}</b> ${membership.role}`
    : 'no organization';
}

function initials(person: Person): string {
  const words = (fullName(person) ?? person.email).split(/\s+/);
  return [words[0], words.length > 1 ? words.at(-1) : '']
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toUpperCase();
}

function emailForm(action: string, { loginHint }: Authorization, retry: Retry | undefined): Html {
  return html`
<form class="type" method="post" action="${action}">
<label for="email">E-mail</label>
<input id="email" name="email" type="email" required autocomplete="email" placeholder="you@example.com" value="${retry?.email ?? loginHint ?? ''}"${retry && html` aria-invalid="true" aria-describedby="problem" autofocus`}>
${retry && html`<p class="problem" id="problem">${retry.problem}</p>`}
<button class="primary">Continue</button>
<p class="hint">A new address makes a new person.</p>
</form>`;
}

function titleOf({ signUp, organizationId }: Authorization, entries: readonly Entry[]): string {
  if (signUp) return 'Create your account';
  const name = entries.find(({ membership }) => membership?.organization.id === organizationId)
    ?.membership?.organization.name;
  return name === undefined ? 'Sign in' : `Sign in to ${name}`;
}
