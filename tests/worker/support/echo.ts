/** The site behind the gateway: answers with what reached it, or with what a test scripted. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

/** A request as it reached the site. */
export interface Arrival {
  method: string;
  /** The request target, byte for byte. */
  url: string;
  /** Every header line, in order, names in lower case. */
  headers: [name: string, value: string][];
  bodyBytes: number;
  bodySha256: string;
}

/** A scripted answer. */
export type Script = (response: ServerResponse, request: IncomingMessage) => void;
/** A scripted upgrade; without one the site accepts and echoes bytes. */
export type UpgradeScript = (request: IncomingMessage, socket: Duplex) => void;

/** A running site. */
export interface EchoSite {
  port: number;
  /** Everything that arrived, upgrades included. */
  arrivals: Arrival[];
  /** How to answer, until it is undefined again. */
  script: Script | undefined;
  onUpgrade: UpgradeScript;
  /** Sees every request as soon as its header is there. */
  onRequest: ((request: IncomingMessage) => void) | undefined;
  /** Closes every connection without a word. */
  down: boolean;
  close(): Promise<void>;
}

/** Starts a site on the loopback interface. */
export async function startEchoSite(): Promise<EchoSite> {
  const server = createServer();
  const upgraded = new Set<Duplex>();
  const site: EchoSite = {
    port: 0,
    arrivals: [],
    script: undefined,
    onRequest: undefined,
    onUpgrade: (_request, socket) => accept(socket),
    down: false,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of upgraded) socket.destroy();
      }),
  };
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (site.down) return void request.socket.resetAndDestroy();
    site.onRequest?.(request);
    void read(request).then(
      (arrival) => {
        site.arrivals.push(arrival);
        if (site.script) site.script(response, request);
        else echo(response, arrival);
      },
      () => response.destroy(),
    );
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    site.arrivals.push(arrivalOf(request, 0, ''));
    upgraded.add(socket);
    socket.on('close', () => upgraded.delete(socket));
    socket.on('error', () => socket.destroy());
    site.onUpgrade(request, socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  site.port = (server.address() as AddressInfo).port;
  return site;
}

async function read(request: IncomingMessage): Promise<Arrival> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return arrivalOf(request, bytes, hash.digest('hex'));
}

function arrivalOf(request: IncomingMessage, bodyBytes: number, bodySha256: string): Arrival {
  const { rawHeaders } = request;
  const headers: [string, string][] = [];
  for (let index = 0; index < rawHeaders.length; index += 2)
    headers.push([String(rawHeaders[index]).toLowerCase(), String(rawHeaders[index + 1])]);
  const { method = '', url = '' } = request;
  return { method, url, headers, bodyBytes, bodySha256 };
}

function echo(response: ServerResponse, arrival: Arrival): void {
  const body = JSON.stringify(arrival);
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(arrival.method === 'HEAD' ? undefined : body);
}

/** Accepts a WebSocket by name only; what comes after the handshake is echoed as it is. */
function accept(socket: Duplex): void {
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nX-Site: here\r\n\r\n',
  );
  socket.pipe(socket);
}

/** The values of one header line, in order. */
export function valuesOf(arrival: Arrival, name: string): string[] {
  return arrival.headers.filter(([key]) => key === name).map(([, value]) => value);
}

/** What the site is told where nobody is, or can be, signed in: that, and where to sign in and up. */
export function nobodyAt(
  path: string,
  authenticated: 'false' | 'unknown' = 'false',
  origin = 'https://app.example.com',
): Record<string, string> {
  const back = path === '/' ? '' : `?${new URLSearchParams({ return_to: path })}`;
  return {
    'x-authkit-authenticated': authenticated,
    'x-authkit-sign-in-url': `${origin}/login${back}`,
    'x-authkit-sign-up-url': `${origin}/signup${back}`,
  };
}

/** The lines that say something about the visitor. */
export function identityOf(arrival: Arrival): Record<string, string> {
  return Object.fromEntries(
    arrival.headers.filter(([name]) => /^x[-_.]?(authkit|workos)[-_.]/.test(name)),
  );
}
