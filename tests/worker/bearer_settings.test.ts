/** `ACCEPT_BEARER` off, without keys, and beside everything that can be forwarded. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { identityOf, valuesOf } from './support/echo.ts';
import { assertError, assertToAuthKit } from './support/expect.ts';
import { header } from './support/http.ts';
import { openWorld } from './support/world.ts';

const world = await openWorld();
const { workos } = world;
const [ada, grace] = workos.people;

describe('off', async () => {
  const off = await openWorld({ beside: world, variables: { UNAUTHENTICATED_PATHS: ['/open'] } });

  test('a token is nobody, and goes on to the site as it came', async () => {
    const authorization = `Bearer ${workos.mintSession().accessToken}`;
    assertError(await off.fetch('/x', { headers: { authorization } }), 401, 'unauthenticated');
    assertToAuthKit(await off.open('/x', { headers: { authorization } }));
    assert.equal((await off.fetch('/open', { headers: { authorization } })).status, 200);
    assert.equal(identityOf(off.arrival())['x-authkit-authenticated'], 'false');
    assert.deepEqual(valuesOf(off.arrival(), 'authorization'), [authorization]);
  });
});

describe('without keys', async () => {
  const fresh = await openWorld({
    beside: world,
    variables: { ACCEPT_BEARER: true, UNAUTHENTICATED_PATHS: ['/open'] },
  });

  test('it is 503, and on public paths nobody knows', async () => {
    workos.fault({ endpoint: 'jwks', reset: 'before', times: Infinity });
    const headers = { authorization: `Bearer ${workos.mintSession().accessToken}` };
    const reply = await fresh.open('/x', { headers });
    assertError(reply, 503, 'temporarily_unavailable');
    assert.ok(header(reply, 'retry-after'));
    assert.equal(fresh.site.arrivals.length, 0);
    assert.equal((await fresh.fetch('/open', { headers })).status, 200);
    assert.equal(identityOf(fresh.arrival())['x-authkit-authenticated'], 'unknown');
  });
});

describe('beside everything that can be forwarded', async () => {
  const generous = await openWorld({
    beside: world,
    variables: {
      ACCEPT_BEARER: true,
      FORWARD_ACCESS_TOKEN: true,
      FORWARD_SESSION_COOKIE: true,
      FORWARD_USER: true,
    },
  });

  test('the site gets what the token says, and nothing of a cookie’s', async () => {
    const authorization = `Bearer ${workos.mintSession(grace).accessToken}`;
    const cookie = `own=1; ${generous.cookie(workos.mintSession(ada))}`;
    await generous.fetch('/x', { headers: { authorization }, cookie });
    const arrival = generous.arrival();
    assert.deepEqual(valuesOf(arrival, 'authorization'), [authorization]);
    assert.deepEqual(valuesOf(arrival, 'cookie'), ['own=1'], 'Ada’s session beside Grace’s name');
    const [user = ''] = valuesOf(arrival, 'x-authkit-user');
    assert.deepEqual(JSON.parse(Buffer.from(user, 'base64url').toString()), { id: grace?.id });
  });
});
