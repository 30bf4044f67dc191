import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Reply, setCookies } from './support/http.ts';
import { SEALERS, sdkSession } from './support/sdk.ts';
import { open } from './support/seal.ts';
import { openWorld, PASSWORD } from './support/world.ts';

const OLD = 'Old3u9Qd7Lm2xR8vT5nW1yB6cH4jP0sGfZ';
const PLACE = { purpose: 'session', cookie: 'wos-session', host: 'app.example.com' } as const;

const world = await openWorld({ variables: { WORKOS_COOKIE_PASSWORD_PREVIOUS: OLD } });

/** What the log says of the seal of the last request for a page of the site. */
async function counted(path: string): Promise<string | undefined> {
  const line = await world.gateway.logged((line) => line.path === path);
  return line.seal;
}

/** What the browser sends after an answer whose session the current password opens. */
function kept(reply: Reply): string {
  const [line = '', ...others] = setCookies(reply);
  assert.deepEqual(others, []);
  const cookie = line.slice(0, line.indexOf(';'));
  open(cookie.slice('wos-session='.length), PLACE, PASSWORD);
  return cookie;
}

test('a session of the previous password is counted, and replaced by an exchange', async () => {
  const cookie = world.cookie(world.workos.mintSession(), { password: OLD });
  const reply = await world.open('/old', { cookie });
  assert.equal(reply.status, 200);
  assert.equal(await counted('/old'), 'previous-password');
  const again = await world.open('/again', { cookie: kept(reply) });
  assert.equal(again.status, 200);
  assert.deepEqual(setCookies(again), []);
  assert.equal(await counted('/again'), undefined);
  assert.equal(world.asked('authenticate'), 1);
});

test('a session of an SDK is counted, and left to it until its token has run out', async () => {
  const [sealer] = SEALERS;
  assert.ok(sealer);
  for (const [path, seconds] of [
    ['/sdk/good', 300],
    ['/sdk/stale', -10],
  ] as const) {
    const session = world.workos.mintSession(undefined, { accessTokenSeconds: seconds });
    const text = await sealer.seal(sdkSession(session));
    const reply = await world.open(path, { cookie: `wos-session=${text}` });
    assert.equal(reply.status, 200);
    assert.equal(await counted(path), 'sdk');
    if (seconds > 0) assert.deepEqual(setCookies(reply), []);
    else kept(reply);
  }
});
