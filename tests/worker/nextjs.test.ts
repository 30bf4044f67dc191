/** A real Next.js app with authkit-nextjs, which has no middleware of its own: the gateway is it. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { assertError } from './support/expect.ts';
import { header, type Reply, setCookies } from './support/http.ts';
import { prepareNextApp, startNextApp } from './support/next_app.ts';
import { SEALERS, sdkSession } from './support/sdk.ts';
import { openWorld, PASSWORD } from './support/world.ts';

// Nothing is open yet that a failure would leave behind.
prepareNextApp();
const double = await openWorld();
const app = await startNextApp({
  WORKOS_CLIENT_ID: double.workos.clientId,
  WORKOS_API_KEY: double.workos.apiKey,
  WORKOS_API_HOSTNAME: 'localhost',
  WORKOS_API_HTTPS: 'false',
  WORKOS_API_PORT: String(double.workos.port),
  WORKOS_COOKIE_PASSWORD: PASSWORD,
  NEXT_PUBLIC_WORKOS_REDIRECT_URI: `${double.address.origin}/callback`,
});
after(() => app.close());
const world = await openWorld({
  beside: double,
  variables: {
    ORIGIN: app.url,
    AUTHKIT_NEXTJS: true,
    COOKIE_SEAL: 'iron',
    FORWARD_SESSION_COOKIE: true,
    UNAUTHENTICATED_PATHS: ['/', '/start'],
  },
});
const [sealer] = SEALERS;

function heading({ text }: Reply): string | undefined {
  return /<h1>(.*?)<\/h1>/.exec(text)?.[1];
}

/** What `withAuth()` said, as the account page shows it. */
function told({ text }: Reply): Record<string, unknown> {
  const json = /<pre>(.*?)<\/pre>/.exec(text)?.[1] ?? '';
  return JSON.parse(json.replaceAll('&quot;', '"')) as Record<string, unknown>;
}

async function sealed(accessTokenSeconds: number) {
  const minted = world.workos.mintSession(undefined, { accessTokenSeconds });
  return { minted, cookie: `wos-session=${await sealer?.seal(sdkSession(minted))}` };
}

test('withAuth() finds nobody on a public page, and the page is the app’s own', async () => {
  const reply = await world.open('/');
  assert.equal(reply.status, 200);
  assert.equal(heading(reply), 'Hello');
  assert.match(reply.text, /<a href="\/login">Sign in<\/a>/);
  assert.deepEqual(setCookies(reply), []);
});

test('a protected page leads to sign-in, and then withAuth() sees who is signed in', async () => {
  const browser = world.browser();
  const journey = await browser.signIn('/account?tab=1');
  assert.equal(journey.url.href, 'https://app.example.com/account?tab=1');
  assert.equal(heading(journey.reply), 'ada@example.com');
  const [ada] = world.workos.people;
  const [session] = world.workos.sessions.all().slice(-1);
  assert.deepEqual(told(journey.reply), {
    id: ada?.id,
    sessionId: session?.id,
    organizationId: ada?.memberships[0]?.organization.id,
    role: 'admin',
    permissions: ada?.memberships[0]?.permissions,
  });
  assert.match(header(journey.reply, 'cache-control') ?? '', /private|no-store/);
  assert.equal(heading((await browser.step('/')).reply), 'Hello Ada');
});

test('after a refresh on the way withAuth() sees the new token', async (t) => {
  const [ada] = world.workos.people;
  const [membership] = ada?.memberships ?? [];
  assert.ok(membership);
  const { minted, cookie } = await sealed(-5);
  t.after(() => {
    membership.role = 'admin';
  });
  membership.role = 'owner';
  const reply = await world.open('/account', { cookie });
  assert.equal(heading(reply), 'ada@example.com');
  assert.equal(told(reply).role, 'owner', 'the token was issued a moment ago');
  assert.equal(told(reply).sessionId, minted.sid);
  assert.match(setCookies(reply)[0] ?? '', /^wos-session=Fe26\.2\*/);
  assert.equal(world.asked('authenticate', 'refresh_token'), 1);
});

test('and so it does after a refresh that was asked for', async () => {
  const browser = world.browser();
  await browser.signIn('/account');
  const before = browser.jar.value('wos-session');
  const { reply } = await browser.step('/auth/refresh', {
    method: 'POST',
    initiator: 'same-site',
    headers: { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', accept: '*/*' },
  });
  assert.equal(reply.status, 200, reply.text);
  assert.notEqual(browser.jar.value('wos-session'), before);
  assert.equal(heading((await browser.step('/account')).reply), 'ada@example.com');
});

test('a sign-in that the app’s SDK began ends signed in at its return path', async () => {
  const browser = world.browser();
  const journey = await browser.go('/start');
  const state = new URL(header(journey.steps[0]?.reply as Reply, 'location') ?? '').searchParams;
  assert.match(state.get('state') ?? '', /^Fe26\.2\*/, 'the SDK made the state');
  assert.equal(state.get('redirect_uri'), 'https://app.example.com/callback');
  assert.equal(journey.url.href, 'https://app.example.com/account?from=start');
  assert.equal(heading(journey.reply), 'ada@example.com');
  assert.equal(world.asked('authenticate'), 1);
});

test('what the middleware would say can be said by the gateway alone', async () => {
  const { cookie } = await sealed(300);
  const seal = cookie.slice('wos-session='.length);
  for (const name of ['x-workos-session', 'X_WorkOS_Session', 'x-workos-middleware', 'x-url']) {
    const reply = await world.open('/', { headers: { [name]: seal } });
    assert.equal(reply.status, 200);
    assert.equal(heading(reply), 'Hello', name);
  }
  assert.equal(heading(await world.open('/', { cookie })), 'Hello Ada');
});

test('Next’s own navigations get data or a 401, never a redirect to another site', async () => {
  const headers = { rsc: '1', 'next-url': '/' };
  assertError(await world.fetch('/account', { headers }), 401, 'unauthenticated');
  const { cookie } = await sealed(300);
  // Next adds what it tells answers apart by (`_rsc`), where the request hasn't got it.
  const bare = await world.fetch('/account', { headers, cookie });
  const { origin, pathname, search } = new URL(header(bare, 'location') ?? '', world.address);
  assert.equal(origin, world.address.origin);
  const reply = await world.fetch(`${pathname}${search}`, { headers, cookie });
  assert.equal(reply.status, 200);
  assert.equal(header(reply, 'content-type'), 'text/x-component');
  assert.match(reply.text, /ada@example\.com/);
});

test('the account page’s form signs out', async () => {
  const browser = world.browser();
  const { reply } = await browser.signIn('/account');
  assert.match(reply.text, /<form action="\/logout" method="post">/);
  const [session] = world.workos.sessions.all().slice(-1);
  const left = await browser.signOut();
  await browser.step(header(left.reply, 'location') ?? '', { initiator: 'cross-site' });
  assert.equal(world.workos.sessions.inspect(session?.id ?? '')?.ended, true);
  assert.equal(heading((await browser.step('/')).reply), 'Hello');
});
