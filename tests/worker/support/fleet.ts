/** Several isolates of one gateway, beside a world that has the double and the site. */
import { after } from 'node:test';
import type { Variables } from './capnp.ts';
import { type Gateway, startGateway } from './gateway.ts';
import type { Reply } from './http.ts';
import { ISOLATE_HEADER, type Sharing } from './isolates.ts';
import { askGateway, NAVIGATION, SCRIPT, usual, type Visit, type World } from './world.ts';

/** What differs from the usual. */
export interface FleetOptions extends Sharing {
  variables?: Variables;
}

/** A request from a visitor. */
type FleetVisit = Omit<Visit, 'path' | 'headers'> & { headers?: Record<string, string> };

/** The isolates of one gateway. */
export class Fleet {
  readonly gateway: Gateway;
  readonly #world: World;

  constructor(world: World, gateway: Gateway) {
    this.#world = world;
    this.gateway = gateway;
  }

  /** Opens a page at one isolate. */
  open(isolate: number, path: string, visit: FleetVisit = {}): Promise<Reply> {
    return this.#ask(isolate, path, { ...visit, headers: { ...NAVIGATION, ...visit.headers } });
  }

  /** Asks one isolate the way a page's script does. */
  fetch(isolate: number, path: string, visit: FleetVisit = {}): Promise<Reply> {
    return this.#ask(isolate, path, { ...visit, headers: { ...SCRIPT, ...visit.headers } });
  }

  #ask(isolate: number, path: string, visit: FleetVisit): Promise<Reply> {
    const headers = { ...visit.headers, [ISOLATE_HEADER]: String(isolate) };
    return askGateway(this.gateway, this.#world.address, { path, ...visit, headers });
  }
}

/** Starts isolates that end with the tests of a file or block. */
export async function openFleet(world: World, options: FleetOptions = {}): Promise<Fleet> {
  const { variables, ...sharing } = options;
  const { workos, site, address } = world;
  const gateway = await startGateway({
    variables: { ...usual(workos, address), ORIGIN: `http://127.0.0.1:${site.port}`, ...variables },
    behind: { kind: 'network' },
    workosHost: `localhost:${workos.port}`,
    ...sharing,
  });
  after(() => gateway.stop());
  return new Fleet(world, gateway);
}
