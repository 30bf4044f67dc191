/** A browser asks what another origin's script may ask for: the site answers, told of nobody. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { valuesOf } from './support/echo.ts';
import { assertError } from './support/expect.ts';
import { header, setCookies } from './support/http.ts';
import { openWorld, type Visit, type World } from './support/world.ts';

const PREFLIGHT = {
  origin: 'https://spa.example.com',
  'access-control-request-method': 'DELETE',
  'access-control-request-headers': 'x-own',
};
const SPOOFED = {
  'x-authkit-user-id': 'mallory',
  x_authkit_role: 'mallory',
  'x-forwarded-user': 'mallory',
  'x-workos-session': 'mallory',
  'remote-user': 'mallory',
};
const variables = {
  ACCEPT_BEARER: true,
  AUTHKIT_NEXTJS: true,
  FORWARD_ACCESS_TOKEN: true,
  FORWARD_SESSION_COOKIE: true,
  FORWARD_USER: true,
  IDENTITY_HEADERS: ['authkit', 'forwarded', 'email=Remote-User'],
  MATCHER: ['/((?!static/).*)'],
  RULES: ['/admin/:path* role:owner'],
};

for (const behind of ['url', 'service', 'same-url'] as const) {
  describe(`a preflight (${behind})`, async () => {
    const world = await openWorld({ variables, behind });
    passesBare(world);
    contentStaysThere(world);
  });
}

function passesBare(world: World): void {
  test('reaches the site with nothing of the visitor’s, and its answer comes back', async () => {
    world.site.script = (response) => {
      response.writeHead(204, { 'access-control-allow-origin': '*' });
      response.end();
    };
    const session = world.workos.mintSession();
    const visit: Partial<Visit> = {
      method: 'OPTIONS',
      headers: { ...PREFLIGHT, ...SPOOFED, authorization: `Bearer ${session.accessToken}` },
      cookie: `own=1; ${world.cookie(session)}`,
      body: 'secret=4711',
    };
    for (const path of ['/x', '/admin/x', '/ADMIN']) {
      const reply = await world.ask({ path, ...visit });
      assert.equal(reply.status, 204);
      assert.equal(header(reply, 'access-control-allow-origin'), '*');
      assert.deepEqual(setCookies(reply), []);
      const arrival = world.arrival();
      assert.equal(arrival.method, 'OPTIONS');
      assert.equal(arrival.url, path);
      assert.equal(arrival.bodyBytes, 0);
      for (const name of ['cookie', 'authorization', 'content-length', 'transfer-encoding'])
        assert.deepEqual(
          valuesOf(arrival, name).filter((value) => value !== '0'),
          [],
          name,
        );
      for (const [name, value] of Object.entries(PREFLIGHT))
        assert.deepEqual(valuesOf(arrival, name), [value]);
      for (const [name, value] of arrival.headers) {
        assert.doesNotMatch(name, /^x[-_](authkit[-_](?!hop)|workos)|-user$|^x-url$/);
        assert.doesNotMatch(value, /mallory|eyJ|@example\.com/);
      }
    }
    assert.equal(world.workos.requests.length, 0, 'nobody is recognized');
  });
}

function contentStaysThere(world: World): void {
  test('brings no content of the site back, which may answer it as it answers GET', async () => {
    world.site.script = (response) => {
      response.writeHead(200, {
        'content-type': 'text/html',
        'set-cookie': 'a=b',
        'x-total': '7',
        'access-control-allow-origin': 'https://spa.example.com',
        'access-control-allow-methods': 'GET, DELETE',
        vary: 'Origin',
      });
      response.end('<h1>All salaries</h1>');
    };
    for (const path of ['/x', '/admin/salaries']) {
      const reply = await world.ask({ path, method: 'OPTIONS', headers: PREFLIGHT });
      assert.equal(reply.status, 200);
      assert.equal(reply.body.length, 0);
      assert.equal(header(reply, 'access-control-allow-origin'), 'https://spa.example.com');
      assert.equal(header(reply, 'access-control-allow-methods'), 'GET, DELETE');
      assert.equal(header(reply, 'vary'), 'Origin');
      for (const name of ['content-type', 'set-cookie', 'x-total'])
        assert.equal(header(reply, name), undefined, name);
    }
  });
}

describe('what isn’t one', async () => {
  const world = await openWorld({ variables });
  const cookie = world.cookie();

  test('is judged as usual', async (t) => {
    const { origin, 'access-control-request-method': method } = PREFLIGHT;
    const rows: [name: string, visit: Partial<Visit>][] = [
      ['without an origin', { headers: { 'access-control-request-method': method } }],
      ['without a method', { headers: { origin } }],
      ['without either', {}],
      ['by GET', { method: 'GET', headers: PREFLIGHT }],
      ['by DELETE', { method: 'DELETE', headers: PREFLIGHT }],
      [
        'by override',
        { method: 'POST', headers: { ...PREFLIGHT, 'x-http-method-override': 'OPTIONS' } },
      ],
    ];
    for (const [name, visit] of rows) {
      await t.test(name, async () => {
        const ask = { path: '/admin', method: 'OPTIONS', ...visit };
        assertError(await world.ask(ask), 401, 'unauthenticated');
        assertError(await world.ask({ ...ask, cookie }), 403, 'forbidden');
        assert.equal(world.site.arrivals.length, 0);
      });
    }
  });

  test('nor does it open the way for what follows', async () => {
    const ask = { path: '/x', headers: PREFLIGHT };
    assert.equal((await world.ask({ ...ask, method: 'OPTIONS' })).status, 200);
    world.site.arrivals.length = 0;
    assertError(await world.ask({ ...ask, method: 'DELETE' }), 401, 'unauthenticated');
    assert.equal(world.site.arrivals.length, 0);
  });

  test('outside the matcher nothing is changed', async () => {
    const headers = { ...PREFLIGHT, authorization: 'Bearer own' };
    await world.ask({ path: '/static/x', method: 'OPTIONS', headers, cookie: 'own=1' });
    assert.deepEqual(valuesOf(world.arrival(), 'authorization'), ['Bearer own']);
    assert.deepEqual(valuesOf(world.arrival(), 'cookie'), ['own=1']);
  });

  test('our own paths are ours', async () => {
    for (const path of ['/login', '/callback', '/logout', '/auth/session', '/auth/refresh'])
      assert.equal((await world.ask({ path, method: 'OPTIONS', headers: PREFLIGHT })).status, 405);
    assert.equal(world.site.arrivals.length, 0);
  });
});
