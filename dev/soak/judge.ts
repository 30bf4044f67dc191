/**
 * Decides whether an answer is what the browser may expect.
 *
 * 1. Nobody gets another's session or identity, and none but a sign-out deletes a session's cookie.
 * 2. Failures are 503 with `Retry-After`, while WorkOS has faults; a browser whose token is good
 *    doesn't notice. A sign-in that WorkOS breaks off may be 502: there is nobody to serve yet.
 * 3. What needs a session is the user's own page, from the site that was told who it is.
 * 4. To be sent to sign in, or told that nobody is signed in, is not wrong by itself: whether the
 *    session could have been kept is another question (`loss.ts`).
 */
import { header, type Reply, setCookies } from '../../tests/worker/support/http.ts';
import { COOKIE, type Held, heldIn } from './held.ts';
import type { Told } from './site.ts';
import type { Tally } from './tally.ts';
import type { Violations } from './violations.ts';
import type { Visit } from './visit.ts';

/** What an answer comes to. */
export type Verdict =
  /** What was asked for. */
  | 'good'
  /** Nobody is signed in, the gateway says. */
  | 'nobody'
  /** Not now: a fault, or a connection that broke. */
  | 'not now'
  /** A violation. */
  | 'wrong';

/** What the judge may know of the world. */
export interface Circumstances {
  /** Whether a request that began then may have felt a fault of WorkOS. */
  wasFoul(began: number): boolean;
  /** Whether it may have been on its way to a gateway that was killed. */
  hasLostSince(began: number): boolean;
  authorizeUrl: string;
}

/** A token this close to its end may have ended on the way. */
const BARELY_MS = 2000;

/** Judges every answer of one run. */
export class Judge {
  readonly #world: Circumstances;
  readonly #violations: Violations;
  readonly #tally: Tally;

  constructor(world: Circumstances, violations: Violations, tally: Tally) {
    this.#world = world;
    this.#violations = violations;
    this.#tally = tally;
  }

  /** Judges one answer, counts it, and notes what is wrong with it. */
  judge(visit: Visit): Verdict {
    const { kind, reply, failed, began, ended } = visit;
    this.#tally.count(kind, failed ?? reply?.status ?? 'lost');
    if (failed === undefined) this.#tally.time(ended - began);
    if (reply) this.#cookies(visit, setCookies(reply));
    if (failed !== undefined || !reply) return this.#broken(visit);
    if (reply.status >= 500) return this.#failure(visit, reply);
    switch (kind) {
      case 'login':
        return this.#redirected(visit, reply, [302]);
      case 'callback':
        return this.#callback(visit, reply);
      case 'sign-out':
        return this.#redirected(visit, reply, [303]);
      case 'after sign-out':
        return this.#nobody(visit, reply);
      case 'refresh':
      case 'session':
        return this.#session(visit, reply);
      default:
        return this.#page(visit, reply);
    }
  }

  // 1.
  #cookies(visit: Visit, lines: string[]): void {
    const own = lines.filter((line) => line.startsWith(COOKIE));
    const set = own.filter((line) => !/;\s*max-age=0/i.test(line));
    if (own.length > 0 && set.length === 0 && visit.kind !== 'sign-out')
      this.#wrong('deleted cookie', visit, own.join('\n').slice(0, 200));
    for (const line of set) {
      const held = heldIn(line.slice(COOKIE.length + 1).split(';')[0] ?? '');
      if (!held) this.#wrong('unreadable cookie', visit, line.slice(0, 100));
      else if (held.userId !== visit.browser.userId)
        this.#wrong('cross-user', visit, `a cookie of ${held.userId} for ${visit.browser.userId}`);
      else this.#tally.events.renewals += visit.kind === 'callback' ? 0 : 1;
    }
  }

  #broken(visit: Visit): Verdict {
    if (visit.failed === 'silent') return this.#wrong('no answer', visit, 'nothing came');
    if (visit.failed === 'left' || this.#world.hasLostSince(visit.began)) return 'not now';
    return this.#wrong('connection lost', visit, 'no gateway was killed at the time');
  }

  // 2.
  #failure(visit: Visit, reply: Reply): Verdict {
    const { kind, held, began, ended } = visit;
    const wasFoul = this.#world.wasFoul(began);
    if (kind === 'callback' && reply.status === 502 && wasFoul) return 'not now';
    if (reply.status !== 503) return this.#wrong('server error', visit, reply.text.slice(0, 200));
    const retryAfter = header(reply, 'retry-after') ?? 'none';
    if (!/^[1-9]\d*$/.test(retryAfter)) return this.#wrong('no Retry-After', visit, retryAfter);
    if (kind !== 'refresh' && isGood(held, ended))
      return this.#wrong(
        'needless 503',
        visit,
        `its token was good ${goodFor(held, ended)} s more`,
      );
    if (!wasFoul) return this.#wrong('needless 503', visit, 'WorkOS has no faults');
    return 'not now';
  }

  #redirected(visit: Visit, reply: Reply, statuses: number[]): Verdict {
    if (statuses.includes(reply.status)) return 'good';
    return this.#wrong('unexpected status', visit, `${statuses.join(' or ')} was expected`);
  }

  #callback(visit: Visit, reply: Reply): Verdict {
    // A browser repeats a request whose connection died; the code is spent by then.
    if (reply.status === 400 && this.#world.hasLostSince(visit.began)) return 'not now';
    return this.#redirected(visit, reply, [302, 303]);
  }

  #nobody(visit: Visit, reply: Reply): Verdict {
    if (reply.status === 200 && dataOf(reply).user === null) return 'good';
    return this.#wrong('still signed in', visit, reply.text.slice(0, 200));
  }

  #session(visit: Visit, reply: Reply): Verdict {
    if (reply.status === 401) return 'nobody';
    if (reply.status !== 200) return this.#wrong('unexpected status', visit, 'expected 200');
    const { user } = dataOf(reply) as { user?: { id: string } | null };
    if (user === null) return 'nobody';
    return user?.id === visit.browser.userId
      ? 'good'
      : this.#wrong('cross-user', visit, `${user?.id} for ${visit.browser.userId}`);
  }

  // 3.
  #page(visit: Visit, reply: Reply): Verdict {
    const location = header(reply, 'location') ?? '';
    if (reply.status === 401 || location.startsWith(this.#world.authorizeUrl)) return 'nobody';
    if (reply.status !== 200) return this.#wrong('unexpected status', visit, 'expected 200');
    const { authenticated, user, session } = dataOf(reply) as Partial<Told>;
    if (authenticated !== 'true')
      return this.#wrong('anonymous passage', visit, `authenticated: ${authenticated}`);
    if (user !== visit.browser.userId)
      return this.#wrong('cross-user', visit, `${user} for ${visit.browser.userId}`);
    return session === visit.held?.sessionId
      ? 'good'
      : this.#wrong('wrong session', visit, `${session} for ${visit.held?.sessionId}`);
  }

  #wrong(wrong: Parameters<Violations['add']>[0], visit: Visit, detail: string): Verdict {
    this.#violations.add(wrong, visit, detail);
    return 'wrong';
  }
}

/** The body as JSON; empty where it is none. */
function dataOf({ text }: Reply): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function isGood(held: Held | undefined, at: number): boolean {
  return held?.isVerified === true && held.expiresAt > at + BARELY_MS;
}

function goodFor(held: Held | undefined, at: number): number {
  return Math.round(((held?.expiresAt ?? at) - at) / 1000);
}
