/** The isolates of one gateway, and what they share. */
import { quoted } from './capnp.ts';

/** What the isolates of a gateway share. */
export interface Sharing {
  /** Default 1. Of several, a request says by {@link ISOLATE_HEADER} for which one it is. */
  isolates?: number;
  /**
   * What `REFRESH_COORDINATOR` leads to: the gateway's own class, or the class `RefreshCoordinator`
   * of a script. Default: nothing.
   */
  coordinator?: 'own' | { script: string };
  /** The port of the server that keeps what the Cache API is given. Default: there is none. */
  cachePort?: number;
}

/** By this header a test picks an isolate: `0` is the first. */
export const ISOLATE_HEADER = 'x-test-isolate';

interface SharedServices {
  /** The service that requests come to. */
  entry: string;
  services: string[];
  bindings: string[];
  /** Of every isolate. */
  settings: string;
}

/** Writes the services of isolates whose code is `.gateway`, or `.coordinator` with a class in it. */
export function shared(
  { isolates = 1, coordinator, cachePort }: Sharing,
  compatibility: string,
): SharedServices {
  const names = Array.from({ length: isolates }, (_, index) => `gateway${index || ''}`);
  const services = names.map((name) => `(name = ${quoted(name)}, worker = .gateway)`);
  if (isolates > 1) services.push(door(names, compatibility));
  if (coordinator) services.push(desk(coordinator, compatibility));
  if (cachePort !== undefined)
    services.push(`(name = "cache", external = (address = "127.0.0.1:${cachePort}", http = ()))`);
  return {
    entry: isolates > 1 ? 'door' : 'gateway',
    services,
    bindings: coordinator ? [BINDING] : [],
    settings: cachePort === undefined ? '' : 'cacheApiOutbound = "cache",',
  };
}

const BINDING = `(name = "REFRESH_COORDINATOR",
      durableObjectNamespace = (className = "RefreshCoordinator", serviceName = "coordinator"))`;

/** Leads a request to the isolate it names, and says nothing of that. */
function door(names: string[], compatibility: string): string {
  const script = `export default {
    fetch(request, env) {
      const headers = new Headers(request.headers);
      const isolate = headers.get(${JSON.stringify(ISOLATE_HEADER)}) ?? '0';
      headers.delete(${JSON.stringify(ISOLATE_HEADER)});
      return env['ISOLATE_' + isolate].fetch(new Request(request, { headers }));
    }
  }`;
  const bindings = names.map(
    (name, index) => `(name = "ISOLATE_${index}", service = ${quoted(name)})`,
  );
  return `(name = "door", worker = (
      modules = [(name = "index.js", esModule = ${quoted(script)})],
      ${compatibility},
      bindings = [${bindings.join(', ')}],
    ))`;
}

function desk(coordinator: 'own' | { script: string }, compatibility: string): string {
  if (coordinator === 'own') return '(name = "coordinator", worker = .coordinator)';
  return `(name = "coordinator", worker = (
      modules = [(name = "index.js", esModule = ${quoted(coordinator.script)})],
      ${compatibility},
      durableObjectNamespaces = [(className = "RefreshCoordinator", uniqueKey = "coordinator")],
      durableObjectStorage = (inMemory = void),
    ))`;
}
