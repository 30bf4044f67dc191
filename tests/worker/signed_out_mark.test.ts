/** A session that was signed out of stays so, whatever a late answer put back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertError, assertToAuthKit } from './support/expect.ts';
import { jsonOf, setCookies } from './support/http.ts';
import { until } from './support/until.ts';
import { openWorld } from './support/world.ts';

const world = await openWorld({ variables: { ACCESS_TOKEN_ENDPOINT: true } });
const iron = await openWorld({ beside: world, variables: { COOKIE_SEAL: 'iron' } });

const SCRIPTED = {
  initiator: 'same-site',
  headers: { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', accept: '*/*' },
} as const;

for (const one of [world, iron]) {
  test(`a refresh that was asked for and lands late brings nothing back (${one === iron ? 'iron' : 'gcm'})`, async () => {
    const browser = one.browser();
    await browser.signIn('/x');
    one.workos.requests.length = 0;
    one.workos.fault({ endpoint: 'authenticate', grantType: 'refresh_token', delayMs: 300 });
    const late = browser.step('/auth/refresh', { method: 'POST', ...SCRIPTED });
    await until(() => one.asked('authenticate', 'refresh_token') || undefined, 'the refresh');
    await browser.signOut();
    assert.equal(browser.hasSession, false);
    assert.equal((await late).reply.status, 200, 'it had begun before');
    assert.ok(browser.hasSession, 'the cookie is back');
    const { reply } = await browser.step('/x');
    assertToAuthKit(reply);
    const removals = setCookies(reply).filter((line) => line.startsWith('wos-session='));
    assert.deepEqual(removals, [], 'a removal could be late, and take the next session along');
  });
}

test('neither the session nor its token is told, and nothing is renewed', async () => {
  const browser = world.browser();
  await browser.signIn('/x');
  const cookie = browser.jar.value('wos-session') ?? '';
  await browser.signOut();
  const mark = browser.jar.names.find((name) => name.endsWith('authkit-signed-out')) ?? '';
  const both = `${mark}=${browser.jar.value(mark)}; wos-session=${cookie}`;
  world.workos.requests.length = 0;
  const session = await world.fetch('/auth/session', { cookie: both });
  assert.deepEqual(jsonOf(session), { user: null });
  assert.deepEqual(setCookies(session), []);
  assertError(await world.fetch('/auth/token', { cookie: both }), 401, 'unauthenticated');
  const post = { method: 'POST', cookie: both };
  assertError(await world.fetch('/auth/refresh', post), 401, 'unauthenticated');
  const change = '/auth/switch-organization?organization_id=org_1';
  assertError(await world.fetch(change, post), 401, 'unauthenticated');
  assert.equal(world.asked('authenticate'), 0);
});

test('a mark that anybody made, or of another session, holds nobody back', async () => {
  const browser = world.browser();
  await browser.signIn('/x');
  await browser.signOut();
  const mark = browser.jar.names.find((name) => name.endsWith('authkit-signed-out')) ?? '';
  const session = world.cookie();
  for (const value of [browser.jar.value(mark), 'v1.x', '']) {
    const reply = await world.open('/x', { cookie: `${mark}=${value}; ${session}` });
    assert.equal(reply.status, 200);
  }
});

test('the next sign-in lets it fade', async () => {
  const browser = world.browser();
  await browser.signIn('/x');
  await browser.signOut();
  const callback = await browser.goAsFarAsCallback('/x');
  const arrival = await browser.step(callback, { initiator: 'cross-site' });
  const mark = setCookies(arrival.reply).find((line) => line.includes('authkit-signed-out='));
  assert.match(mark ?? '', /Max-Age=60;/, 'a refresh may still be under way');
  const { reply } = await browser.step('/auth/session', SCRIPTED);
  assert.ok(jsonOf(reply).user);
});
