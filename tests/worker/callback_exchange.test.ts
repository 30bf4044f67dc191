import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer, Fault, Signing } from '../../dev/workos.ts';
import { assertPage, assertToAuthKit, requestId } from './support/expect.ts';
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

/** What WorkOS says where a code alone is not enough. */
const STEPS: [name: string, body: Record<string, unknown>][] = [
  ['mfa_enrollment', {}],
  ['mfa_challenge', {}],
  ['sso_required', { connection_ids: ['conn_1'] }],
  ['email_verification_required', { pending_authentication_token: 'zq4711zq' }],
  ['organization_authentication_methods_required', {}],
  ['organization_selection_required', {}],
  ['organization_selection_required', { pending_authentication_token: 'x', organizations: [] }],
  ['organization_selection_required', { organizations: [{ id: 'org_1', name: 'One' }] }],
];

test('another step to take leads back to AuthKit, which takes it, and then to where it began', async (t) => {
  for (const [code, body] of STEPS) {
    await t.test(`${code} ${Object.keys(body)}`, async () => {
      const browser = world.browser();
      const callback = await browser.goAsFarAsCallback('/x?y=1');
      const [lost = ''] = browser.flows;
      world.workos.fault({ endpoint: 'authenticate', status: 403, body: { code, ...body } });
      const { reply } = await browser.step(callback, { initiator: 'cross-site' });
      const parameters = assertToAuthKit(reply);
      assert.match(parameters.get('state') ?? '', /^1\.[0-9a-f]{32}$/);
      assert.doesNotMatch(JSON.stringify(reply.lines), /zq4711zq/);
      assert.equal(browser.hasSession, false);
      assert.equal(browser.flows.length, 1);
      assert.ok(!browser.flows.includes(lost), 'the flow whose code is spent is gone');
      assert.equal(world.site.arrivals.length, 0);
      await world.gateway.logged((line) => line.reason === 'step_up' && line.detail === code);
      const end = await browser.go(reply.lines.find(([name]) => name === 'location')?.[1] ?? '');
      assert.equal(end.reply.status, 200);
      assert.equal(`${end.url.pathname}${end.url.search}`, '/x?y=1');
    });
  }
});

test('one that is asked for again and again is said to be one', async (t) => {
  for (const [code, body] of STEPS) {
    await t.test(`${code} ${Object.keys(body)}`, async () => {
      const browser = world.browser();
      world.workos.fault({
        endpoint: 'authenticate',
        status: 403,
        body: { code, message: '<svg>', ...body },
        times: 3,
      });
      const { reply, steps } = await browser.go('/x?y=1');
      assertPage(reply, 403, 'One more step is needed');
      assert.match(reply.text, /href="\/login\?return_to=%2Fx%3Fy%3D1">Try again</);
      assert.doesNotMatch(reply.text, /<svg>|zq4711zq/);
      assert.equal(world.asked('authenticate'), 3);
      assert.equal(steps.filter(({ url }) => url.pathname === '/callback').length, 3);
      assert.deepEqual(browser.jar.names, [], 'neither a session nor a flow is left');
      assert.equal(world.site.arrivals.length, 0);
    });
  }
});

test('where there are organizations to choose from, a page lists them', async () => {
  const browser = world.browser();
  const callback = await browser.goAsFarAsCallback('/x?y=1');
  const organizations = [
    { id: 'org_1&x=2', name: 'Müller <b>& Söhne</b>' },
    { id: 'org_nameless', name: '' },
  ];
  const body = { code: 'organization_selection_required', organizations };
  const pending = { pending_authentication_token: 'zq4711zq' };
  world.workos.fault({ endpoint: 'authenticate', status: 403, body: { ...body, ...pending } });
  const { reply } = await browser.step(callback, { initiator: 'cross-site' });
  assertPage(reply, 200, 'Where to?');
  for (const text of ['Müller &lt;b&gt;&amp; Söhne&lt;/b&gt;', 'org_nameless', 'org_1%26x%3D2'])
    assert.ok(reply.text.includes(text), text);
  assert.doesNotMatch(reply.text, /<b>|zq4711zq/);
  assert.deepEqual(
    setCookies(reply)
      .map((line) => line.replace(/=v1\.[\w-]+/, '=v1.').replace(/flow-\w{8}/, 'flow-'))
      .sort(),
    [
      '__Host-authkit-flow-=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax',
      '__Host-authkit-pending=v1.; Path=/; Max-Age=600; HttpOnly; Secure; SameSite=Lax',
    ],
  );
  assert.equal(world.site.arrivals.length, 0);
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
