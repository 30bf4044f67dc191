/**
 * Decides whether a session that is gone could have been kept.
 *
 * 1. WorkOS says that it has ended: nothing is to be said against that.
 * 2. The refresh token was exchanged longer ago than it can be replayed, and what it was exchanged
 *    for reached nobody meanwhile: either no whole answer left WorkOS, or no request of the browser
 *    with that token was answered well. The report names these, for they should be none.
 * 3. Everything else is a sign-out by accident.
 */
import type { Sessions } from '../workos.ts';
import type { Ledger } from './ledger.ts';
import type { Tally } from './tally.ts';
import type { Violations } from './violations.ts';
import type { Visit } from './visit.ts';

/** Who knows what happened. */
export interface Witnesses {
  ledger: Ledger;
  sessions: Sessions;
  replaySeconds: number;
}

/** Why a pair of tokens is lost, for the report. */
export interface LostPair {
  browser: number;
  time: string;
  why: string;
  story: string;
}

const MOST_TOLD = 20;

/** Judges the ends of sessions. */
export class Losses {
  readonly lost: LostPair[] = [];
  readonly #witnesses: Witnesses;
  readonly #violations: Violations;
  readonly #tally: Tally;

  constructor(witnesses: Witnesses, violations: Violations, tally: Tally) {
    this.#witnesses = witnesses;
    this.#violations = violations;
    this.#tally = tally;
  }

  /** Notes that a browser that didn't sign out is no longer signed in. */
  weigh(visit: Visit): void {
    const { held, browser } = visit;
    const { ledger, sessions } = this.#witnesses;
    // 1.
    if (held && sessions.inspect(held.sessionId)?.ended) {
      this.#tally.events.endedByWorkOS += 1;
      return;
    }
    const story = held ? ledger.story(held.refreshToken) : 'it had no session';
    const why = held && this.#excuse(visit, held.refreshToken);
    if (why === undefined) {
      this.#violations.add(
        'unexpected sign-out',
        visit,
        `the session is live; exchanges: ${story}`,
      );
      return;
    }
    this.#tally.events.lostPairs += 1;
    const time = new Date(visit.ended).toISOString();
    if (this.lost.length < MOST_TOLD) this.lost.push({ browser: browser.name, time, why, story });
  }

  /** Notes that a cookie the browser had before was refused. */
  weighOlder(visit: Visit): void {
    const { ledger, replaySeconds, sessions } = this.#witnesses;
    const spentAt = visit.held && ledger.spentAt(visit.held.refreshToken);
    const isOver = visit.held && sessions.inspect(visit.held.sessionId)?.ended;
    if (isOver || (spentAt !== undefined && visit.ended > spentAt + replaySeconds * 1000))
      this.#tally.events.refusedOlderCookies += 1;
    else
      this.#violations.add(
        'unexpected sign-out',
        visit,
        `an older cookie was refused that could be replayed; exchanges: ${
          visit.held ? ledger.story(visit.held.refreshToken) : 'none'
        }`,
      );
  }

  // 2.
  #excuse({ ended, browser }: Visit, token: string): string | undefined {
    const { ledger, replaySeconds } = this.#witnesses;
    const from = ledger.spentAt(token);
    if (from === undefined) return undefined;
    const to = from + replaySeconds * 1000;
    if (ended <= to) return undefined;
    if (!ledger.wasAnswered(token)) return 'WorkOS gave no whole answer';
    switch (browser.past.went(token, from, to)) {
      case 'badly':
        return 'the browser was told to wait, all that time';
      case 'nowhere':
        return 'no whole answer reached the browser';
      case 'well':
        return undefined;
    }
  }
}
