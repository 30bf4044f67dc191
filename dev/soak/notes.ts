/** Everything that is noted in a run. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Dice } from './dice.ts';
import { Ledger } from './ledger.ts';
import { Losses } from './loss.ts';
import { Memory } from './memory.ts';
import { Tally } from './tally.ts';
import { Violations } from './violations.ts';
import { type Climate, Weather } from './weather.ts';
import { REPLAY_SECONDS, type World } from './world.ts';

/** The notes of one run. */
export class Notes {
  readonly began = Date.now();
  /** The beginning of a hash of the wasm. */
  readonly build = hashOfBuild();
  readonly tally = new Tally();
  readonly ledger: Ledger;
  readonly losses: Losses;
  readonly memory: Memory;
  readonly violations: Violations;
  readonly weather: Weather;

  constructor(world: World, climate: Climate) {
    const { workos, fleet } = world;
    this.ledger = new Ledger(workos.requests);
    this.memory = new Memory(fleet);
    this.violations = new Violations((fits) => fleet.log(fits));
    this.weather = new Weather(world, climate, new Dice(climate.seed), (injected) =>
      this.ledger.note(injected),
    );
    const { sessions } = workos;
    const witnesses = { ledger: this.ledger, sessions, replaySeconds: REPLAY_SECONDS };
    this.losses = new Losses(witnesses, this.violations, this.tally);
  }

  get seconds(): number {
    return Math.round((Date.now() - this.began) / 1000);
  }

  /** Returns how it goes, in a line. */
  line(): string {
    const { tally, violations, weather, memory, ledger } = this;
    const megabytes = memory.footprints.map(({ end }) => (end / 1e6).toFixed(0)).join(' + ');
    return [
      `${String(this.seconds).padStart(5)} s`,
      weather.sky.padEnd(7),
      `${tally.total} requests`,
      `200: ${tally.of(200)}`,
      `503: ${tally.of(503)}`,
      `refreshes: ${ledger.calls['authenticate refresh_token'] ?? 0}`,
      `signed out by accident: ${violations.counts['unexpected sign-out'] ?? 0}`,
      `violations: ${violations.total}`,
      `${megabytes} MB`,
    ].join('  ');
  }
}

function hashOfBuild(): string {
  const wasm = readFileSync(new URL('../../build/index_bg.wasm', import.meta.url));
  return createHash('sha256').update(wasm).digest('hex').slice(0, 12);
}
