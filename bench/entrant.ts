/** A contestant that runs, under each of the settings it has been asked for. */
import type { Variables } from '../tests/worker/support/capnp.ts';
import { configurationOf, filesOf } from './configuration.ts';
import type { Contestant, Supplies } from './contestant.ts';
import { type Runtime, startRuntime } from './runtime.ts';
import type { World } from './world.ts';

/** A contestant in its world. */
export class Entrant {
  readonly contestant: Contestant;
  readonly world: World;
  readonly #supplies: Supplies;
  #runtimes = new Map<string, Promise<Runtime>>();

  private constructor(contestant: Contestant, world: World, supplies: Supplies) {
    this.contestant = contestant;
    this.world = world;
    this.#supplies = supplies;
  }

  static async enter(contestant: Contestant, world: World): Promise<Entrant> {
    return new Entrant(contestant, world, await contestant.supplies(world));
  }

  /** The process that runs with these variables beside the usual ones; there is one for each. */
  runtime(variables: Variables = {}): Promise<Runtime> {
    const key = JSON.stringify(variables);
    const running = this.#runtimes.get(key) ?? this.start(variables);
    this.#runtimes.set(key, running);
    return running;
  }

  /** Starts a process of its own, which whoever asked for it ends. */
  start(variables: Variables = {}): Promise<Runtime> {
    const all = { ...this.#supplies.variables, ...variables };
    const config = configurationOf(this.contestant, all, this.world);
    return startRuntime(config, filesOf(this.contestant));
  }

  /** Ends the processes; what was asked for comes up again when it is asked for again. */
  async rest(): Promise<void> {
    const running = [...this.#runtimes.values()];
    this.#runtimes.clear();
    await Promise.all(running.map(async (runtime) => (await runtime).stop()));
  }

  async leave(): Promise<void> {
    await this.rest();
    await this.#supplies.close?.();
  }
}
