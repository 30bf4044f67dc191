import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer, Fault, Signing } from '../../dev/workos.ts';
import { assertPage, requestId } from './support/expect.ts';
import { type Reply, setCookies } from './support/http.ts';
import { openWorld, type World } from './support/world.ts';

const world = await openWorld();

/** Ends a sign-in whose code WorkOS answers in some way of its own. */
async function exchange(
  fault: Omit<Fault, 'endpoint'>,
  here: World = world,
): Promise<Reply & { kept: boolean }> {
  const browser = here.browser();
  const callback = await browser.goAsFarAsCallback('/x?y=1');
  here.workos.fault({ endpoint: 'authenticate', ...fault });
  const { reply } = await browser.step(callback, { initiator: 'cross-site' });
  assert.equal(browser.hasSession, false, 'there is no session');
  assert.ok(setCookies(reply).every((line) => !line.startsWith('wos-session')));
  assert.equal(here.site.arrivals.length, 0);
  return { ...reply, kept: browser.flows.length > 0 };
}

function withBody(change: (body: Record<string, unknown>) => unknown): Omit<Fault, 'endpoint'> {
  const rewrite = (answer: Answer) => ({
    ...answer,
    body: JSON.stringify(change(JSON.parse(answer.body))),
  });
  return { rewrite };
}

const DOWN = "Sign-in isn't working right now";

test('WorkOS giving no good answer is a page that says whose fault it isn’t', async (t) => {
  const rows: [name: string, fault: Omit<Fault, 'endpoint'>][] = [
    ['500', { status: 500 }],
    ['502 with HTML', { status: 502, body: '<h1>Bad gateway</h1>' }],
    ['503', { status: 503, headers: { 'retry-after': '7' } }],
    ['429', { status: 429, headers: { 'retry-after': '86400' } }],
    ['408', { status: 408 }],
    ['a reset connection', { reset: 'before' }],
    ['a connection cut in the body', { cutAfterBytes: 30 }],
    ['200 with HTML', { body: '<h1>Welcome to our network</h1>' }],
    ['a redirect', { status: 302, headers: { location: 'https://evil.example/' } }],
    ['a permanent redirect', { status: 308, headers: { location: 'https://evil.example/' } }],
    ['an empty object', withBody(() => ({}))],
    ['a list', withBody(() => [])],
    ['no access token', withBody(({ access_token: _, ...body }) => body)],
    ['no refresh token', withBody(({ refresh_token: _, ...body }) => body)],
    ['no user', withBody(({ user: _, ...body }) => body)],
    ['a user without id', withBody((body) => ({ ...body, user: { email: 'a@b.c' } }))],
    ['types that are wrong', withBody((body) => ({ ...body, access_token: 7 }))],
    ['two megabytes', withBody((body) => ({ ...body, padding: 'x'.repeat(2_000_000) }))],
    [
      '401, our key is wrong',
      { status: 401, body: { error: 'invalid_client', error_description: 'x' } },
    ],
    ['404', { status: 404, body: { message: 'Not found' } }],
  ];
  for (const [name, fault] of rows) {
    await t.test(name, async () => {
      const reply = await exchange(fault);
      assertPage(reply, 502, DOWN);
      assert.match(reply.text, /href="\/login\?return_to=%2Fx%3Fy%3D1">Try again</);
      const id = requestId(reply);
      await world.gateway.logged((line) => line.request_id === id && line.level !== 'info');
    });
  }
});

test('a token that is not to be believed makes no session', async (t) => {
  const other = () => world.workos.people[1];
  const minted = (claims: Record<string, unknown>, how?: Signing) =>
    withBody((body) => ({ ...body, access_token: world.workos.mintAccessToken(claims, how) }));
  const now = Math.floor(Date.now() / 1000);
  const rows: [name: string, fault: Omit<Fault, 'endpoint'>][] = [
    [
      'the user of another answer',
      withBody((body) => ({ ...body, user: { object: 'user', id: other()?.id } })),
    ],
    ['a token for another user', minted({ sub: 'user_other' })],
    ['signed by nobody we know', minted({}, { key: 'unknown' })],
    ['signed by somebody else under a known name', withBody((body) => forgery(body))],
    ['alg none', minted({}, { alg: 'none' })],
    ['alg HS256 with the public key', minted({}, { alg: 'HS256' })],
    ['alg RS512', minted({}, { alg: 'RS512' })],
    ['critical header', minted({}, { header: { crit: ['exp'] } })],
    ['wrong issuer', minted({ iss: 'https://evil.example' })],
    ['issuer with a tail', minted({ iss: 'https://api.workos.com.evil.example' })],
    ['another client’s', minted({ client_id: 'client_other' })],
    ['expired', minted({ exp: now - 1 })],
    ['not valid yet', minted({ nbf: now + 300 })],
    ['issued in the future', minted({ iat: now + 300 })],
    ['no session id', minted({ sid: undefined })],
    ['no user id', minted({ sub: undefined })],
    ['no expiry', minted({ exp: undefined })],
    ['not a token', withBody((body) => ({ ...body, access_token: 'x.y.z' }))],
    ['an empty token', withBody((body) => ({ ...body, access_token: '' }))],
    ['five parts', withBody((body) => ({ ...body, access_token: `${body.access_token}.a.b` }))],
  ];
  for (const [name, fault] of rows) {
    await t.test(name, async () => {
      const reply = await exchange(fault);
      assertPage(reply, 502, DOWN);
      const id = requestId(reply);
      const line = await world.gateway.logged(({ request_id: other }) => other === id);
      assert.equal(line.level, name === 'signed by nobody we know' ? line.level : 'error');
    });
  }
});

test('a code that is refused is a page, and the sign-in over', async () => {
  for (const fault of [
    { status: 400, body: { error: 'invalid_grant', error_description: '<svg>' } },
    { status: 400, body: { code: 'invalid_grant', message: '<svg>' } },
  ]) {
    const reply = await exchange(fault);
    assertPage(reply, 400, 'This sign-in is used up');
    assert.equal(reply.kept, false);
    assert.doesNotMatch(reply.text, /<svg>/);
  }
});

test('a code that was used elsewhere is refused by WorkOS', async () => {
  const browser = world.browser();
  const callback = await browser.goAsFarAsCallback('/x');
  const cookies = browser.jar.field(world.address, 'cross-site');
  assert.equal((await browser.step(callback, { initiator: 'cross-site' })).reply.status, 303);
  const replay = await world.open(`${callback.pathname}${callback.search}`, { cookie: cookies });
  assertPage(replay, 400, 'This sign-in is used up');
});

test('another step to take is said to be one', async (t) => {
  for (const code of [
    'mfa_enrollment',
    'sso_required',
    'organization_selection_required',
    'email_verification_required',
  ]) {
    await t.test(code, async () => {
      const reply = await exchange({ status: 403, body: { code, message: 'x' } });
      assertPage(reply, 403, 'One more step is needed');
    });
  }
});

test('a code that may not be spent can be tried again once WorkOS is back', async () => {
  const browser = world.browser();
  const callback = await browser.goAsFarAsCallback('/x');
  world.workos.fault({ endpoint: 'authenticate', status: 503 });
  const down = await browser.step(callback, { initiator: 'cross-site' });
  assertPage(down.reply, 502, DOWN);
  assert.equal(browser.flows.length, 1);
  const up = await browser.step(callback, { initiator: 'same-site' });
  assert.equal(up.reply.status, 303);
});

test('keys that can’t be had at a first sign-in make no session', async () => {
  const cold = await openWorld();
  cold.workos.fault({ endpoint: 'jwks', status: 500, times: Infinity });
  assertPage(await exchange({}, cold), 502, DOWN);
});

for (const count of [600, 900]) {
  test(`a token of ${count} permissions, larger than a session can be, is said to be`, async () => {
    const permissions = Array.from({ length: count }, (_, index) => `permission:${index}`);
    const large = await openWorld({ workos: { templateClaims: { permissions } } });
    const reply = await exchange({}, large);
    assertPage(reply, 500, 'Your session is too large');
    const id = requestId(reply);
    const line = await large.gateway.logged((one) => one.request_id === id);
    assert.equal(line.level, 'error');
    assert.match(line.detail ?? '', /permissions/);
  });
}

/** A token whose header names the published key, signed by another. */
function forgery(body: Record<string, unknown>): Record<string, unknown> {
  const [head = ''] = String(body.access_token).split('.');
  const { kid } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string };
  return { ...body, access_token: world.workos.mintAccessToken({}, { key: 'unknown', kid }) };
}
