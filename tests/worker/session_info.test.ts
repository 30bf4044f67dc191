import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertError, assertGuarded } from './support/expect.ts';
import { header, jsonOf, setCookies } from './support/http.ts';
import { openWorld } from './support/world.ts';

const world = await openWorld();

test('a page’s script learns who is signed in, and gets no token', async () => {
  const session = world.workos.mintSession();
  const reply = await world.fetch('/auth/session', { cookie: world.cookie(session) });
  assert.equal(reply.status, 200);
  assertGuarded(reply);
  assert.equal(header(reply, 'content-type'), 'application/json');
  assert.equal(header(reply, 'cross-origin-resource-policy'), 'same-origin');
  const { user, organizationId, role, permissions, impersonator } = jsonOf(reply);
  assert.equal((user as Record<string, unknown>).email, session.user.email);
  assert.equal(organizationId, session.organizationId);
  assert.equal(role, 'admin');
  assert.ok(Array.isArray(permissions) && permissions.includes('engines:read'));
  assert.equal(impersonator, null);
  assert.ok(
    !reply.text.includes(session.accessToken) && !reply.text.includes(session.refreshToken),
  );
  assert.equal(world.site.arrivals.length, 0);
});

test('signed out is an answer, not an error', async () => {
  const reply = await world.fetch('/auth/session');
  assert.equal(reply.status, 200);
  assert.deepEqual(jsonOf(reply), { user: null });
});

test('it can be asked without fetch metadata, and by HEAD', async () => {
  const cookie = world.cookie();
  assert.equal((await world.ask({ path: '/auth/session', cookie })).status, 200);
  const head = await world.ask({ path: '/auth/session', method: 'HEAD', cookie });
  assert.equal(head.status, 200);
  assert.equal(head.text, '');
});

test('a session that has run out is renewed on the way', async () => {
  const session = world.workos.mintSession(undefined, { accessTokenSeconds: -5 });
  const reply = await world.fetch('/auth/session', { cookie: world.cookie(session) });
  assert.equal(reply.status, 200);
  assert.ok(jsonOf(reply).user);
  assert.match(setCookies(reply)[0] ?? '', /^wos-session=v1\./);
});

test('an outage is said to be one', async () => {
  const session = world.workos.mintSession(undefined, { accessTokenSeconds: -5 });
  world.workos.fault({ endpoint: 'authenticate', status: 503, times: Infinity });
  const reply = await world.fetch('/auth/session', { cookie: world.cookie(session) });
  assertError(reply, 503, 'temporarily_unavailable');
  assert.ok(Number(header(reply, 'retry-after')) > 0);
});

test('other methods are refused, and no other site may read it', async () => {
  const reply = await world.fetch('/auth/session', { method: 'POST', cookie: world.cookie() });
  assertError(reply, 405, 'method_not_allowed');
  const foreign = await world.fetch('/auth/session', {
    cookie: world.cookie(),
    headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
  });
  assert.equal(header(foreign, 'access-control-allow-origin'), undefined);
  assert.equal(header(foreign, 'access-control-allow-credentials'), undefined);
});

test('the health check asks nobody', async () => {
  world.workos.fault({ endpoint: 'jwks', reset: 'before', times: Infinity });
  world.site.down = true;
  const reply = await world.ask({ path: '/auth/health' });
  assert.equal(reply.status, 200);
  assert.deepEqual(jsonOf(reply), { status: 'ok' });
  assert.equal(world.workos.requests.length, 0);
});
