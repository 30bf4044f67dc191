/** The ways in which WorkOS fails in the wild, each under a name. */
import type { Endpoint, Trouble } from './faults.ts';
import type { Answer } from './http.ts';

/** One way to fail. */
interface Kind {
  /** Where it happens. */
  at: readonly Endpoint[];
  /** Default: every grant. */
  grantType?: string;
  /** What the double does. */
  does: string;
  /** What one request meets; `chance` gives numbers from 0 up to 1. */
  trouble: (chance: () => number) => Trouble;
}

/** What a gateway asks for by itself. */
const API: readonly Endpoint[] = ['authenticate', 'jwks'];

const MEBIBYTE = 1024 * 1024;

function html(status: number, heading: string): Answer {
  return {
    status,
    headers: { 'content-type': 'text/html' },
    body: `<!doctype html><title>${heading}</title><h1>${heading}</h1>`,
  };
}

const KINDS = {
  refused: { at: API, does: 'resets the connection', trouble: () => ({ reset: 'before' }) },
  'lost-reply': {
    at: API,
    does: 'does what is asked, and resets the connection',
    trouble: () => ({ reset: 'after-commit' }),
  },
  cut: {
    at: API,
    does: 'does what is asked, and cuts its answer short',
    trouble: () => ({ cutAfterBytes: 40 }),
  },
  hang: { at: API, does: 'never answers', trouble: () => ({ hang: true }) },
  slow: {
    at: API,
    does: 'takes 1 to 6 seconds',
    trouble: (chance) => ({ delayMs: 1000 + Math.floor(chance() * 5000) }),
  },
  late: {
    at: API,
    does: 'does what is asked, and answers 7 seconds later',
    trouble: () => ({ delayMs: 7000 }),
  },
  '500': { at: API, does: 'answers 500', trouble: () => ({ status: 500 }) },
  '502-html': {
    at: API,
    does: 'answers 502 with a page',
    trouble: () => html(502, 'Bad gateway'),
  },
  '503-retry-after': {
    at: API,
    does: 'answers 503, and to come back in 3 seconds',
    trouble: () => ({ status: 503, headers: { 'retry-after': '3' } }),
  },
  '429': { at: API, does: 'answers 429', trouble: () => ({ status: 429 }) },
  '429-retry-after': {
    at: API,
    does: 'answers 429, and to come back in 3 seconds',
    trouble: () => ({ status: 429, headers: { 'retry-after': '3' } }),
  },
  garbage: {
    at: API,
    does: 'does what is asked, and answers 200 with a page',
    trouble: () => ({ rewrite: () => html(200, 'Welcome to our network') }),
  },
  redirect: {
    at: API,
    does: 'redirects to a captive portal',
    trouble: () => ({ status: 302, headers: { location: 'http://portal.invalid/' }, body: '' }),
  },
  huge: {
    at: API,
    does: 'does what is asked, and answers with 50 MiB',
    trouble: () => ({ padBytes: 50 * MEBIBYTE }),
  },
  'invalid-client': {
    at: ['authenticate'],
    does: 'says that the API key is wrong',
    trouble: () => ({ status: 401, body: { error: 'invalid_client' } }),
  },
  'invalid-grant': {
    at: ['authenticate'],
    grantType: 'refresh_token',
    does: 'says that the session has ended',
    trouble: () => ({ status: 400, body: { error: 'invalid_grant' } }),
  },
  'keys-down': { at: ['jwks'], does: 'answers 503', trouble: () => ({ status: 503 }) },
  'keys-garbage': {
    at: ['jwks'],
    does: 'answers with keys of no use',
    trouble: () => ({ body: { keys: [{ kty: 'oct', k: 'AA', kid: 'x' }, null] } }),
  },
  down: {
    at: ['authorize', ...API, 'logout'],
    does: 'resets the connection',
    trouble: () => ({ reset: 'before' }),
  },
} satisfies Record<string, Kind>;

/** The name of a way to fail. */
export type FaultKind = keyof typeof KINDS;

/** Every way to fail. */
export const faultKinds = Object.keys(KINDS) as FaultKind[];

/** Returns what the double does, in a few words. */
export function deedOf(kind: FaultKind): string {
  return KINDS[kind].does;
}

/** Says whether it can happen to such a request. */
export function happensTo(
  kind: FaultKind,
  endpoint: Endpoint | undefined,
  grantType: unknown,
): boolean {
  const { at, grantType: only }: Kind = KINDS[kind];
  return at.some((one) => one === endpoint) && (only === undefined || only === grantType);
}

/** Returns what goes wrong with one request. */
export function troubleOf(kind: FaultKind, chance: () => number): Trouble {
  return KINDS[kind].trouble(chance);
}
