import assert from 'node:assert/strict';
import { after, afterEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CacheServer, startCache } from './support/cache.ts';
import { type Fleet, openFleet } from './support/fleet.ts';
import { setCookies } from './support/http.ts';
import { until } from './support/until.ts';
import { openWorld } from './support/world.ts';

const world = await openWorld();
const cache = await startCache();
after(() => cache.close());
afterEach(() => {
  cache.trouble = undefined;
  cache.entries.clear();
  cache.asked.length = 0;
});

/** Two isolates with an empty cache. */
function pair(): Promise<Fleet> {
  return openFleet(world, { isolates: 2, cachePort: cache.port });
}

async function assertServed(fleet: Fleet, isolate: number, cookie = world.cookie()): Promise<void> {
  const reply = await fleet.open(isolate, '/x', { cookie });
  assert.equal(reply.status, 200, reply.text);
}

/** The first isolate has the keys, and has left them in the cache. */
async function warmed(): Promise<Fleet> {
  const fleet = await pair();
  await assertServed(fleet, 0);
  assert.equal(world.asked('jwks'), 1);
  await until(() => cache.entries.size === 1 || undefined, 'the keys in the cache');
  return fleet;
}

function only(cache: CacheServer) {
  const [entry] = [...cache.entries.values()];
  assert.ok(entry);
  return entry;
}

test('a second isolate takes the keys from the cache', async () => {
  const fleet = await warmed();
  await assertServed(fleet, 1);
  assert.equal(world.asked('jwks'), 1);
  const { headers, body } = only(cache);
  assert.equal(new Map(headers).get('cache-control'), 'max-age=86400');
  assert.match(body, /^v1\.[\w-]+$/, 'they are sealed');
});

test('they serve where WorkOS has none, for new tokens too', async () => {
  const fleet = await warmed();
  world.workos.fault({ endpoint: 'jwks', status: 500, times: Infinity });
  await assertServed(fleet, 1);
  const stale = world.workos.mintSession(undefined, { accessTokenSeconds: -10 });
  const reply = await fleet.open(1, '/x', { cookie: world.cookie(stale) });
  assert.equal(reply.status, 200);
  assert.equal(setCookies(reply).length, 1);
});

describe('what anybody else put there is a miss:', () => {
  const CHANGES: [name: string, change: (text: string) => string][] = [
    ['nothing', () => ''],
    ['a page', () => '<h1>Hello</h1>'],
    ['a bare key set', () => JSON.stringify({ fetched: 4_000_000_000, keys: '{"keys":[]}' })],
    ['a changed seal', (text) => `${text.slice(0, -4)}AAAA`],
    ['half a seal', (text) => text.slice(0, text.length / 2)],
    ['far too much', () => 'x'.repeat(2_000_000)],
  ];
  for (const [name, change] of CHANGES) {
    test(name, async () => {
      const fleet = await warmed();
      const entry = only(cache);
      entry.body = change(entry.body);
      entry.headers = entry.headers.filter(([name]) => name !== 'content-length');
      await assertServed(fleet, 1);
      assert.equal(world.asked('jwks'), 2);
    });
  }
});

for (const trouble of ['errors', 'hangs'] as const) {
  test(`a cache that ${trouble} is a miss`, async () => {
    cache.trouble = trouble;
    const fleet = await pair();
    for (const isolate of [0, 1]) await assertServed(fleet, isolate);
    assert.equal(world.asked('jwks'), 2);
    assert.ok(cache.asked.includes('GET'));
  });
}

test('a key that is not among them is fetched, whatever the cache has', async () => {
  const fleet = await warmed();
  world.workos.rotateKeys('kept');
  const reads = cache.asked.filter((method) => method === 'GET').length;
  await assertServed(fleet, 1);
  assert.equal(world.asked('jwks'), 2);
  const read = cache.asked.filter((method) => method === 'GET').length - reads;
  assert.equal(read, 1, 'it looked there once, and then asked WorkOS');
});

test('another key of the same name is believed after one fetch', async () => {
  const fleet = await warmed();
  world.workos.rotateKeys('dropped', keyInUse());
  // Even for what WorkOS has just given, keys are not fetched again at once.
  await sleep(2100);
  for (const isolate of [0, 1]) {
    const before = world.asked('jwks');
    for (let round = 0; round < 3; round += 1) {
      const stale = world.workos.mintSession(undefined, { accessTokenSeconds: -10 });
      const reply = await fleet.open(isolate, '/x', { cookie: world.cookie(stale) });
      assert.equal(reply.status, 200, `isolate ${isolate}: ${reply.text}`);
    }
    assert.ok(world.asked('jwks') - before <= 1);
  }
});

/** The name of the key that the double signs with. */
function keyInUse(): string {
  const { accessToken } = world.workos.mintSession();
  const [header = ''] = accessToken.split('.');
  return (JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }).kid;
}
