/** The gateway on a platform that fails: its clock, its randomness, its memory. */
import { after } from 'node:test';
import { quoted, variableBindings } from './capnp.ts';
import { codeModules, compatibility, type Gateway, SCHEME_HEADER } from './gateway.ts';
import { startWorkerd } from './workerd.ts';
import { usual, World } from './world.ts';

/** A clock that is wrong by so many seconds. */
export const clockOffBy = (seconds: number) => `
  const { now } = Date;
  Date.now = () => now() + ${seconds * 1000};
`;

/** No randomness. */
export const NO_RANDOMNESS = `
  crypto.getRandomValues = () => {
    throw new Error('there is no entropy');
  };
`;

/** Runs `script` for each request, which it knows as `request`. */
const forEachRequest = (script: string) => `
  const { get: url } = Object.getOwnPropertyDescriptor(Request.prototype, 'url');
  Object.defineProperty(Request.prototype, 'url', {
    configurable: true,
    get() {
      const request = this;
      ${script}
      return url.call(this);
    },
  });
`;

/** By this header a request says how many seconds have passed; see {@link pass}. */
const PASSED = 'x-test-passed';

/** A clock that can be put forward. */
export const CLOCK = `
  const { now } = Date;
  let passed = 0;
  Date.now = () => now() + passed * 1000;
  ${forEachRequest(`passed += Number(request.headers.get('${PASSED}') ?? 0);`)}
`;

/** Lets time pass: for a gateway with {@link CLOCK}, and for WorkOS. */
export async function pass(seconds: number, world: World): Promise<void> {
  await world.ask({ path: '/auth/health', headers: { [PASSED]: String(seconds) } });
  world.workos.settings.clockOffsetSeconds += seconds;
}

/** By this header a request says at which of its looks at the clock, or at chance, the stack overflows. */
export const OVERFLOWS = 'x-test-overflows';

/** A stack that overflows in the middle of wasm. */
export const SHORT_STACK = `
  const deeper = () => deeper() + 1;
  let looks = Infinity;
  const overflowing = (look) => () => {
    looks -= 1;
    if (looks >= 0) return look();
    looks = Infinity;
    return deeper();
  };
  Date.now = overflowing(Date.now);
  Math.random = overflowing(Math.random);
  ${forEachRequest(`
    const overflows = request.headers.get('${OVERFLOWS}');
    if (overflows !== null) looks = Number(overflows);
  `)}
`;

/** By this header a request says that its next timer can't be set, at which Rust panics. */
export const PANICS = 'x-test-panics';

/** Timers that can't be set. */
export const NO_TIMER = `
  const { setTimeout: set } = globalThis;
  let panics = false;
  globalThis.setTimeout = (...rest) => {
    if (!panics) return set(...rest);
    panics = false;
    throw new Error('there is no timer');
  };
  ${forEachRequest(`panics ||= request.headers.has('${PANICS}');`)}
`;

/** Opens a world beside another, in whose isolate a script has run before the gateway was there. */
export async function openOn(script: string, beside: World): Promise<World> {
  const { workos, site, address } = beside;
  const workerd = await startWorkerd(configuration(script, beside));
  after(() => workerd.stop());
  const gateway: Gateway = {
    port: workerd.port,
    log: () => [],
    logged: () => Promise.reject(new Error('its log is not read')),
    output: () => workerd.lines.join('\n'),
    stop: () => workerd.stop(),
  };
  return new World(workos, site, gateway, address);
}

function configuration(script: string, { workos, site, address }: World): string {
  const variables = { ...usual(workos, address), ORIGIN: `http://127.0.0.1:${site.port}` };
  // What is imported comes before all else, unless it is imported so.
  const main = `${script}
    const { default: gateway } = await import('./index.js');
    export default gateway;`;
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "gateway", worker = .gateway),
    (name = "internet", network = (allow = ["local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", service = "gateway",
    http = (forwardedProtoHeader = ${quoted(SCHEME_HEADER)}))],
);
const gateway :Workerd.Worker = (
  modules = ${codeModules(main)},
  ${compatibility()},
  bindings = [${variableBindings(variables).join(',\n    ')}],
  globalOutbound = "internet",
);
`;
}
