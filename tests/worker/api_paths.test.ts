/** `API_PATHS`: nobody is led anywhere from there, and everything is said in JSON. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Script } from './support/echo.ts';
import { assertError, assertToAuthKit } from './support/expect.ts';
import { header, jsonOf, type Reply, setCookies } from './support/http.ts';
import { NAVIGATION, openWorld } from './support/world.ts';

const world = await openWorld({
  variables: {
    API_PATHS: ['/api/:path*'],
    RULES: ['/api/admin role:owner', '/api/danger max_age:60'],
    UNAUTHENTICATED_PATHS: ['/api/open'],
  },
});
const KINDS: [name: string, method: string, headers: Record<string, string>][] = [
  ['a navigation', 'GET', NAVIGATION],
  ['HEAD', 'HEAD', NAVIGATION],
  ['an old browser', 'GET', { accept: 'text/html' }],
  ['a form', 'POST', NAVIGATION],
  ['a script', 'GET', { accept: '*/*', 'sec-fetch-mode': 'cors' }],
];
const wantsSomebody: Script = (response) => {
  response.writeHead(401, { 'x-authkit-ensure-signed-in': '1' });
  response.end();
};

function assertTold(reply: Reply, status: number, error: string, method: string): void {
  assert.equal(header(reply, 'location'), undefined);
  assert.deepEqual(setCookies(reply), []);
  assert.equal(reply.status, status);
  assert.equal(header(reply, 'content-type'), 'application/json');
  if (method !== 'HEAD') assertError(reply, status, error);
}

test('whatever a request came as, it is told in JSON', async (t) => {
  const old = { claims: { auth_time: Math.floor(Date.now() / 1000) - 600 } };
  const cookie = world.cookie(world.workos.mintSession(undefined, old));
  for (const [name, method, headers] of KINDS) {
    await t.test(name, async () => {
      const ask = (path: string, who?: string) => world.ask({ path, method, headers, cookie: who });
      for (const path of ['/api', '/api/x?y=1', '/API/x', '/api%2fx', '//api/x'])
        assertTold(await ask(path), 401, 'unauthenticated', method);
      assertTold(await ask('/api/admin', cookie), 403, 'forbidden', method);
      const step = 'insufficient_user_authentication';
      const danger = await ask('/api/danger', cookie);
      assertTold(danger, 401, step, method);
      assert.match(header(danger, 'www-authenticate') ?? '', /max_age="60"/);
      world.workos.fault({ endpoint: 'authenticate', status: 503, times: Infinity });
      const stale = world.cookie(world.workos.mintSession(undefined, { accessTokenSeconds: -5 }));
      assertTold(await ask('/api/x', stale), 503, 'temporarily_unavailable', method);
      assert.equal(world.site.arrivals.length, 0);
      assert.equal((await ask('/api/x', cookie)).status, 200);
    });
  }
});

test('the site wants somebody signed in: told in JSON, too', async () => {
  for (const [, method, headers] of KINDS) {
    world.site.script = wantsSomebody;
    const reply = await world.ask({ path: '/api/open', method, headers });
    assertTold(reply, 401, 'unauthenticated', method);
  }
});

test('the site is down: told in JSON, too', async () => {
  for (const [, method, headers] of KINDS) {
    world.site.script = (response) => response.destroy();
    assertTold(
      await world.ask({ path: '/api/open', method, headers }),
      502,
      'origin_unreachable',
      method,
    );
  }
});

test('a program learns where its user may sign in; elsewhere pages are led there', async () => {
  const reply = await world.open('/api/x');
  assert.equal(jsonOf(reply).sign_in_url, 'https://app.example.com/login');
  assertToAuthKit(await world.open('/apis'));
  assertToAuthKit(await world.open('/login'));
});
