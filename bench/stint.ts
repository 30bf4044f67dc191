/** One contestant's part in one turn: done in pieces, between which the others do theirs. */
import type { Reply } from './connection.ts';
import type { Entrant } from './entrant.ts';
import { send } from './load.ts';
import { processorTime } from './process.ts';
import type { Runtime } from './runtime.ts';
import type { Scenario } from './scenario.ts';
import type { Effort } from './turns.ts';

/** The figures of one turn. */
export interface Figures {
  /** Processor time of the contestant's process for one request, in microseconds. */
  cpu: number | undefined;
  perSecond: number;
  /** Latencies in microseconds. */
  p50: number;
  p99: number;
  /** How many answers were asked for again. */
  repeated: number;
}

/** What a contestant does in a turn. */
export class Stint {
  readonly #entrant: Entrant;
  readonly #scenario: Scenario;
  readonly #runtime: Runtime;
  readonly #requests: readonly string[];
  readonly #connections: number;
  /** How many are left to be sent. */
  #left: number;
  /** Processor time when it began: what is done between the pieces is done for them. */
  readonly #before: number | undefined;
  #latencies: Float64Array[] = [];
  #seconds = 0;
  #repeated = 0;
  #sent = 0;

  private constructor(
    entrant: Entrant,
    scenario: Scenario,
    runtime: Runtime,
    requests: readonly string[],
    work: { amount: number; connections: number },
  ) {
    this.#entrant = entrant;
    this.#scenario = scenario;
    this.#runtime = runtime;
    this.#requests = requests;
    this.#left = work.amount;
    this.#connections = work.connections;
    this.#before = processorTime(runtime.pid);
  }

  /** Gets the requests ready. */
  static async begin(entrant: Entrant, scenario: Scenario, effort: Effort): Promise<Stint> {
    const amount = Math.ceil(scenario.amount * (scenario.isWhole ? 1 : effort.share));
    const { connections = effort.connections } = scenario;
    const runtime = await entrant.runtime(scenario.variables);
    const requests = await scenario.requests(entrant, amount);
    return new Stint(entrant, scenario, runtime, requests, { amount, connections });
  }

  get letter(): string {
    return this.#entrant.contestant.letter;
  }

  get scenario(): string {
    return this.#scenario.name;
  }

  /** Sends its share of what is left, of which so many pieces are to be made, or the least. */
  async work(pieces: number, least: number): Promise<void> {
    const amount = Math.min(this.#left, Math.max(least, Math.ceil(this.#left / pieces)));
    if (amount === 0) return;
    this.#left -= amount;
    const next = () => this.#requests[this.#sent++ % this.#requests.length] as string;
    const wrong = (reply: Reply) => this.#scenario.wrong(reply);
    const [{ port }, connections] = [this.#runtime, this.#connections];
    try {
      const done = await send({ port, connections, amount, next, wrong });
      this.#seconds += done.seconds;
      this.#latencies.push(done.latencies);
      this.#repeated += done.repeated;
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /** What it came to. */
  figures(): Figures {
    const after = processorTime(this.#runtime.pid);
    const latencies = sorted(this.#latencies);
    const spent = after !== undefined && this.#before !== undefined && after - this.#before;
    return {
      cpu: spent === false ? undefined : spent / this.#sent,
      perSecond: this.#sent / this.#seconds,
      p50: at(0.5, latencies),
      p99: at(0.99, latencies),
      repeated: this.#repeated,
    };
  }

  #failure(error: unknown): Error {
    const { letter, name } = this.#entrant.contestant;
    const reason = error instanceof Error ? error.message : String(error);
    const complaints = this.#runtime.complaints();
    return new Error(`(${letter}) ${name}, ${this.#scenario.title}: ${reason}\n${complaints}`);
  }
}

function sorted(pieces: readonly Float64Array[]): Float64Array {
  return Float64Array.from(pieces.flatMap((piece) => [...piece])).sort();
}

function at(share: number, latencies: Float64Array): number {
  return latencies[Math.floor((latencies.length - 1) * share)] ?? 0;
}
