/** The configuration that workerd runs a contestant with: the same for all but for its own code. */
import { readFileSync } from 'node:fs';
import { parse } from 'smol-toml';
import { quoted, type Variables, variableBindings } from '../tests/worker/support/capnp.ts';
import type { Contestant, Module } from './contestant.ts';
import { SCHEME_HEADER } from './request.ts';
import type { Files } from './runtime.ts';
import type { World } from './world.ts';

/** What all contestants are told of the site; the matcher is the one `wrangler.toml` suggests. */
export const SITE: Variables = {
  MATCHER: ['/((?!_next/static|favicon.ico).*)'],
  UNAUTHENTICATED_PATHS: ['/', '/about/:path*'],
};

const wrangler = new URL('../wrangler.toml', import.meta.url);
const { compatibility_date: date } = parse(readFileSync(wrangler, 'utf8'));

/** Writes it. */
export function configurationOf(
  { modules, flags }: Contestant,
  variables: Variables,
  { origin }: World,
): string {
  const all = { ORIGIN: origin, ...SITE, ...variables };
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "contestant", worker = .contestant),
    (name = "internet", network = (allow = ["local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", service = "contestant",
    http = (forwardedProtoHeader = ${quoted(SCHEME_HEADER)}))],
);
const contestant :Workerd.Worker = (
  modules = [${modules.map(moduleText).join(',\n    ')}],
  compatibilityDate = ${quoted(String(date))},
  compatibilityFlags = [${flags.map(quoted).join(', ')}],
  bindings = [${variableBindings(all).join(',\n    ')}],
  globalOutbound = "internet",
);
`;
}

/**
 * Returns the files that a contestant's configuration embeds, by name: if its modules stood in it, reading
 * them there would count as its start.
 */
export function filesOf({ modules }: Contestant): Files {
  const contents = modules.map((module) => ('script' in module ? module.script : module.wasm));
  return Object.fromEntries(contents.map((content, index) => [fileName(index), content]));
}

function moduleText(module: Module, index: number): string {
  const kind = 'script' in module ? 'esModule' : 'wasm';
  return `(name = ${quoted(module.name)}, ${kind} = embed ${quoted(fileName(index))})`;
}

function fileName(index: number): string {
  return `module-${index}`;
}
