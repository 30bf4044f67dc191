/** The built Worker on the real runtime, in front of one of four kinds of site. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'smol-toml';
import { quoted, type Variables, variableBindings } from './capnp.ts';
import { type Sharing, shared } from './isolates.ts';
import { startWorkerd } from './workerd.ts';

/** What stands behind the gateway. */
export type Behind =
  /** The variable `ORIGIN`, or whatever the variables say: no binding, and the network answers. */
  | { kind: 'network' }
  /** A service binding `ORIGIN` to a server. */
  | { kind: 'service'; port: number }
  /** A binding `ASSETS` to a Worker that answers with its own script. */
  | { kind: 'assets'; script: string }
  /** The request's own URL, which leads to a server. */
  | { kind: 'same-url'; port: number }
  /** The request's own URL, which leads back to the gateway. */
  | { kind: 'loop' };

/** What to start. */
export interface GatewayOptions extends Sharing {
  variables: Variables;
  behind: Behind;
  /** Where WorkOS is, for sites behind the request's own URL. */
  workosHost: string;
}

/** A line of the gateway's log. */
export interface LogLine {
  level: string;
  reason: string;
  request_id?: string;
  method?: string;
  path?: string;
  route?: string;
  verdict?: string;
  status?: number;
  detail?: string;
  seal?: string;
  refresh?: string;
  session?: string;
  ms?: number;
}

/** A running gateway. */
export interface Gateway {
  port: number;
  /** What it has logged so far. */
  log(): LogLine[];
  /** Resolves to the first line that fits, one already written included. */
  logged(fits: (line: LogLine) => boolean): Promise<LogLine>;
  /** All it has written, words of the runtime included. */
  output(): string;
  stop(): Promise<void>;
}

/** By this header tests say under which scheme a request came, as Cloudflare knows it of TLS. */
export const SCHEME_HEADER = 'x-test-scheme';

const root = new URL('../../../', import.meta.url);
const wrangler = parse(readFileSync(new URL('wrangler.toml', root), 'utf8'));

/** Starts a gateway on any port. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const workerd = await startWorkerd(configuration(options));
  return {
    port: workerd.port,
    log: () => workerd.lines.map(logLine).filter((line) => line !== undefined),
    logged: async (fits) => {
      const found = await workerd.line((text) => {
        const line = logLine(text);
        return line !== undefined && fits(line);
      });
      return JSON.parse(found) as LogLine;
    },
    output: () => workerd.lines.join('\n'),
    stop: () => workerd.stop(),
  };
}

function logLine(text: string): LogLine | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return undefined;
  }
}

function configuration({ variables, behind, workosHost, ...sharing }: GatewayOptions): string {
  const site = siteServices(behind, workosHost);
  const { entry, services, bindings: own, settings } = shared(sharing, compatibility());
  const bindings = [...variableBindings(variables), ...site.bindings, ...own];
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "internet", network = (allow = ["local"])),
    ${[...services, ...site.services].join(',\n    ')}
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", service = ${quoted(entry)},
    http = (forwardedProtoHeader = ${quoted(SCHEME_HEADER)}))],
);
const modules :List(Workerd.Worker.Module) = ${codeModules()};
const bindings :List(Workerd.Worker.Binding) = [${bindings.join(',\n    ')}];
const gateway :Workerd.Worker = (
  modules = .modules,
  ${compatibility()},
  bindings = .bindings,
  globalOutbound = ${quoted(site.outbound)},
  ${settings}
);
const coordinator :Workerd.Worker = (
  modules = .modules,
  ${compatibility()},
  bindings = .bindings,
  globalOutbound = ${quoted(site.outbound)},
  durableObjectNamespaces = [(className = "RefreshCoordinator", uniqueKey = "coordinator")],
  durableObjectStorage = (inMemory = void),
);
`;
}

/** The built Worker, behind a module of a test's own where one is given. */
export function codeModules(main?: string): string {
  const modules = [
    ...(main === undefined ? [] : [`(name = "main.js", esModule = ${quoted(main)})`]),
    `(name = "index.js", esModule = ${text('build/index.js')})`,
    `(name = "./index_bg.wasm", wasm = ${data('build/index_bg.wasm')})`,
  ];
  return `[\n    ${modules.join(',\n    ')}\n  ]`;
}

/** The version of the platform, as it is deployed on. */
export function compatibility(): string {
  return `compatibilityDate = ${quoted(String(wrangler.compatibility_date))},
  compatibilityFlags = [${flags().map(quoted).join(', ')}]`;
}

interface SiteServices {
  services: string[];
  bindings: string[];
  outbound: string;
}

function siteServices(behind: Behind, workosHost: string): SiteServices {
  switch (behind.kind) {
    case 'network':
      return { services: [], bindings: [], outbound: 'internet' };
    case 'service':
      return {
        services: [external('site', behind.port)],
        bindings: ['(name = "ORIGIN", service = "site")'],
        outbound: 'internet',
      };
    case 'assets':
      return {
        services: [worker('site', behind.script, [])],
        bindings: ['(name = "ASSETS", service = "site")'],
        outbound: 'internet',
      };
    case 'same-url':
      return {
        services: [external('site', behind.port), zone('site', workosHost)],
        bindings: [],
        outbound: 'zone',
      };
    case 'loop':
      return { services: [zone('gateway', workosHost)], bindings: [], outbound: 'zone' };
  }
}

/** Stands for DNS: WorkOS is on the network, every other name leads to the site. */
function zone(site: string, workosHost: string): string {
  const script = `export default {
    fetch(request, { INTERNET, SITE }) {
      const isWorkOS = new URL(request.url).host === ${JSON.stringify(workosHost)};
      return (isWorkOS ? INTERNET : SITE).fetch(request);
    }
  }`;
  return worker('zone', script, [
    '(name = "INTERNET", service = "internet")',
    `(name = "SITE", service = ${quoted(site)})`,
  ]);
}

function external(name: string, port: number): string {
  return `(name = ${quoted(name)}, external = (address = "127.0.0.1:${port}", http = ()))`;
}

function worker(name: string, script: string, bindings: string[]): string {
  return `(name = ${quoted(name)}, worker = (
      modules = [(name = "index.js", esModule = ${quoted(script)})],
      compatibilityDate = ${quoted(String(wrangler.compatibility_date))},
      bindings = [${bindings.join(', ')}],
    ))`;
}

function flags(): string[] {
  const { compatibility_flags: listed } = wrangler;
  return Array.isArray(listed) ? listed.map(String) : [];
}

function text(path: string): string {
  return quoted(readFileSync(new URL(path, root), 'utf8'));
}

function data(path: string): string {
  return `0x"${readFileSync(fileURLToPath(new URL(path, root))).toString('hex')}"`;
}
