/** What went wrong: all of it counted, the first of it told in full. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Visit } from './visit.ts';

/** What must never happen. */
export type Wrong =
  | 'anonymous passage'
  | 'connection lost'
  | 'cross-user'
  | 'deleted cookie'
  | 'needless 503'
  | 'no answer'
  | 'no recovery'
  | 'no Retry-After'
  | 'server error'
  | 'still signed in'
  | 'unexpected sign-out'
  | 'unexpected status'
  | 'unreadable cookie'
  | 'wrong session';

/** One violation, told in full. */
export interface Violation {
  wrong: Wrong;
  /** When, and how far into the run. */
  time: string;
  second: number;
  browser: number;
  request: string;
  detail: string;
  /** The status and header of the reply. */
  reply: string[];
  /** What the browser did before, up to this. */
  before: string[];
  /** What the gateways' logs say of it. */
  log: string[];
}

const MOST_TOLD = 20;
const MOST_OF_A_KIND = 6;
/** A log line may come after its answer. */
const LOG_LAG_MS = 300;

/** The violations of one run. */
export class Violations {
  readonly counts: Partial<Record<Wrong, number>> = {};
  readonly first: Violation[] = [];
  readonly #began = Date.now();
  readonly #log: (fits: (line: string) => boolean) => string[];
  #pending: Promise<void>[] = [];

  /** Looks lines up in the gateways' logs. */
  constructor(log: (fits: (line: string) => boolean) => string[]) {
    this.#log = log;
  }

  get total(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }

  add(wrong: Wrong, visit: Visit, detail: string): void {
    const count = (this.counts[wrong] ?? 0) + 1;
    this.counts[wrong] = count;
    if (this.first.length >= MOST_TOLD || count > MOST_OF_A_KIND) return;
    const violation = this.#told(wrong, visit, detail);
    this.first.push(violation);
    this.#pending.push(
      sleep(LOG_LAG_MS).then(() => {
        violation.before = visit.browser.past.story();
        violation.log = this.#log(about(visit));
      }),
    );
  }

  /** Resolves once all that is told is complete. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending);
  }

  #told(wrong: Wrong, visit: Visit, detail: string): Violation {
    const { browser, kind, method, path, began, ended, reply, failed } = visit;
    return {
      wrong,
      time: new Date(ended).toISOString(),
      second: Math.round((ended - this.#began) / 100) / 10,
      browser: browser.name,
      request: `${method} ${path} (${kind}), ${ended - began} ms`,
      detail,
      reply: reply
        ? [String(reply.status), ...reply.lines.map(([name, value]) => shortened(name, value))]
        : [`no reply: ${failed}`],
      before: [],
      log: [],
    };
  }
}

/** Cookies are long, and secrets. */
function shortened(name: string, value: string): string {
  return `${name}: ${value.replace(/v1\.[\w-]{20,}/g, 'v1.…').slice(0, 200)}`;
}

/** The gateway's log knows requests by their id, paths, and sessions by a hash. */
function about({ path, held, reply }: Visit): (line: string) => boolean {
  const own = /^\/(auth|callback|login|logout)\b/.test(path);
  const id = /\b[0-9a-f]{16}\b/.exec(reply?.text ?? '')?.[0];
  const marks = [
    ...(id ? [`"request_id":"${id}"`] : []),
    ...(own ? [] : [`"path":${JSON.stringify(path)}`]),
    ...(held ? [`"session":"${hashed(held.sessionId)}"`] : []),
  ];
  return (line) => marks.some((mark) => line.includes(mark));
}

function hashed(sessionId: string): string {
  return createHash('sha256').update(sessionId).digest('base64url').slice(0, 12);
}
