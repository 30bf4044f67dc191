/** `ACCEPT_BEARER`: an access token in `Authorization` counts, and where there is one it alone does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Signing } from '../../dev/workos.ts';
import { identityOf, valuesOf } from './support/echo.ts';
import { assertError } from './support/expect.ts';
import { header, jsonOf, setCookies } from './support/http.ts';
import { NAVIGATION, openWorld, SCRIPT } from './support/world.ts';

const world = await openWorld({
  variables: {
    ACCEPT_BEARER: true,
    RULES: ['/admin role:admin', '/owner role:owner', '/danger max_age:60'],
    UNAUTHENTICATED_PATHS: ['/open'],
  },
});
const { workos } = world;
const [ada, grace] = workos.people;

function ask(path: string, token: string, headers: object = SCRIPT, cookie?: string) {
  const authorization = `Bearer ${token}`;
  return world.ask({ path, headers: { ...headers, authorization }, cookie });
}

test('a good token is who it says, whoever’s cookie comes along', async () => {
  const session = workos.mintSession(grace);
  const cookie = world.cookie(workos.mintSession(ada));
  for (const cookies of [undefined, cookie, 'wos-session=v1.junk']) {
    const reply = await ask('/x', session.accessToken, SCRIPT, cookies);
    assert.equal(reply.status, 200, reply.text);
    assert.deepEqual(setCookies(reply), []);
    const identity = identityOf(world.arrival());
    assert.equal(identity['x-authkit-user-id'], grace?.id);
    assert.equal(identity['x-authkit-session-id'], session.sid);
    assert.equal(identity['x-authkit-role'], 'member');
    assert.equal(identity['x-authkit-email'], undefined);
    assert.deepEqual(valuesOf(world.arrival(), 'cookie'), []);
  }
});

const BAD: [name: string, claims: Record<string, unknown>, signing?: Signing][] = [
  ['has run out', { exp: Math.floor(Date.now() / 1000) - 5 }],
  ['is another client’s', { client_id: 'client_other' }],
  ['is another issuer’s', { iss: 'https://evil.example' }],
  ['is an ID token', { sid: undefined, client_id: undefined, aud: workos.clientId, nonce: 'n' }],
  ['is a machine’s', { sid: undefined, scope: 'all' }],
  ['is signed by somebody else', {}, { key: 'unknown' }],
  ['is signed with a shared secret', {}, { alg: 'HS256' }],
  ['isn’t signed', {}, { alg: 'none' }],
  ['isn’t good yet', { nbf: Math.floor(Date.now() / 1000) + 3600 }],
];

test('a bad token is 401 in the standard’s words, and no cookie helps it', async (t) => {
  const cookie = world.cookie();
  assert.equal((await ask('/x', workos.mintSession().accessToken)).status, 200);
  world.site.arrivals.length = 0;
  for (const [name, claims, signing] of BAD) {
    await t.test(`one that ${name}`, async () => {
      const token = workos.mintAccessToken(claims, signing);
      for (const headers of [NAVIGATION, SCRIPT]) {
        const reply = await ask('/x', token, headers, cookie);
        // A key nobody has seen may be a new one, for a moment.
        if (signing?.key === 'unknown' && reply.status === 503) continue;
        assertError(reply, 401, 'unauthenticated');
        assert.equal(header(reply, 'www-authenticate'), 'Bearer error="invalid_token"');
        assert.equal(header(reply, 'location'), undefined);
        assert.deepEqual(setCookies(reply), []);
      }
      assert.equal(world.site.arrivals.length, 0);
    });
  }
});

test('what isn’t a token is 401, too', async () => {
  for (const token of [
    'anything',
    'a.b.c',
    `${workos.mintSession().accessToken}x`,
    'x'.repeat(9000),
  ])
    assertError(await ask('/x', token), 401, 'unauthenticated');
  assert.equal(world.site.arrivals.length, 0);
});

test('rules hold for it', async () => {
  const { accessToken } = workos.mintSession(ada);
  assert.equal((await ask('/admin', accessToken, NAVIGATION)).status, 200);
  const refused = await ask('/owner', accessToken, NAVIGATION);
  assertError(refused, 403, 'forbidden');
  assert.deepEqual(jsonOf(refused).missing, ['role:owner']);
  const old = workos.mintAccessToken({ auth_time: 1 });
  const reply = await ask('/danger', old, NAVIGATION);
  assertError(reply, 401, 'insufficient_user_authentication');
  assert.match(header(reply, 'www-authenticate') ?? '', /max_age="60"/);
});

test('other credentials are the site’s affair', async () => {
  const cookie = world.cookie(workos.mintSession(ada));
  for (const authorization of ['Basic dXNlcjpwYXNz', 'Digest x', 'Bearer']) {
    const headers = { ...SCRIPT, authorization };
    assertError(await world.ask({ path: '/x', headers }), 401, 'unauthenticated');
    assert.equal((await world.ask({ path: '/x', headers, cookie })).status, 200);
    assert.deepEqual(valuesOf(world.arrival(), 'authorization'), [authorization]);
    assert.equal(identityOf(world.arrival())['x-authkit-user-id'], ada?.id);
  }
});
