import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identityOf, valuesOf } from './support/echo.ts';
import type { HeaderLines } from './support/http.ts';
import { openWorld } from './support/world.ts';

const world = await openWorld({
  variables: { MATCHER: ['/((?!static/).*)'], UNAUTHENTICATED_PATHS: ['/public'] },
});

const NAMES = [
  'x-authkit-user-id',
  'X-AUTHKIT-USER-ID',
  'x_authkit_user_id',
  'X-AuthKit_User-Id',
  'x.authkit.user.id',
  'X_AuthKit.User-Id',
  'X!AuthKit!User!Id',
  "x~authkit`user'id",
  'x#authkit|user^id',
  'x-authkit-email',
  'x-authkit-roles',
  'x-authkit-permissions',
  'x-authkit-authenticated',
  'x_authkit_authenticated',
  'x-authkit-sign-in-url',
  'X_AuthKit_Sign_Up_Url',
  'x-authkit-anything-else',
  'x-workos-session',
  'x_workos_middleware',
];

const WAYS: [name: string, path: string, cookie: boolean][] = [
  ['a public path', '/public', false],
  ['a public path, signed in', '/public', true],
  ['a protected path', '/x', true],
  ['an unmatched path', '/static/x', false],
  ['an unmatched path, signed in', '/static/x', true],
];

test('what a visitor says of themselves never reaches the site', async (t) => {
  for (const [name, path, signedIn] of WAYS) {
    await t.test(name, async () => {
      const session = world.workos.mintSession();
      const headers: HeaderLines = NAMES.flatMap((spelling) => [
        [spelling, 'mallory'],
        [spelling, ''],
      ]);
      const cookie = signedIn ? world.cookie(session) : undefined;
      const reply = await world.ask({ path, headers, cookie });
      assert.equal(reply.status, 200);
      const { headers: lines } = world.arrival();
      assert.ok(
        lines.every(([, value]) => value !== 'mallory'),
        JSON.stringify(identityOf(world.arrival())),
      );
      const told = path !== '/static/x' && signedIn;
      assert.equal(
        identityOf(world.arrival())['x-authkit-user-id'],
        told ? session.user.id : undefined,
      );
      for (const [line] of lines.filter(([line]) => line.includes('authkit')))
        assert.equal(valuesOf(world.arrival(), line).length, 1, line);
    });
  }
});

test('Connection cannot take away what the gateway says', async () => {
  const session = world.workos.mintSession();
  for (const list of [
    'close, x-authkit-user-id, x-authkit-authenticated',
    'X-AuthKit-User-Id, cookie, authorization, x-forwarded-host',
    'x_authkit_user_id',
  ]) {
    const headers = { connection: list, 'x-plain': '1' };
    const reply = await world.ask({ path: '/x', headers, cookie: world.cookie(session) });
    assert.equal(reply.status, 200);
    assert.equal(identityOf(world.arrival())['x-authkit-user-id'], session.user.id);
    assert.deepEqual(valuesOf(world.arrival(), 'x-forwarded-host'), ['app.example.com']);
    assert.deepEqual(valuesOf(world.arrival(), 'x-plain'), ['1']);
  }
});

test('what speaks of another path or method, or to the framework, ends here', async () => {
  const names = [
    'x-original-url',
    'x-rewrite-url',
    'x-original-uri',
    'x-override-url',
    'x-forwarded-uri',
    'x-forwarded-prefix',
    'x-http-method-override',
    'x-http-method',
    'x-method-override',
    'x-original-method',
    'X_Original_Url',
    'x-middleware-subrequest',
    'x-middleware-rewrite',
    'x-middleware-next',
    'x-invoke-path',
    'x-matched-path',
    'x-now-route-matches',
    'proxy-authorization',
    'proxy-connection',
    'keep-alive',
    'te',
  ];
  for (const path of ['/public', '/static/x']) {
    const headers = Object.fromEntries(names.map((name) => [name, 'spoof']));
    assert.equal((await world.ask({ path, headers })).status, 200);
    const spoofed = world.arrival().headers.filter(([, value]) => value === 'spoof');
    assert.deepEqual(spoofed, []);
  }
});

test('where the visitor came is said by the gateway alone', async () => {
  const headers: HeaderLines = [
    ['x-forwarded-host', 'evil.example'],
    ['X_Forwarded_Host', 'evil.example'],
    ['x-forwarded-proto', 'gopher'],
    ['x.forwarded.proto', 'gopher'],
    ['forwarded', 'host=evil.example;proto=gopher'],
    ['X_Forwarded_Port', '1'],
    ['x-forwarded-port', '1'],
  ];
  for (const path of ['/public', '/static/x']) {
    await world.ask({ path, headers });
    assert.deepEqual(valuesOf(world.arrival(), 'x-forwarded-host'), ['app.example.com']);
    assert.deepEqual(valuesOf(world.arrival(), 'x-forwarded-proto'), ['https']);
    assert.ok(world.arrival().headers.every(([, value]) => !/evil|gopher/.test(value)));
    assert.deepEqual(valuesOf(world.arrival(), 'x-forwarded-port'), []);
  }
});

test('everything else passes as it came', async () => {
  const headers: HeaderLines = [
    ['accept-language', 'de, en;q=0.5'],
    ['x-authkitten', '1'],
    ['x-forwarded-for', '192.0.2.1'],
    ['x-custom', 'caf\u00e9'],
    ['user-agent', 'A/1 (b; c)'],
    ['x-middleware-prefetch', '1'],
    ['range', 'bytes=0-9'],
    ['if-none-match', 'W/"x"'],
  ];
  await world.ask({ path: '/public', headers });
  for (const [name, value] of headers)
    assert.deepEqual(valuesOf(world.arrival(), name), [value], name);
});
