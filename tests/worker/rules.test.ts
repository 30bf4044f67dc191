/** `RULES`: who may ask for what, whatever the other lists say. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { identityOf } from './support/echo.ts';
import { assertError, assertPage, assertToAuthKit } from './support/expect.ts';
import { jsonOf, setCookies } from './support/http.ts';
import { openWorld } from './support/world.ts';

const world = await openWorld({
  variables: {
    MIDDLEWARE_AUTH: false,
    MATCHER: ['/elsewhere', '/webhooks/:path*', '/public/:path*'],
    RULES: [
      '/admin/:path* role:admin',
      'DELETE /api/:path* permission:engines:write',
      '/api/:path* org:*',
      '/billing/:path* org:* entitlement:punched-cards',
      '/beta flag:difference-engine-2|preview',
      'POST /webhooks/:path* public',
      '/webhooks/own role:admin',
      'GET /public/:path* public',
    ],
    UNAUTHENTICATED_PATHS: ['/:path*'],
  },
});
const [ada, grace, zoe] = world.workos.people;

function cookieOf(person: typeof ada): string {
  return world.cookie(world.workos.mintSession(person));
}

const SPELLINGS = [
  '/admin',
  '/admin/x',
  '/ADMIN/x',
  '/%61dmin/x',
  '/%2561dmin',
  '//admin/x',
  '/x/../admin',
  '/admin%2fx',
  '/admin;x/y',
  '/admin%5cx',
  '/admin%3fx',
];

test('a rule holds in every spelling, whatever the other lists say', async (t) => {
  const [may, mayNot] = [cookieOf(ada), cookieOf(grace)];
  for (const path of SPELLINGS) {
    await t.test(path, async () => {
      assertToAuthKit(await world.open(path));
      assertError(await world.fetch(path), 401, 'unauthenticated');
      const refused = await world.fetch(path, { cookie: mayNot });
      assertError(refused, 403, 'forbidden');
      assert.deepEqual(jsonOf(refused).missing, ['role:admin']);
      assert.equal(world.site.arrivals.length, 0);
      assert.equal((await world.fetch(path, { cookie: may })).status, 200);
      assert.equal(identityOf(world.arrival())['x-authkit-user-id'], ada?.id);
      world.site.arrivals.length = 0;
    });
  }
});

test('what no rule covers is as it was', async () => {
  assert.equal((await world.open('/administrator')).status, 200);
  assert.deepEqual(identityOf(world.arrival()), {});
});

test('every line that covers a request must be met', async () => {
  const rows: [person: typeof ada, method: string, path: string, missing: string[]][] = [
    [ada, 'DELETE', '/api/x', []],
    [grace, 'DELETE', '/api/x', ['permission:engines:write']],
    [grace, 'GET', '/api/x', []],
    [zoe, 'GET', '/api/x', ['org:*']],
    [zoe, 'DELETE', '/api/x', ['permission:engines:write', 'org:*']],
    [ada, 'GET', '/billing', []],
    [grace, 'GET', '/billing', ['entitlement:punched-cards']],
    [zoe, 'GET', '/billing', ['org:*', 'entitlement:punched-cards']],
    [ada, 'GET', '/beta', []],
    [grace, 'HEAD', '/beta', []],
  ];
  for (const [person, method, path, missing] of rows) {
    const reply = await world.fetch(path, { method, cookie: cookieOf(person) });
    const name = `${person?.firstName} ${method} ${path}`;
    if (method === 'HEAD') {
      assert.equal(reply.status, 403, name);
      assert.equal(reply.body.length, 0);
    } else if (missing.length === 0) assert.equal(reply.status, 200, name);
    else assert.deepEqual(jsonOf(reply).missing, missing, name);
  }
});

test('a page says in words what is missing, and offers ways on', async () => {
  const reply = await world.open('/billing/x?y=1', { cookie: cookieOf(zoe) });
  assertPage(reply, 403, "You can't see this page");
  assert.match(reply.text, /<li>You must be in an organization\.<\/li>/);
  assert.match(reply.text, /<li>You need the entitlement punched-cards\.<\/li>/);
  assert.match(reply.text, /<form method="post" action="\/logout">/);
  assert.deepEqual(setCookies(reply), []);
});

test('a form that may not be sent shows the page, and its content goes nowhere', async () => {
  const cookie = cookieOf(grace);
  const visit = { method: 'POST', body: 'secret=4711', cookie };
  const reply = await world.open('/admin/save', visit);
  assertPage(reply, 403, "You can't see this page");
  assert.doesNotMatch(reply.text, /4711/);
  assert.equal(world.site.arrivals.length, 0);
});

describe('public', () => {
  test('opens its method alone, HEAD with GET', async () => {
    const rows: [method: string, path: string, status: number][] = [
      ['POST', '/webhooks/stripe', 200],
      ['GET', '/public/x', 200],
      ['HEAD', '/public/x', 200],
    ];
    for (const [method, path, status] of rows) {
      const reply = await world.fetch(path, { method });
      assert.equal(reply.status, status, `${method} ${path}`);
      assert.equal(identityOf(world.arrival())['x-authkit-authenticated'], 'false');
    }
  });

  test('never opens what another line closes', async () => {
    for (const path of ['/webhooks/own', '/webhooks/OWN', '/webhooks/%6fwn', '/webhooks/own;x'])
      assertError(await world.fetch(path, { method: 'POST' }), 401, 'unauthenticated');
    assert.equal(world.site.arrivals.length, 0);
  });
});
