/** A request of a visitor makes a handful of its own at most: a Worker may make fifty. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault } from '../../dev/workos.ts';
import { expired } from './support/visitor.ts';
import { openWorld } from './support/world.ts';

/** Three attempts at an exchange, the keys, and once more for a key that is not among them. */
const MOST = 5;

const WAYS: [name: string, fault: Omit<Fault, 'endpoint'>][] = [
  ['refuses', { status: 503 }],
  ['asks for time', { status: 429, headers: { 'retry-after': '1' } }],
  ['hangs up', { reset: 'before' }],
  ['loses its replies', { reset: 'after-commit' }],
];

for (const [name, fault] of WAYS) {
  for (const how of ['page', 'data'] as const) {
    test(`where WorkOS ${name}, ${how} of a cold isolate asks it seldom`, async () => {
      const world = await openWorld();
      world.workos.fault({ endpoint: 'authenticate', ...fault, times: Infinity });
      assert.equal((await expired(world)[how]()).status, 503);
      const asked = world.workos.requests.length;
      assert.ok(asked > 1 && asked <= MOST, `${asked} requests`);
    });
  }
}

test('where all is well, a request asks the site once, and WorkOS nothing that it has asked before', async () => {
  const world = await openWorld();
  for (const keys of [1, 0]) {
    world.site.arrivals.length = 0;
    world.workos.requests.length = 0;
    assert.equal((await world.fetch('/x', { cookie: world.cookie() })).status, 200);
    assert.equal(world.site.arrivals.length, 1);
    assert.equal(world.workos.requests.length, keys);
  }
});
