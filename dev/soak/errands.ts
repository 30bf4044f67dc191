/** The requests a browser makes, as browsers word them. */
import { ADDRESS, NAVIGATION, SCRIPT } from '../../tests/worker/support/world.ts';
import { SLOW } from './site.ts';
import type { Kind } from './visit.ts';

/** One request to make. */
export interface Errand {
  kind: Kind;
  path: string;
  method?: string;
  headers: Record<string, string>;
  body?: string;
  /** Sent in place of the session's cookie. */
  cookie?: string;
  /** `false`: as a copy of the browser would; the cookies that come aren't kept. */
  isOurs?: boolean;
  /** Leaves after so long. */
  leaveAfterMs?: number;
}

const PAGE = { ...NAVIGATION, 'sec-fetch-site': 'same-origin' };
const POSTED = { ...SCRIPT, origin: ADDRESS };
const ASSET = {
  accept: '*/*',
  'sec-fetch-dest': 'script',
  'sec-fetch-mode': 'no-cors',
  'sec-fetch-site': 'same-origin',
};

/** Opens a page; `name` is the end of its path. */
export function page(name: string): Errand {
  return { kind: 'page', path: `/p/${name}`, headers: PAGE };
}

/** Opens a page, and leaves before it is there. */
export function leftPage(name: string, leaveAfterMs: number): Errand {
  return { kind: 'left page', path: `${SLOW}${name}`, headers: PAGE, leaveAfterMs };
}

/** Loads what a page consists of: every other part by a script. */
export function asset(name: string, index: number): Errand {
  return { kind: 'asset', path: `/a/${name}`, headers: index % 2 === 0 ? ASSET : SCRIPT };
}

export function script(name: string): Errand {
  return { kind: 'script', path: `/api/${name}`, headers: SCRIPT };
}

export function post(name: string, bytes: number): Errand {
  const headers = { ...POSTED, 'content-type': 'text/plain' };
  return { kind: 'post', path: `/api/${name}`, method: 'POST', headers, body: 'x'.repeat(bytes) };
}

/** Asks with a cookie from before. */
export function olderTab(name: string, cookie: string, isOurs: boolean): Errand {
  return { ...script(name), kind: 'older tab', cookie, isOurs };
}

export function session(kind: 'after sign-out' | 'session' = 'session'): Errand {
  return { kind, path: '/auth/session', headers: SCRIPT };
}

export function refresh(): Errand {
  return { kind: 'refresh', path: '/auth/refresh', method: 'POST', headers: POSTED, body: '' };
}

/** Begins a sign-in that is to end at a page. */
export function login(email: string, end: Errand): Errand {
  const query = new URLSearchParams({ login_hint: email, return_to: end.path });
  return { kind: 'login', path: `/login?${query}`, headers: PAGE };
}

/** Comes back from WorkOS. */
export function callback({ pathname, search }: URL): Errand {
  const headers = { ...PAGE, 'sec-fetch-site': 'cross-site' };
  return { kind: 'callback', path: `${pathname}${search}`, headers };
}

export function signOut(): Errand {
  const headers = { ...PAGE, origin: ADDRESS };
  return { kind: 'sign-out', path: '/logout', method: 'POST', headers, body: '' };
}
