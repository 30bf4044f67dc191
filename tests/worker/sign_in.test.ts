import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { ARRIVED } from './support/browser.ts';
import { assertToAuthKit } from './support/expect.ts';
import { header, setCookies } from './support/http.ts';
import { open } from './support/seal.ts';
import { ADDRESS, openWorld, PASSWORD } from './support/world.ts';

const world = await openWorld();

test('a deep link leads to AuthKit with exactly our parameters', async () => {
  const reply = await world.open('/reports/7?y=a%2Fb&z=1+2');
  const parameters = assertToAuthKit(reply);
  assert.deepEqual([...parameters.keys()].sort(), [
    'client_id',
    'code_challenge',
    'code_challenge_method',
    'provider',
    'redirect_uri',
    'response_type',
    'state',
  ]);
  assert.equal(parameters.get('client_id'), world.workos.clientId);
  assert.equal(parameters.get('provider'), 'authkit');
  assert.equal(parameters.get('redirect_uri'), `${ADDRESS}/callback`);
  assert.equal(parameters.get('response_type'), 'code');
  assert.equal(parameters.get('code_challenge_method'), 'S256');
  assert.match(parameters.get('state') ?? '', /^0\.[0-9a-f]{32}$/);
  assert.match(parameters.get('code_challenge') ?? '', /^[\w-]{43}$/);
  assert.equal(header(reply, 'referrer-policy'), 'no-referrer');
  assert.equal(world.site.arrivals.length, 0);
});

test('the flow is kept in one sealed, short-lived cookie of this host', async () => {
  const reply = await world.open('/reports/7?y=a%2Fb');
  const state = assertToAuthKit(reply).get('state') ?? '';
  const [cookie = '', ...others] = setCookies(reply);
  assert.deepEqual(others, []);
  const name = `__Host-authkit-flow-${state.slice(2, 10)}`;
  assert.match(
    cookie,
    new RegExp(`^${name}=v1\\.[\\w-]+; Path=/; Max-Age=600; HttpOnly; Secure; SameSite=Lax$`),
  );
  const value = cookie.slice(name.length + 1, cookie.indexOf(';'));
  const place = { purpose: 'flow', cookie: name, host: 'app.example.com' } as const;
  const flow = open(value, place, PASSWORD);
  assert.equal(flow.state, state);
  assert.equal(flow.returnTo, '/reports/7?y=a%2Fb');
  assert.ok(!cookie.includes(String(flow.codeVerifier)));
});

test('every sign-in has its own state and challenge', async () => {
  const parameters = await Promise.all(
    Array.from({ length: 20 }, async () => assertToAuthKit(await world.open('/x'))),
  );
  for (const name of ['state', 'code_challenge'])
    assert.equal(new Set(parameters.map((one) => one.get(name))).size, 20, name);
});

test('WorkOS gets the code, the verifier of the challenge and our credentials, once', async () => {
  const browser = world.browser();
  await browser.signIn('/x');
  const [authorize] = world.workos.requests.filter(({ endpoint }) => endpoint === 'authorize');
  const exchanges = world.workos.requests.filter(({ endpoint }) => endpoint === 'authenticate');
  assert.equal(exchanges.length, 1);
  const { body = {}, headers, path } = exchanges[0] ?? {};
  assert.equal(path, '/user_management/authenticate');
  assert.equal(body.grant_type, 'authorization_code');
  assert.equal(body.client_id, world.workos.clientId);
  assert.equal(body.client_secret, world.workos.apiKey);
  const challenge = createHash('sha256').update(String(body.code_verifier)).digest('base64url');
  assert.equal(challenge, authorize?.query.code_challenge);
  assert.match(headers?.['content-type'] ?? '', /^application\/json/);
  assert.match(headers?.['user-agent'] ?? '', /^authkit-gateway\//);
});

/** What is asked for, and, where the URL standard or a browser-safe encoding respells it, what is reached. */
const LINKS: [link: string, reached?: string][] = [
  ['/'],
  ['/reports/7'],
  ['/reports/7?y=a%2Fb&z=1+2'],
  ['/a%20b/c?x=%F0%9F%99%82&empty=&&='],
  ['/x?redirect_uri=https://evil.example/&code=1&state=2'],
  ['/x?q=%C3%A9&r=%e9'],
  ['/files/a%2Fb.txt'],
  ['/x?paren=(1)&star=*&tilde=~&at=@&colon=:'],
  ["/x?quote=it's", '/x?quote=it%27s'],
  ['/x?filter={a:[1,2]}|b', '/x?filter=%7Ba:[1,2]%7D%7Cb'],
];

for (const [link, reached = link] of LINKS) {
  test(`a visitor to ${link} lands there after signing in`, async () => {
    const { steps, reply } = await world.browser().signIn(link);
    const callback = steps.at(-2);
    assert.equal(callback?.reply.status, 303);
    assert.equal(header(callback.reply, 'location'), `${ADDRESS}${reached}`);
    assert.equal(reply.status, 200);
    assert.equal(world.arrival().url, reached);
  });
}

test('the callback sets the session, tells for a moment that it did, and removes the flow', async () => {
  const browser = world.browser();
  const { steps } = await browser.signIn('/x');
  const callback = steps.at(-2)?.reply;
  assert.ok(callback);
  const [session = '', arrived = '', flow = '', ...others] = setCookies(callback);
  assert.deepEqual(others, []);
  assert.match(
    session,
    /^wos-session=v1\.[\w-]+; Path=\/; Max-Age=34560000; HttpOnly; Secure; SameSite=Lax$/,
  );
  assert.equal(arrived, `${ARRIVED}=1; Path=/; Max-Age=20; HttpOnly; Secure; SameSite=Lax`);
  assert.match(
    flow,
    /^__Host-authkit-flow-[0-9a-f]{8}=; Path=\/; Max-Age=0; HttpOnly; Secure; SameSite=Lax$/,
  );
  assert.match(header(callback, 'cache-control') ?? '', /no-store/);
  assert.equal(header(callback, 'referrer-policy'), 'no-referrer');
  assert.deepEqual(browser.jar.names, ['wos-session', ARRIVED]);
});

test('the sealed session is the one of AuthKit’s SDKs', async () => {
  const browser = world.browser();
  await browser.signIn('/x');
  const place = { purpose: 'session', cookie: 'wos-session', host: 'app.example.com' } as const;
  const session = open(browser.jar.value('wos-session') ?? '', place, PASSWORD);
  const [person] = world.workos.people;
  const { email, firstName, lastName, id, emailVerified } = session.user as Record<string, unknown>;
  assert.equal(typeof session.accessToken, 'string');
  assert.equal(typeof session.refreshToken, 'string');
  assert.deepEqual(
    { email, firstName, lastName, id, emailVerified },
    {
      email: person?.email,
      firstName: person?.firstName,
      lastName: person?.lastName,
      id: person?.id,
      emailVerified: true,
    },
  );
  assert.equal(session.authenticationMethod, 'Password');
});

test('two sign-ins of one browser end in either order', async () => {
  const browser = world.browser();
  const first = await browser.goAsFarAsCallback('/first');
  const second = await browser.goAsFarAsCallback('/second');
  assert.equal(browser.flows.length, 2);
  const landed = await browser.go(second, { initiator: 'cross-site' });
  assert.equal(landed.url.pathname, '/second');
  const also = await browser.go(first, { initiator: 'cross-site' });
  assert.equal(also.url.pathname, '/first');
  assert.equal(also.reply.status, 200);
  assert.deepEqual(browser.flows, []);
});

test('at most five sign-ins are under way in a browser, and the newest ends well', async () => {
  const browser = world.browser();
  for (let begun = 0; begun < 9; begun += 1) {
    await browser.step(`/page/${begun}`);
    assert.ok(browser.flows.length <= 5, `${browser.flows.length} flows`);
  }
  const { url } = await browser.go(await browser.goAsFarAsCallback('/last'), {
    initiator: 'cross-site',
  });
  assert.equal(url.pathname, '/last');
});
