/**
 * A coordinator by itself, with a storage that tests can look into, let age, and wake: the real one
 * takes minutes for what must be seen here.
 */
import { after } from 'node:test';
import { type Variables, variableBindings } from './capnp.ts';
import { codeModules, compatibility } from './gateway.ts';
import { ask, jsonOf, type Reply } from './http.ts';
import { startWorkerd } from './workerd.ts';

/** What a coordinator keeps. */
export interface Stock {
  /** By name: until when, in milliseconds since 1970, and the text. */
  kept: Record<string, [until: number, text: string]>;
  /** When it is to be woken, in milliseconds since 1970. */
  alarm: number | null;
}

/** A coordinator. */
export class Desk {
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  /** Gives it an errand; none is a call. */
  ask(errand?: unknown): Promise<Reply> {
    const body = typeof errand === 'string' ? errand : JSON.stringify(errand);
    return this.#tell('/errand', body);
  }

  async stock(): Promise<Stock> {
    return jsonOf(await this.#tell('/stock')) as unknown as Stock;
  }

  /** Lets what it keeps be older. */
  async age(seconds: number): Promise<void> {
    await this.#tell(`/age?${seconds}`);
  }

  /** Wakes it, as the platform does when the time has come. */
  async wake(): Promise<void> {
    await this.#tell('/alarm');
  }

  #tell(path: string, body?: string): Promise<Reply> {
    const headers = { host: 'desk' };
    return ask({
      port: this.#port,
      method: 'POST',
      path,
      headers,
      ...(body !== undefined && { body }),
    });
  }
}

/** Starts a coordinator that ends with the tests of a file or block. */
export async function openDesk(variables: Variables): Promise<Desk> {
  const workerd = await startWorkerd(`using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "desk", worker = (
      modules = ${codeModules(MAIN)},
      ${compatibility()},
      bindings = [${variableBindings(variables).join(', ')}],
      globalOutbound = "internet",
    )),
    (name = "internet", network = (allow = ["local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", service = "desk", http = ())],
);
`);
  after(() => workerd.stop());
  return new Desk(workerd.port);
}

const MAIN = `import { RefreshCoordinator } from './index.js';
  const kept = new Map();
  let [alarm, context, desk] = [null];
  const storage = {
    get: async (name) => kept.get(name),
    put: async (name, value) => void kept.set(name, value),
    delete: async (name) => kept.delete(name),
    list: async () => new Map(kept),
    getAlarm: async () => alarm,
    setAlarm: async (at) => { alarm = Number(at); },
  };
  const state = { storage, waitUntil: (promise) => context.waitUntil(promise) };
  function age(seconds) {
    for (const entry of kept.values()) entry[0] -= seconds * 1000;
    if (alarm !== null) alarm -= seconds * 1000;
  }
  async function wake() {
    alarm = null;
    await desk.alarm();
  }
  export default {
    async fetch(request, env, ctx) {
      context = ctx;
      desk ??= new RefreshCoordinator(state, env);
      const { pathname, search } = new URL(request.url);
      if (pathname === '/errand') return desk.fetch(request);
      if (pathname === '/age') age(Number(search.slice(1)));
      if (pathname === '/alarm') await wake();
      return Response.json({ kept: Object.fromEntries(kept), alarm });
    },
  };`;
