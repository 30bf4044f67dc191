/** One gateway: the built Worker on workerd, with a memory of its own. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'smol-toml';
import { quoted, type Variables, variableBindings } from '../../tests/worker/support/capnp.ts';
import { SCHEME_HEADER } from '../../tests/worker/support/gateway.ts';
import { startWorkerd, type Workerd } from '../../tests/worker/support/workerd.ts';
import { memoryOfRuntimes } from './memory.ts';

/** A running gateway. */
export interface Gateway {
  port: number;
  /** The runtime's process; undefined where the system doesn't tell. */
  pid: number | undefined;
  /** Returns the last lines of its log that fit. */
  log(fits: (line: string) => boolean): string[];
  /** Ends it on the spot. */
  stop(): Promise<void>;
}

/** Lines of the log that are kept; a day would be gigabytes. */
const MOST_LINES = 4000;
const MOST_TOLD = 4;

const root = new URL('../../', import.meta.url);

/** Starts a gateway on any port. One at a time: its process is the one that is new. */
export async function startGateway(configuration: string): Promise<Gateway> {
  const before = await memoryOfRuntimes();
  const workerd = await startWorkerd(configuration);
  const after = await memoryOfRuntimes();
  const trimming = setInterval(() => trim(workerd), 1000).unref();
  return {
    port: workerd.port,
    pid: [...after.keys()].find((pid) => !before.has(pid)),
    log: (fits) => workerd.lines.filter(fits).slice(-MOST_TOLD),
    stop: async () => {
      clearInterval(trimming);
      await workerd.stop();
    },
  };
}

/** Writes the configuration of a Worker with these variables. */
export function configurationOf(variables: Variables): string {
  const { compatibility_date: date, compatibility_flags: flags } = parse(
    readFileSync(new URL('wrangler.toml', root), 'utf8'),
  );
  const names = Array.isArray(flags) ? flags.map(String) : [];
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
  modules = [
    (name = "index.js", esModule = ${quoted(readFileSync(new URL('build/index.js', root), 'utf8'))}),
    (name = "./index_bg.wasm", wasm = ${wasm()}),
  ],
  compatibilityDate = ${quoted(String(date))},
  compatibilityFlags = [${names.map(quoted).join(', ')}],
  bindings = [${variableBindings(variables).join(',\n    ')}],
  globalOutbound = "internet",
);
`;
}

function wasm(): string {
  const bytes = readFileSync(fileURLToPath(new URL('build/index_bg.wasm', root)));
  return `0x"${bytes.toString('hex')}"`;
}

/** The record of a runtime is made for tests, which are short. */
function trim({ lines }: Workerd): void {
  if (lines.length > MOST_LINES) (lines as string[]).splice(0, lines.length - MOST_LINES / 2);
}
