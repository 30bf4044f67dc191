/** What is asked of the contestants, and what must come back. */
import type { Variables } from '../tests/worker/support/capnp.ts';
import type { Reply } from './connection.ts';
import type { Entrant } from './entrant.ts';
import { LARGE_BYTES, LARGE_PATH, PAGE_BYTES } from './origin.ts';
import { navigation } from './request.ts';
import type { Round } from './turns.ts';
import { expiredSessions, type MintedSession } from './workos.ts';
import { sessions } from './world.ts';

/** A kind of request. */
export interface Scenario {
  name: string;
  title: string;
  /** Requests in a turn. */
  amount: number;
  /** Beside the usual ones. */
  variables?: Variables;
  /** Default: as everywhere. */
  connections?: number;
  /** Whether it is left out where turns are short. */
  isLong?: boolean;
  /** Whether all of them are sent in short turns, too. */
  isWhole?: boolean;
  /** How the turn that doesn't count differs from the others. */
  warmUp?: Pick<Partial<Scenario>, 'amount' | 'isWhole' | 'requests'>;
  /** Makes the requests of one turn; fewer than `amount` are sent over and over. */
  requests(entrant: Entrant, amount: number): Promise<string[]>;
  wrong(reply: Reply): string | undefined;
}

export const PAGE_PATH = '/dashboard/projects?page=2';
const FAMILIAR = 20;
const MANY_PATTERNS = 100;

const ALONE: readonly Scenario[] = [
  {
    name: 'valid',
    title: 'valid session, seen before',
    amount: 2000,
    requests: (entrant) => visits(PAGE_PATH, sessions(entrant.world, FAMILIAR), entrant),
    wrong: page,
  },
  {
    name: 'first-seen',
    title: 'valid session, seen for the first time',
    amount: 2000,
    requests: (entrant, amount) => visits(PAGE_PATH, sessions(entrant.world, amount), entrant),
    wrong: page,
  },
  {
    name: 'refresh',
    title: 'expired session, refreshed',
    amount: 400,
    requests: (entrant, amount) =>
      visits(PAGE_PATH, expiredSessions(entrant.world.workos, amount), entrant),
    wrong: (reply) => page(reply) ?? without('set-cookie', reply),
  },
  {
    name: 'redirect',
    title: 'no session, sent to sign in',
    amount: 2000,
    requests: ({ world }) => alone(navigation(world.address, { path: PAGE_PATH })),
    wrong: (reply) =>
      reply.status === 302 ? without('location', reply) : `${reply.status} in place of 302`,
  },
  {
    name: 'public',
    title: 'public path, no session',
    amount: 2000,
    requests: ({ world }) => alone(navigation(world.address, { path: '/about/us' })),
    wrong: page,
  },
  {
    name: 'unmatched',
    title: 'unmatched path',
    amount: 2000,
    requests: (entrant) => visits('/_next/static/chunk.js', sessions(entrant.world, 1), entrant),
    wrong: page,
  },
  {
    name: 'large',
    title: '1 MB answer, valid session',
    amount: 300,
    requests: (entrant) => visits(LARGE_PATH, sessions(entrant.world, FAMILIAR), entrant),
    wrong: (reply) => answered(LARGE_BYTES, reply),
  },
];

const TOGETHER: readonly Scenario[] = [
  { ...matching(1), name: 'one-pattern', title: 'matcher of one pattern' },
  { ...matching(MANY_PATTERNS), name: 'patterns', title: `matcher of ${MANY_PATTERNS} patterns` },
];

/** All of them, in the order of the tables. */
export const ROUNDS: readonly Round[] = [...ALONE.map((scenario) => [scenario]), TOGETHER];

/** A valid session on a path that only the last of so many patterns matches. */
export function matching(count: number): Omit<Scenario, 'name' | 'title'> {
  const sections = Array.from({ length: count }, (_, index) => count - index);
  return {
    amount: 2000,
    variables: { MATCHER: sections.map((section) => `/section-${section}/:path*`) },
    requests: (entrant) =>
      visits('/section-1/projects', sessions(entrant.world, FAMILIAR), entrant),
    wrong: page,
  };
}

/** Writes a request of each of these visitors. */
export function visits(path: string, who: MintedSession[], entrant: Entrant): Promise<string[]> {
  const { contestant, world } = entrant;
  return Promise.all(
    who.map(async (session) =>
      navigation(world.address, { path, cookie: await contestant.cookie(session, world) }),
    ),
  );
}

/** The site's page, whole. */
export function page(reply: Reply): string | undefined {
  return answered(PAGE_BYTES, reply);
}

function answered(bytes: number, reply: Reply): string | undefined {
  if (reply.status !== 200) return `${reply.status} in place of 200`;
  return reply.bytes === bytes ? undefined : `${reply.bytes} bytes in place of ${bytes}`;
}

function without(name: string, { head }: Reply): string | undefined {
  return head.toLowerCase().includes(`\r\n${name}: `) ? undefined : `an answer without ${name}`;
}

async function alone(request: string): Promise<string[]> {
  return [request];
}
