/** The site behind the gateway: says who it was told is there. It is always well. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the site answers. */
export interface Told {
  authenticated: string | undefined;
  user: string | undefined;
  session: string | undefined;
}

/** A running site. */
export interface Site {
  port: number;
  close(): Promise<void>;
}

/** Paths that begin so are answered in two pieces, so that somebody can leave in between. */
export const SLOW = '/slow/';
const PAUSE_MS = 40;
/** Longer than the runtime keeps a connection, so that it never sends into one that is closing. */
const KEEP_ALIVE_MS = 300_000;

/** Starts the site on the loopback interface. */
export async function startSite(): Promise<Site> {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  for await (const _chunk of request) {
    // What is posted doesn't matter, only that it came to its end.
  }
  const told: Told = {
    authenticated: one(request, 'x-authkit-authenticated'),
    user: one(request, 'x-authkit-user-id'),
    session: one(request, 'x-authkit-session-id'),
  };
  response.writeHead(200, { 'content-type': 'application/json' });
  if (request.url?.startsWith(SLOW)) {
    response.write(' ');
    await sleep(PAUSE_MS);
  }
  response.end(JSON.stringify(told));
}

function one({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
