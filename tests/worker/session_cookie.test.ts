import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identityOf } from './support/echo.ts';
import { assertError, assertToAuthKit } from './support/expect.ts';
import { setCookies } from './support/http.ts';
import { open, seal } from './support/seal.ts';
import { openWorld, PASSWORD } from './support/world.ts';

const OLD = 'Hw7pX2kD9vB4nT6mQ1sJ8rF3zL5cY0gA';
const world = await openWorld({ variables: { WORKOS_COOKIE_PASSWORD_PREVIOUS: OLD } });
const PLACE = { purpose: 'session', cookie: 'wos-session', host: 'app.example.com' } as const;

/** Whoever sends this is nobody: sent to sign in, nothing forwarded, the session's cookie left alone. */
async function assertNobody(cookie: string): Promise<void> {
  const page = await world.open('/x', { cookie });
  assertToAuthKit(page);
  assert.ok(setCookies(page).every((line) => line.startsWith('__Host-authkit-flow-')));
  const data = await world.fetch('/x', { cookie });
  assertError(data, 401, 'unauthenticated');
  assert.deepEqual(setCookies(data), []);
  assert.equal(world.site.arrivals.length, 0);
}

test('what this file seals the gateway opens', async () => {
  const session = world.workos.mintSession();
  const reply = await world.open('/x', { cookie: world.cookie(session) });
  assert.equal(reply.status, 200);
  assert.equal(identityOf(world.arrival())['x-authkit-session-id'], session.sid);
  assert.deepEqual(setCookies(reply), []);
});

test('of the sealed user only the id is needed', async () => {
  const session = world.workos.mintSession();
  const cookie = world.cookie(session, {
    with: { user: { id: session.user.id }, extra: { a: 1 } },
  });
  assert.equal((await world.open('/x', { cookie })).status, 200);
  assert.equal(identityOf(world.arrival())['x-authkit-email'], undefined);
});

test('any flipped bit, and any other spelling, makes a stranger', async () => {
  const text = world.sealed(world.workos.mintSession());
  const flips = Array.from({ length: 40 }, (_, index) => {
    const bytes = Buffer.from(text);
    const at = 3 + Math.floor(((text.length - 3) / 40) * index);
    bytes[at] = bytes[at] === 65 ? 66 : 65;
    return bytes.toString();
  }).filter((changed) => changed !== text);
  const spellings = [
    '',
    'v1.',
    'x',
    text.slice(0, -1),
    text.slice(0, 60),
    `${text}=`,
    `${text}A`,
    `"${text}"`,
    text.replace('v1.', 'v2.'),
    text.replace('v1.', 'V1.'),
    text.replace('v1.', ''),
    text.toLowerCase(),
    encodeURIComponent(`${text} `),
    'Fe26.2**x*y*z**a*b',
    `v1.${'A'.repeat(7000)}`,
  ];
  for (const changed of [...flips, ...spellings])
    await world.open('/x', { cookie: `wos-session=${changed}` }).then(assertToAuthKit);
  assert.equal(world.site.arrivals.length, 0);
  assert.equal(world.workos.requests.length, 0);
  await assertNobody(`wos-session=${flips[0]}`);
});

test('a cookie sealed for something else is not this one', async (t) => {
  const session = world.workos.mintSession();
  const rows: [name: string, cookie: string][] = [
    ['a flow', `wos-session=${world.sealed(session, { purpose: 'flow' })}`],
    ['another host', `wos-session=${world.sealed(session, { host: 'www.example.com' })}`],
    ['a shared domain', `wos-session=${world.sealed(session, { host: '' })}`],
    ['another name', `wos-session=${world.sealed(session, { cookie: 'other' })}`],
    [
      'another password',
      `wos-session=${world.sealed(session, { password: 'nobody knows this one at all 123' })}`,
    ],
    ['another spelling of the name', `Wos-Session=${world.sealed(session)}`],
    ['a name behind a space that is none', `\u00a0wos-session=${world.sealed(session)}`],
    ['a value of another cookie', `a=1, wos-session=${world.sealed(session)}`],
  ];
  for (const [name, cookie] of rows) await t.test(name, () => assertNobody(cookie));
});

test('a payload that is no session makes a stranger', async (t) => {
  const { accessToken, refreshToken, user } = world.workos.mintSession();
  const rows: [name: string, payload: unknown][] = [
    ['a list', []],
    ['a text', 'x'],
    ['null', null],
    ['no user', { accessToken, refreshToken }],
    ['no user id', { accessToken, refreshToken, user: { email: 'a@b.c' } }],
    ['an empty user id', { accessToken, refreshToken, user: { id: '' } }],
    ['no access token', { refreshToken, user }],
    ['no refresh token', { accessToken, user }],
    ['numbers', { accessToken: 1, refreshToken: 2, user }],
    ['deeply nested', { accessToken, refreshToken, user: nested(300) }],
  ];
  for (const [name, payload] of rows)
    await t.test(name, () => assertNobody(`wos-session=${seal(payload, PLACE, PASSWORD)}`));
});

test('cookies of other names, and odd ones, do no harm', async () => {
  const cookie = `; =; a; wos-session; =x; $Version=1; ${world.cookie()} ; b="1"; \tc=2`;
  assert.equal((await world.open('/x', { cookie })).status, 200);
  world.site.arrivals.length = 0;
  await assertNobody('wos-session');
  await assertNobody('; ; =');
});

test('two sessions of one user: the one that lasts longer counts', async () => {
  const [person] = world.workos.people;
  const short = world.workos.mintSession(person, { accessTokenSeconds: 30 });
  const long = world.workos.mintSession(person, { accessTokenSeconds: 300 });
  for (const [one, other] of [
    [short, long],
    [long, short],
  ] as const) {
    const cookie = `${world.cookie(one)}; ${world.cookie(other)}`;
    assert.equal((await world.open('/x', { cookie })).status, 200);
    assert.equal(identityOf(world.arrival())['x-authkit-session-id'], long.sid);
  }
});

test('one that opens counts beside one that does not', async () => {
  const session = world.workos.mintSession();
  for (const cookie of [
    `wos-session=v1.junk; ${world.cookie(session)}`,
    `${world.cookie(session)}; wos-session=v1.junk`,
  ]) {
    assert.equal((await world.open('/x', { cookie })).status, 200);
  }
});

test('sessions of two users are nobody’s: a sibling host may have planted one', async () => {
  const [ada, grace] = world.workos.people.map((person) => world.workos.mintSession(person));
  assert.ok(ada && grace);
  await assertNobody(`${world.cookie(ada)}; ${world.cookie(grace)}`);
  await assertNobody(`${world.cookie(grace)}; ${world.cookie(ada)}`);
  await world.gateway.logged(({ reason }) => reason === 'conflicting_sessions');
});

test('a cookie of the outgoing password opens, and its session goes on under the current one', async () => {
  const session = world.workos.mintSession();
  const reply = await world.open('/x', { cookie: world.cookie(session, { password: OLD }) });
  assert.equal(reply.status, 200);
  const [line = ''] = setCookies(reply);
  const renewed = open(line.slice('wos-session='.length, line.indexOf(';')), PLACE, PASSWORD);
  assert.notEqual(renewed.refreshToken, session.refreshToken, 'a seal without an exchange is late');
  const next = await world.open('/x', { cookie: line.split(';')[0] });
  assert.equal(next.status, 200);
  assert.deepEqual(setCookies(next), []);
});

test('the outgoing password never seals', async () => {
  const stale = world.workos.mintSession(undefined, { accessTokenSeconds: -5 });
  const [line = ''] = setCookies(
    await world.open('/x', { cookie: world.cookie(stale, { password: OLD }) }),
  );
  assert.throws(() => open(line.slice('wos-session='.length, line.indexOf(';')), PLACE, OLD));
});

function nested(depth: number): unknown {
  return depth === 0 ? 1 : { id: [nested(depth - 1)] };
}
