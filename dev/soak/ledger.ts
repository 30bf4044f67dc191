/**
 * What WorkOS was asked and what became of it, as its double saw it: the witness in every question
 * of whether a session could have been kept.
 */
import type { FaultKind, Injected, SeenRequest } from '../workos.ts';

/** One exchange of a refresh token. */
interface Exchange {
  seen: SeenRequest;
  /** The fault it met. */
  met: FaultKind | undefined;
}

/** Older exchanges decide nothing any more. */
const KEPT_MS = 10 * 60_000;
/** Faults after which the double has done what was asked, and the gateway may not have learnt of it. */
const COMMITTING: ReadonlySet<FaultKind | undefined> = new Set<FaultKind>([
  'cut',
  'garbage',
  'huge',
  'late',
  'lost-reply',
  'slow',
]);

/** The requests to one double. */
export class Ledger {
  /** How often what was asked for. */
  readonly calls: Record<string, number> = {};
  readonly #requests: SeenRequest[];
  #met = new WeakMap<SeenRequest, FaultKind>();
  /** By refresh token, the one asked for first in front. */
  #exchanges = new Map<string, Exchange[]>();

  /** Reads the list a double writes. */
  constructor(requests: SeenRequest[]) {
    this.#requests = requests;
  }

  /** Notes a fault; the double tells of it before it takes the next request. */
  note({ kind }: Injected): void {
    const seen = this.#requests.at(-1);
    if (seen) this.#met.set(seen, kind);
  }

  /** Takes over what the double has seen since. */
  read(): void {
    for (const seen of this.#requests.splice(0)) {
      const grant = seen.body?.grant_type;
      const name = [seen.endpoint ?? seen.path, ...(grant ? [String(grant)] : [])].join(' ');
      this.calls[name] = (this.calls[name] ?? 0) + 1;
      const token = seen.body?.refresh_token;
      if (typeof token === 'string') this.#add(token, { seen, met: this.#met.get(seen) });
    }
    this.#forget(Date.now() - KEPT_MS);
  }

  /** Returns when a refresh token was exchanged, if it was. */
  spentAt(token: string): number | undefined {
    return this.#of(token).find(isCommitted)?.seen.time;
  }

  /** Says whether a whole answer left for the gateway that holds what the token was exchanged for. */
  wasAnswered(token: string): boolean {
    return this.#of(token).some(({ seen, met }) => seen.status === 200 && met === undefined);
  }

  /** Says in a few words what became of a token. */
  story(token: string): string {
    const told = this.#of(token).map(
      ({ seen, met }) => `${new Date(seen.time).toISOString().slice(11, 23)} ${met ?? seen.status}`,
    );
    return told.length > 0 ? told.slice(-8).join(', ') : 'never exchanged';
  }

  #of(token: string): Exchange[] {
    this.read();
    return this.#exchanges.get(token) ?? [];
  }

  #add(token: string, exchange: Exchange): void {
    const known = this.#exchanges.get(token);
    if (known) known.push(exchange);
    else this.#exchanges.set(token, [exchange]);
  }

  #forget(before: number): void {
    for (const [token, exchanges] of this.#exchanges) {
      if ((exchanges[0] as Exchange).seen.time >= before) return;
      this.#exchanges.delete(token);
    }
  }
}

function isCommitted({ seen, met }: Exchange): boolean {
  return COMMITTING.has(met) || (met === undefined && seen.status === 200);
}
