/** The platform fails, and with it the Worker: panics, traps, no randomness. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Coming } from '../support/coming.ts';
import { assertRecovered, assertRenewed, assertServed, cast } from '../support/fault.ts';
import {
  NO_RANDOMNESS,
  NO_TIMER,
  OVERFLOWS,
  openOn,
  PANICS,
  SHORT_STACK,
} from '../support/platform.ts';
import { until } from '../support/until.ts';
import { expired, visitor } from '../support/visitor.ts';
import { openWorld } from '../support/world.ts';

describe('the platform fails', { concurrency: 3 }, () => {
  test('FI-50: one request panics', async () => {
    const good = await openWorld();
    const world = await openOn(NO_TIMER, good);
    const [valid, past, other] = [visitor(good), expired(good), expired(good)];
    const coming = await Coming.to(good);
    for (const one of [valid, past, other, coming]) one.at = world;
    // Two who are in the middle of something, at the site and at WorkOS.
    good.site.script = (response) => setTimeout(() => response.end('late'), 1000);
    good.workos.fault({ endpoint: 'authenticate', delayMs: 1000 });
    const others = [valid.page('/slow'), other.page('/slow')];
    await until(() => good.asked('authenticate') === 1 && good.site.arrivals.length === 1, 'them');
    good.workos.fault({ endpoint: 'authenticate', status: 500 });
    const { status } = await past.page('/panics', { headers: { [PANICS]: '1' } });
    assert.equal(status, 500);
    await until(() => world.gateway.output().includes('panicked'), 'the panic');
    for (const reply of await Promise.all(others)) assert.ok([200, 500].includes(reply.status));
    assert.ok(good.site.arrivals.every(({ url }) => !url.startsWith('/panics')));
    good.site.script = undefined;
    await assertServed(valid.page());
    for (const one of [past, other]) await assertRenewed(one);
    await coming.assertSignsIn();
  });

  test('FI-51: the stack overflows, wherever that is', async () => {
    const good = await openWorld();
    const world = await openOn(SHORT_STACK, good);
    const valid = visitor(good);
    valid.at = world;
    const statuses: number[] = [];
    for (let looks = 0; looks < 8; looks += 1) {
      const { status } = await valid.page('/x', { headers: { [OVERFLOWS]: String(looks) } });
      statuses.push(status);
      // Where the request looked less often, it is one of the next that fails.
      for (let next = 0; next < looks && statuses.at(-1) !== 500; next += 1)
        statuses.push((await valid.page()).status);
      assert.equal(statuses.at(-1), 500);
      await assertServed(valid.page());
    }
    assert.deepEqual(new Set(statuses), new Set([500, 200]));
  });

  test('FI-51: the stack overflows in mid-refresh', async () => {
    const good = await openWorld();
    const overflow = async (looks: number) => {
      const world = await openOn(SHORT_STACK, good);
      const [past, coming] = [expired(good), await Coming.to(good)];
      past.at = coming.at = world;
      const { status } = await past.page('/x', { headers: { [OVERFLOWS]: String(looks) } });
      if (status === 500) await assertRenewed(past);
      await coming.assertSignsIn();
      return status;
    };
    const statuses = await Promise.all([3, 6, 9, 12].map(overflow));
    assert.ok(statuses.filter((status) => status === 500).length > 1, `${statuses}`);
    assert.ok(statuses.every((status) => [200, 500].includes(status)));
  });

  test('FI-54: there is no randomness', async () => {
    const good = await openWorld();
    const everybody = await cast(good);
    const { valid, near, expired, coming } = everybody;
    const world = await openOn(NO_RANDOMNESS, good);
    for (const one of [valid, near, expired, coming]) one.at = world;
    await assertServed(valid.page());
    await assertServed(near.page());
    for (const reply of [await expired.page(), await expired.data()])
      assert.equal(reply.status, 503);
    await coming.assertSentAway();
    assert.equal(good.asked('authenticate'), 0, 'nothing is asked for that could not be sealed');
    assert.equal((await world.open('/x')).status, 503, 'nor does a sign-in begin');
    for (const one of [valid, near, expired, coming]) one.at = good;
    await assertRecovered(everybody);
  });
});
