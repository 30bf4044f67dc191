/** Faults by chance: each request may meet one, and the same seed makes the same run. */
import { chanceOf } from './chance.ts';
import { type FaultKind, faultKinds, happensTo, troubleOf } from './fault_kinds.ts';
import type { Endpoint, Trouble } from './faults.ts';
import type { Received } from './http.ts';

/** How to misbehave. */
export interface Misbehaving {
  /** Default: which of the ways it is, counted from 1. */
  seed?: number;
  /** How probable it is that a request meets one of these faults, from 0 to 1. */
  rate: number;
  /** Each as probable as the others, where it can happen. */
  kinds: readonly FaultKind[];
}

/** A fault that a request has met. */
export interface Injected {
  kind: FaultKind;
  endpoint: Endpoint;
  grantType: string | undefined;
}

/** Lets requests meet faults, and counts them. */
export class Misbehaviour {
  /** How many requests have met which fault so far. */
  readonly injected = Object.fromEntries(faultKinds.map((kind) => [kind, 0])) as Record<
    FaultKind,
    number
  >;
  #ways: (Misbehaving & { chance: () => number })[] = [];
  #tell: (injected: Injected) => void = () => {};

  /** Misbehaves in these ways from here on; the first that hits a request counts. None: stops. */
  begin(ways: readonly Misbehaving[], tell: (injected: Injected) => void = () => {}): void {
    this.#ways = ways.map((way, index) => ({ ...way, chance: chanceOf(way.seed ?? index + 1) }));
    this.#tell = tell;
  }

  /** Returns what goes wrong with a request, if anything does. */
  meet(endpoint: Endpoint | undefined, { body }: Received): Trouble | undefined {
    for (const { rate, kinds, chance } of this.#ways) {
      const possible = kinds.filter((kind) => happensTo(kind, endpoint, body?.grant_type));
      if (!endpoint || possible.length === 0 || chance() >= rate) continue;
      const kind = possible[Math.floor(chance() * possible.length)];
      if (kind === undefined) continue;
      this.injected[kind] += 1;
      this.#tell({ kind, endpoint, grantType: grantTypeIn(body) });
      return troubleOf(kind, chance);
    }
    return undefined;
  }
}

function grantTypeIn(body: Received['body']): string | undefined {
  return typeof body?.grant_type === 'string' ? body.grant_type : undefined;
}
