/** A WebSocket handshake by hand, and the bytes after it. */
import { request as httpRequest } from 'node:http';
import type { Duplex } from 'node:stream';
import { SCHEME_HEADER } from './gateway.ts';
import { type HeaderLines, setCookies } from './http.ts';
import type { World } from './world.ts';

/** How a handshake ended. */
export interface Handshake {
  status: number;
  lines: [string, string][];
  setCookies: string[];
  /** The connection, where the status is 101. */
  socket?: Duplex;
}

/** Asks for a WebSocket. */
export function handshake(
  world: World,
  path: string,
  cookie?: string,
  headers: HeaderLines = [],
): Promise<Handshake> {
  const own: HeaderLines = [
    ['host', world.address.host],
    [SCHEME_HEADER, 'https'],
    ['connection', 'Upgrade'],
    ['upgrade', 'websocket'],
    ['sec-websocket-version', '13'],
    ['sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ=='],
    ['origin', world.address.origin],
  ];
  const all = [...own, ...(cookie ? [['cookie', cookie] as const] : []), ...headers];
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      host: '127.0.0.1',
      port: world.gateway.port,
      path,
      agent: false,
      headers: all.flat(),
    });
    request.on('error', reject);
    request.on('response', (response) => {
      response.resume();
      resolve(told(response.statusCode ?? 0, response.rawHeaders));
    });
    request.on('upgrade', (response, socket) => {
      resolve({ ...told(response.statusCode ?? 0, response.rawHeaders), socket });
    });
    request.end();
  });
}

function told(status: number, rawHeaders: string[]): Handshake {
  const lines: [string, string][] = [];
  for (let index = 0; index < rawHeaders.length; index += 2)
    lines.push([String(rawHeaders[index]).toLowerCase(), String(rawHeaders[index + 1])]);
  const reply = { status, lines, body: Buffer.alloc(0), text: '', complete: true };
  return { status, lines, setCookies: setCookies(reply) };
}

/** One frame of text from a client, masked with zeros (RFC 6455 §5.2). */
export function frame(text: string): Buffer {
  const payload = Buffer.from(text);
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}

/** The text of a server's unmasked frame. */
export function unframed(bytes: Buffer): string {
  return bytes.subarray(2, 2 + ((bytes[1] ?? 0) & 0x7f)).toString();
}
