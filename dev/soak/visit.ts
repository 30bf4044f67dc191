/** One request of a virtual browser, and what came of it. */
import type { Reply } from '../../tests/worker/support/http.ts';
import type { Held } from './held.ts';

/** What a request is for. */
export type Kind =
  | 'after sign-out'
  | 'asset'
  | 'callback'
  | 'left page'
  | 'login'
  | 'older tab'
  | 'page'
  | 'post'
  | 'refresh'
  | 'script'
  | 'session'
  | 'sign-out';

/** Why there is no whole reply. */
export type Failed =
  /** The browser left. */
  | 'left'
  /** The connection broke. */
  | 'lost'
  /** Nothing came for a very long time. */
  | 'silent';

/** A request and its outcome. */
export interface Visit {
  kind: Kind;
  browser: Visitor;
  method: string;
  path: string;
  /** The session it was sent with. */
  held: Held | undefined;
  began: number;
  ended: number;
  /** As much as came. */
  reply: Reply | undefined;
  failed: Failed | undefined;
}

/** Whose request it is. */
export interface Visitor {
  name: number;
  userId: string;
  /** What it asked for lately. */
  past: Past;
}

/** Longer than a refresh token can be replayed. */
const KEPT_MS = 120_000;
const MOST_TOLD = 12;

/** What a browser asked for lately. */
export class Past {
  /** Whole answers. */
  #whole: { token: string; began: number; isGood: boolean }[] = [];
  /** The last requests after which the browser held another session, or that failed. */
  #turns: string[] = [];
  #last: string[] = [];

  /** Notes an answer, and the session that the browser holds after it. */
  note(visit: Visit, isGood: boolean, after: Held | undefined): void {
    const isTurn = !isGood || visit.held?.refreshToken !== after?.refreshToken;
    const list = isTurn ? this.#turns : this.#last;
    list.push(told(visit, after));
    if (list.length > MOST_TOLD) list.shift();
    const { held, began, failed } = visit;
    if (held && !failed) this.#whole.push({ token: held.refreshToken, began, isGood });
    const oldest = began - KEPT_MS;
    if ((this.#whole[0]?.began ?? began) < oldest)
      this.#whole = this.#whole.filter((seen) => seen.began >= oldest);
  }

  /** Returns how the requests with a token went that began in between. */
  went(token: string, from: number, to: number): 'badly' | 'nowhere' | 'well' {
    const went = this.#whole.filter(
      (seen) => seen.token === token && seen.began >= from && seen.began < to,
    );
    if (went.length === 0) return 'nowhere';
    return went.some(({ isGood }) => isGood) ? 'well' : 'badly';
  }

  /** Returns the last requests, a line each. */
  story(): string[] {
    return [...this.#turns, ...this.#last].sort();
  }
}

/** Sessions are told apart by the end of their refresh token. */
function told({ kind, began, ended, held, reply, failed }: Visit, after: Held | undefined): string {
  const name = (one: Held | undefined) => one?.refreshToken.slice(-4) ?? 'none';
  const times = `${new Date(began).toISOString().slice(11, 23)} +${ended - began} ms`;
  const outcome = failed ?? reply?.status;
  return `${times}  ${kind}: ${outcome}, sent ${name(held)}, then holds ${name(after)}`;
}
