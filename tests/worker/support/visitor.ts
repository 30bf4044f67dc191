/**
 * Somebody who has signed in, and what is promised to them whatever goes wrong:
 *
 * 1. Nobody loses a session: no answer removes its cookie, and nobody whose session lives at WorkOS
 *    is sent to sign in.
 * 2. Without a decision nothing reaches the site, and the answer says when to come back.
 * 3. What reaches the site is said of nobody else.
 */
import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import type { MintedSession, MintOptions, Person } from '../../../dev/workos.ts';
import { identityOf } from './echo.ts';
import { headingOf } from './expect.ts';
import { SCHEME_HEADER } from './gateway.ts';
import { header, type Reply, setCookies } from './http.ts';
import { NAVIGATION, type Visit, type World } from './world.ts';

let visits = 0;

/** Somebody who has signed in. */
export class Visitor {
  readonly session: MintedSession;
  /** Where their next request goes. */
  at: World;
  /** What their browser sends. */
  cookie: string;
  /** Their refresh token is worth nothing: only then are they sent to sign in. */
  isOver = false;

  constructor(at: World, session: MintedSession, cookie = at.cookie(session)) {
    this.at = at;
    this.session = session;
    this.cookie = cookie;
  }

  /** How often WorkOS was asked to exchange their refresh token. */
  get exchanges(): number {
    const { refreshToken } = this.session;
    return this.at.workos.requests.filter(({ body }) => body?.refresh_token === refreshToken)
      .length;
  }

  /** Opens a page. */
  page(path?: string, visit?: Partial<Visit>): Promise<Reply> {
    return this.#ask('open', path, visit);
  }

  /** Asks as a page's script does. */
  data(path?: string, visit?: Partial<Visit>): Promise<Reply> {
    return this.#ask('fetch', path, visit);
  }

  /** Keeps the session of an answer. */
  keep(reply: Reply): void {
    const line = setCookies(reply).find((cookie) => cookie.startsWith('wos-session='));
    assert.ok(line, `there is a new session: ${reply.status} ${headingOf(reply)}`);
    this.cookie = line.slice(0, line.indexOf(';'));
  }

  async #ask(how: 'open' | 'fetch', path = '/x', visit: Partial<Visit> = {}): Promise<Reply> {
    visits += 1;
    const target = `${path}${path.includes('?') ? '&' : '?'}visit=${visits}`;
    const reply = await this.at[how](target, { ...visit, cookie: this.cookie });
    this.#check(reply, target);
    return reply;
  }

  #check(reply: Reply, target: string): void {
    const { site, workos } = this.at;
    // 1.
    assertKept(reply);
    if (!this.isOver && workos.sessions.inspect(this.session.sid)?.ended === false) {
      assert.notEqual(reply.status, 401, 'whose session lives is not sent away');
      assert.equal(header(reply, 'location'), undefined, 'nor to sign in');
    }
    // 2.
    const arrivals = site.arrivals.filter(({ url }) => url === target);
    if (reply.status === 503) {
      assertAsksToWait(reply);
      assert.equal(arrivals.length, 0, 'nothing reached the site');
    }
    // 3.
    for (const arrival of arrivals) {
      const said = identityOf(arrival);
      if (said['x-authkit-authenticated'] !== 'true') continue;
      assert.equal(said['x-authkit-user-id'], this.session.user.id);
      assert.equal(said['x-authkit-session-id'], this.session.sid);
    }
  }
}

/** Somebody whose token is good for minutes. */
export function visitor(world: World, options?: MintOptions, person?: Person): Visitor {
  return new Visitor(world, world.workos.mintSession(person, options));
}

/** Somebody whose token has run out. */
export function expired(world: World, options?: MintOptions, person?: Person): Visitor {
  return visitor(world, { accessTokenSeconds: -10, ...options }, person);
}

/** Somebody whose token of five minutes is good for another few seconds. */
export function nearly(world: World, person?: Person): Visitor {
  const { clockOffsetSeconds } = world.workos.settings;
  const iat = Math.floor(Date.now() / 1000) + clockOffsetSeconds - 280;
  return visitor(world, { accessTokenSeconds: 20, claims: { iat } }, person);
}

/** Begins a request whose client can leave; resolves when it has left. */
export function leaving(world: World, path: string, cookie: string): { leave(): Promise<void> } {
  const headers = { ...NAVIGATION, host: world.address.host, [SCHEME_HEADER]: 'https', cookie };
  const { port } = world.gateway;
  const request = httpRequest({ host: '127.0.0.1', port, path, agent: false, headers });
  request.on('error', () => {});
  request.end();
  const closed = new Promise<void>((resolve) => request.once('close', resolve));
  const leave = () => {
    request.destroy();
    return closed;
  };
  return { leave };
}

/** No cookie of a session is removed. */
function assertKept(reply: Reply): void {
  for (const line of setCookies(reply))
    assert.doesNotMatch(line, /^wos-session[^=]*=(;|.*Max-Age=0)/, 'the session is not removed');
}

/** The answer says when to come back: within a minute, and not everybody at the same moment. */
function assertAsksToWait(reply: Reply): void {
  const text = header(reply, 'retry-after') ?? '';
  assert.match(text, /^\d+$/, `Retry-After: ${text}`);
  const seconds = Number(text);
  assert.ok(seconds >= 1 && seconds <= 90, `Retry-After: ${seconds}`);
  assert.match(header(reply, 'cache-control') ?? '', /no-store/);
}
