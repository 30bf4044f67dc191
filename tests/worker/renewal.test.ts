/** `POST /auth/refresh`: the front end asks for new tokens before the old ones run out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identityOf } from './support/echo.ts';
import { assertError, assertGuarded } from './support/expect.ts';
import { header, jsonOf, type Reply, setCookies } from './support/http.ts';
import { open } from './support/seal.ts';
import { openWorld, PASSWORD, SCRIPT, type Visit } from './support/world.ts';

const world = await openWorld();
const PLACE = { purpose: 'session', cookie: 'wos-session', host: 'app.example.com' } as const;

function refresh(visit: Partial<Visit> = {}): Promise<Reply> {
  return world.fetch('/auth/refresh', { method: 'POST', ...visit });
}

function renewedSession(reply: Reply): Record<string, unknown> {
  const [line = ''] = setCookies(reply);
  return open(line.slice('wos-session='.length, line.indexOf(';')), PLACE, PASSWORD);
}

test('a session that is still good is renewed, and told anew', async () => {
  const session = world.workos.mintSession(undefined, { accessTokenSeconds: 120 });
  const reply = await refresh({ cookie: world.cookie(session) });
  assert.equal(reply.status, 200, reply.text);
  assertGuarded(reply);
  assert.equal(header(reply, 'cross-origin-resource-policy'), 'same-origin');
  const { user, organizationId, expiresAt } = jsonOf(reply);
  assert.equal((user as Record<string, unknown>).email, session.user.email);
  assert.equal(organizationId, session.organizationId);
  assert.ok(Number(expiresAt) > Date.now() / 1000 + 120, 'it lasts longer');
  const renewed = renewedSession(reply);
  assert.notEqual(renewed.accessToken, session.accessToken);
  assert.notEqual(renewed.refreshToken, session.refreshToken);
  assert.ok(!reply.text.includes(String(renewed.accessToken)), 'no token is told');
  assert.equal(world.asked('authenticate', 'refresh_token'), 1);
  assert.equal(world.site.arrivals.length, 0);
  const cookie = setCookies(reply)[0]?.split(';')[0];
  assert.equal((await world.open('/x', { cookie })).status, 200);
  assert.equal(identityOf(world.arrival())['x-authkit-session-id'], session.sid);
});

test('it stays in its organization', async () => {
  const katherine = world.workos.people.find(({ memberships }) => memberships.length > 1);
  const organizationId = katherine?.memberships[1]?.organization.id ?? '';
  const session = world.workos.mintSession(katherine, { organizationId });
  const reply = await refresh({ cookie: world.cookie(session) });
  assert.equal(jsonOf(reply).organizationId, organizationId);
  assert.equal(jsonOf(reply).role, 'admin');
});

test('what has changed at WorkOS is known afterwards', async (t) => {
  const [, grace] = world.workos.people;
  const [membership] = grace?.memberships ?? [];
  assert.ok(membership);
  const session = world.workos.mintSession(grace);
  t.after(() => {
    membership.role = 'member';
  });
  membership.role = 'admin';
  assert.equal(jsonOf(await refresh({ cookie: world.cookie(session) })).role, 'admin');
});

test('ten at once make one exchange and get the same session', async () => {
  world.workos.fault({ endpoint: 'authenticate', delayMs: 100 });
  const cookie = world.cookie();
  const replies = await Promise.all(Array.from({ length: 10 }, () => refresh({ cookie })));
  assert.deepEqual(new Set(replies.map(({ status }) => status)), new Set([200]));
  assert.equal(new Set(replies.map((reply) => setCookies(reply).join())).size, 1);
  assert.equal(world.asked('authenticate'), 1);
});

test('only a page of this very site may ask', async (t) => {
  const origin = world.address.origin;
  const bare = { accept: '*/*' };
  const rows: [name: string, headers: Record<string, string>, status: number][] = [
    ['another site', { ...SCRIPT, 'sec-fetch-site': 'cross-site', origin }, 403],
    ['a sibling', { ...SCRIPT, 'sec-fetch-site': 'same-site', origin }, 403],
    ['nobody', { ...SCRIPT, 'sec-fetch-site': 'none' }, 403],
    ['who does not say', bare, 403],
    ['another origin', { ...bare, origin: 'https://evil.example' }, 403],
    ['an opaque origin', { ...bare, origin: 'null' }, 403],
    ['an old browser’s page', { ...bare, origin }, 200],
  ];
  for (const [name, headers, status] of rows) {
    await t.test(name, async () => {
      const cookie = world.cookie();
      const reply = await world.ask({ path: '/auth/refresh', method: 'POST', headers, cookie });
      assert.equal(reply.status, status, reply.text);
      if (status === 403) assertError(reply, 403, 'cross_site_request');
      assert.equal(world.asked('authenticate'), status === 200 ? 1 : 0);
      world.workos.requests.length = 0;
    });
  }
});

test('a link does not renew anything', async () => {
  const reply = await world.fetch('/auth/refresh', { cookie: world.cookie() });
  assertError(reply, 405, 'method_not_allowed');
  assert.equal(header(reply, 'allow'), 'POST');
  assert.equal(world.asked('authenticate'), 0);
});

test('nobody is told that they are, with the way to sign in', async () => {
  for (const cookie of [undefined, 'wos-session=v1.nonsense']) {
    const reply = await refresh({ cookie });
    assertError(reply, 401, 'unauthenticated');
    assert.equal(jsonOf(reply).sign_in_url, 'https://app.example.com/login');
    assert.deepEqual(setCookies(reply), []);
  }
  assert.equal(world.asked('authenticate'), 0);
});

test('a session that WorkOS has ended is over, and its cookie is left to sign-out', async () => {
  const session = world.workos.mintSession();
  world.workos.sessions.revoke(session.sid);
  const reply = await refresh({ cookie: world.cookie(session) });
  assertError(reply, 401, 'unauthenticated');
  assert.deepEqual(setCookies(reply), []);
});

test('in an outage nothing is renewed and nobody is signed out', async () => {
  world.workos.fault({ endpoint: 'authenticate', status: 503, times: Infinity });
  const cookie = world.cookie();
  const reply = await refresh({ cookie });
  assertError(reply, 503, 'temporarily_unavailable');
  assert.ok(Number(header(reply, 'retry-after')) > 0);
  assert.deepEqual(setCookies(reply), []);
  assert.equal((await world.open('/x', { cookie })).status, 200, 'the token is still good');
});
