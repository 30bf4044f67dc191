import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identityOf, valuesOf } from './support/echo.ts';
import { setCookies } from './support/http.ts';
import { openWorld } from './support/world.ts';

const generous = await openWorld({
  variables: { FORWARD_ACCESS_TOKEN: true, FORWARD_SESSION_COOKIE: 'true', FORWARD_USER: 'TRUE' },
});
const usual = await openWorld();

test('the access token, the session’s cookie and the user go along where that is switched on', async () => {
  const session = generous.workos.mintSession();
  const cookie = generous.cookie(session);
  await generous.open('/x', { cookie: `a=1; ${cookie}` });
  const arrival = generous.arrival();
  assert.deepEqual(valuesOf(arrival, 'authorization'), [`Bearer ${session.accessToken}`]);
  assert.deepEqual(valuesOf(arrival, 'cookie'), [`a=1; ${cookie}`]);
  const user = Buffer.from(identityOf(arrival)['x-authkit-user'] ?? '', 'base64url').toString();
  const { id, email, firstName } = JSON.parse(user) as Record<string, unknown>;
  assert.deepEqual(
    { id, email, firstName },
    { id: session.user.id, email: session.user.email, firstName: session.user.firstName },
  );
});

test('after a refresh the site gets the new cookie', async () => {
  const session = generous.workos.mintSession(undefined, { accessTokenSeconds: -10 });
  const reply = await generous.open('/x', { cookie: `a=1; ${generous.cookie(session)}` });
  const [renewed = ''] = setCookies(reply);
  assert.deepEqual(valuesOf(generous.arrival(), 'cookie'), [`a=1; ${renewed.split(';')[0]}`]);
  const [token = ''] = valuesOf(generous.arrival(), 'authorization');
  assert.notEqual(token, `Bearer ${session.accessToken}`);
});

test('by default none of them leaves the gateway', async () => {
  await usual.open('/x', { cookie: usual.cookie() });
  const arrival = usual.arrival();
  assert.deepEqual(valuesOf(arrival, 'authorization'), []);
  assert.deepEqual(valuesOf(arrival, 'cookie'), []);
  assert.equal(identityOf(arrival)['x-authkit-user'], undefined);
});

test('an Authorization field of the visitor’s own passes, and is no session', async () => {
  const { accessToken } = usual.workos.mintSession();
  const headers = { authorization: `Bearer ${accessToken}` };
  const stranger = await usual.fetch('/x', { headers });
  assert.equal(stranger.status, 401);
  await usual.fetch('/x', { cookie: usual.cookie(), headers: { authorization: 'Basic YTpi' } });
  assert.deepEqual(valuesOf(usual.arrival(), 'authorization'), ['Basic YTpi']);
});
