import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ARRIVED, type Browser } from './support/browser.ts';
import { identityOf, nobodyAt } from './support/echo.ts';
import { assertError, assertToAuthKit } from './support/expect.ts';
import { setCookies } from './support/http.ts';
import { until } from './support/until.ts';
import { openWorld } from './support/world.ts';

const world = await openWorld({ variables: { UNAUTHENTICATED_PATHS: '/public' } });
const MARKER = '__Host-authkit-signed-out';

/** A browser that has signed out, and the session it had. */
async function signedOut(): Promise<{ browser: Browser; cookie: string }> {
  const browser = world.browser();
  await browser.signIn('/x');
  const cookie = `wos-session=${browser.jar.value('wos-session')}`;
  await browser.signOut();
  world.site.arrivals.length = 0;
  return { browser, cookie };
}

test('a sign-out leaves a sealed note that it happened', async () => {
  const browser = world.browser();
  await browser.signIn('/x');
  const { reply } = await browser.signOut();
  const marker = setCookies(reply).find((line) => line.startsWith(MARKER)) ?? '';
  assert.match(marker, /=v1\.[\w-]+; Path=\/; Max-Age=\d+; HttpOnly; Secure; SameSite=Lax$/);
  assert.ok(Number(/Max-Age=(\d+)/.exec(marker)?.[1]) >= 290, 'as long as an access token lives');
});

test('a refresh that lands after the sign-out does not bring the session back', async () => {
  const browser = world.browser();
  const stale = world.workos.mintSession(undefined, { accessTokenSeconds: -10 });
  browser.jar.plant('wos-session', world.sealed(stale), world.address);
  world.workos.fault({ endpoint: 'authenticate', delayMs: 200 });
  const late = browser.step('/x');
  await until(() => world.asked('authenticate') === 1 || undefined, 'the exchange');
  await browser.signOut();
  await late;
  assert.ok(browser.hasSession, 'the late answer has put the cookie back');
  const next = await browser.step('/x');
  assertToAuthKit(next.reply);
});

test('a session that was signed out is nobody’s here, on every path', async () => {
  const { browser, cookie } = await signedOut();
  const field = `${cookie}; ${MARKER}=${browser.jar.value(MARKER)}`;
  assertToAuthKit(await world.open('/x', { cookie: field }));
  assertError(await world.fetch('/x', { cookie: field }), 401, 'unauthenticated');
  assert.equal(world.site.arrivals.length, 0);
  await world.open('/public', { cookie: field });
  assert.deepEqual(identityOf(world.arrival()), nobodyAt('/public'));
  const told = await world.fetch('/auth/session', { cookie: field });
  assert.equal(told.text, '{"user":null}');
});

test('the note never reaches the site', async () => {
  const { browser } = await signedOut();
  await browser.step('/public');
  assert.equal(
    world.arrival().headers.some(([name]) => name === 'cookie'),
    false,
  );
});

test('a new sign-in is not held back by it', async () => {
  const { browser } = await signedOut();
  await browser.signIn('/x');
  assert.deepEqual(browser.jar.names.sort(), [ARRIVED, MARKER, 'wos-session'].sort());
  assert.equal((await browser.step('/y')).reply.status, 200);
});

test('it holds back no other session', async () => {
  const { browser } = await signedOut();
  const field = `${world.cookie()}; ${MARKER}=${browser.jar.value(MARKER)}`;
  assert.equal((await world.open('/x', { cookie: field })).status, 200);
  const forged = `${world.cookie()}; ${MARKER}=v1.forged`;
  assert.equal((await world.open('/x', { cookie: forged })).status, 200);
});
