import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertError, assertToAuthKit } from './support/expect.ts';
import { header, setCookies } from './support/http.ts';
import { ADDRESS, NAVIGATION, openWorld } from './support/world.ts';

const world = await openWorld({ variables: { RETURN_PATHNAME: '/dashboard?from=login' } });

const OURS = [
  'provider',
  'client_id',
  'redirect_uri',
  'response_type',
  'state',
  'code_challenge',
  'code_challenge_method',
];

test('/login alone begins a sign-in, as WorkOS’ sign-in endpoint must', async () => {
  for (const headers of [
    NAVIGATION,
    { ...NAVIGATION, 'sec-fetch-site': 'cross-site' },
    { accept: '*/*' },
  ]) {
    const parameters = assertToAuthKit(await world.ask({ path: '/login', headers }));
    assert.deepEqual([...parameters.keys()], OURS);
  }
});

test('/login ends where RETURN_PATHNAME says', async () => {
  const { url } = await world.browser().go('/login');
  assert.equal(`${url.pathname}${url.search}`, '/dashboard?from=login');
});

test('/signup asks AuthKit for its sign-up page', async () => {
  const parameters = assertToAuthKit(await world.open('/signup?return_to=/welcome'));
  assert.deepEqual([...parameters.keys()], [...OURS, 'screen_hint']);
  assert.equal(parameters.get('screen_hint'), 'sign-up');
  const { url } = await world.browser().go('/signup?return_to=/welcome');
  assert.equal(url.pathname, '/welcome');
});

test('hints on the list go on to AuthKit, once each, and mean the same there', async () => {
  const query = new URLSearchParams({
    login_hint: 'zoë+1@example.com',
    organization_id: 'org_01ANALYTICALENGINES000000',
    screen_hint: 'sign-in',
    prompt: 'login',
    max_age: '600',
    invitation_token: 'inv&1=2',
  });
  const parameters = assertToAuthKit(await world.open(`/login?${query}&utm_source=x&scope=all`));
  for (const [name, value] of query) assert.deepEqual(parameters.getAll(name), [value], name);
  assert.deepEqual([...parameters.keys()].sort(), [...OURS, ...query.keys()].sort());
});

test('who vouches for the visitor can be chosen, but not by another site', async (t) => {
  const rows: [chosen: Record<string, string>, ours: string[]][] = [
    [{ provider: 'GoogleOAuth' }, OURS],
    [{ provider: 'authkit' }, OURS],
    [{ connection_id: 'conn_1' }, OURS.filter((name) => name !== 'provider')],
    [{ provider: 'authkit', domain_hint: 'example.com' }, OURS],
    [
      { connection_id: 'conn_1', domain_hint: 'b&client_id=c' },
      OURS.filter((name) => name !== 'provider'),
    ],
  ];
  for (const [chosen, ours] of rows) {
    await t.test(Object.keys(chosen).join(), async () => {
      const path = `/login?${new URLSearchParams(chosen)}`;
      for (const site of ['same-origin', 'same-site', 'none', undefined]) {
        const { 'sec-fetch-site': _, ...rest } = NAVIGATION;
        const headers = site === undefined ? rest : { ...rest, 'sec-fetch-site': site };
        const parameters = assertToAuthKit(await world.ask({ path, headers }));
        for (const [name, value] of Object.entries(chosen))
          assert.deepEqual(parameters.getAll(name), [value], `${name}, ${site}`);
        const names = new Set([...ours, ...Object.keys(chosen)]);
        assert.deepEqual([...parameters.keys()].sort(), [...names].sort());
        assert.equal(parameters.get('client_id'), world.workos.clientId);
      }
      const headers = { 'sec-fetch-site': 'cross-site' };
      const parameters = assertToAuthKit(await world.open(path, { headers }));
      assert.deepEqual([...parameters.keys()], OURS);
      assert.equal(parameters.get('provider'), 'authkit');
    });
  }
});

test('a state of the caller’s own is handed back where the sign-in ends, and never to AuthKit', async (t) => {
  const rows: [path: string, landing: string][] = [
    ['/login?return_to=/a&state=mine', '/a?state=mine'],
    ['/login?return_to=/a%3Fb%3D1&state=a%26b%3Dc', '/a?b=1&state=a%26b%3Dc'],
    ['/signup?state=mine', '/dashboard?from=login&state=mine'],
    ['/login?return_to=/a&state=', '/a'],
    ['/login?return_to=/a&state=x&state=y', '/a'],
    ['/login?return_to=/a&state=x%0d%0aSet-Cookie:y', '/a'],
    [`/login?return_to=/a&state=${'x'.repeat(600)}`, '/a'],
  ];
  for (const [path, landing] of rows) {
    await t.test(path.slice(0, 60), async () => {
      const parameters = assertToAuthKit(await world.open(path));
      assert.match(parameters.get('state') ?? '', /^0\.[0-9a-f]{32}$/);
      assert.equal(parameters.getAll('state').length, 1);
      assert.equal((await world.browser().go(path)).url.href, `${ADDRESS}${landing}`);
      const signedIn = await world.open(path, { cookie: world.cookie() });
      assert.equal(header(signedIn, 'location'), `${ADDRESS}${landing}`);
    });
  }
});

test('hints that are implausible, empty or repeated stay here', async (t) => {
  for (const query of [
    'provider=evil',
    'provider=googleoauth',
    'provider=GoogleOAuth&provider=authkit',
    'connection_id=',
    'domain_hint=a%00b',
    'max_age=never',
    'max_age=-1',
    'max_age=9999999999999',
    'screen_hint=elsewhere',
    'login_hint=a%0d%0aX:1',
    'login_hint=',
    `login_hint=${'a'.repeat(600)}`,
    'login_hint=a&login_hint=b',
    'organization_id=a&organization_id=a',
    'Login_Hint=a',
    'login_hint[]=a',
  ]) {
    await t.test(query.slice(0, 40), async () => {
      const parameters = assertToAuthKit(await world.open(`/login?${query}`));
      assert.deepEqual([...parameters.keys()], OURS);
    });
  }
});

test('no parameter of ours can be overridden', async () => {
  const evil = new URLSearchParams({
    provider: 'EvilOAuth',
    client_id: 'client_evil',
    redirect_uri: 'https://evil.example/',
    response_type: 'token',
    code_challenge: 'z',
    code_challenge_method: 'plain',
    nonce: '1',
    'redirect_uri[]': 'x',
  });
  const parameters = assertToAuthKit(await world.open(`/login?${evil}&state=x`));
  const expected = {
    provider: 'authkit',
    client_id: world.workos.clientId,
    redirect_uri: `${ADDRESS}/callback`,
    response_type: 'code',
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(expected))
    assert.deepEqual(parameters.getAll(name), [value], name);
  assert.match(parameters.get('state') ?? '', /^0\.[0-9a-f]{32}$/);
  assert.deepEqual([...parameters.keys()], OURS);
});

test('whoever is signed in goes straight to where they wanted', async (t) => {
  const rows: [path: string, expected: string][] = [
    ['/login', `${ADDRESS}/dashboard?from=login`],
    ['/login?return_to=/a%3Fb%3D1', `${ADDRESS}/a?b=1`],
    ['/signup?return_to=/a', `${ADDRESS}/a`],
    ['/login?return_to=//evil.example', `${ADDRESS}/dashboard?from=login`],
  ];
  for (const [path, expected] of rows) {
    await t.test(path, async () => {
      const reply = await world.open(path, { cookie: world.cookie() });
      assert.equal(reply.status, 302);
      assert.equal(header(reply, 'location'), expected);
      assert.deepEqual(setCookies(reply), []);
    });
  }
});

test('whoever is signed in and asks for more is sent to AuthKit for it', async () => {
  const reply = await world.open('/login?organization_id=org_1', { cookie: world.cookie() });
  assert.equal(assertToAuthKit(reply).get('organization_id'), 'org_1');
});

test('a session that has run out is renewed rather than begun anew', async () => {
  const session = world.workos.mintSession(undefined, { accessTokenSeconds: -5 });
  const reply = await world.open('/login?return_to=/a', { cookie: world.cookie(session) });
  assert.equal(header(reply, 'location'), `${ADDRESS}/a`);
  assert.match(setCookies(reply)[0] ?? '', /^wos-session=v1\./);
});

test('scripts and speculations begin no sign-in', async (t) => {
  const rows: [name: string, headers: Record<string, string>][] = [
    ['a script', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }],
    ['an image', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
    ['XMLHttpRequest', { 'x-requested-with': 'XMLHttpRequest' }],
    ['a prefetch', { ...NAVIGATION, 'sec-purpose': 'prefetch' }],
    ['a prerender', { ...NAVIGATION, 'sec-purpose': 'prefetch;prerender' }],
    ['a router', { ...NAVIGATION, rsc: '1' }],
  ];
  for (const [name, headers] of rows) {
    await t.test(name, async () => {
      const reply = await world.ask({ path: '/login', headers });
      assert.equal(reply.status, 401);
      assert.deepEqual(setCookies(reply), []);
      assert.equal(header(reply, 'location'), undefined);
    });
  }
});

test('a sign-in begins with GET or HEAD', async () => {
  const reply = await world.fetch('/login', { method: 'POST', body: '' });
  assertError(reply, 405, 'method_not_allowed');
  assert.equal((await world.open('/login', { method: 'HEAD' })).status, 302);
});

test('look-alikes of the gateway’s own paths are the site’s', async (t) => {
  for (const path of [
    '/LOGIN',
    '/login/',
    '/login;x',
    '/%6cogin',
    '/callback/',
    '/Callback',
    '/auth/other',
    '/auth',
  ]) {
    await t.test(path, async () => {
      const reply = await world.fetch(path);
      assert.ok(reply.status === 401 || reply.status === 400, `${reply.status}`);
      assert.deepEqual(setCookies(reply), []);
      assert.equal(world.workos.requests.length, 0);
    });
  }
});

test('own paths can be moved', async () => {
  const moved = await openWorld({
    variables: {
      LOGIN_PATH: '/account/sign-in',
      SIGNUP_PATH: '/account/join',
      LOGOUT_PATH: '/account/leave',
      SESSION_PATH: '/account/me.json',
    },
  });
  assertToAuthKit(await moved.open('/account/sign-in'));
  assert.equal(assertToAuthKit(await moved.open('/account/join')).get('screen_hint'), 'sign-up');
  assert.equal((await moved.open('/account/leave')).status, 200);
  assert.equal((await moved.fetch('/account/me.json')).status, 200);
  await moved.open('/login', { cookie: moved.cookie() });
  assert.equal(moved.arrival().url, '/login');
});
