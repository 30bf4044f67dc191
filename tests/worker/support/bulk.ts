/** Bodies too large to hold: made as they are sent, counted and hashed as they are read. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type HeaderLines, linesOf } from './http.ts';
import { NAVIGATION, type World } from './world.ts';

/** What a body came to. */
export interface Sum {
  bytes: number;
  sha256: string;
}

/** What to send with it. */
export interface Bulk {
  path: string;
  cookie: string;
  method?: string;
  headers?: HeaderLines;
  body?: AsyncIterable<Buffer> | Iterable<Buffer>;
}

const BLOCK = randomBytes(64 * 1024);

/** So many bytes, of which no two blocks are alike. */
export function* blocks(bytes: number): Generator<Buffer> {
  for (let at = 0; at < bytes; at += BLOCK.length) {
    const block = Buffer.from(BLOCK.subarray(0, bytes - at));
    if (block.length >= 4) block.writeUInt32BE(at);
    yield block;
  }
}

/** Reads a body to its end. */
export async function sumOf(body: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<Sum> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of body) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** Sends a body as it is made; resolves when the answer begins, which may be before that ends. */
export async function send(world: World, bulk: Bulk): Promise<IncomingMessage> {
  const { path, cookie, method = 'GET', headers = [], body = [] } = bulk;
  const own: HeaderLines = [['host', world.address.host], ...linesOf(NAVIGATION)];
  const all: HeaderLines = [...own, ['cookie', cookie], ...headers];
  const { port } = world.gateway;
  const options = { host: '127.0.0.1', port, method, path, agent: false, headers: all.flat() };
  const request = httpRequest(options);
  const answered = once(request, 'response') as Promise<[IncomingMessage]>;
  const [[response]] = await Promise.all([answered, pipeline(Readable.from(body), request)]);
  return response;
}
