/** `GET /auth/token`: the front end's access token, where the operator wants that. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertError, assertGuarded } from './support/expect.ts';
import { header, jsonOf, setCookies } from './support/http.ts';
import { openWorld, SCRIPT } from './support/world.ts';

const world = await openWorld({ variables: { ACCESS_TOKEN_ENDPOINT: true } });
const off = await openWorld({ beside: world });

test('a page of this site gets the token and its end, and nothing else', async () => {
  const session = world.workos.mintSession();
  const reply = await world.fetch('/auth/token', { cookie: world.cookie(session) });
  assert.equal(reply.status, 200);
  assertGuarded(reply);
  assert.equal(header(reply, 'cross-origin-resource-policy'), 'same-origin');
  assert.equal(header(reply, 'access-control-allow-origin'), undefined);
  const [, payload = ''] = session.accessToken.split('.');
  const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp: number };
  assert.deepEqual(jsonOf(reply), { accessToken: session.accessToken, expiresAt: exp });
  assert.deepEqual(setCookies(reply), []);
  assert.equal(world.site.arrivals.length, 0);
});

test('one that has run out is renewed first', async () => {
  const session = world.workos.mintSession(undefined, { accessTokenSeconds: -5 });
  const reply = await world.fetch('/auth/token', { cookie: world.cookie(session) });
  const { accessToken, expiresAt } = jsonOf(reply);
  assert.notEqual(accessToken, session.accessToken);
  assert.ok(Number(expiresAt) > Date.now() / 1000);
  assert.match(setCookies(reply)[0] ?? '', /^wos-session=v1\./);
});

test('nobody gets none', async () => {
  assertError(await world.fetch('/auth/token'), 401, 'unauthenticated');
  const { accessToken, ...session } = world.workos.mintSession();
  const forged = `${accessToken.slice(0, -8)}AAAAAAAA`;
  const cookie = world.cookie({ ...session, accessToken: forged });
  assertError(await world.fetch('/auth/token', { cookie }), 401, 'unauthenticated');
});

test('neither another site nor who does not say gets it', async () => {
  const cookie = world.cookie();
  for (const site of ['cross-site', 'same-site', 'none']) {
    const headers = { ...SCRIPT, 'sec-fetch-site': site };
    const reply = await world.ask({ path: '/auth/token', headers, cookie });
    assertError(reply, 403, 'cross_site_request');
  }
  for (const headers of [{}, { origin: world.address.origin }])
    assertError(
      await world.ask({ path: '/auth/token', headers, cookie }),
      403,
      'cross_site_request',
    );
});

test('it is there to be read only', async () => {
  const reply = await world.fetch('/auth/token', { method: 'POST', cookie: world.cookie() });
  assertError(reply, 405, 'method_not_allowed');
  assert.equal(header(reply, 'allow'), 'GET');
});

test('where it is not switched on there is nothing, and the site is not asked', async () => {
  const reply = await off.fetch('/auth/token', { cookie: off.cookie() });
  assertError(reply, 404, 'access_token_endpoint_off');
  assert.equal(off.site.arrivals.length, 0);
});
