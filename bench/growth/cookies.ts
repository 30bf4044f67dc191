/** Ever larger sessions: what makes them large is a claim in the access token. */
import type { Entrant } from '../entrant.ts';
import { PAGE_PATH, page, type Scenario, visits } from '../scenario.ts';
import type { MintedSession } from '../workos.ts';
import type { World } from '../world.ts';
import type { Series } from './series.ts';

/** A session with next to nothing in it takes so much of the gateway's `Cookie` field, in kB. */
const SMALLEST = 1.3;
const SIZES = [SMALLEST, 2, 4, 8, 12];
const LETTERS = ['a', 'b', 'c'];

/** Of each session there are some that are seen over and over. */
export const oldCookies: Series = {
  name: 'cookies',
  title: 'kB of cookies, session seen before',
  letters: LETTERS,
  sizes: SIZES.map((size) => ({
    ...sized(size),
    requests: (entrant) => visits(PAGE_PATH, ofSize(size, 20, entrant.world), entrant),
  })),
};

/** Each is new. */
export const newCookies: Series = {
  name: 'new-cookies',
  title: 'kB of cookies, session seen for the first time',
  letters: LETTERS,
  sizes: SIZES.map((size) => ({
    ...sized(size),
    requests: (entrant, amount) => seals(size, amount, entrant),
  })),
};

function sized(size: number): Omit<Scenario, 'requests'> {
  return { name: `${size}-kb`, title: String(size), amount: 1500, wrong: page };
}

/** Seals one of some sessions anew for every request. */
function seals(size: number, amount: number, entrant: Entrant): Promise<string[]> {
  const some = ofSize(size, 100, entrant.world);
  const all = Array.from({ length: amount }, (_, index) => some[index % some.length]);
  return visits(PAGE_PATH, all as MintedSession[], entrant);
}

/** A text that is in the token and then sealed is written in base64 twice. */
const TWICE_BASE64 = (4 / 3) ** 2;

/** Sessions whose cookies, the gateway's, have about this size. */
function ofSize(kilobytes: number, count: number, { workos }: World): MintedSession[] {
  const more = Math.round(((kilobytes - SMALLEST) * 1000) / TWICE_BASE64);
  const claims = {
    org_id: undefined,
    role: undefined,
    roles: undefined,
    permissions: undefined,
    // A template's.
    profile: 'x'.repeat(more),
  };
  return Array.from({ length: count }, (_, index) => {
    const session = workos.mintSession(workos.people[index], { claims });
    const { id, email } = session.user;
    return { ...session, user: { id, email } as MintedSession['user'] };
  });
}
