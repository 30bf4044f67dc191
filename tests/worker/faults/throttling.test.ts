/** WorkOS asks for time: it is given time, by everybody together. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../../../dev/workos.ts';
import {
  assertRecovered,
  assertRenewed,
  assertServed,
  assertWeathered,
  cast,
} from '../support/fault.ts';
import { recovered } from '../support/patience.ts';
import { expired, nearly, type Visitor } from '../support/visitor.ts';
import { openWorld, type World } from '../support/world.ts';

function trouble(world: World, fault: Omit<Fault, 'endpoint'>): void {
  world.workos.fault({ endpoint: 'authenticate', ...fault, times: Infinity });
}

/** Asks again and again for some seconds; how often WorkOS was asked meanwhile. */
async function keepAsking(seconds: number, world: World, ask: () => Promise<unknown>) {
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    await ask();
    await sleep(100);
  }
  return world.asked('authenticate');
}

describe('WorkOS asks for time', { concurrency: 3 }, () => {
  const WAYS: [name: string, headers: Record<string, string>][] = [
    ['FI-04: WorkOS answers 429', {}],
    ['FI-04: WorkOS answers 429 and when to come back', { 'retry-after': '3' }],
  ];
  for (const [name, headers] of WAYS) {
    test(name, async () => {
      const world = await openWorld();
      const everybody = await cast(world);
      trouble(world, { status: 429, headers });
      await assertWeathered(everybody);
      assert.ok(everybody.near.exchanges > 0);
      const before = world.asked('authenticate');
      const crowd = Array.from({ length: 40 }, () => expired(world));
      for (const reply of await Promise.all(crowd.map((one) => one.data())))
        assert.equal(reply.status, 503);
      const calls = world.asked('authenticate') - before;
      assert.ok(calls <= 4, `${calls} calls for forty`);
      world.workos.clearFaults();
      await assertRecovered(everybody);
      await Promise.all(crowd.map(assertRenewed));
    });
  }

  test('RF-07: who is told to wait for a moment waits, and then goes on', async () => {
    const world = await openWorld();
    const past = expired(world);
    world.workos.fault({ endpoint: 'authenticate', status: 429, headers: { 'retry-after': '1' } });
    const replies = await Promise.all([past.page(), past.data(), past.page()]);
    assert.deepEqual(new Set(replies.map(({ status }) => status)), new Set([200]));
    assert.equal(past.exchanges, 2);
  });

  test('FI-04: a token is renewed ahead of time less and less often', async () => {
    const world = await openWorld();
    const near = nearly(world);
    trouble(world, { status: 500 });
    const calls = await keepAsking(4, world, () => assertServed(near.page()));
    assert.ok(calls >= 1 && calls <= 6, `${calls} calls`);
  });

  test('FI-04: in an outage one request at a time tries for all', async () => {
    const world = await openWorld();
    const crowd = Array.from({ length: 30 }, () => expired(world));
    trouble(world, { status: 500 });
    await Promise.all(crowd.slice(0, 3).map((one) => one.data()));
    const before = world.asked('authenticate');
    const ask = () => Promise.all(crowd.map((one) => one.data()));
    const calls = (await keepAsking(4, world, ask)) - before;
    assert.ok(calls <= 6, `${calls} calls`);
    world.workos.clearFaults();
    await Promise.all(crowd.slice(0, 3).map(assertRenewed));
  });

  test('RF-26: a herd that comes back all at once is served, and makes no storm', async () => {
    const world = await openWorld();
    const herd = Array.from({ length: 200 }, () => expired(world));
    await world.workos.refuse();
    await Promise.all(herd.map((one) => one.data()));
    await world.workos.accept();
    world.workos.requests.length = 0;
    const comeBack = async (one: Visitor) => {
      const reply = await recovered(() => one.data(), 503);
      assert.equal(reply.status, 200);
      one.keep(reply);
    };
    await Promise.all(herd.map(comeBack));
    const calls = world.asked('authenticate');
    assert.ok(calls <= herd.length * 1.5, `${calls} calls for ${herd.length}`);
  });
});
