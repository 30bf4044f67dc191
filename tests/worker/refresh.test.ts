import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { test } from 'node:test';
import type { Answer, Fault, MintedSession } from '../../dev/workos.ts';
import { identityOf } from './support/echo.ts';
import { assertError, assertPage, assertToAuthKit } from './support/expect.ts';
import { header, type Reply, setCookies } from './support/http.ts';
import { open } from './support/seal.ts';
import { until } from './support/until.ts';
import { NAVIGATION, openWorld, PASSWORD, type World } from './support/world.ts';

const world = await openWorld();
const PLACE = { purpose: 'session', cookie: 'wos-session', host: 'app.example.com' } as const;

function stale(options: Parameters<World['workos']['mintSession']>[1] = {}): MintedSession {
  return world.workos.mintSession(undefined, { accessTokenSeconds: -10, ...options });
}

function renewedSession(reply: Reply): Record<string, unknown> {
  const [line = ''] = setCookies(reply);
  assert.match(
    line,
    /^wos-session=v1\.[\w-]+; Path=\/; Max-Age=34560000; HttpOnly; Secure; SameSite=Lax$/,
  );
  return open(line.slice('wos-session='.length, line.indexOf(';')), PLACE, PASSWORD);
}

/** Changes the JSON of an answer. */
function rewritten(change: (body: Record<string, unknown>) => object): Fault['rewrite'] {
  return (answer: Answer) => ({ ...answer, body: JSON.stringify(change(JSON.parse(answer.body))) });
}

test('a token that has run out is renewed on the way, and nobody notices', async () => {
  const session = stale();
  const reply = await world.open('/x', { cookie: world.cookie(session) });
  assert.equal(reply.status, 200);
  const renewed = renewedSession(reply);
  assert.notEqual(renewed.accessToken, session.accessToken);
  assert.notEqual(renewed.refreshToken, session.refreshToken);
  assert.equal((renewed.user as Record<string, unknown>).email, session.user.email);
  assert.equal(renewed.authenticationMethod, 'Password');
  assert.equal(identityOf(world.arrival())['x-authkit-session-id'], session.sid);
  assert.match(header(reply, 'cache-control') ?? '', /private, no-store/);
  const [line] = setCookies(reply);
  const next = await world.open('/x', { cookie: line?.split(';')[0] });
  assert.equal(next.status, 200);
  assert.deepEqual(setCookies(next), [], 'written only when it changed');
  assert.equal(world.asked('authenticate'), 1);
});

test('WorkOS gets the refresh token, our credentials and the organization to stay in', async () => {
  const katherine = world.workos.people.find(({ memberships }) => memberships.length > 1);
  const organizationId = katherine?.memberships[1]?.organization.id ?? '';
  const session = world.workos.mintSession(katherine, { accessTokenSeconds: -10, organizationId });
  await world.open('/x', { cookie: world.cookie(session) });
  const [{ body, method } = { body: undefined, method: '' }] = world.workos.requests.filter(
    ({ endpoint }) => endpoint === 'authenticate',
  );
  assert.equal(method, 'POST');
  assert.deepEqual(body, {
    grant_type: 'refresh_token',
    client_id: world.workos.clientId,
    client_secret: world.workos.apiKey,
    refresh_token: session.refreshToken,
    organization_id: organizationId,
  });
  assert.equal(identityOf(world.arrival())['x-authkit-organization-id'], organizationId);
});

for (const rotation of ['replay', 'strict', 'revoke', 'none'] as const) {
  test(`twenty requests at once make one exchange (rotation: ${rotation})`, async () => {
    world.workos.settings.rotation = rotation;
    world.workos.fault({ endpoint: 'authenticate', delayMs: 150 });
    const cookie = world.cookie(stale());
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        index % 2 ? world.fetch(`/api/${index}`, { cookie }) : world.open(`/${index}`, { cookie }),
      ),
    );
    world.workos.settings.rotation = 'replay';
    assert.deepEqual(new Set(replies.map(({ status }) => status)), new Set([200]));
    assert.equal(
      new Set(replies.map((reply) => setCookies(reply).join())).size,
      1,
      'the same bytes',
    );
    assert.equal(world.asked('authenticate'), 1);
    assert.equal(world.site.arrivals.length, 20);
    const late = await world.open('/late', { cookie });
    assert.equal(late.status, 200, 'a request with the old cookie shares the result');
    assert.equal(world.asked('authenticate'), 1);
  });
}

test('requests of different sessions never share', async () => {
  world.workos.fault({ endpoint: 'authenticate', delayMs: 100, times: 3 });
  const sessions = world.workos.people
    .slice(0, 3)
    .map((person) => world.workos.mintSession(person, { accessTokenSeconds: -10 }));
  await Promise.all(
    sessions.flatMap((session) =>
      [1, 2, 3].map(async (number) => {
        const path = `/${session.sid}/${number}`;
        assert.equal((await world.open(path, { cookie: world.cookie(session) })).status, 200);
        const arrival = world.site.arrivals.find(({ url }) => url === path);
        assert.ok(arrival);
        assert.equal(identityOf(arrival)['x-authkit-session-id'], session.sid);
        assert.equal(identityOf(arrival)['x-authkit-user-id'], session.user.id);
      }),
    ),
  );
  assert.equal(world.asked('authenticate'), 3);
});

test('where the answer has no refresh token the old one stays', async () => {
  const session = stale();
  const rewrite = rewritten(({ refresh_token: _none, ...body }) => body);
  world.workos.fault({ endpoint: 'authenticate', ...(rewrite && { rewrite }) });
  const reply = await world.open('/x', { cookie: world.cookie(session) });
  assert.equal(reply.status, 200);
  assert.equal(renewedSession(reply).refreshToken, session.refreshToken);
});

test('a result for another user is discarded, and the session kept', async (t) => {
  const grace = world.workos.people[1];
  const other = world.workos.mintSession(grace).answer;
  const rows: [name: string, change: (body: Record<string, unknown>) => object][] = [
    ['everything is another user’s', () => other],
    ['the token is another user’s', (body) => ({ ...body, access_token: other.access_token })],
    ['the user is another one', (body) => ({ ...body, user: other.user })],
  ];
  for (const [name, change] of rows) {
    await t.test(name, async () => {
      const rewrite = rewritten(change);
      world.workos.fault({ endpoint: 'authenticate', ...(rewrite && { rewrite }) });
      const reply = await world.open('/x', { cookie: world.cookie(stale()) });
      assertPage(reply, 503, 'Just a moment');
      assert.deepEqual(setCookies(reply), []);
      assert.equal(world.site.arrivals.length, 0);
      await world.gateway.logged(
        ({ level, request_id: id }) => level === 'error' && reply.text.includes(id ?? '-'),
      );
    });
  }
});

test('a session that is over means signing in again; the cookie stays, WorkOS is not asked twice', async () => {
  const session = stale();
  const cookie = world.cookie(session);
  world.workos.sessions.revoke(session.sid);
  for (const _ of [1, 2, 3]) {
    const reply = await world.open('/x?y=1', { cookie });
    assertToAuthKit(reply);
    assert.ok(setCookies(reply).every((line) => line.startsWith('__Host-authkit-flow-')));
  }
  assertError(await world.fetch('/api', { cookie }), 401, 'unauthenticated');
  assert.equal(world.asked('authenticate'), 1);
});

for (const code of ['sso_required', 'mfa_enrollment']) {
  test(`${code} at a refresh leads to AuthKit with the organization`, async () => {
    const session = stale();
    world.workos.fault({
      endpoint: 'authenticate',
      status: 403,
      body: { code, message: 'x', authkit_redirect_url: 'https://evil.example/' },
    });
    const reply = await world.open('/x', { cookie: world.cookie(session) });
    assert.equal(assertToAuthKit(reply).get('organization_id'), session.organizationId);
  });
}

test('a reply that was lost is asked for again, with the same token', async (t) => {
  const rows: [name: string, fault: Omit<Fault, 'endpoint'>][] = [
    ['the connection broke after the exchange', { reset: 'after-commit' }],
    ['the answer was cut', { cutAfterBytes: 40 }],
    ['the answer is not JSON', { rewrite: (answer) => ({ ...answer, body: '<html>' }) }],
    [
      'the answer has no user',
      { rewrite: (answer) => ({ ...answer, body: '{"access_token":"x"}' }) },
    ],
  ];
  for (const [name, fault] of rows) {
    await t.test(name, async () => {
      const session = stale();
      world.workos.fault({ endpoint: 'authenticate', ...fault });
      const reply = await world.open('/x', { cookie: world.cookie(session) });
      assert.equal(reply.status, 200);
      assert.notEqual(renewedSession(reply).refreshToken, session.refreshToken);
      const used = world.workos.requests.flatMap(({ body }) => body?.refresh_token ?? []);
      assert.deepEqual(used, [session.refreshToken, session.refreshToken]);
    });
  }
});

test('the exchange goes on when the visitor who caused it leaves', async () => {
  world.workos.fault({ endpoint: 'authenticate', delayMs: 200 });
  const cookie = world.cookie(stale());
  const leaving = httpRequest({
    host: '127.0.0.1',
    port: world.gateway.port,
    path: '/leaves',
    headers: { host: world.address.host, cookie, ...NAVIGATION },
  });
  leaving.on('error', () => {});
  leaving.end();
  await until(() => world.asked('authenticate') === 1 || undefined, 'the exchange');
  const others = [1, 2, 3].map((number) => world.open(`/stays/${number}`, { cookie }));
  leaving.destroy();
  for (const reply of await Promise.all(others)) assert.equal(reply.status, 200);
});

test('an upload is sent once and whole, after the refresh', async () => {
  const body = Buffer.alloc(200_000, 'ä');
  const reply = await world.fetch('/upload', {
    method: 'POST',
    body,
    cookie: world.cookie(stale()),
  });
  assert.equal(reply.status, 200);
  renewedSession(reply);
  assert.equal(world.site.arrivals.length, 1);
  assert.equal(world.arrival().bodyBytes, body.length);
});
