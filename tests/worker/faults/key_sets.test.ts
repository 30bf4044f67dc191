/** Sets of keys that change, are hostile, or come slowly. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Answer } from '../../../dev/workos.ts';
import { Coming } from '../support/coming.ts';
import { assertServed, assertUntouched, withoutKeys } from '../support/fault.ts';
import { within } from '../support/patience.ts';
import { until } from '../support/until.ts';
import { expired, leaving, type Visitor, visitor } from '../support/visitor.ts';
import { openWorld } from '../support/world.ts';

describe('the keys are not what they were', { concurrency: true }, () => {
  test('K-03: both keys of a rotation are good, for one fetch', async () => {
    const world = await openWorld();
    const before = visitor(world);
    world.workos.rotateKeys('kept');
    for (const one of [visitor(world), before, expired(world)])
      assert.equal((await one.page()).status, 200);
    assert.equal(world.asked('jwks'), 1);
  });

  test('K-06: what is usable in a hostile set is used', async () => {
    const world = await openWorld();
    const odd = [
      { kty: 'oct', k: 'c2VjcmV0', kid: 'x', alg: 'HS256' },
      { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', kid: 'x' },
      { kty: 'RSA', n: 'AQAB', e: 'AQAB', kid: 'weak' },
      ...Array.from({ length: 100 }, (_, index) => ({ kty: 'RSA', kid: `k${index}` })),
      'text',
      null,
    ];
    const more = Array.from({ length: 1000 }, () => ({ kty: 'RSA', n: 'AQAB', e: 'AQAB' }));
    const rewrite = (answer: Answer) => {
      const { keys } = JSON.parse(answer.body) as { keys: object[] };
      return { ...answer, body: JSON.stringify({ keys: [...odd, ...keys, ...more], x: [1] }) };
    };
    withoutKeys(world, { rewrite });
    for (const one of [visitor(world), expired(world)])
      assert.equal((await one.page()).status, 200);
    await (await Coming.to(world)).assertSignsIn();
    assert.equal(world.asked('jwks'), 1);
  });

  test('K-06: a set of five megabytes is none', async () => {
    const world = await openWorld();
    withoutKeys(world, { padBytes: 5_000_000 });
    await assertServed(visitor(world).page());
    await assertUntouched(expired(world));
  });

  test('K-08: what the keys say of caching is not obeyed', async () => {
    for (const value of ['no-store', 'max-age=0', 'max-age=1000000000000']) {
      const world = await openWorld();
      withoutKeys(world, { headers: { 'cache-control': value, age: '86400' } });
      for (const one of [visitor(world), visitor(world), expired(world)])
        assert.equal((await one.page()).status, 200);
      assert.equal(world.asked('jwks'), 1, value);
    }
  });

  test('K-11: a hundred in a cold isolate fetch them once, though the first of them leaves', async () => {
    const world = await openWorld();
    withoutKeys(world, { delayMs: 400 });
    const first = leaving(world, '/leaves', visitor(world).cookie);
    await until(() => world.asked('jwks') === 1, 'the fetch');
    const visitors = Array.from({ length: 100 }, (_, index) =>
      index % 10 ? visitor(world) : expired(world),
    );
    const replies = visitors.map((one) => one.data());
    await first.leave();
    for (const reply of await Promise.all(replies)) assert.equal(reply.status, 200);
    assert.ok(world.asked('jwks') <= 2, `${world.asked('jwks')} fetches`);
  });

  test('K-06: two keys under one name are both good', async () => {
    const world = await openWorld();
    const before = visitor(world);
    world.workos.rotateKeys('kept', publishedKey(before));
    for (const one of [visitor(world), before, expired(world)])
      assert.equal((await one.page()).status, 200);
    assert.equal(world.asked('jwks'), 1);
  });

  test('K-07: they come a byte at a time', async () => {
    const world = await openWorld();
    const [valid, past] = [visitor(world), expired(world)];
    withoutKeys(world, { bytesPerSecond: 1 });
    await within(25, assertServed(valid.page()));
    await assertUntouched(past);
  });

  test('K-09: not being able to verify refreshes nothing, however often', async () => {
    const world = await openWorld();
    withoutKeys(world);
    const visitors = Array.from({ length: 100 }, () => visitor(world));
    const began = Date.now();
    await Promise.all(visitors.map((one) => assertServed(one.data())));
    assert.equal(world.asked('authenticate'), 0);
    const most = 2 + (Date.now() - began) / 2000;
    assert.ok(world.asked('jwks') <= most, `${world.asked('jwks')} fetches`);
  });
});

function publishedKey({ session }: Visitor): string {
  const [head = ''] = session.accessToken.split('.');
  return (JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string }).kid;
}
