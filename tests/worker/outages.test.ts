import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Fault } from '../../dev/workos.ts';
import { identityOf, nobodyAt } from './support/echo.ts';
import { assertError, assertPage, requestId } from './support/expect.ts';
import { header, setCookies } from './support/http.ts';
import { until } from './support/until.ts';
import { openWorld, type World, type WorldOptions } from './support/world.ts';

const PUBLIC: WorldOptions = { variables: { UNAUTHENTICATED_PATHS: '/public' } };

function stale(world: World): string {
  return world.cookie(world.workos.mintSession(undefined, { accessTokenSeconds: -10 }));
}

/** WorkOS has many ways not to answer, each of which lasts as long as the test. */
const WAYS: [name: string, fault: Omit<Fault, 'endpoint'>, retryAfter?: number][] = [
  ['refuses connections', { reset: 'before' }],
  ['answers 500', { status: 500 }],
  ['answers 502 with HTML', { status: 502, body: '<h1>Bad gateway</h1>' }],
  ['answers 503 and when to come back', { status: 503, headers: { 'retry-after': '7' } }, 7],
  ['answers 429 and when to come back', { status: 429, headers: { 'retry-after': '3' } }, 3],
  ['asks for a day', { status: 429, headers: { 'retry-after': '86400' } }, 60],
  ['asks in a way nobody knows', { status: 503, headers: { 'retry-after': 'x'.repeat(5000) } }],
  ['answers 408', { status: 408 }],
  ['cuts its answers', { cutAfterBytes: 20 }],
  ['is behind a captive portal', { body: '<h1>Welcome to our network</h1>' }],
  ['redirects elsewhere', { status: 307, headers: { location: 'https://evil.example/' } }],
  ['answers far too much', { body: { padding: 'x'.repeat(2_000_000) } }],
  ['says our key is wrong', { status: 401, body: { error: 'invalid_client' } }],
  ['says our client is unauthorized', { status: 400, body: { error: 'unauthorized_client' } }],
  ['answers 404', { status: 404, body: { message: 'Not Found' } }],
  ['answers 401 without a word', { status: 401, body: '' }],
];

/** Side by side, since each takes the time it takes to give up. */
describe('while WorkOS does not answer', { concurrency: 2 }, () => {
  describe('for a session whose token has run out: it', { concurrency: WAYS.length }, () => {
    for (const [name, fault, retryAfter] of WAYS) {
      test(`${name}: 503, nobody is signed out, and all is well afterwards`, async () => {
        const world = await openWorld(PUBLIC);
        world.workos.fault({ endpoint: 'authenticate', ...fault, times: Infinity });
        const cookie = stale(world);
        const [page, data] = await Promise.all([
          world.open('/x?y=1', { cookie }),
          world.fetch('/api', { cookie }),
        ]);
        assertPage(page, 503, 'Just a moment');
        assert.match(
          page.text,
          /http-equiv="refresh" content="\d+"/,
          'the page tries again by itself',
        );
        assert.match(page.text, /href="\/x\?y=1">Try again</);
        assertError(data, 503, 'temporarily_unavailable');
        for (const reply of [page, data]) {
          assert.deepEqual(setCookies(reply), [], 'the cookie is left alone');
          assert.equal(header(reply, 'location'), undefined);
          const seconds = Number(header(reply, 'retry-after'));
          // Spread, so that not everybody comes back at once.
          assert.ok(seconds >= (retryAfter ?? 1), `Retry-After: ${seconds}`);
          assert.ok(seconds <= (retryAfter ?? 60) * 1.5, `Retry-After: ${seconds}`);
        }
        assert.equal(world.site.arrivals.length, 0, 'nothing reached the site');
        const id = requestId(page);
        const line = await world.gateway.logged(({ request_id: other }) => other === id);
        assert.match(line.level, /warn|error/);
        world.workos.clearFaults();
        const after = await until(async () => {
          const reply = await world.open('/x', { cookie });
          return reply.status === 503 ? undefined : reply;
        }, 'the recovery');
        assert.equal(after.status, 200, 'the same cookie works');
        assert.match(setCookies(after)[0] ?? '', /^wos-session=v1\./);
      });
    }
  });

  describe('it hangs, and', { concurrency: 3 }, () => {
    const hang: Fault = { endpoint: 'authenticate', hang: true, times: Infinity };

    test('a public page goes on within two seconds, and says that it is not known', async () => {
      const world = await openWorld(PUBLIC);
      world.workos.fault(hang);
      const began = Date.now();
      const reply = await world.open('/public', { cookie: stale(world) });
      assert.equal(reply.status, 200);
      assert.ok(Date.now() - began < 5000, `${Date.now() - began} ms`);
      assert.deepEqual(identityOf(world.arrival()), nobodyAt('/public', 'unknown'));
      assert.deepEqual(setCookies(reply), []);
    });

    test('a program learns within eight seconds that it must come back', async () => {
      const world = await openWorld();
      world.workos.fault(hang);
      const began = Date.now();
      const replies = await Promise.all(
        [1, 2, 3].map(() => world.fetch('/api', { cookie: stale(world) })),
      );
      for (const reply of replies) assertError(reply, 503, 'temporarily_unavailable');
      assert.ok(Date.now() - began < 12_000, `${Date.now() - began} ms`);
    });

    test('a callback ends on a page', async () => {
      const world = await openWorld();
      const browser = world.browser();
      const callback = await browser.goAsFarAsCallback('/x');
      world.workos.fault({ ...hang, times: 1 });
      const { reply } = await browser.step(callback, { initiator: 'cross-site' });
      assertPage(reply, 502, "Sign-in isn't working right now");
      assert.equal((await browser.step(callback, { initiator: 'same-site' })).reply.status, 303);
    });
  });
});

test('a valid token asks WorkOS for nothing, so its being down goes unnoticed', async () => {
  const world = await openWorld(PUBLIC);
  await world.open('/x', { cookie: world.cookie() });
  world.workos.requests.length = 0;
  for (const endpoint of ['authenticate', 'jwks', 'authorize'] as const)
    world.workos.fault({ endpoint, reset: 'before', times: Infinity });
  for (const cookie of [world.cookie(), world.cookie()]) {
    const reply = await world.open('/x', { cookie });
    assert.equal(reply.status, 200);
    assert.equal(identityOf(world.arrival())['x-authkit-authenticated'], 'true');
  }
  assert.equal(world.workos.requests.length, 0);
});

test('public and page-based paths go on in an outage', async () => {
  const world = await openWorld({ variables: { MIDDLEWARE_AUTH: false } });
  world.workos.fault({
    endpoint: 'authenticate',
    status: 503,
    headers: { 'retry-after': '5' },
    times: Infinity,
  });
  const reply = await world.open('/anything', { cookie: stale(world) });
  assert.equal(reply.status, 200);
  assert.deepEqual(identityOf(world.arrival()), nobodyAt('/anything', 'unknown'));
});

test('strangers are sent to sign in as ever, and signing in says that it does not work', async () => {
  const world = await openWorld();
  world.workos.fault({ endpoint: 'authenticate', status: 503, times: Infinity });
  const browser = world.browser();
  const { reply } = await browser.go('/x');
  assertPage(reply, 502, "Sign-in isn't working right now");
});

describe('without the keys', () => {
  test('a session this gateway sealed is good until its token runs out', async () => {
    const cold = await openWorld();
    cold.workos.fault({ endpoint: 'jwks', status: 500, times: Infinity });
    const reply = await cold.open('/x', { cookie: cold.cookie() });
    assert.equal(reply.status, 200);
    assert.equal(identityOf(cold.arrival())['x-authkit-authenticated'], 'true');
    assert.equal(cold.asked('authenticate'), 0, 'not being able to verify renews nothing');
    assert.ok(cold.asked('jwks') <= 2);
  });

  test('what could not be verified is not asked for', async () => {
    const cold = await openWorld();
    cold.workos.fault({ endpoint: 'jwks', status: 500, times: Infinity });
    const reply = await cold.open('/x', { cookie: stale(cold) });
    assertPage(reply, 503, 'Just a moment');
    assert.deepEqual(setCookies(reply), []);
    assert.equal(cold.site.arrivals.length, 0);
    assert.equal(cold.asked('authenticate'), 0);
  });

  test('a token that comes of a refresh is kept, and not acted on before it is verified', async () => {
    const warm = await openWorld();
    await warm.open('/x', { cookie: warm.cookie() });
    warm.workos.rotateKeys();
    warm.workos.fault({ endpoint: 'jwks', status: 500, times: Infinity });
    const browser = warm.browser();
    browser.jar.plant('wos-session', stale(warm).slice('wos-session='.length), warm.address);
    const { reply } = await browser.step('/x');
    assertPage(reply, 503, 'Just a moment');
    assert.match(setCookies(reply)[0] ?? '', /^wos-session=v1\./, 'the new tokens are not lost');
    assertPage((await browser.step('/x')).reply, 503, 'Just a moment');
    assert.equal(warm.site.arrivals.length, 1, 'the first one');
    assert.equal(warm.asked('authenticate'), 1);
  });

  test('warm keys serve on', async () => {
    const warm = await openWorld();
    await warm.open('/x', { cookie: warm.cookie() });
    warm.workos.fault({ endpoint: 'jwks', status: 500, times: Infinity });
    const reply = await warm.open('/x', { cookie: stale(warm) });
    assert.equal(reply.status, 200);
  });

  test('keys that are garbage are no keys', async () => {
    for (const body of [
      '<h1>hi</h1>',
      '[]',
      '{}',
      { keys: 'x' },
      { keys: [{ kty: 'oct', k: 'AA', kid: 'x' }] },
    ]) {
      const cold = await openWorld();
      cold.workos.fault({ endpoint: 'jwks', body, times: Infinity });
      const session = cold.workos.mintSession(undefined, { signing: { key: 'unknown' } });
      const unverified = cold.cookie(session, { with: { unverified: true } });
      const reply = await cold.fetch('/x', { cookie: unverified });
      assert.ok(
        reply.status === 503 || reply.status === 401,
        `${JSON.stringify(body)}: ${reply.status}`,
      );
      assert.equal(cold.site.arrivals.length, 0);
    }
  });

  test('a token signed by a key newer than ours is not held against its owner', async () => {
    const world = await openWorld();
    await world.open('/x', { cookie: world.cookie() });
    world.workos.rotateKeys('kept');
    const reply = await world.open('/x', { cookie: world.cookie() });
    assert.equal(reply.status, 200);
    assert.ok(world.asked('jwks') <= 2);
  });
});
