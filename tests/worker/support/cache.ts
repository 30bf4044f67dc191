/** What stands behind the Cache API: a server that keeps what it is given, or fails to. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A running cache. */
export interface CacheServer {
  port: number;
  /** By namespace and URL: the header and the body of what was put there. */
  entries: Map<string, Entry>;
  /** The methods of all requests so far. */
  asked: string[];
  /** `hangs`: never answers; `errors`: answers 500. */
  trouble: 'hangs' | 'errors' | undefined;
  close(): Promise<void>;
}

/** A response that was put into the cache. */
export interface Entry {
  headers: [name: string, value: string][];
  body: string;
}

/** Starts a cache on the loopback interface. */
export async function startCache(): Promise<CacheServer> {
  const server = createServer((request, response) => void answer(request, response));
  const cache: CacheServer = {
    port: 0,
    entries: new Map(),
    asked: [],
    trouble: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', headers, url } = request;
    cache.asked.push(method);
    const body = await read(request);
    if (cache.trouble === 'hangs') return;
    if (cache.trouble === 'errors') return void response.writeHead(500).end();
    const name = `${headers['cf-cache-namespace'] ?? ''} http://${headers.host}${url}`;
    if (method === 'PUT') {
      cache.entries.set(name, parsed(body));
      return void response.writeHead(204).end();
    }
    const entry = cache.entries.get(name);
    if (!entry) return void response.writeHead(504, { 'cf-cache-status': 'MISS' }).end();
    response.writeHead(200, [...entry.headers, ['cf-cache-status', 'HIT']].flat()).end(entry.body);
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cache.port = (server.address() as AddressInfo).port;
  return cache;
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** What is put there is a whole response, as it would go over the wire. */
function parsed(message: string): Entry {
  const end = message.indexOf('\r\n\r\n');
  const [, ...lines] = message.slice(0, end).split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { headers, body: message.slice(end + 4) };
}
