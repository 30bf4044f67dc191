/** Everything that is counted, in a fixed amount of memory. */
import type { Kind } from './visit.ts';

/** Latency is kept to the millisecond up to here. */
const LONGEST_MS = 60_000;

/** What happened that may happen. */
export interface Events {
  /** Signed in, and on a page. */
  signIns: number;
  /** Not signed in because of a fault. */
  failedSignIns: number;
  signOuts: number;
  /** WorkOS had ended the session. */
  endedByWorkOS: number;
  /** An older cookie was refused whose refresh token could not be replayed any more. */
  refusedOlderCookies: number;
  /** The new tokens never reached anybody while they could be asked for again. */
  lostPairs: number;
  /** A cookie was renewed. */
  renewals: number;
}

/** The counts of one run. */
export class Tally {
  readonly requests: Partial<Record<Kind, Record<string, number>>> = {};
  readonly events: Events = {
    signIns: 0,
    failedSignIns: 0,
    signOuts: 0,
    endedByWorkOS: 0,
    refusedOlderCookies: 0,
    lostPairs: 0,
    renewals: 0,
  };
  total = 0;
  #latency = new Uint32Array(LONGEST_MS + 1);
  #timed = 0;

  /** Counts a request; `outcome` is its status, or why there is none. */
  count(kind: Kind, outcome: number | string): void {
    this.requests[kind] ??= {};
    const row = this.requests[kind];
    row[outcome] = (row[outcome] ?? 0) + 1;
    this.total += 1;
  }

  /** Counts how long an answer took. */
  time(ms: number): void {
    const index = Math.min(Math.max(0, Math.round(ms)), LONGEST_MS);
    this.#latency[index] = (this.#latency[index] ?? 0) + 1;
    this.#timed += 1;
  }

  /** Returns the milliseconds that this share of the answers took at most. */
  latency(share: number): number {
    let left = share * this.#timed;
    const found = this.#latency.findIndex((count) => {
      left -= count;
      return count > 0 && left <= 0;
    });
    return Math.max(0, found);
  }

  /** Returns how many requests came to this. */
  of(outcome: number | string): number {
    return Object.values(this.requests).reduce((sum, row) => sum + (row[outcome] ?? 0), 0);
  }
}
