/** The keys that tokens are signed with can't be had. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Coming } from '../support/coming.ts';
import { assertPage } from '../support/expect.ts';
import {
  assertAskedToWait,
  assertRenewed,
  assertServed,
  assertUntouched,
  cast,
  withoutKeys,
} from '../support/fault.ts';
import { recovered } from '../support/patience.ts';
import { SEALERS, sdkSession } from '../support/sdk.ts';
import { expired, nearly, Visitor, visitor } from '../support/visitor.ts';
import { openWorld, type World } from '../support/world.ts';

/** Somebody whose session AuthKit's own SDK has sealed. */
async function ofAnSdk(world: World): Promise<Visitor> {
  const session = world.workos.mintSession();
  const sealed = await SEALERS[0]?.seal(sdkSession(session));
  return new Visitor(world, session, `wos-session=${sealed}`);
}

const SETS: [name: string, body: unknown][] = [
  ['HTML', '<h1>Welcome to our network</h1>'],
  ['a list', []],
  ['no keys', { keys: [] }],
  ['keys of other kinds', { keys: [{ kty: 'oct', k: 'AA', kid: 'x' }, 7, null] }],
  ['half an answer', '{"keys":[{"kty":"RSA"'],
];

describe('the keys can’t be had', { concurrency: 4 }, () => {
  test('FI-20: by an isolate that has had them', async () => {
    const world = await openWorld();
    const { valid, near, expired, coming } = await cast(world);
    withoutKeys(world);
    await Promise.all([valid, visitor(world)].map((one) => assertServed(one.page())));
    await Promise.all([near, expired].map(assertRenewed));
    await coming.assertSignsIn();
    assert.equal(world.asked('jwks'), 1);
  });

  test('FI-21: by an isolate that has none', async () => {
    const world = await openWorld();
    const [valid, near, past] = [visitor(world), nearly(world), expired(world)];
    const [iron, coming] = [await ofAnSdk(world), await Coming.to(world)];
    withoutKeys(world);
    for (const one of [valid, near]) await assertServed(one.page());
    await assertAskedToWait(iron);
    await assertUntouched(past);
    await coming.assertSentAway();
    assert.equal(world.asked('authenticate'), 0, 'neither a token nor a code is spent');
    world.workos.clearFaults();
    await Promise.all([assertRenewed(past), coming.assertSignsIn()]);
    for (const one of [valid, iron]) await assertServed(one.page());
  });

  test('FI-22: and WorkOS signs with another', async () => {
    const world = await openWorld();
    const { valid, near, expired, coming } = await cast(world);
    world.workos.rotateKeys('dropped');
    withoutKeys(world);
    for (const one of [valid, near, near]) assert.equal((await one.page()).status, 200);
    const reply = await expired.page();
    assertPage(reply, 503, 'Just a moment');
    expired.keep(reply);
    await assertAskedToWait(expired);
    assert.equal(expired.exchanges, 1, 'not being able to verify is no reason to refresh again');
    assertPage(await coming.arrive(), 502, "Sign-in isn't working right now");
    assert.ok(near.exchanges <= 1);
    world.workos.clearFaults();
    await coming.assertSignsInAnew();
    const later = await recovered(() => expired.page(), 503);
    assert.equal(later.status, 200, 'what was kept is good now');
    assert.equal(expired.exchanges, 1);
    assert.equal((await near.page()).status, 200);
  });

  for (const [name, body] of SETS) {
    test(`FI-23: the set is garbage: ${name}`, async () => {
      const world = await openWorld();
      const [valid, past, coming] = [visitor(world), expired(world), await Coming.to(world)];
      withoutKeys(world, { body });
      await assertServed(valid.page());
      await assertUntouched(past);
      await coming.assertSentAway();
      world.workos.clearFaults();
      await Promise.all([assertRenewed(past), coming.assertSignsIn()]);
    });
  }
});
