/** Clocks differ: the gateway's is wrong, or WorkOS' is. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Coming } from '../support/coming.ts';
import { assertRenewed, assertServed, type Cast, cast } from '../support/fault.ts';
import { setCookies } from '../support/http.ts';
import { clockOffBy, openOn } from '../support/platform.ts';
import { expired, type Visitor, visitor } from '../support/visitor.ts';
import { openWorld, type World } from '../support/world.ts';

function move({ valid, near, expired, coming }: Cast, at: World): void {
  for (const one of [valid, near, expired, coming]) one.at = at;
}

/** They can't be let in, but they are asked to wait, and WorkOS is left in peace. */
async function assertWaits(one: Visitor): Promise<void> {
  const before = one.at.asked('authenticate');
  for (const how of ['page', 'data', 'page'] as const) {
    const reply = await one[how]();
    assert.equal(reply.status, 503);
    if (setCookies(reply).length > 0) one.keep(reply);
  }
  const calls = one.at.asked('authenticate') - before;
  assert.ok(calls <= 1, `${calls} exchanges`);
}

describe('clocks differ', { concurrency: true }, () => {
  test('FI-40: ours is five minutes fast', async () => {
    const good = await openWorld();
    const everybody = await cast(good);
    const { valid, near, expired, coming } = everybody;
    move(everybody, await openOn(clockOffBy(300), good));
    // Every token looks as if it had run out, new ones too.
    await assertWaits(valid);
    await assertWaits(expired);
    const reply = await coming.arrive();
    assert.equal(reply.status, 502);
    assert.equal(coming.browser.hasSession, false);
    move(everybody, good);
    // What they were given meanwhile is good by the right clock.
    for (const one of [valid, near, expired]) assert.equal((await one.page()).status, 200);
    await coming.assertSignsInAnew();
  });

  test('FI-41: ours is five minutes slow', async () => {
    const good = await openWorld();
    const slow = await openOn(clockOffBy(-300), good);
    const iat = Math.floor(Date.now() / 1000) - 300;
    const past = visitor(good, { accessTokenSeconds: -2, claims: { iat } });
    past.at = slow;
    await assertServed(past.page());
    const fresh = visitor(good);
    fresh.at = slow;
    await assertWaits(fresh);
    for (const one of [past, fresh]) one.at = good;
    await assertRenewed(past);
    await assertServed(fresh.page());
  });

  for (const seconds of [-20, 20]) {
    test(`FI-42: WorkOS' is ${seconds} s ahead: nobody notices`, async () => {
      const world = await openWorld({ workos: { clockOffsetSeconds: seconds } });
      const valid = visitor(world);
      const past = expired(world, { accessTokenSeconds: -60 });
      await assertServed(valid.page());
      await assertRenewed(past);
      await (await Coming.to(world)).assertSignsIn();
    });
  }

  test("FI-42: WorkOS' is two minutes slow: tokens are good for less", async () => {
    const world = await openWorld({ workos: { clockOffsetSeconds: -120 } });
    await assertServed(visitor(world).page());
    await assertRenewed(expired(world));
    await (await Coming.to(world)).assertSignsIn();
  });

  test("FI-42: WorkOS' is two minutes fast: its tokens are not valid yet", async () => {
    const world = await openWorld();
    const everybody = await cast(world);
    world.workos.settings.clockOffsetSeconds = 120;
    const early = visitor(world);
    await assertWaits(early);
    await assertServed(everybody.valid.page());
    assert.equal((await everybody.near.page()).status, 200);
    await assertWaits(everybody.expired);
    assert.equal((await everybody.coming.arrive()).status, 502);
    // What was kept is good by a clock that agrees with WorkOS'.
    move(everybody, await openOn(clockOffBy(120), world));
    assert.equal((await everybody.expired.page()).status, 200);
    await everybody.coming.assertSignsInAnew();
  });
});
