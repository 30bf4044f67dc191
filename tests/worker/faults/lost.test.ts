/** What WorkOS has done is done, but nobody hears of it: replies are lost, and clients leave. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Answer, Fault } from '../../../dev/workos.ts';
import { Coming } from '../support/coming.ts';
import { assertPage } from '../support/expect.ts';
import { assertChallenged, assertRenewed, assertServed, cast } from '../support/fault.ts';
import { setCookies } from '../support/http.ts';
import { until } from '../support/until.ts';
import { expired, leaving, nearly } from '../support/visitor.ts';
import { openWorld } from '../support/world.ts';

const garbled = (answer: Answer) => ({ ...answer, body: '<html>' });

describe('a reply is lost', { concurrency: true }, () => {
  const WAYS: [name: string, fault: Omit<Fault, 'endpoint'>][] = [
    ['FI-05: WorkOS rotates and its reply is lost', { reset: 'after-commit' }],
    ['FI-06: the reply arrives truncated', { cutAfterBytes: 40 }],
    ['FI-06: the reply is not JSON', { rewrite: garbled }],
  ];
  for (const [name, fault] of WAYS) {
    test(name, async () => {
      const world = await openWorld();
      const { valid, near, expired, coming } = await cast(world);
      for (const visitor of [expired, near]) {
        world.workos.fault({ endpoint: 'authenticate', ...fault });
        await assertRenewed(visitor);
        assert.equal(visitor.exchanges, 2, 'the same token is sent again');
      }
      await assertServed(valid.page());
      world.workos.fault({ endpoint: 'authenticate', ...fault });
      await coming.assertSentAway();
      assertPage(await coming.arrive(), 400, 'This sign-in is used up');
      await coming.assertSignsInAnew();
    });
  }
});

describe('a client leaves', { concurrency: true }, () => {
  test('FI-08: the client leaves in mid-refresh, and nine others wait for the same', async () => {
    const world = await openWorld({ workos: { rotation: 'strict' } });
    const visitor = expired(world);
    world.workos.fault({ endpoint: 'authenticate', delayMs: 500 });
    const leader = leaving(world, '/leaves', visitor.cookie);
    await until(() => visitor.exchanges === 1, 'the exchange');
    const others = Array.from({ length: 9 }, (_, index) =>
      index % 2 ? visitor.page(`/stays/${index}`) : visitor.data(`/stays/${index}`),
    );
    await leader.leave();
    const replies = await Promise.all(others);
    assert.deepEqual(new Set(replies.map(({ status }) => status)), new Set([200]));
    assert.equal(new Set(replies.map((reply) => setCookies(reply).join())).size, 1);
    assert.equal(visitor.exchanges, 1);
  });

  test('FI-08: the client leaves in mid-refresh, and comes back', async () => {
    const world = await openWorld({ workos: { rotation: 'strict' } });
    const visitor = expired(world);
    world.workos.fault({ endpoint: 'authenticate', delayMs: 300 });
    const client = leaving(world, '/leaves', visitor.cookie);
    await until(() => visitor.exchanges === 1, 'the exchange');
    await client.leave();
    await assertRenewed(visitor);
    assert.equal(visitor.exchanges, 1, 'what came of it was kept');
  });

  test('FI-08: the client leaves while its token is renewed ahead of time', async () => {
    const world = await openWorld({ workos: { rotation: 'strict' } });
    const visitor = nearly(world);
    world.workos.fault({ endpoint: 'authenticate', delayMs: 300 });
    const client = leaving(world, '/leaves', visitor.cookie);
    await until(() => visitor.exchanges === 1, 'the exchange');
    await client.leave();
    const reply = await until(async () => {
      const reply = await visitor.page();
      assert.equal(reply.status, 200);
      return setCookies(reply).length > 0 && reply;
    }, 'the new tokens');
    visitor.keep(reply || assert.fail());
    await assertServed(visitor.page());
    assert.equal(visitor.exchanges, 1);
  });

  test('FI-08: the client leaves in mid-sign-in', async () => {
    const world = await openWorld();
    const coming = await Coming.to(world);
    world.workos.fault({ endpoint: 'authenticate', delayMs: 300 });
    const { pathname, search } = coming.callback;
    const cookie = coming.browser.jar.field(world.address, 'cross-site') ?? '';
    const client = leaving(world, `${pathname}${search}`, cookie);
    await until(() => world.asked('authenticate') === 1, 'the exchange');
    await client.leave();
    assertPage(await coming.arrive(), 400, 'This sign-in is used up');
    await coming.assertSignsInAnew();
  });
});

describe('a request arrives twice', { concurrency: true }, () => {
  test('FI-63: with a token that is good', async () => {
    const world = await openWorld();
    const { valid } = await cast(world);
    const post = { method: 'POST', body: 'once each' };
    const replies = await Promise.all([valid.data('/api', post), valid.data('/api', post)]);
    for (const reply of replies) assert.equal(reply.status, 200);
    const bodies = world.site.arrivals.filter(({ method }) => method === 'POST');
    assert.deepEqual(
      bodies.map(({ bodyBytes }) => bodyBytes),
      [9, 9],
    );
  });

  test('FI-63: with one that has run out, at once and much later', async () => {
    const world = await openWorld();
    const visitor = expired(world);
    const first = await visitor.page();
    assert.deepEqual(setCookies(await visitor.page()), setCookies(first), 'the same again');
    const elsewhere = await openWorld({ beside: world });
    visitor.at = elsewhere;
    const replayed = await visitor.page();
    assert.equal(replayed.status, 200);
    // The session's own pair, sealed anew.
    world.workos.settings.replaySeconds = -1;
    visitor.at = await openWorld({ beside: world });
    await assertChallenged(visitor);
    for (const reply of [first, replayed]) {
      visitor.keep(reply);
      await assertServed(visitor.page());
    }
  });

  test('FI-63: a sign-in that comes back twice', async () => {
    const world = await openWorld();
    const coming = await Coming.to(world);
    const replies = await Promise.all([coming.arrive(), coming.arrive()]);
    assert.ok(replies.some(({ status }) => status === 303));
    assert.ok(replies.every(({ status }) => [302, 303, 400].includes(status)));
    assert.ok(coming.browser.hasSession);
    assert.equal((await coming.browser.step('/x')).reply.status, 200);
  });
});
