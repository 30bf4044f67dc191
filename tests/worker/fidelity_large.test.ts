/** Large bodies pass as streams: nothing of them stays in the gateway. */
import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { memoryOfRuntimes } from '../../dev/soak/memory.ts';
import { blocks, send, sumOf } from './support/bulk.ts';
import { until } from './support/until.ts';
import { openWorld, type World } from './support/world.ts';

const MEGABYTE = 1024 * 1024;
const LARGE = 16 * MEGABYTE;
/** Larger than what the runtime may grow by, so that it can't be held anywhere. */
const HUGE = 64 * MEGABYTE;
const ALLOWED = 40 * MEGABYTE;
const whole = await sumOf(blocks(LARGE));

describe('16 megabytes', { concurrency: false }, async () => {
  const world = await openWorld();

  test('pass each way again and again, and 64 once, with no more memory than before', async (t) => {
    for (const bytes of [LARGE, LARGE]) await bothWays(world, bytes);
    const watch = await watchMemory();
    const began = performance.now();
    const passes = [LARGE, LARGE, LARGE, LARGE, HUGE];
    for (const bytes of passes) await bothWays(world, bytes);
    const seconds = (performance.now() - began) / 1000;
    const grown = (await watch.stop()) / MEGABYTE;
    const passed = (2 * passes.reduce((sum, bytes) => sum + bytes)) / MEGABYTE;
    t.diagnostic(
      `${passed} MB at ${(passed / seconds).toFixed(0)} MB/s, ${grown.toFixed(1)} MB more`,
    );
    assert.ok(grown * MEGABYTE < ALLOWED, `${grown} MB more memory`);
  });

  test('pass with a session that is renewed on the way', async () => {
    const stale = world.cookie(world.workos.mintSession(undefined, { accessTokenSeconds: -10 }));
    await upload(world, LARGE, stale);
    assert.equal(world.site.arrivals.length, 1);
  });

  test('reach the site from their first byte on, before their last is sent', async () => {
    let seen = 0;
    world.site.onRequest = (request: IncomingMessage) =>
      request.on('data', (chunk: Buffer) => {
        seen += chunk.length;
      });
    const body = async function* () {
      const [first = assert.fail(), ...rest] = blocks(LARGE);
      yield first;
      await until(() => seen > 0 || undefined, 'the first bytes at the site');
      yield* rest;
    };
    const response = await send(world, {
      path: '/upload',
      method: 'POST',
      cookie: world.cookie(),
      body: body(),
    });
    await sumOf(response);
    world.site.onRequest = undefined;
    assert.equal(world.arrival().bodySha256, whole.sha256);
  });

  test('reach the visitor from their first byte on, before their last is sent', async () => {
    const { promise: seen, resolve: go } = Promise.withResolvers<void>();
    world.site.script = (response) => {
      const [first = assert.fail(), ...rest] = blocks(LARGE);
      response.writeHead(200, { 'content-length': LARGE });
      response.write(first);
      void seen.then(() => Readable.from(rest).pipe(response));
    };
    const response = await send(world, { path: '/download', cookie: world.cookie() });
    response.once('data', () => go());
    assert.deepEqual(await sumOf(response), whole);
  });
});

async function bothWays(world: World, bytes: number): Promise<void> {
  await upload(world, bytes);
  await download(world, bytes);
}

async function upload(world: World, bytes: number, cookie = world.cookie()): Promise<void> {
  world.site.script = undefined;
  const headers = [['content-length', String(bytes)]] as const;
  const body = blocks(bytes);
  const response = await send(world, { path: '/upload', method: 'PUT', cookie, headers, body });
  assert.equal(response.statusCode, 200);
  await sumOf(response);
  const { bodyBytes, bodySha256: sha256 } = world.arrival();
  assert.deepEqual({ bytes: bodyBytes, sha256 }, await sumOf(blocks(bytes)));
}

async function download(world: World, bytes: number): Promise<void> {
  world.site.script = (response) => {
    response.writeHead(200, { 'content-length': bytes });
    Readable.from(blocks(bytes)).pipe(response);
  };
  const response = await send(world, { path: '/download', cookie: world.cookie() });
  assert.equal(response.headers['content-length'], String(bytes));
  assert.deepEqual(await sumOf(response), await sumOf(blocks(bytes)));
}

/** Looks now and then until it is stopped, and tells by how many bytes the runtime grew at most. */
async function watchMemory(): Promise<{ stop(): Promise<number> }> {
  const before = await memory();
  let most = before;
  let watching = true;
  const watched = (async () => {
    while (watching) {
      most = Math.max(most, await memory());
      await sleep(100);
    }
  })();
  const stop = async () => {
    watching = false;
    await watched;
    return Math.max(most, await memory()) - before;
  };
  return { stop };
}

/** Of the runtimes of this file together; zero where the system doesn't tell. */
async function memory(): Promise<number> {
  return [...(await memoryOfRuntimes()).values()].reduce((sum, bytes) => sum + bytes, 0);
}
