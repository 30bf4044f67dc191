import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertError, assertPage, assertToAuthKit } from './support/expect.ts';
import { header, locationOf, setCookies } from './support/http.ts';
import { NAVIGATION, openWorld } from './support/world.ts';

const world = await openWorld({
  variables: { LOGOUT_RETURN_TO: 'https://www.example.com/, https://www.example.com/bye?x=1' },
});
const plain = await openWorld();

const SAME_ORIGIN = { ...NAVIGATION, 'sec-fetch-site': 'same-origin' };

test('signing out ends the session here and at WorkOS', async () => {
  const browser = world.browser();
  await browser.signIn('/x');
  await browser.step('/unfinished', { headers: { cookie: '' } });
  const [session] = world.workos.sessions.all().slice(-1);
  const { reply } = await browser.signOut();
  assert.equal(reply.status, 303);
  const location = locationOf(reply);
  assert.equal(location.origin, world.workos.url);
  assert.equal(location.pathname, '/user_management/sessions/logout');
  assert.deepEqual(Object.fromEntries(location.searchParams), {
    session_id: session?.id,
    return_to: 'https://www.example.com/',
  });
  assert.match(header(reply, 'cache-control') ?? '', /no-store/);
  await browser.step(location, { initiator: 'cross-site' });
  assert.equal(world.workos.sessions.inspect(session?.id ?? '')?.ended, true);
  assert.equal(browser.hasSession, false);
  assertToAuthKit((await browser.step('/x')).reply);
});

test('every cookie of ours is removed with the attributes it was set with', async () => {
  const chunk = 'wos-session.00006920d5a9ab.0.2'.replace('00006920d5a9ab', '6920d5a9abcd');
  const flow = '__Host-authkit-flow-0a1b2c3d';
  const cookie = `a=1; ${world.cookie()}; ${chunk}=x; ${flow}=v1.y`;
  const reply = await world.ask({
    path: '/logout',
    method: 'POST',
    headers: SAME_ORIGIN,
    cookie,
    body: '',
  });
  const removed = setCookies(reply).filter((line) => line.includes('Max-Age=0'));
  const attributes = '=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax';
  for (const name of ['wos-session', chunk, flow])
    assert.ok(removed.includes(`${name}${attributes}`), `${name} in ${removed.join('\n')}`);
});

test('a session whose token has run out can be ended too, without renewing it', async () => {
  const session = world.workos.mintSession(undefined, { accessTokenSeconds: -60 });
  const reply = await world.ask({
    path: '/logout',
    method: 'POST',
    headers: SAME_ORIGIN,
    cookie: world.cookie(session),
    body: '',
  });
  assert.equal(locationOf(reply).searchParams.get('session_id'), session.sid);
  assert.equal(world.asked('authenticate'), 0);
});

test('without a session, or with an unreadable one, signing out ends on the site', async () => {
  for (const cookie of [undefined, 'wos-session=v1.nonsense']) {
    const reply = await world.ask({
      path: '/logout',
      method: 'POST',
      headers: SAME_ORIGIN,
      cookie,
      body: '',
    });
    assert.equal(reply.status, 303);
    assert.equal(header(reply, 'location'), 'https://www.example.com/');
    assert.match(setCookies(reply)[0] ?? '', /^wos-session=; .*Max-Age=0/);
  }
  const home = await plain.ask({ path: '/logout', method: 'POST', headers: SAME_ORIGIN, body: '' });
  assert.equal(header(home, 'location'), 'https://app.example.com/');
});

test('the place after sign-out is one of those allowed', async (t) => {
  const rows: [name: string, query: string, expected: string][] = [
    [
      'listed',
      '?return_to=https%3A%2F%2Fwww.example.com%2Fbye%3Fx%3D1',
      'https://www.example.com/bye?x=1',
    ],
    ['elsewhere', '?return_to=https://evil.example/', 'https://www.example.com/'],
    ['a path', '?return_to=/x', 'https://www.example.com/'],
    ['protocol-relative', '?return_to=//evil.example', 'https://www.example.com/'],
    [
      'given twice',
      '?return_to=https://www.example.com/bye%3Fx%3D1&return_to=x',
      'https://www.example.com/',
    ],
  ];
  for (const [name, query, expected] of rows) {
    await t.test(name, async () => {
      const reply = await world.ask({
        path: `/logout${query}`,
        method: 'POST',
        headers: SAME_ORIGIN,
        cookie: world.cookie(),
        body: '',
      });
      assert.equal(locationOf(reply).searchParams.get('return_to'), expected);
    });
  }
});

test('where no place is configured WorkOS’ own default is left to it', async () => {
  const reply = await plain.ask({
    path: '/logout?return_to=https://evil.example/',
    method: 'POST',
    headers: SAME_ORIGIN,
    cookie: plain.cookie(),
    body: '',
  });
  assert.deepEqual([...locationOf(reply).searchParams.keys()], ['session_id']);
});

test('a GET only asks, and signs nobody out', async () => {
  for (const headers of [NAVIGATION, { ...NAVIGATION, 'sec-fetch-site': 'cross-site' }]) {
    const reply = await world.ask({ path: '/logout', headers, cookie: world.cookie() });
    assertPage(reply, 200, 'Sign out?');
    assert.match(reply.text, /<form method="post" action="\/logout">/);
    assert.equal(header(reply, 'referrer-policy'), 'same-origin');
    assert.deepEqual(setCookies(reply), []);
  }
  assert.equal(world.workos.requests.length, 0);
});

test('a POST from elsewhere is refused', async (t) => {
  const origin = (value: string): Record<string, string> => ({
    accept: 'text/html',
    origin: value,
  });
  const rows: [name: string, headers: Record<string, string>][] = [
    ['another site', { ...NAVIGATION, 'sec-fetch-site': 'cross-site' }],
    ['a sibling subdomain', { ...NAVIGATION, 'sec-fetch-site': 'same-site' }],
    ['nobody', { ...NAVIGATION, 'sec-fetch-site': 'none' }],
    ['another origin', origin('https://evil.example')],
    ['an opaque origin', origin('null')],
    ['the same name without TLS', origin('http://app.example.com')],
    ['no word of where from', { accept: 'text/html' }],
    [
      'metadata against a good origin',
      { ...origin('https://app.example.com'), 'sec-fetch-site': 'cross-site' },
    ],
  ];
  for (const [name, headers] of rows) {
    await t.test(name, async () => {
      const cookie = world.cookie();
      const reply = await world.ask({ path: '/logout', method: 'POST', headers, cookie, body: '' });
      assertPage(reply, 403, 'You are still signed in');
      assert.deepEqual(setCookies(reply), []);
    });
  }
});

test('an older browser’s POST is told by its Origin', async () => {
  const reply = await world.ask({
    path: '/logout',
    method: 'POST',
    headers: { accept: 'text/html', origin: 'https://app.example.com' },
    cookie: world.cookie(),
    body: '',
  });
  assert.equal(reply.status, 303);
});

test('other methods are refused', async () => {
  const reply = await world.fetch('/logout', { method: 'DELETE', cookie: world.cookie() });
  assertError(reply, 405, 'method_not_allowed');
});

test('WorkOS being down keeps nobody signed in here', async () => {
  world.workos.fault({ endpoint: 'jwks', reset: 'before', times: Infinity });
  world.workos.fault({ endpoint: 'authenticate', reset: 'before', times: Infinity });
  const reply = await world.ask({
    path: '/logout',
    method: 'POST',
    headers: SAME_ORIGIN,
    cookie: world.cookie(),
    body: '',
  });
  assert.equal(reply.status, 303);
  assert.match(setCookies(reply)[0] ?? '', /Max-Age=0/);
});

test('nothing of a sign-out reaches the site', async () => {
  await world.ask({
    path: '/logout',
    method: 'POST',
    headers: SAME_ORIGIN,
    cookie: world.cookie(),
    body: 'x=1',
  });
  assert.equal(world.site.arrivals.length, 0);
});
