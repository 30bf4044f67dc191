import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Browser } from './support/browser.ts';
import { assertPage } from './support/expect.ts';
import { header, type Reply, setCookies } from './support/http.ts';
import { open, seal } from './support/seal.ts';
import { ADDRESS, NAVIGATION, openWorld, PASSWORD } from './support/world.ts';

const world = await openWorld();

/** A browser that has been at AuthKit, and the address it is sent back to. */
async function begun(path = '/x'): Promise<{ browser: Browser; callback: URL; flow: string }> {
  const browser = world.browser();
  const callback = await browser.goAsFarAsCallback(path);
  const flow = `__Host-authkit-flow-${callback.searchParams.get('state')?.slice(2, 10)}`;
  assert.ok(browser.jar.value(flow));
  return { browser, callback, flow };
}

async function arrive(browser: Browser, callback: URL): Promise<Reply> {
  const { reply } = await browser.step(callback, { initiator: 'cross-site' });
  return reply;
}

function assertNoExchange(): void {
  assert.equal(world.asked('authenticate'), 0, 'no code was spent');
  assert.equal(world.site.arrivals.length, 0);
}

const UNKNOWN = "This sign-in wasn't begun here";

test('a callback whose parameters are missing, empty or repeated is none', async (t) => {
  const rows: [name: string, change: (query: URLSearchParams) => void][] = [
    ['nothing', (query) => ['code', 'state'].forEach((name) => void query.delete(name))],
    ['no code', (query) => query.delete('code')],
    ['no state', (query) => query.delete('state')],
    ['empty code', (query) => query.set('code', '')],
    ['empty state', (query) => query.set('state', '')],
    ['two codes', (query) => query.append('code', 'x')],
    ['two states', (query) => query.append('state', query.get('state') ?? '')],
    ['code and error', (query) => query.append('error', 'x')],
    ['state of nobody', (query) => query.set('state', `0.${'0'.repeat(32)}`)],
    ['state without a handle', (query) => query.set('state', 'x')],
    ['huge state', (query) => query.set('state', `0.${'a'.repeat(5000)}`)],
    [
      'state that shares its handle',
      (query) => query.set('state', `${query.get('state')?.slice(0, -1)}g`),
    ],
    [
      'state with the same handle and other bits',
      (query) => query.set('state', `${query.get('state')?.slice(0, 10)}${'f'.repeat(24)}`),
    ],
    ['another restart count', (query) => query.set('state', `1${query.get('state')?.slice(1)}`)],
    ['another issuer', (query) => query.set('iss', 'https://evil.example')],
    ['two issuers', (query) => ['a', 'b'].forEach((value) => query.append('iss', value))],
  ];
  for (const [name, change] of rows) {
    await t.test(name, async () => {
      const { browser, callback, flow } = await begun();
      const good = new URL(callback);
      change(callback.searchParams);
      const reply = await arrive(browser, callback);
      assertPage(reply, 400, UNKNOWN);
      assert.deepEqual(setCookies(reply), []);
      assertNoExchange();
      assert.ok(browser.jar.value(flow), 'the sign-in goes on');
      assert.equal((await arrive(browser, good)).status, 303);
    });
  }
});

test('the issuer may be named, if it is WorkOS', async () => {
  const { browser, callback } = await begun();
  callback.searchParams.set('iss', 'https://api.workos.com');
  assert.equal((await arrive(browser, callback)).status, 303);
});

test('a callback in a browser that did not begin it is refused', async () => {
  const { callback } = await begun();
  assertPage(await arrive(world.browser(), callback), 400, UNKNOWN);
  assertNoExchange();
});

test('a flow’s cookie that is not exactly ours is refused', async (t) => {
  const rows: [name: string, change: (value: string, flow: string) => string | undefined][] = [
    ['truncated', (value) => value.slice(0, -1)],
    ['extended', (value) => `${value}A`],
    ['quoted', (value) => `"${value}"`],
    [
      'one letter changed',
      (value) =>
        value.replace(/.{40}$/, (end) => end.replace(/^./, (one) => (one === 'A' ? 'B' : 'A'))),
    ],
    ['empty', () => ''],
    ['not a seal', () => 'x'],
    ['a session in its place', () => world.sealed(world.workos.mintSession())],
    [
      'sealed for another flow',
      (value, flow) => resealed(value, flow, { cookie: `${flow.slice(0, -1)}x` }),
    ],
    [
      'sealed for another host',
      (value, flow) => resealed(value, flow, { host: 'other.example.com' }),
    ],
    ['sealed as a session', (value, flow) => resealed(value, flow, { purpose: 'session' })],
    [
      'sealed by somebody else',
      (value, flow) => resealed(value, flow, {}, {}, 'another password of thirty-two.'),
    ],
    [
      'of another state',
      (value, flow) => resealed(value, flow, {}, { state: `0.${'1'.repeat(32)}` }),
    ],
  ];
  for (const [name, change] of rows) {
    await t.test(name, async () => {
      const { callback, browser, flow } = await begun();
      const value = change(browser.jar.value(flow) ?? '', flow);
      const reply = await world.open(`${callback.pathname}${callback.search}`, {
        cookie: `${flow}=${value}`,
      });
      assertPage(reply, 400, UNKNOWN);
      assert.deepEqual(setCookies(reply), []);
      assertNoExchange();
    });
  }
});

test('two cookies of one flow are none: a sibling host may have planted one', async () => {
  const { callback, browser, flow } = await begun();
  const cookie = `${flow}=${browser.jar.value(flow)}; ${flow}=${browser.jar.value(flow)}`;
  assertPage(await world.open(`${callback.pathname}${callback.search}`, { cookie }), 400, UNKNOWN);
  const bare = `${flow.replace('__Host-', '')}=${browser.jar.value(flow)}`;
  assertPage(
    await world.open(`${callback.pathname}${callback.search}`, { cookie: bare }),
    400,
    UNKNOWN,
  );
  assertNoExchange();
});

test('a sign-in may take ten minutes', async (t) => {
  const rows: [name: string, age: number, status: number, title?: string][] = [
    ['nine and a half minutes', 570, 303],
    ['ten minutes', 601, 400, 'This sign-in took too long'],
    ['a day', 86_400, 400, 'This sign-in took too long'],
    ['half a minute ahead of us', -30, 303],
    ['two minutes ahead of us', -120, 400, 'This sign-in took too long'],
  ];
  for (const [name, age, status, title] of rows) {
    await t.test(name, async () => {
      const { browser, callback, flow } = await begun();
      const issuedAt = Math.floor(Date.now() / 1000) - age;
      browser.jar.plant(
        flow,
        resealed(browser.jar.value(flow) ?? '', flow, {}, { issuedAt }),
        world.address,
      );
      const reply = await arrive(browser, callback);
      assert.equal(reply.status, status);
      if (title) assertPage(reply, status, title);
      if (title) assertNoExchange();
    });
  }
});

test('what AuthKit refuses is told in our words, and the sign-in is over', async (t) => {
  const rows: [error: string, status: number][] = [
    ['access_denied', 403],
    ['server_error', 400],
    ['organization_invalid', 400],
    ['<svg/onload=alert(1)>', 400],
    ['', 400],
  ];
  for (const [error, status] of rows) {
    await t.test(error || 'an empty error', async () => {
      const { browser, callback, flow } = await begun('/x?y=1');
      callback.searchParams.delete('code');
      callback.searchParams.set('error', error);
      callback.searchParams.set('error_description', '<svg/onload=alert(1)> 4711');
      callback.searchParams.set('error_uri', 'javascript:alert(4711)');
      const reply = await arrive(browser, callback);
      assertPage(reply, status, 'You were not signed in');
      assert.doesNotMatch(reply.text, /alert|4711|<svg\/|javascript:/);
      assert.match(reply.text, /href="\/login\?return_to=%2Fx%3Fy%3D1">Try again</);
      assert.equal(browser.jar.value(flow), undefined);
      assertNoExchange();
    });
  }
});

test('trying again ends where the visitor first wanted to go', async () => {
  const { browser, callback } = await begun('/x?y=a%2Fb');
  callback.searchParams.delete('code');
  callback.searchParams.set('error', 'access_denied');
  const page = await arrive(browser, callback);
  const again = /href="([^"]+)">Try again/.exec(page.text)?.[1] ?? '';
  const { url } = await browser.go(again.replaceAll('&amp;', '&'), { initiator: 'same-site' });
  assert.equal(url.href, `${ADDRESS}/x?y=a%2Fb`);
});

test('an error without a flow of this browser says nothing of the error', async () => {
  const reply = await world.open('/callback?error=access_denied&error_description=4711&state=0.x');
  assertPage(reply, 400, UNKNOWN);
  assert.doesNotMatch(reply.text, /4711/);
});

test('a code is not spent by what nobody looks at', async (t) => {
  const rows: [name: string, method: string, headers: Record<string, string>, status: number][] = [
    ['HEAD', 'HEAD', NAVIGATION, 204],
    ['POST', 'POST', NAVIGATION, 405],
    ['OPTIONS', 'OPTIONS', {}, 405],
    ['a prefetch', 'GET', { ...NAVIGATION, 'sec-purpose': 'prefetch' }, 204],
    ['a prerender', 'GET', { ...NAVIGATION, 'sec-purpose': 'prefetch;prerender' }, 204],
    ['an older prefetch', 'GET', { ...NAVIGATION, purpose: 'prefetch' }, 204],
    ['Firefox’ prefetch', 'GET', { ...NAVIGATION, 'x-moz': 'prefetch' }, 204],
  ];
  for (const [name, method, headers, status] of rows) {
    await t.test(name, async () => {
      const { browser, callback } = await begun();
      const { reply } = await browser.step(callback, {
        method,
        headers,
        initiator: 'cross-site',
        ...(method === 'POST' && { body: '' }),
      });
      assert.equal(reply.status, status);
      assert.deepEqual(setCookies(reply), []);
      assertNoExchange();
      assert.equal((await arrive(browser, callback)).status, 303, 'the code is still good');
    });
  }
});

test('a callback used again, or by somebody signed in, just goes on', async () => {
  const { browser, callback } = await begun();
  assert.equal((await arrive(browser, callback)).status, 303);
  const session = browser.jar.value('wos-session');
  const again = await arrive(browser, callback);
  assert.equal(again.status, 302);
  assert.equal(header(again, 'location'), `${ADDRESS}/`);
  assert.equal(browser.jar.value('wos-session'), session);
  assert.equal(world.asked('authenticate'), 1);
});

test('a stranger’s callback does not replace a session', async () => {
  const victim = world.browser();
  await victim.signIn('/x');
  const session = victim.jar.value('wos-session');
  const { callback } = await begun();
  world.workos.requests.length = 0;
  const reply = await arrive(victim, callback);
  assert.equal(reply.status, 302);
  assert.equal(victim.jar.value('wos-session'), session);
  assert.equal(world.asked('authenticate'), 0);
});

test('the same callback twice at once signs in once and harms nothing', async () => {
  const { browser, callback } = await begun();
  world.workos.fault({ endpoint: 'authenticate', delayMs: 50, times: 2 });
  const replies = await Promise.all([arrive(browser, callback), arrive(browser, callback)]);
  assert.ok(replies.some(({ status }) => status === 303));
  assert.ok(browser.hasSession);
  assert.equal((await browser.step('/x')).reply.status, 200);
});

test('a browser that keeps no cookies ends on a page, not in a loop', async () => {
  const { callback } = await begun();
  const { reply, steps } = await world.browser().go(callback, { initiator: 'cross-site' });
  assertPage(reply, 400, UNKNOWN);
  assert.equal(steps.length, 1);
  assert.match(reply.text, /cookies are switched off/);
});

/** The flow, sealed again with something changed. */
function resealed(
  value: string,
  cookie: string,
  place: { purpose?: 'session' | 'flow'; cookie?: string; host?: string },
  payload: Record<string, unknown> = {},
  password = PASSWORD,
): string {
  const own = { purpose: 'flow', cookie, host: 'app.example.com' } as const;
  return seal({ ...open(value, own, PASSWORD), ...payload }, { ...own, ...place }, password);
}
