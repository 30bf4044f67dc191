/**
 * What goes wrong in a run, and when.
 *
 * 1. Showers: faults by chance, each request to WorkOS meeting one with some probability.
 * 2. In a run of a minute or more, every ten minutes: keys rotated, gateways killed, and a full
 *    outage. Three calm seconds come before it, so that no tokens are on their way when it begins,
 *    and fine weather after it.
 * 3. The end is fine, too.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultKind, Injected, WorkOS } from '../workos.ts';
import type { Dice } from './dice.ts';
import type { Fleet } from './fleet.ts';

/** How the weather is. */
export type Sky = 'calm' | 'fine' | 'outage' | 'showers';

/** How bad it gets. */
export interface Climate {
  seconds: number;
  /** How many requests to WorkOS meet a fault, from 0 to 1. */
  rate: number;
  kinds: readonly FaultKind[];
  seed: number;
}

type Deed = readonly [at: number, deed: () => unknown];

const CYCLE_S = 600;
const SHORTEST_CYCLE_S = 60;
const OUTAGE_S = 60;
const CALM_S = 3;
const FINE_S = 60;
/**
 * A fault may be felt for as long: a gateway asks WorkOS again after ten seconds at the latest, and
 * for a session that it has failed to refresh after ten more.
 */
const FELT_MS = 16_000;
const ENDPOINTS = ['authorize', 'authenticate', 'jwks', 'logout'] as const;

/** The weather of one run. */
export class Weather {
  sky: Sky = 'fine';
  outages = 0;
  keyRotations = 0;
  readonly #workos: WorkOS;
  readonly #fleet: Fleet;
  readonly #climate: Climate;
  readonly #dice: Dice;
  readonly #tell: (injected: Injected) => void;
  #fineSince = Number.NEGATIVE_INFINITY;

  constructor(
    world: { workos: WorkOS; fleet: Fleet },
    climate: Climate,
    dice: Dice,
    tell: (injected: Injected) => void,
  ) {
    this.#workos = world.workos;
    this.#fleet = world.fleet;
    this.#climate = climate;
    this.#dice = dice;
    this.#tell = tell;
  }

  /** Says whether a request that began then may have felt a fault. */
  wasFoul(began: number): boolean {
    return this.sky !== 'fine' || began < this.#fineSince + FELT_MS;
  }

  /** Lets it rain, and ends in fine weather; a signal ends it early. */
  async run(signal: AbortSignal): Promise<void> {
    const began = Date.now();
    try {
      for (const [at, deed] of this.#deeds()) {
        await sleep(Math.max(0, began + at * 1000 - Date.now()), undefined, { signal });
        await deed();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      await this.#clear();
    }
  }

  #deeds(): Deed[] {
    const { seconds } = this.#climate;
    const foul = seconds - Math.min(30, seconds / 5);
    const cycles = Math.max(1, Math.round(foul / CYCLE_S));
    const length = foul / cycles;
    const all = Array.from({ length: cycles }, (_, index) => this.#cycle(index, length));
    const deeds: Deed[] = [...all.flat(), [foul, () => this.#clear()], [seconds, () => {}]];
    return deeds.sort(([one], [other]) => one - other);
  }

  #cycle(index: number, length: number): Deed[] {
    const from = index * length;
    const showers: Deed = [from, () => this.#showers()];
    if (length < SHORTEST_CYCLE_S) return [showers];
    const outage = from + 0.5 * length;
    const over = outage + Math.min(OUTAGE_S, length / 4);
    const fine = Math.min(FINE_S, length / 5);
    return [
      showers,
      [from + 0.2 * length, () => this.#rotateKeys()],
      [from + 0.35 * length, () => this.#kill()],
      [outage - CALM_S, () => this.#calm()],
      [outage, () => this.#outage(index)],
      // A gateway that starts in an outage has never seen a key.
      [outage + 0.3 * (over - outage), () => this.#kill()],
      [over, () => this.#clear()],
      [over + 0.7 * fine, () => this.#rotateKeys()],
      [over + fine, () => this.#showers()],
      [from + 0.85 * length, () => this.#kill()],
    ];
  }

  #showers(): void {
    const { rate, kinds } = this.#climate;
    this.sky = 'showers';
    this.#workos.misbehave({ seed: this.#dice.between(0, 2 ** 31), rate, kinds }, this.#tell);
  }

  #calm(): void {
    this.sky = 'calm';
    this.#workos.misbehave(undefined);
  }

  async #outage(index: number): Promise<void> {
    this.sky = 'outage';
    this.outages += 1;
    const hangs = this.#dice.between(0, 1) === 1;
    // The first of a run is the plainest.
    if (index % 3 === 0) return this.#workos.refuse();
    for (const endpoint of ENDPOINTS)
      this.#workos.fault({
        endpoint,
        times: Infinity,
        ...(hangs ? { hang: true } : { status: 503 }),
      });
  }

  async #clear(): Promise<void> {
    this.#workos.clearFaults();
    await this.#workos.accept();
    if (this.sky !== 'fine') this.#fineSince = Date.now();
    this.sky = 'fine';
  }

  #rotateKeys(): void {
    this.keyRotations += 1;
    this.#workos.rotateKeys('kept');
  }

  #kill(): Promise<void> {
    return this.#fleet.restart(this.#dice.between(0, 1000));
  }
}
