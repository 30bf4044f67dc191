/** Faults on demand: what a test makes the double do wrong. */
import { type Answer, json, type Received } from './http.ts';
import { Misbehaviour } from './misbehaviour.ts';

export type Endpoint = 'authorize' | 'authenticate' | 'jwks' | 'logout';

/**
 * What goes wrong with a request.
 *
 * Without `status`, `body` or `reset: 'before'` the request is really handled (a code is spent, a
 * token rotated) before the rest takes effect.
 */
export interface Trouble {
  /** Answers this without handling the request; `body` alone is a 200. Objects are sent as JSON. */
  status?: number;
  body?: unknown;
  /** Added to the answer, or put in place of what is there: a `content-length` may be a lie. */
  headers?: Record<string, string>;
  /** Changes the real answer, after the request was handled. */
  rewrite?: (answer: Answer) => Answer;
  /** Waits before the request is handled. */
  delayBeforeMs?: number;
  /** Waits before answering, after the request was handled. */
  delayMs?: number;
  /** Waits in the middle of the body. */
  pauseMs?: number;
  /** Sends the body no faster than this. */
  bytesPerSecond?: number;
  /** Sends this many blanks in front of the body. */
  padBytes?: number;
  /** Sends this many bytes of the body, then cuts the connection. */
  cutAfterBytes?: number;
  /** Resets the connection: without handling the request, or after it was handled. */
  reset?: 'before' | 'after-commit';
  /** Never answers; the request isn't handled. */
  hang?: boolean;
}

/** What goes wrong, where, and how often. */
export interface Fault extends Trouble {
  endpoint: Endpoint;
  /** Only requests for this grant, e.g. `refresh_token`. */
  grantType?: string;
  /** How many requests; default 1, `Infinity` until cleared. */
  times?: number;
  /** Lets this many matching requests pass first. */
  skip?: number;
}

/** The faults that are waiting for their requests. */
export class Faults {
  /** Faults by chance, for requests that none is arranged for. */
  readonly misbehaviour = new Misbehaviour();
  #waiting: { fault: Fault; skip: number; times: number }[] = [];

  /** Arranges a fault. Of several that fit a request, the one arranged first is used. */
  add(fault: Fault): void {
    this.#waiting.push({ fault, skip: fault.skip ?? 0, times: fault.times ?? 1 });
  }

  /** Everything works again. */
  clear(): void {
    this.#waiting = [];
    this.misbehaviour.begin([]);
  }

  /** Returns what goes wrong with a request, if anything does, and counts it. */
  take(endpoint: Endpoint | undefined, received: Received): Trouble | undefined {
    const matching = this.#waiting.find(
      ({ fault, times }) => times > 0 && fault.endpoint === endpoint && fits(fault, received),
    );
    if (!matching) return this.misbehaviour.meet(endpoint, received);
    if (matching.skip > 0) {
      matching.skip -= 1;
      return undefined;
    }
    matching.times -= 1;
    return matching.fault;
  }
}

/** Returns what is answered in place of the real thing. */
export function substitute({ status, body, headers }: Trouble): Answer | undefined {
  if (status === undefined && body === undefined) return undefined;
  if (typeof body === 'string')
    return { status: status ?? 200, headers: { 'content-type': 'text/html', ...headers }, body };
  return json(
    status ?? 200,
    body ?? { message: 'A fault was asked for.', code: 'server_error' },
    headers,
  );
}

function fits({ grantType }: Fault, { body }: Received): boolean {
  return grantType === undefined || body?.grant_type === grantType;
}
