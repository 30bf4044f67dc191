/** Tokens that name their own key or another algorithm, in a seal that is good and as a bearer's. */
import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { after, test } from 'node:test';
import { startEchoSite } from './support/echo.ts';
import { assertError } from './support/expect.ts';
import { openWorld } from './support/world.ts';

const world = await openWorld({ variables: { ACCEPT_BEARER: true } });
const evil = await startEchoSite();
after(() => evil.close());
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const edwards = generateKeyPairSync('ed25519').privateKey;
/** Older than the keys, so that a key that is not among them is none. */
const iat = Math.floor(Date.now() / 1000) - 3600;
const session = world.workos.mintSession(undefined, { claims: { iat } });
const [head = '', claims = ''] = session.accessToken.split('.');
const { kid } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string };
const jwk = publicKey.export({ format: 'jwk' });
const at = `http://127.0.0.1:${evil.port}/keys`;

/** The genuine claims under this header, signed by that key. */
function forged(header: unknown, key: KeyObject = privateKey, hash: string | null = 'sha256') {
  const input = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${claims}`;
  return `${input}.${sign(hash, Buffer.from(input), key).toString('base64url')}`;
}

function shared(secret: string | Buffer): string {
  const header = Buffer.from(JSON.stringify({ alg: 'HS256', kid })).toString('base64url');
  const mac = createHmac('sha256', secret).update(`${header}.${claims}`).digest('base64url');
  return `${header}.${claims}.${mac}`;
}

/** The key that WorkOS publishes, in the forms in which it could be taken for a shared secret. */
async function published(): Promise<[name: string, secret: string | Buffer][]> {
  const { url, clientId } = world.workos;
  const answer = await fetch(`${url}/sso/jwks/${clientId}`);
  const { keys } = (await answer.json()) as { keys: { n: string }[] };
  const [key = assert.fail('no key is published')] = keys;
  return [
    ['a published JWK', JSON.stringify(key)],
    ['a published modulus', key.n],
    ['a published modulus in bytes', Buffer.from(key.n, 'base64url')],
    ['nothing', ''],
  ];
}

async function assertNobody(accessToken: string): Promise<void> {
  const cookie = world.cookie(session, { with: { accessToken } });
  assertError(await world.fetch('/x', { cookie }), 401, 'unauthenticated');
  const headers = { authorization: `Bearer ${accessToken}` };
  assert.equal((await world.fetch('/x', { headers })).status, 401);
  assert.equal(world.site.arrivals.length, 0);
  assert.equal(evil.arrivals.length, 0, 'no key is fetched from where a token says');
  assert.equal(world.asked('authenticate'), 0);
}

test('the genuine token is good', async () => {
  assert.equal((await world.fetch('/x', { cookie: world.cookie(session) })).status, 200);
  const headers = { authorization: `Bearer ${session.accessToken}` };
  assert.equal((await world.fetch('/x', { headers })).status, 200);
});

test('a token that brings its own key lets nobody in', async (t) => {
  for (const id of [kid, 'mine']) {
    for (const [name, extra] of [
      ['jwk', { jwk: { ...jwk, kid: id } }],
      ['jku', { jku: at }],
      ['x5u', { x5u: at }],
      ['x5c', { x5c: [publicKey.export({ format: 'der', type: 'spki' }).toString('base64')] }],
      ['x5t', { x5t: 'AAAA' }],
    ] as const)
      await t.test(`${name} beside ${id === kid ? 'a published' : 'its own'} name`, () =>
        assertNobody(forged({ alg: 'RS256', kid: id, ...extra })),
      );
  }
});

test('a token of any other algorithm lets nobody in', async (t) => {
  const rows: [name: string, token: string][] = [
    ['RS384', forged({ alg: 'RS384', kid }, privateKey, 'sha384')],
    ['PS256', forged({ alg: 'PS256', kid })],
    ['ES256', forged({ alg: 'ES256', kid }, curve)],
    ['EdDSA', forged({ alg: 'EdDSA', kid }, edwards, null)],
    ['small letters', forged({ alg: 'rs256', kid })],
    ...['none', 'None', 'nOnE', ''].map((alg): [string, string] => {
      const header = Buffer.from(JSON.stringify({ alg, kid })).toString('base64url');
      return [`“${alg}”, unsigned`, `${header}.${claims}.`];
    }),
  ];
  for (const [name, token] of rows) await t.test(name, () => assertNobody(token));
});

test('a published key is no shared secret', async (t) => {
  for (const [name, secret] of await published())
    await t.test(name, () => assertNobody(shared(secret)));
});

test('odd names of keys let nobody in, and fetch nothing again and again', async () => {
  const names = [
    '../../etc/passwd',
    "' OR 1=1",
    at,
    'k'.repeat(2000),
    '',
    `${kid} `,
    ` ${kid}`,
    kid.toUpperCase() === kid ? kid.toLowerCase() : kid.toUpperCase(),
    'кey_1',
    7,
    null,
    [kid],
    { kid },
  ];
  for (const name of names) await assertNobody(forged({ alg: 'RS256', kid: name }));
  assert.ok(world.asked('jwks') <= 2, `${world.asked('jwks')} fetches`);
});
