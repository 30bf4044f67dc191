/** What requests share is found by whole fields, not by letters in a row. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWorld } from './support/world.ts';

const world = await openWorld();

test('the last letter of a refresh token is no organization', async () => {
  const session = world.workos.mintSession(undefined, {
    accessTokenSeconds: -10,
    organizationId: null,
  });
  const { refreshToken, sid, user } = session;
  assert.equal((await world.fetch('/x', { cookie: world.cookie(session) })).status, 200);
  const now = Math.floor(Date.now() / 1000);
  const times = { iat: now - 310, exp: now - 10 };
  const claims = { ...times, sub: user.id, sid, org_id: refreshToken.slice(-1) };
  const accessToken = world.workos.mintAccessToken(claims);
  const shifted = { accessToken, refreshToken: refreshToken.slice(0, -1) };
  const reply = await world.fetch('/x', { cookie: world.cookie(session, { with: shifted }) });
  assert.equal(reply.status, 401, 'a token of nobody’s is not given another’s session');
  assert.equal(world.asked('authenticate'), 2);
});
