/** Somebody acts as a user: the site and the page see it, and may forbid changes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identityOf } from './support/echo.ts';
import { assertError, assertPage } from './support/expect.ts';
import { jsonOf } from './support/http.ts';
import { handshake } from './support/upgrade.ts';
import { NAVIGATION, openWorld, type World } from './support/world.ts';

const world = await openWorld();
const readOnly = await openWorld({
  beside: world,
  variables: { IMPERSONATION: 'read-only', UNAUTHENTICATED_PATHS: '/open' },
});
const alan = world.workos.people.find(({ impersonator }) => impersonator);
const [ada] = world.workos.people;

function cookieOf(person: typeof ada, at: World = readOnly): string {
  return at.cookie(at.workos.mintSession(person));
}

test('the site is told who acts, and the page too', async () => {
  const browser = world.browser();
  await browser.go(`/login?login_hint=${alan?.email}&return_to=/x`);
  const identity = identityOf(world.arrival());
  assert.equal(identity['x-authkit-email'], 'alan@example.com');
  assert.equal(identity['x-authkit-impersonator'], 'support@example.com');
  const { reply } = await browser.step('/auth/session');
  assert.deepEqual(jsonOf(reply).impersonator, alan?.impersonator);
  const own = cookieOf(ada, world);
  await world.open('/x', { cookie: own });
  assert.equal(identityOf(world.arrival())['x-authkit-impersonator'], undefined);
});

test('unless the operator forbids it, whoever acts may do what the user may', async () => {
  const cookie = cookieOf(alan, world);
  assert.equal((await world.fetch('/x', { method: 'POST', cookie, body: 'a=1' })).status, 200);
});

test('read-only: what changes nothing passes', async () => {
  const cookie = cookieOf(alan);
  for (const method of ['GET', 'HEAD', 'OPTIONS'])
    assert.equal((await readOnly.fetch('/x', { method, cookie })).status, 200, method);
  assert.equal(readOnly.site.arrivals.length, 3);
});

test('read-only: what may change something is refused, on every path', async () => {
  const cookie = cookieOf(alan);
  for (const path of ['/x', '/open']) {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const reply = await readOnly.fetch(path, { method, cookie, body: 'a=1' });
      assertError(reply, 403, 'impersonation_read_only');
    }
  }
  const page = await readOnly.ask({
    path: '/x',
    method: 'POST',
    headers: NAVIGATION,
    cookie,
    body: '',
  });
  assertPage(page, 403, 'You can only look');
  assert.equal((await handshake(readOnly, '/socket', cookie)).status, 403, 'a WebSocket');
  assert.equal(readOnly.site.arrivals.length, 0);
});

test('read-only: it stays so after a refresh', async () => {
  const stale = world.workos.mintSession(alan, { accessTokenSeconds: -5 });
  const reply = await readOnly.fetch('/x', { method: 'POST', cookie: readOnly.cookie(stale) });
  assertError(reply, 403, 'impersonation_read_only');
});

test('read-only: users themselves are not bound by it', async () => {
  const reply = await readOnly.fetch('/x', { method: 'POST', cookie: cookieOf(ada), body: '' });
  assert.equal(reply.status, 200);
});

test('read-only: whoever acts can still sign out', async () => {
  const browser = readOnly.browser();
  await browser.go(`/login?login_hint=${alan?.email}&return_to=/x`);
  assert.equal((await browser.signOut()).reply.status, 303);
  assert.equal(browser.hasSession, false);
});
