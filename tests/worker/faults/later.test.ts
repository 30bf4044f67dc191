/** What lasts longer than a test may: hours without keys, minutes until a client comes back. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Coming } from '../support/coming.ts';
import {
  assertAskedToWait,
  assertChallenged,
  assertRenewed,
  assertServed,
  cast,
} from '../support/fault.ts';
import { CLOCK, openOn, pass } from '../support/platform.ts';
import { until } from '../support/until.ts';
import { expired, leaving, visitor } from '../support/visitor.ts';
import { openWorld, type World } from '../support/world.ts';

/** A gateway whose clock can be put forward. */
async function openLater(): Promise<World> {
  return openOn(CLOCK, await openWorld());
}

describe('later', { concurrency: 3 }, () => {
  for (const [name, fault] of [
    ['FI-20: the keys can’t be had for hours, nor can any others', { reset: 'before' }],
    ['FI-23: the set becomes garbage: the last good keys serve', { body: { keys: [] } }],
    ['FI-23: the set becomes HTML: the last good keys serve', { body: '<h1>hi</h1>' }],
  ] as const) {
    test(name, async () => {
      const world = await openLater();
      const { expired: past } = await cast(world);
      world.workos.fault({ endpoint: 'jwks', ...fault, times: Infinity });
      await pass(3700, world);
      await assertServed(visitor(world).page());
      await assertRenewed(past);
      await (await Coming.to(world)).assertSignsIn();
      assert.equal(world.asked('jwks'), 2, 'they are asked for, but not again and again');
    });
  }

  test('FI-20: the keys can’t be had for more than a day', async () => {
    const world = await openLater();
    await cast(world);
    world.workos.fault({ endpoint: 'jwks', reset: 'before', times: Infinity });
    await pass(90_000, world);
    const [valid, past, coming] = [visitor(world), expired(world), await Coming.to(world)];
    await assertServed(valid.page());
    await assertAskedToWait(past);
    assert.equal(past.exchanges, 0, 'keys so old prove nothing');
    await coming.assertSentAway();
    world.workos.clearFaults();
    await pass(31, world);
    await assertRenewed(past);
    await coming.assertSignsIn();
  });

  test('FI-08: a client that left in mid-refresh is given its tokens when it is back in time', async () => {
    const world = await openLater();
    const [soon, late] = [expired(world), expired(world)];
    for (const one of [soon, late]) {
      const client = leaving(world, '/leaves', one.cookie);
      await until(() => one.exchanges === 1, 'the exchange');
      await client.leave();
    }
    await pass(5, world);
    await assertRenewed(soon);
    assert.equal(soon.exchanges, 1);
    // Past what this isolate keeps and past what WorkOS answers again: what was given is lost.
    await pass(600, world);
    world.workos.settings.replaySeconds = -1;
    await assertChallenged(late);
    assert.equal(late.exchanges, 2);
  });
});
