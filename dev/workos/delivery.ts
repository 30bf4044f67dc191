/** An answer on its way: padded, slow, interrupted or cut off. */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Trouble } from './faults.ts';
import { type Answer, headersOf } from './http.ts';

/** JSON stays valid with blanks in front of it, so only a limit on its length can refuse it. */
const PADDING = Buffer.alloc(64 * 1024, ' ');
/** A slow body comes in so many pieces a second, or a byte at a time. */
const PIECES_PER_SECOND = 10;

/** What may happen to an answer on its way. */
type Hazards = Pick<Trouble, 'padBytes' | 'pauseMs' | 'bytesPerSecond' | 'cutAfterBytes'>;

/** Sends an answer; never builds it in memory. */
export async function deliver(
  response: ServerResponse,
  { status, headers, body }: Answer,
  hazards: Hazards,
): Promise<void> {
  const whole = Buffer.from(body);
  response.writeHead(status, headersOf(headers, whole.length + (hazards.padBytes ?? 0)));
  if (hazards.cutAfterBytes !== undefined)
    return cut(response, whole.subarray(0, hazards.cutAfterBytes));
  await pipeline(Readable.from(pieces(whole, hazards)), response);
}

/** Waits, but keeps no process alive that has closed its double. */
export function wait(ms: number): Promise<void> {
  return sleep(ms, undefined, { ref: false });
}

function cut(response: ServerResponse, bytes: Buffer): void {
  response.write(bytes, () => response.destroy());
}

async function* pieces(whole: Buffer, hazards: Hazards): AsyncGenerator<Buffer> {
  const { padBytes = 0, pauseMs, bytesPerSecond } = hazards;
  for (let left = padBytes; left > 0; left -= PADDING.length) yield PADDING.subarray(0, left);
  if (bytesPerSecond !== undefined) return yield* trickle(whole, bytesPerSecond);
  const middle = pauseMs === undefined ? 0 : Math.ceil(whole.length / 2);
  yield whole.subarray(0, middle);
  if (pauseMs !== undefined) await wait(pauseMs);
  yield whole.subarray(middle);
}

async function* trickle(whole: Buffer, bytesPerSecond: number): AsyncGenerator<Buffer> {
  const length = Math.ceil(bytesPerSecond / PIECES_PER_SECOND);
  for (let start = 0; start < whole.length; start += length) {
    yield whole.subarray(start, start + length);
    await wait((1000 * length) / bytesPerSecond);
  }
}
