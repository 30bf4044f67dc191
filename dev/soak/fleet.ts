/** Gateways behind a round robin, any of which may end and come back without its memory. */
import type { Variables } from '../../tests/worker/support/capnp.ts';
import { configurationOf, type Gateway, startGateway } from './gateway.ts';

/** One of the places in the round robin. */
export interface Berth {
  /** Undefined while its gateway is being restarted. */
  gateway: Gateway | undefined;
  restarts: number;
}

/** All gateways. */
export class Fleet {
  readonly berths: readonly Berth[];
  readonly #configuration: string;
  #turn = 0;
  /** When one was down last. */
  #wasDown = Number.NEGATIVE_INFINITY;

  private constructor(configuration: string, gateways: Gateway[]) {
    this.#configuration = configuration;
    this.berths = gateways.map((gateway) => ({ gateway, restarts: 0 }));
  }

  /** Starts as many as are wanted. */
  static async start(variables: Variables, isolates: number): Promise<Fleet> {
    const configuration = configurationOf(variables);
    const gateways: Gateway[] = [];
    for (let left = isolates; left > 0; left -= 1) gateways.push(await startGateway(configuration));
    return new Fleet(configuration, gateways);
  }

  /** Returns the port of whose turn it is; undefined while none is up. */
  next(): number | undefined {
    for (let tries = 0; tries < this.berths.length; tries += 1) {
      this.#turn = (this.#turn + 1) % this.berths.length;
      const { gateway } = this.berths[this.#turn] as Berth;
      if (gateway) return gateway.port;
    }
    return undefined;
  }

  /** Kills one and starts it again. The first one lives on, unless it is alone: its memory tells. */
  async restart(index: number): Promise<void> {
    const mortal = Math.max(1, this.berths.length - 1);
    const berth = this.berths[this.berths.length - 1 - (index % mortal)] as Berth;
    const { gateway } = berth;
    berth.gateway = undefined;
    this.#wasDown = Number.POSITIVE_INFINITY;
    await gateway?.stop();
    berth.gateway = await startGateway(this.#configuration);
    berth.restarts += 1;
    this.#wasDown = Date.now();
  }

  get restarts(): number {
    return this.berths.reduce((sum, { restarts }) => sum + restarts, 0);
  }

  /** Says whether a request that began at this time may have found one down, or on its way down. */
  hasLostSince(began: number): boolean {
    return this.#wasDown >= began;
  }

  /** Returns the last lines of every log that fit. */
  log(fits: (line: string) => boolean): string[] {
    return this.berths.flatMap(
      ({ gateway }, index) => gateway?.log(fits).map((line) => `${index + 1}: ${line}`) ?? [],
    );
  }

  async stop(): Promise<void> {
    await Promise.all(this.berths.map(({ gateway }) => gateway?.stop()));
  }
}
