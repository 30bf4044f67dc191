/** A page that anybody may see is given the links to sign in and to sign up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identityOf } from './support/echo.ts';
import { assertToAuthKit } from './support/expect.ts';
import { header, type Reply } from './support/http.ts';
import { openWorld } from './support/world.ts';

const world = await openWorld({
  variables: {
    MATCHER: ['/((?!static/).*)'],
    UNAUTHENTICATED_PATHS: ['/', '/pricing', '/join/:path*'],
    SIGN_UP_PATHS: ['/get-started'],
  },
});

test('they lead back to the page', async () => {
  await world.open('/pricing?plan=team&a=%C3%A9');
  const told = identityOf(world.arrival());
  const back = 'return_to=%2Fpricing%3Fplan%3Dteam%26a%3D%25C3%25A9';
  assert.deepEqual(told, {
    'x-authkit-authenticated': 'false',
    'x-authkit-sign-in-url': `https://app.example.com/login?${back}`,
    'x-authkit-sign-up-url': `https://app.example.com/signup?${back}`,
  });
  const browser = world.browser();
  const { url, reply } = await browser.go(told['x-authkit-sign-in-url'] ?? '');
  assert.equal(reply.status, 200);
  assert.equal(url.href, 'https://app.example.com/pricing?plan=team&a=%C3%A9');
  assert.ok(browser.hasSession);
});

test('the one to sign up says so to AuthKit', async () => {
  await world.open('/');
  const told = identityOf(world.arrival());
  assert.equal(told['x-authkit-sign-in-url'], 'https://app.example.com/login');
  const { reply } = await world.browser().step(told['x-authkit-sign-up-url'] ?? '');
  assert.equal(assertToAuthKit(reply).get('screen_hint'), 'sign-up');
});

test('from a path for newcomers a visitor is sent to sign up', async () => {
  const query = assertToAuthKit(await world.open('/get-started'));
  assert.equal(query.get('screen_hint'), 'sign-up');
  assert.equal(assertToAuthKit(await world.open('/x')).has('screen_hint'), false);
});

test('whoever is signed in gets none, and nobody else can give them', async () => {
  const headers = {
    'x-authkit-sign-in-url': 'https://evil.example/',
    X_AuthKit_Sign_Up_Url: 'https://evil.example/',
  };
  await world.open('/pricing', { headers, cookie: world.cookie() });
  const told = identityOf(world.arrival());
  assert.equal(told['x-authkit-sign-in-url'], undefined);
  await world.open('/static/x', { headers });
  assert.deepEqual(identityOf(world.arrival()), {});
  await world.open('/pricing', { headers });
  assert.ok(world.arrival().headers.every(([, value]) => !value.includes('evil')));
});

test('a fresh sign-in can be asked for whoever is signed in', async () => {
  const cookie = world.cookie();
  const again: Reply = await world.open('/login?max_age=300&return_to=/x', { cookie });
  assert.equal(assertToAuthKit(again).get('max_age'), '300');
  const plain = await world.open('/login?return_to=/x', { cookie });
  assert.equal(plain.status, 302);
  assert.equal(header(plain, 'location'), 'https://app.example.com/x');
});
