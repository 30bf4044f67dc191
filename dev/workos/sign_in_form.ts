/** What a visitor answered on the sign-in page. */
import type { Authorization } from './authorization.ts';
import type { Environment } from './environment.ts';
import type { Params } from './http.ts';
import { findByEmail, type Person, person } from './people.ts';

/** Somebody, and the organization they sign in to where they said so. */
export interface Choice {
  person: Person;
  organizationId: string | null;
}

/** What was typed, and why it won't do. */
export interface Retry {
  email: string;
  problem: string;
}

const EMAIL = /^[^\s@]+@[^\s@]+$/;

/** Reads the form: the button of one of the people, or an address; a new one makes a new person. */
export function readForm(
  form: Params,
  { organizationId }: Authorization,
  { people }: Environment,
): Choice | Retry {
  const pressed = buttonPressed(String(form.as ?? ''), people);
  if (pressed) return pressed;
  const email = String(form.email ?? '').trim();
  if (!EMAIL.test(email)) {
    return { email, problem: 'Enter an e-mail address, like ada@example.com.' };
  }
  const someone = findByEmail(people, email) ?? newcomer(email, people);
  if (organizationId === null && someone.memberships.length > 1) {
    return { email, problem: 'This person is in several organizations: choose one of theirs.' };
  }
  return { person: someone, organizationId };
}

/** A button's value is the person's id, and the organization's where they are in one. */
function buttonPressed(value: string, people: readonly Person[]): Choice | undefined {
  const [personId, organizationId] = value.split(' ');
  const someone = people.find(({ id }) => id === personId);
  return someone && { person: someone, organizationId: organizationId || null };
}

function newcomer(email: string, people: Person[]): Person {
  const someone = person({ email });
  people.push(someone);
  return someone;
}
