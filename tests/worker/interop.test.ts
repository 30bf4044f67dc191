/** AuthKit's own packages and the gateway read each other's sessions. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sealData } from 'iron-session';
import { person } from '../../dev/workos.ts';
import { identityOf, valuesOf } from './support/echo.ts';
import { assertError, assertPage, assertToAuthKit } from './support/expect.ts';
import { header, jsonOf, type Reply, setCookies } from './support/http.ts';
import { type SdkSession, SEALERS, sdkService, sdkSession } from './support/sdk.ts';
import { open } from './support/seal.ts';
import { until } from './support/until.ts';
import { openWorld, PASSWORD } from './support/world.ts';

const world = await openWorld();
const iron = await openWorld({
  beside: world,
  variables: { COOKIE_SEAL: 'iron', FORWARD_SESSION_COOKIE: true, UNAUTHENTICATED_PATHS: '/open' },
});
const refusing = await openWorld({ beside: world, variables: { ACCEPT_IRON: false } });
const sdk = sdkService(world);

const PLACE = { purpose: 'session', cookie: 'wos-session', host: 'app.example.com' } as const;
const ATTRIBUTES = /; Path=\/; Max-Age=34560000; HttpOnly; Secure; SameSite=Lax$/;

function setSession(reply: Reply): string {
  const line = setCookies(reply).find((cookie) => cookie.startsWith('wos-session=')) ?? '';
  assert.match(line, ATTRIBUTES);
  return line.slice('wos-session='.length, line.indexOf(';'));
}

/** Every package opens the text, and they agree; the SDK's own reading finds the visitor too. */
async function openedByAll(text: string): Promise<SdkSession> {
  const [first, ...others] = await Promise.all(SEALERS.map((sealer) => sealer.open(text)));
  assert.ok(first);
  for (const other of others) assert.deepEqual(other, first);
  const { auth, refreshedSessionData } = await sdk.withAuth(`a=1; wos-session=${text}`);
  assert.equal(refreshedSessionData, undefined, 'the SDK found the token good');
  assert.equal(auth.user?.id, first.user.id);
  assert.equal(auth.user && auth.accessToken, first.accessToken);
  return first;
}

test('a seal that expires is no longer good where it was seen before', async () => {
  // Expirations count a minute late.
  const session = sdkSession(world.workos.mintSession());
  const text = await sealData(session, { password: PASSWORD, ttl: -56 });
  const status = async () => (await world.fetch('/x', { cookie: `wos-session=${text}` })).status;
  assert.equal(await status(), 200);
  await until(async () => (await status()) === 401, 'the seal to expire');
});

for (const sealer of SEALERS) {
  test(`a session sealed by ${sealer.name} is let through, and left as it is`, async () => {
    const minted = world.workos.mintSession();
    const text = await sealer.seal(sdkSession(minted));
    assert.match(text, /^Fe26\.2\*1\*.*~2$/);
    for (const cookie of [`wos-session=${text}`, `wos-session=${text.slice(0, -2)}`]) {
      const reply = await world.open('/x', { cookie });
      assert.equal(reply.status, 200);
      assert.deepEqual(setCookies(reply), []);
      const identity = identityOf(world.arrival());
      assert.equal(identity['x-authkit-user-id'], minted.user.id);
      assert.equal(identity['x-authkit-session-id'], minted.sid);
      assert.deepEqual(valuesOf(world.arrival(), 'cookie'), []);
    }
    assert.equal(world.asked('authenticate'), 0);
  });

  test(`one sealed by ${sealer.name} that has run out is renewed, in the gateway’s own seal`, async () => {
    const minted = world.workos.mintSession(undefined, { accessTokenSeconds: -5 });
    const cookie = `wos-session=${await sealer.seal(sdkSession(minted))}`;
    const reply = await world.open('/x', { cookie });
    assert.equal(reply.status, 200);
    const renewed = open(setSession(reply), PLACE, PASSWORD);
    assert.notEqual(renewed.refreshToken, minted.refreshToken);
  });

  test(`one sealed by ${sealer.name} is nobody’s where ACCEPT_IRON is off`, async () => {
    const text = await sealer.seal(sdkSession(world.workos.mintSession()));
    const cookie = `wos-session=${text}`;
    assertError(await refusing.fetch('/x', { cookie }), 401, 'unauthenticated');
    assertToAuthKit(await refusing.open('/x', { cookie }));
    assert.deepEqual(jsonOf(await refusing.fetch('/auth/session', { cookie })), { user: null });
    assert.equal(world.site.arrivals.length, 0);
    assert.equal(world.asked('authenticate'), 0);
  });

  test(`what ${sealer.name} sealed with another password, or as something else, is nobody’s`, async () => {
    const session = sdkSession(world.workos.mintSession());
    const other = sdkSession(world.workos.mintSession(world.workos.people[1]));
    const forged = { ...session, user: { ...session.user, id: other.user.id } };
    const unsigned = { ...session, accessToken: `${session.accessToken.slice(0, -8)}AAAAAAAA` };
    const texts = [
      await sealer.seal(session, 'another password of thirty-two letters'),
      (await sealer.seal(session)).replace(/.{12}~2$/, 'AAAAAAAAAAAA~2'),
      await sealer.seal(forged),
      await sealer.seal(unsigned),
    ];
    for (const text of texts) {
      for (const one of [world, iron]) {
        const cookie = `wos-session=${text}`;
        assertError(await one.fetch('/x', { cookie }), 401, 'unauthenticated');
      }
    }
    assert.equal(world.site.arrivals.length, 0);
  });
}

test('with COOKIE_SEAL=iron a sign-in leaves a session that both packages open', async () => {
  const browser = iron.browser();
  await browser.signIn('/x');
  const session = await openedByAll(browser.jar.value('wos-session') ?? '');
  const [ada] = world.workos.people;
  assert.equal(session.user.email, ada?.email);
  assert.equal(session.user.firstName, 'Ada');
  assert.equal(session.authenticationMethod, 'Password');
  assert.deepEqual(Object.keys(session).sort(), [
    'accessToken',
    'authenticationMethod',
    'refreshToken',
    'user',
  ]);
});

test('and so does a refresh, asked for or due', async () => {
  const fresh = world.workos.mintSession();
  const stale = world.workos.mintSession(undefined, { accessTokenSeconds: -5 });
  const [sealer] = SEALERS;
  const cookies = await Promise.all(
    [fresh, stale].map(async (minted) => `wos-session=${await sealer?.seal(sdkSession(minted))}`),
  );
  const asked = await iron.fetch('/auth/refresh', { method: 'POST', cookie: cookies[0] });
  const due = await iron.open('/x', { cookie: cookies[1] });
  for (const [reply, minted] of [
    [asked, fresh],
    [due, stale],
  ] as const) {
    assert.equal(reply.status, 200, reply.text);
    const session = await openedByAll(setSession(reply));
    assert.notEqual(session.accessToken, minted.accessToken);
    assert.notEqual(session.refreshToken, minted.refreshToken);
    assert.equal(session.user.id, minted.user.id);
  }
});

test('whoever acts as somebody else is in the seal as well', async () => {
  const alan = world.workos.people.find(({ impersonator }) => impersonator);
  const browser = iron.browser();
  await browser.go(`/login?login_hint=${alan?.email}`);
  const text = browser.jar.value('wos-session') ?? '';
  assert.deepEqual((await openedByAll(text)).impersonator, alan?.impersonator);
  const { auth } = await sdk.withAuth(`wos-session=${text}`);
  assert.equal(auth.user && auth.impersonator?.email, alan?.impersonator?.email);
});

test('a session that the SDK itself has refreshed is let through', async () => {
  const browser = iron.browser();
  await browser.signIn('/x');
  const session = await sdk.getSession(`wos-session=${browser.jar.value('wos-session')}`);
  assert.ok(session);
  const { encryptedSession } = await sdk.refreshSession(session);
  const reply = await iron.open('/x', { cookie: `wos-session=${encryptedSession}` });
  assert.equal(reply.status, 200);
  assert.deepEqual(setCookies(reply), []);
});

test('the site that has the cookie sees the new seal after a refresh, and the browser gets the same', async () => {
  const minted = world.workos.mintSession(undefined, { accessTokenSeconds: -5 });
  const old = await SEALERS[0]?.seal(sdkSession(minted));
  for (const path of ['/x', '/open']) {
    const reply = await iron.open(path, { cookie: `a=1; wos-session=${old}; b=2` });
    assert.equal(reply.status, 200);
    assert.match(header(reply, 'cache-control') ?? '', /private, no-store/);
    const text = setSession(reply);
    assert.notEqual(text, old);
    const [field = '', ...more] = valuesOf(iron.arrival(), 'cookie');
    assert.deepEqual(more, []);
    assert.deepEqual(field.split('; ').sort(), ['a=1', 'b=2', `wos-session=${text}`].sort());
    const { auth } = await sdk.withAuth(field);
    assert.equal(auth.user?.id, minted.user.id);
  }
});

test('what the site’s own SDK then makes of it is the last word', async () => {
  const newer = 'wos-session=Fe26.2*newer; Path=/; HttpOnly; Secure; SameSite=Lax';
  const ended = 'wos-session=; Path=/; Max-Age=0; Secure';
  for (const line of [newer, ended]) {
    const minted = world.workos.mintSession(undefined, { accessTokenSeconds: -5 });
    const cookie = `wos-session=${await SEALERS[1]?.seal(sdkSession(minted))}`;
    world.site.script = (response) => {
      response.writeHead(200, { 'set-cookie': ['a=1; Path=/', line] }).end();
    };
    const reply = await iron.open('/x', { cookie });
    assert.equal(world.asked('authenticate', 'refresh_token'), 1, 'the gateway renewed it first');
    assert.deepEqual(setCookies(reply), ['a=1; Path=/', line]);
    assert.match(header(reply, 'cache-control') ?? '', /private, no-store/);
    world.workos.requests.length = 0;
  }
});

test('and it can set no other cookie of the gateway’s', async () => {
  world.site.script = (response) => {
    const lines = ['__Host-authkit-flow-0a1b2c3d=x; Path=/; Secure', 'a=1', 'wos-session.1=y'];
    response.writeHead(200, { 'set-cookie': lines }).end();
  };
  const reply = await iron.open('/open');
  assert.deepEqual(setCookies(reply), ['a=1', 'wos-session.1=y']);
});

test('without a refresh the site gets the cookie as it came, and no other of the gateway’s', async () => {
  const text = await SEALERS[1]?.seal(sdkSession(world.workos.mintSession()));
  const cookie = `__Host-authkit-flow-0a1b2c3d=v1.x; wos-session=${text}; a=1`;
  assert.equal((await iron.open('/x', { cookie })).status, 200);
  assert.deepEqual(valuesOf(iron.arrival(), 'cookie'), [`wos-session=${text}; a=1`]);
});

test('a session too large for one cookie is not cut: the SDK knows no chunks', async () => {
  const large = person({
    email: 'large@example.com',
    metadata: { essay: 'x'.repeat(5000) },
  });
  world.workos.people.push(large);
  const browser = iron.browser();
  const { reply } = await browser.go('/login?login_hint=large@example.com');
  assertPage(reply, 500, 'Your session is too large');
  assert.equal(browser.hasSession, false);
  await iron.gateway.logged(({ reason }) => reason === 'session_too_large');
});

test('a sign-in that the SDK began ends where the SDK wanted it', async () => {
  const { url } = await sdk.createSignIn(undefined, { returnPathname: '/report?year=1843' });
  const browser = world.browser();
  const journey = await browser.go(url);
  assert.equal(journey.reply.status, 200);
  assert.equal(journey.url.href, 'https://app.example.com/report?year=1843');
  assert.ok(browser.hasSession);
  assert.equal(world.asked('authenticate'), 1, 'the SDK’s own code is not spent');
});

test('one that it was made to end elsewhere, or that somebody else sealed, ends on the site', async () => {
  for (const returnPathname of ['//evil.example/', 'https://evil.example/', '/callback']) {
    const { url } = await sdk.createSignIn(undefined, { returnPathname });
    const { url: end } = await world.browser().go(url);
    assert.equal(end.href.startsWith('https://app.example.com/'), true, end.href);
    assert.notEqual(end.pathname, '/callback');
  }
  const { url } = await sdk.createSignIn(undefined, { returnPathname: '/report' });
  const foreign = new URL(url);
  foreign.searchParams.set('state', 'Fe26.2*1*aa*bb*cc**dd*ee~2');
  assert.equal((await world.browser().go(foreign)).url.href, 'https://app.example.com/');
});

test('a seal in the wrong place is not a flow', async () => {
  const text = await SEALERS[0]?.seal(sdkSession(world.workos.mintSession()));
  const reply = await world.open(`/callback?code=x&state=${encodeURIComponent(text ?? '')}`);
  assertToAuthKit(reply);
  assert.equal(world.asked('authenticate'), 0);
});

test('while the keys cannot be had, a seal anybody’s app may have made is not believed', async () => {
  const outage = await openWorld({ beside: world });
  world.workos.fault({ endpoint: 'jwks', status: 503, times: Infinity });
  const minted = world.workos.mintSession();
  const cookie = `wos-session=${await SEALERS[0]?.seal(sdkSession(minted))}`;
  assertError(await outage.fetch('/x', { cookie }), 503, 'temporarily_unavailable');
  assert.equal((await outage.fetch('/x', { cookie: outage.cookie(minted) })).status, 200);
});

test('no seal is written to the log', () => {
  for (const { gateway } of [world, iron, refusing])
    assert.doesNotMatch(gateway.output(), /Fe26\.2/);
});
