import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { describe, test } from 'node:test';
import type { MintedSession, MintOptions } from '../../dev/workos.ts';
import { identityOf } from './support/echo.ts';
import { assertToAuthKit } from './support/expect.ts';
import { type Fleet, openFleet } from './support/fleet.ts';
import { SCHEME_HEADER } from './support/gateway.ts';
import { jsonOf, type Reply, setCookies } from './support/http.ts';
import { ISOLATE_HEADER } from './support/isolates.ts';
import { until } from './support/until.ts';
import { NAVIGATION, openWorld, SCRIPT } from './support/world.ts';

const ISOLATES = 4;

/** A refresh token is good once, and never again. */
const world = await openWorld({ workos: { rotation: 'strict', replaySeconds: 0 } });

function stale(options: MintOptions = {}): MintedSession {
  return world.workos.mintSession(undefined, { accessTokenSeconds: -10, ...options });
}

/** Asks all isolates in turn with one cookie, all at once. */
function flood(fleet: Fleet, cookie: string, requests: number): Promise<Reply[]> {
  return Promise.all(
    Array.from({ length: requests }, (_, index) =>
      fleet.fetch(index % ISOLATES, `/api/${index}`, { cookie }),
    ),
  );
}

function statuses(replies: Reply[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of replies) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** What a browser sends after an answer. */
function kept(reply: Reply): string {
  const line = setCookies(reply).find((text) => text.startsWith('wos-session='));
  assert.ok(line, `there is a new session: ${reply.status}`);
  return line.slice(0, line.indexOf(';'));
}

describe('with a coordinator', async () => {
  const fleet = await openFleet(world, { isolates: ISOLATES, coordinator: 'own' });

  test('two hundred requests at four isolates make one exchange, and nobody is signed out', async () => {
    const session = stale();
    const replies = await flood(fleet, world.cookie(session), 200);
    assert.deepEqual(statuses(replies), { 200: 200 });
    assert.equal(world.asked('authenticate'), 1);
    for (const isolate of [0, 1, 2, 3]) {
      const reply = await fleet.open(isolate, '/x', { cookie: kept(replies[isolate] as Reply) });
      assert.equal(reply.status, 200);
      assert.deepEqual(setCookies(reply), []);
      assert.equal(identityOf(world.arrival())['x-authkit-session-id'], session.sid);
    }
    assert.equal(world.asked('authenticate'), 1);
  });

  test('sessions do not wait for one another, nor get anything of each other', async () => {
    const sessions = world.workos.people
      .slice(0, 3)
      .map((person) => world.workos.mintSession(person, { accessTokenSeconds: -10 }));
    await Promise.all(
      sessions.flatMap((session) =>
        [0, 1, 2, 3].map(async (isolate) => {
          const reply = await fleet.fetch(isolate, '/x', { cookie: world.cookie(session) });
          const { headers } = jsonOf(reply) as { headers: [string, string][] };
          assert.ok(headers.some((line) => line.join() === `x-authkit-user-id,${session.user.id}`));
        }),
      ),
    );
    assert.equal(world.asked('authenticate'), sessions.length);
  });

  test('a session ahead of its end is exchanged once by all', async () => {
    const iat = Math.floor(Date.now() / 1000) - 285;
    const near = stale({ accessTokenSeconds: 15, claims: { iat } });
    const replies = await flood(fleet, world.cookie(near), 20);
    assert.deepEqual(statuses(replies), { 200: 20 });
    assert.ok(replies.some((reply) => setCookies(reply).length > 0));
    assert.equal(world.asked('authenticate'), 1);
  });

  test('a client that left in the middle finds its tokens when it returns elsewhere', async () => {
    const cookie = world.cookie(stale());
    world.workos.fault({ endpoint: 'authenticate', delayMs: 700 });
    const leaving = httpRequest({
      host: '127.0.0.1',
      port: fleet.gateway.port,
      path: '/x',
      agent: false,
      headers: {
        ...NAVIGATION,
        [SCHEME_HEADER]: 'https',
        [ISOLATE_HEADER]: '0',
        host: world.address.host,
        cookie,
      },
    });
    leaving.on('error', () => {});
    leaving.end();
    await until(() => world.asked('authenticate') === 1 || undefined, 'the exchange');
    leaving.destroy();
    const reply = await fleet.open(1, '/x', { cookie });
    assert.equal(reply.status, 200);
    kept(reply);
    assert.equal(world.asked('authenticate'), 1);
  });

  test('a session that was signed out of is refreshed nowhere, and nobody asks WorkOS', async () => {
    const cookie = world.cookie(stale());
    const origin = world.address.origin;
    const headers = { ...SCRIPT, origin };
    const signedOut = await fleet.open(0, '/logout', { method: 'POST', cookie, headers, body: '' });
    assert.equal(signedOut.status, 303);
    for (const isolate of [0, 1, 2, 3]) {
      const reply = await fleet.open(isolate, '/x', { cookie });
      assertToAuthKit(reply);
      const told = await fleet.fetch(isolate, '/auth/refresh', {
        method: 'POST',
        cookie,
        headers,
        body: '',
      });
      assert.equal(told.status, 401);
    }
    assert.equal(world.asked('authenticate'), 0);
    assert.equal(world.site.arrivals.length, 0);
  });

  test('a change of organization goes through it', async () => {
    const katherine = world.workos.people.find(({ memberships }) => memberships.length > 1);
    const to = katherine?.memberships[1]?.organization.id ?? '';
    const session = world.workos.mintSession(katherine, { accessTokenSeconds: -10 });
    const cookie = world.cookie(session);
    const replies = await Promise.all(
      [0, 1, 2, 3].map((isolate) =>
        fleet.fetch(isolate, `/auth/switch-organization?organization_id=${to}`, {
          method: 'POST',
          cookie,
          headers: { ...SCRIPT, origin: world.address.origin },
          body: '',
        }),
      ),
    );
    assert.deepEqual(statuses(replies), { 200: 4 });
    for (const reply of replies) assert.equal(jsonOf(reply).organizationId, to);
    assert.equal(world.asked('authenticate'), 1);
  });

  test('a failure is not kept', async () => {
    const cookie = world.cookie(stale());
    world.workos.fault({
      endpoint: 'authenticate',
      status: 401,
      body: { error: 'invalid_client' },
    });
    assert.equal((await fleet.open(0, '/x', { cookie })).status, 503);
    assert.equal((await fleet.open(1, '/x', { cookie })).status, 200);
    assert.equal(world.asked('authenticate'), 2);
  });
});

describe('without a coordinator', async () => {
  const fleet = await openFleet(world, { isolates: ISOLATES });

  test('each isolate asks for itself, once', async () => {
    const { settings } = world.workos;
    Object.assign(settings, { rotation: 'replay', replaySeconds: 30 });
    const replies = await flood(fleet, world.cookie(stale()), 200);
    Object.assign(settings, { rotation: 'strict', replaySeconds: 0 });
    assert.deepEqual(statuses(replies), { 200: 200 });
    assert.ok(world.asked('authenticate') <= ISOLATES);
  });
});
