/** WorkOS takes longer than anybody can wait, or can't be found at all. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Variables } from '../support/capnp.ts';
import { identityOf, nobodyAt } from '../support/echo.ts';
import { assertError, assertPage, headingOf } from '../support/expect.ts';
import {
  assertAskedToWait,
  assertRecovered,
  assertRenewed,
  assertServed,
  cast,
} from '../support/fault.ts';
import { jsonOf, setCookies } from '../support/http.ts';
import { within } from '../support/patience.ts';
import { until } from '../support/until.ts';
import { expired, nearly } from '../support/visitor.ts';
import { openWorld } from '../support/world.ts';

describe('WorkOS is slow', { concurrency: true }, () => {
  test('FI-02: WorkOS hangs', async () => {
    const world = await openWorld({ variables: { UNAUTHENTICATED_PATHS: '/public' } });
    const everybody = await cast(world);
    const { valid, near, coming } = everybody;
    const [person, program, reader] = [expired(world), expired(world), expired(world)];
    world.workos.fault({ endpoint: 'authenticate', hang: true, times: Infinity });
    const [page, data, open] = await Promise.all([
      within(30, person.page()),
      within(20, program.data()),
      within(8, reader.page('/public')),
      assertServed(valid.page()),
      within(15, assertServed(near.page())),
      within(25, coming.assertSentAway()),
    ]);
    assertPage(page, 503, 'Just a moment');
    assertError(data, 503, 'temporarily_unavailable');
    assert.equal(open.status, 200);
    assert.deepEqual([page, data, open].flatMap(setCookies), []);
    const { url, headers } = jsonOf(open) as { url: string; headers: [string, string][] };
    const told = identityOf({ headers } as Parameters<typeof identityOf>[0]);
    assert.deepEqual(told, nobodyAt(url, 'unknown'));
    assert.ok(near.exchanges > 0);
    assert.equal(valid.exchanges, 0);
    world.workos.clearFaults();
    await assertRecovered(everybody);
    await Promise.all([person, program, reader].map(assertRenewed));
  });

  for (const how of ['page', 'data'] as const) {
    test(`FI-07: an answer comes when nobody waits for it any more (${how})`, async () => {
      const world = await openWorld();
      const visitor = expired(world);
      world.workos.fault({ endpoint: 'authenticate', delayMs: 6500 });
      const reply = await visitor[how]();
      assert.equal(reply.status, 200, headingOf(reply));
      assert.equal(visitor.exchanges, 2, 'the same token is sent again');
      visitor.keep(reply);
      await assertServed(visitor.page());
      assert.equal(world.asked('authenticate'), 2);
    });
  }

  test('FI-07: an answer comes when nobody waits for it any more (ahead of time)', async () => {
    const world = await openWorld();
    const visitor = nearly(world);
    world.workos.fault({ endpoint: 'authenticate', delayMs: 6500 });
    await assertServed(within(12, visitor.page()));
    const { at, cookie } = visitor;
    const reply = await until(async () => {
      const reply = await at.open('/x', { cookie });
      return setCookies(reply).length > 0 ? reply : undefined;
    }, 'the new tokens, which are kept for the next request');
    visitor.keep(reply);
    await assertServed(visitor.page());
  });

  const LOST: [name: string, variables: Variables][] = [
    [
      'FI-15: WorkOS has no address',
      { WORKOS_API_HOSTNAME: 'workos.invalid', WORKOS_API_HTTPS: true },
    ],
    ['FI-15: WorkOS speaks no TLS', { WORKOS_API_HTTPS: true }],
  ];
  for (const [name, variables] of LOST) {
    test(name, async () => {
      const good = await openWorld();
      const issuer = { WORKOS_ISSUER: good.workos.url };
      const lost = await openWorld({ beside: good, variables: { ...issuer, ...variables } });
      const { valid, near, expired, coming } = await cast(good);
      for (const one of [valid, near, expired, coming]) one.at = lost;
      await assertServed(near.page());
      await assertServed(valid.page());
      await assertAskedToWait(expired);
      await coming.assertSentAway();
      for (const one of [valid, near, expired, coming]) one.at = good;
      await assertRecovered({ valid, near, expired, coming });
    });
  }
});
