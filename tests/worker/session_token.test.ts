import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MintOptions } from '../../dev/workos.ts';
import { identityOf, nobodyAt } from './support/echo.ts';
import { assertError, assertToAuthKit } from './support/expect.ts';
import { setCookies } from './support/http.ts';
import { openWorld } from './support/world.ts';

const world = await openWorld({ variables: { UNAUTHENTICATED_PATHS: '/public' } });
const now = Math.floor(Date.now() / 1000);

const REFUSED: [name: string, options: MintOptions][] = [
  ['signed under a published name by another key', { signing: { key: 'unknown', kid: '' } }],
  ['alg none', { signing: { alg: 'none' } }],
  ['alg HS256 with the public key', { signing: { alg: 'HS256' } }],
  ['alg RS512', { signing: { alg: 'RS512' } }],
  ['no key named', { signing: { header: { kid: undefined } } }],
  ['a key named by a number', { signing: { header: { kid: 7 } } }],
  ['a critical header', { signing: { header: { crit: ['exp'], exp: 1 } } }],
  ['an empty critical header', { signing: { header: { crit: [] } } }],
  ['an unencoded payload', { signing: { header: { b64: false, crit: ['b64'] } } }],
  ['wrong issuer', { claims: { iss: 'https://evil.example' } }],
  ['no issuer', { claims: { iss: undefined } }],
  ['a list of issuers', { claims: { iss: ['https://api.workos.com'] } }],
  ['another client’s', { claims: { client_id: 'client_other' } }],
  ['another user’s than the sealed one', { claims: { sub: 'user_other' } }],
  ['no user', { claims: { sub: undefined } }],
  ['an empty user', { claims: { sub: '' } }],
  ['no session', { claims: { sid: undefined } }],
  ['no expiry', { claims: { exp: undefined } }],
  ['an expiry in words', { claims: { exp: '9999999999' } }],
  ['an endless expiry', { claims: { exp: 1e300 } }],
  ['a negative expiry', { claims: { exp: -1 } }],
];

/** Nobody on protected paths, nobody on public ones, and the cookie is left alone. */
async function assertNobody(cookie: string): Promise<void> {
  assertError(await world.fetch('/x', { cookie }), 401, 'unauthenticated');
  const page = await world.open('/x', { cookie });
  assertToAuthKit(page);
  assert.ok(setCookies(page).every((line) => line.startsWith('__Host-authkit-flow-')));
  assert.equal(world.site.arrivals.length, 0);
  const open = await world.open('/public', { cookie });
  assert.deepEqual(setCookies(open), []);
  assert.deepEqual(identityOf(world.arrival()), nobodyAt('/public'));
  assert.equal(world.asked('authenticate'), 0, 'nothing is refreshed for it');
}

test('a token in a good seal that is not to be believed lets nobody in', async (t) => {
  const kid = publishedKey();
  for (const [name, options] of REFUSED) {
    await t.test(name, async () => {
      const signing = options.signing?.kid === '' ? { ...options.signing, kid } : options.signing;
      const session = world.workos.mintSession(undefined, {
        ...options,
        ...(signing && { signing }),
      });
      await assertNobody(world.cookie(session));
    });
  }
});

test('one that is not valid yet waits: a clock is wrong, and a sign-in would not help', async (t) => {
  for (const claims of [{ nbf: now + 600 }, { iat: now + 600 }]) {
    await t.test(JSON.stringify(Object.keys(claims)), async () => {
      const cookie = world.cookie(world.workos.mintSession(undefined, { claims }));
      assertError(await world.fetch('/x', { cookie }), 503, 'temporarily_unavailable');
      assert.equal(world.site.arrivals.length, 0);
    });
  }
});

test('a token that is no token lets nobody in', async (t) => {
  const { accessToken } = world.workos.mintSession();
  const [head, payload, signature = ''] = accessToken.split('.');
  const rows: [name: string, token: string][] = [
    ['nothing', ''],
    ['one part', 'x'],
    ['two parts', `${head}.${payload}`],
    ['four parts', `${accessToken}.x`],
    ['five parts', `${accessToken}.x.y`],
    ['an empty signature', `${head}.${payload}.`],
    ['a short signature', `${head}.${payload}.${signature.slice(0, 40)}`],
    ['a long signature', `${head}.${payload}.${signature}AAAA`],
    ['a padded signature', `${accessToken}==`],
    ['a signature of zeros', `${head}.${payload}.${Buffer.alloc(256).toString('base64url')}`],
    ['a changed payload', `${head}.${payload?.slice(0, -4)}AAAA.${signature}`],
    ['spaces', ` ${accessToken} `],
    ['nested JSON', `${head}.${Buffer.from('['.repeat(5000)).toString('base64url')}.${signature}`],
  ];
  for (const [name, token] of rows)
    await t.test(name, () =>
      assertNobody(world.cookie(world.workos.mintSession(), { with: { accessToken: token } })),
    );
});

test('a token signed by a key that is not published lets nobody in', async () => {
  const session = world.workos.mintSession(undefined, {
    signing: { key: 'unknown' },
    claims: { iat: now - 3600 },
  });
  await assertNobody(world.cookie(session));
});

test('a flood of unknown keys asks WorkOS for its keys once', async () => {
  const fresh = await openWorld();
  for (let index = 0; index < 30; index += 1) {
    const session = fresh.workos.mintSession(undefined, {
      signing: { key: 'unknown', kid: `key_${index}` },
    });
    await fresh.fetch('/x', { cookie: fresh.cookie(session) });
  }
  assert.ok(fresh.asked('jwks') <= 2, `${fresh.asked('jwks')} fetches`);
});

test('the issuers WorkOS uses are accepted', async (t) => {
  const base = `http://localhost:${world.workos.port}`;
  const client = world.workos.clientId;
  for (const iss of [
    base,
    `${base}/`,
    `${base}/user_management/${client}`,
    'https://api.workos.com',
    'https://api.workos.com/',
    `https://api.workos.com/user_management/${client}`,
  ]) {
    await t.test(iss, async () => {
      const session = world.workos.mintSession(undefined, { claims: { iss } });
      assert.equal((await world.fetch('/x', { cookie: world.cookie(session) })).status, 200);
    });
  }
});

test('WORKOS_ISSUER replaces them', async () => {
  const custom = await openWorld({
    variables: { WORKOS_ISSUER: ['https://auth.example.com', 'https://login.example.com/'] },
    workos: { issuer: 'https://login.example.com/' },
  });
  await custom.browser().signIn('/x');
  const foreign = custom.workos.mintSession(undefined, {
    claims: { iss: 'https://api.workos.com' },
  });
  assertError(await custom.fetch('/x', { cookie: custom.cookie(foreign) }), 401, 'unauthenticated');
});

test('an audience, odd claims and whole numbers written as fractions do no harm', async (t) => {
  const rows: [name: string, claims: Record<string, unknown>][] = [
    ['an audience', { aud: 'https://api.example.com' }],
    ['audiences', { aud: ['a', 'b'] }],
    ['custom claims', { 'https://example.com/team': { a: [1, null] } }],
    ['a fraction', { exp: now + 300.5 }],
    ['no role', { role: undefined, roles: undefined, permissions: undefined }],
    ['null lists', { roles: null, permissions: null, role: null }],
  ];
  for (const [name, claims] of rows) {
    await t.test(name, async () => {
      const session = world.workos.mintSession(undefined, { claims });
      assert.equal((await world.fetch('/x', { cookie: world.cookie(session) })).status, 200);
    });
  }
});

function publishedKey(): string {
  const [head = ''] = world.workos.mintAccessToken().split('.');
  const { kid } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string };
  return kid;
}
