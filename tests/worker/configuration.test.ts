import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Variables } from './support/capnp.ts';
import { valuesOf } from './support/echo.ts';
import { assertError, assertPage } from './support/expect.ts';
import { setCookies } from './support/http.ts';
import { SEALERS, sdkSession } from './support/sdk.ts';
import { NAVIGATION, openWorld, PASSWORD, SCRIPT } from './support/world.ts';

/** Stands for somebody's secret or mistake; it must not be repeated. Patterns are no secrets. */
const VALUE = 'zq4711zq';
const ADA = 'ada@example.com';

const shared = await openWorld();

const FAULTS: [name: string, variables: Variables, named: string[]][] = [
  ['no client id', { WORKOS_CLIENT_ID: undefined }, ['WORKOS_CLIENT_ID']],
  ['an empty API key', { WORKOS_API_KEY: '  ' }, ['WORKOS_API_KEY']],
  ['no cookie password', { WORKOS_COOKIE_PASSWORD: undefined }, ['WORKOS_COOKIE_PASSWORD']],
  ['a short password', { WORKOS_COOKIE_PASSWORD: VALUE }, ['WORKOS_COOKIE_PASSWORD']],
  ['one letter', { WORKOS_COOKIE_PASSWORD: 'a'.repeat(40) }, ['WORKOS_COOKIE_PASSWORD']],
  [
    'an example',
    { WORKOS_COOKIE_PASSWORD: `your-password-here-${VALUE}-${VALUE}` },
    ['WORKOS_COOKIE_PASSWORD'],
  ],
  [
    'a short old password',
    { WORKOS_COOKIE_PASSWORD_PREVIOUS: VALUE },
    ['WORKOS_COOKIE_PASSWORD_PREVIOUS'],
  ],
  ['no redirect URI', { WORKOS_REDIRECT_URI: undefined }, ['WORKOS_REDIRECT_URI']],
  ['a relative redirect URI', { WORKOS_REDIRECT_URI: `/${VALUE}` }, ['WORKOS_REDIRECT_URI']],
  [
    'a redirect URI without TLS',
    { WORKOS_REDIRECT_URI: `http://${VALUE}.com/callback` },
    ['WORKOS_REDIRECT_URI'],
  ],
  [
    'a redirect URI without path',
    { WORKOS_REDIRECT_URI: `https://${VALUE}.com` },
    ['WORKOS_REDIRECT_URI'],
  ],
  [
    'a redirect URI with a query',
    { WORKOS_REDIRECT_URI: `https://a.com/c?${VALUE}` },
    ['WORKOS_REDIRECT_URI'],
  ],
  [
    'two redirect URIs',
    { NEXT_PUBLIC_WORKOS_REDIRECT_URI: `https://${VALUE}.com/callback` },
    ['WORKOS_REDIRECT_URI', 'NEXT_PUBLIC_WORKOS_REDIRECT_URI'],
  ],
  ['an API host that is none', { WORKOS_API_HOSTNAME: `${VALUE}/x` }, ['WORKOS_API_HOSTNAME']],
  ['a port that is none', { WORKOS_API_PORT: VALUE }, ['WORKOS_API_PORT']],
  ['an API without TLS', { WORKOS_API_HOSTNAME: `${VALUE}.com` }, ['WORKOS_API_HTTPS']],
  ['a boolean that is none', { MIDDLEWARE_AUTH: VALUE }, ['MIDDLEWARE_AUTH']],
  ['a pattern that is none', { MATCHER: ['/ok', '/(shown'] }, ['MATCHER', '/(shown']],
  [
    'a pattern without a slash',
    { UNAUTHENTICATED_PATHS: 'shown' },
    ['UNAUTHENTICATED_PATHS', 'shown'],
  ],
  ['a list of objects', { MATCHER: [{ source: `/${VALUE}` }] }, ['MATCHER']],
  ['a sign-up pattern that is none', { SIGN_UP_PATHS: '/:shown(' }, ['SIGN_UP_PATHS', '/:shown(']],
  ['an origin that is none', { ORIGIN: VALUE }, ['ORIGIN']],
  ['an origin with a path', { ORIGIN: `https://a.com/${VALUE}` }, ['ORIGIN']],
  ['an origin with credentials', { ORIGIN: `https://u:${VALUE}@a.com` }, ['ORIGIN']],
  ['an origin that is the gateway itself', { ORIGIN: 'https://app.example.com' }, ['ORIGIN']],
  ['a host that is none', { ALLOWED_HOSTS: [`https://${VALUE}/`] }, ['ALLOWED_HOSTS']],
  ['half the world', { ALLOWED_HOSTS: '*.com' }, ['ALLOWED_HOSTS']],
  ['a cookie name that is none', { WORKOS_COOKIE_NAME: `${VALUE};` }, ['WORKOS_COOKIE_NAME']],
  [
    'a prefix with a domain',
    { WORKOS_COOKIE_NAME: '__Host-x', WORKOS_COOKIE_DOMAIN: 'example.com' },
    ['WORKOS_COOKIE_NAME'],
  ],
  [
    'a name of the gateway’s other cookies',
    { WORKOS_COOKIE_NAME: 'authkit-session' },
    ['`authkit-`'],
  ],
  ['a whole top-level domain', { WORKOS_COOKIE_DOMAIN: 'com' }, ['WORKOS_COOKIE_DOMAIN']],
  ['a foreign domain', { WORKOS_COOKIE_DOMAIN: `${VALUE}.com` }, ['WORKOS_COOKIE_DOMAIN']],
  ['an age that is none', { WORKOS_COOKIE_MAX_AGE: VALUE }, ['WORKOS_COOKIE_MAX_AGE']],
  [
    'an age beyond what browsers keep',
    { WORKOS_COOKIE_MAX_AGE: 99_999_999 },
    ['WORKOS_COOKIE_MAX_AGE'],
  ],
  ['a SameSite that is none', { WORKOS_COOKIE_SAMESITE: VALUE }, ['WORKOS_COOKIE_SAMESITE']],
  ['a path that is none', { LOGIN_PATH: VALUE }, ['LOGIN_PATH']],
  ['two routes on one path', { LOGIN_PATH: '/logout' }, ['LOGIN_PATH', 'LOGOUT_PATH']],
  [
    'a route on the callback',
    { SESSION_PATH: '/callback' },
    ['SESSION_PATH', 'WORKOS_REDIRECT_URI'],
  ],
  ['a landing place elsewhere', { RETURN_PATHNAME: `//${VALUE}.com` }, ['RETURN_PATHNAME']],
  ['a sign-out place that is a path', { LOGOUT_RETURN_TO: `/${VALUE}` }, ['LOGOUT_RETURN_TO']],
  ['a log level that is none', { LOG_LEVEL: VALUE }, ['LOG_LEVEL']],
  ['a preset that is none', { IDENTITY_HEADERS: VALUE }, ['IDENTITY_HEADERS']],
  ['a preset in capitals', { IDENTITY_HEADERS: 'Forwarded' }, ['IDENTITY_HEADERS']],
  ['a fact that is none', { IDENTITY_HEADERS: `${VALUE}=X-Fact` }, ['IDENTITY_HEADERS']],
  ['a header without a name', { IDENTITY_HEADERS: ['authkit', 'email='] }, ['IDENTITY_HEADERS']],
  ['a header that is none', { IDENTITY_HEADERS: [`email=X: ${VALUE}`] }, ['IDENTITY_HEADERS']],
  ['a header of HTTP’s own', { IDENTITY_HEADERS: 'email=Host' }, ['IDENTITY_HEADERS']],
  ['credentials', { IDENTITY_HEADERS: ['email=Authorization'] }, ['IDENTITY_HEADERS']],
  ['the cookies', { IDENTITY_HEADERS: ['name=Cookie'] }, ['IDENTITY_HEADERS']],
  ['a body’s length', { IDENTITY_HEADERS: ['name=content_length'] }, ['IDENTITY_HEADERS']],
  ['a table of headers', { IDENTITY_HEADERS: { email: VALUE } }, ['IDENTITY_HEADERS']],
  ['a way to impersonate that is none', { IMPERSONATION: VALUE }, ['IMPERSONATION']],
  ['a switch for impersonation', { IMPERSONATION: false }, ['IMPERSONATION']],
  ['a seal that is none', { COOKIE_SEAL: VALUE }, ['COOKIE_SEAL']],
  ['a list of seals', { COOKIE_SEAL: ['gcm', 'iron'] }, ['COOKIE_SEAL']],
  ['a seal that may not be read', { COOKIE_SEAL: 'iron', ACCEPT_IRON: false }, ['ACCEPT_IRON']],
  ['a switch that is none', { ACCEPT_IRON: VALUE }, ['ACCEPT_IRON']],
  ['a version', { AUTHKIT_NEXTJS: 4 }, ['AUTHKIT_NEXTJS']],
  ['a path for a switch', { ACCESS_TOKEN_ENDPOINT: `/${VALUE}` }, ['ACCESS_TOKEN_ENDPOINT']],
  ['a route on a fixed one', { SESSION_PATH: '/auth/token' }, ['SESSION_PATH', '/auth/token']],
  ['a landing place that signs out', { RETURN_PATHNAME: '/logout?x' }, ['RETURN_PATHNAME']],
  ['a cookie name of ours', { WORKOS_COOKIE_NAME: 'authkit-arrived' }, ['WORKOS_COOKIE_NAME']],
  ['rules that are objects', { RULES: [{ path: `/${VALUE}` }] }, ['RULES']],
  ['a rule that wants nothing we know', { RULES: ['/x group:y'] }, ['RULES', 'group:y']],
  ['paths that are none', { API_PATHS: 'api' }, ['API_PATHS']],
  ['a way to take tokens', { ACCEPT_BEARER: VALUE }, ['ACCEPT_BEARER']],
  ['an origin with a path', { CORS_ORIGINS: `https://${VALUE}.com/` }, ['CORS_ORIGINS']],
  ['a framework that is none', { FRAMEWORK: VALUE }, ['FRAMEWORK']],
  ['seconds that are none', { REFRESH_BUFFER_SECONDS: 'soon' }, ['REFRESH_BUFFER_SECONDS']],
  ['seconds without end', { REFRESH_BUFFER_SECONDS: 3601 }, ['REFRESH_BUFFER_SECONDS']],
];

const PATHS = [
  '/',
  '/x',
  '/login',
  '/logout',
  '/callback?code=1&state=2',
  '/auth/session',
  '/auth/client.js',
  '/auth/refresh',
  '/auth/switch-organization',
  '/auth/token',
  '/auth/health',
];

test('a faulty setting serves nothing, and the log names it', async (t) => {
  for (const [name, variables, named] of FAULTS) {
    await t.test(name, async () => {
      const world = await openWorld({ variables, faulty: true, beside: shared });
      for (const path of PATHS) {
        const cookie = world.cookie();
        const page = await world.ask({ path, headers: NAVIGATION, cookie });
        assertPage(page, 500, 'The gateway is not configured');
        assert.deepEqual(setCookies(page), []);
        assertError(await world.ask({ path, headers: SCRIPT, cookie }), 500, 'not_configured');
        assert.ok(!page.text.includes(VALUE), 'the value is not on the page');
      }
      assert.equal(world.site.arrivals.length, 0);
      assert.equal(world.workos.requests.length, 0);
      const details = world.gateway.log().map(({ reason, detail = '' }) => {
        assert.equal(reason, 'not_configured');
        return detail;
      });
      for (const word of named)
        assert.ok(
          details.some((detail) => detail.includes(word)),
          details.join(),
        );
      assert.ok(!world.gateway.output().includes(VALUE), 'the value is not in the log');
    });
  }
});

test('all faults are told at once, to the developer on the page too', async () => {
  const variables = {
    WORKOS_CLIENT_ID: '',
    WORKOS_COOKIE_PASSWORD: VALUE,
    LOG_LEVEL: VALUE,
    MATCHER: '(shown',
  };
  const world = await openWorld({ variables, faulty: true, beside: shared });
  const page = await world.open('/x');
  for (const name of Object.keys(variables))
    assert.match(page.text, new RegExp(`<li>${name}`), name);
  assert.ok(!page.text.includes(VALUE));
});

test('on a deployment the page says nothing of them', async () => {
  for (const host of ['api.workos.com', undefined, 'localhost.evil.example']) {
    const variables = { WORKOS_CLIENT_ID: '', WORKOS_API_HOSTNAME: host, WORKOS_API_HTTPS: true };
    const world = await openWorld({ variables, faulty: true, beside: shared });
    const page = await world.open('/x');
    assertPage(page, 500, 'The gateway is not configured');
    assert.doesNotMatch(page.text, /WORKOS_/);
    const data = await world.fetch('/x');
    assert.doesNotMatch(data.text, /WORKOS_/);
    await world.gateway.logged(({ detail = '' }) => detail.includes('WORKOS_CLIENT_ID'));
  }
});

test('lists are arrays or text, numbers and booleans are either', async (t) => {
  const rows: [name: string, variables: Variables][] = [
    [
      'arrays',
      {
        UNAUTHENTICATED_PATHS: ['/a', '/b{1}', '/c/:x(d|e)'],
        WORKOS_COOKIE_MAX_AGE: 600,
        MIDDLEWARE_AUTH: true,
      },
    ],
    [
      'text',
      {
        UNAUTHENTICATED_PATHS: '/a, /b{1}, /c/:x(d|e)',
        WORKOS_COOKIE_MAX_AGE: '600',
        MIDDLEWARE_AUTH: 'True',
      },
    ],
    [
      'lines',
      { UNAUTHENTICATED_PATHS: '/a\n/b{1}\n\n/c/:x(d|e)\n', WORKOS_COOKIE_MAX_AGE: ' 600 ' },
    ],
    [
      'JSON in text',
      { UNAUTHENTICATED_PATHS: '["/a", "/b{1}", "/c/:x(d|e)"]', WORKOS_COOKIE_MAX_AGE: '600' },
    ],
  ];
  for (const [name, variables] of rows) {
    await t.test(name, async () => {
      const world = await openWorld({ variables, beside: shared });
      for (const path of ['/a', '/b1', '/c/d'])
        assert.equal((await world.fetch(path)).status, 200, path);
      for (const path of ['/b', '/c/f', '/'])
        assert.equal((await world.fetch(path)).status, 401, path);
      const { steps } = await world.browser().signIn('/x');
      assert.match(setCookies(steps.at(-2)?.reply ?? assert.fail())[0] ?? '', /Max-Age=600;/);
    });
  }
});

/** What a signed-in visitor and the site see of a gateway with these settings. */
interface Seen {
  /** Header lines at the site. */
  site: Record<string, string>;
  seal: string | undefined;
  postAsAnother: number;
  ironSession: number;
  token: number;
}

const GOOD: [variable: string, values: Variables[string][], seen: Partial<Seen>][] = [
  ['IDENTITY_HEADERS', ['', [], 'authkit', ['authkit']], { site: { 'x-authkit-email': ADA } }],
  [
    'IDENTITY_HEADERS',
    ['forwarded', ['forwarded'], '["forwarded"]'],
    { site: { 'x-forwarded-email': ADA, 'x-forwarded-groups': 'admin' } },
  ],
  [
    'IDENTITY_HEADERS',
    [
      ['authkit', 'email=Remote-User', 'groups=x_teams'],
      'authkit, email=Remote-User, groups=x_teams',
      'authkit\nemail = Remote-User\n\ngroups = X-Teams\n',
    ],
    { site: { 'x-authkit-email': ADA, 'remote-user': ADA, 'x-teams': 'admin' } },
  ],
  ['IMPERSONATION', [undefined, '', 'allow', ' allow '], { postAsAnother: 200 }],
  ['IMPERSONATION', ['read-only', ' read-only\n'], { postAsAnother: 403 }],
  ['COOKIE_SEAL', [undefined, '', 'gcm'], { seal: 'v1.' }],
  ['COOKIE_SEAL', ['iron'], { seal: 'Fe26.2*1*', ironSession: 200 }],
  ['ACCEPT_IRON', [undefined, true, 'true', 'True'], { ironSession: 200 }],
  ['ACCEPT_IRON', [false, 'false', 'FALSE'], { ironSession: 401 }],
  ['AUTHKIT_NEXTJS', [true, 'true'], { site: { 'x-workos-middleware': 'true' } }],
  ['AUTHKIT_NEXTJS', [undefined, false, 'false'], { site: { 'x-workos-middleware': '' } }],
  ['ACCESS_TOKEN_ENDPOINT', [true, 'TRUE'], { token: 200 }],
  ['ACCESS_TOKEN_ENDPOINT', [undefined, false, ''], { token: 404 }],
];

test('what is set is what is done', async (t) => {
  const alan = shared.workos.people.find(({ impersonator }) => impersonator);
  const iron = await SEALERS[0]?.seal(sdkSession(shared.workos.mintSession()));
  for (const [variable, values, seen] of GOOD) {
    for (const value of values) {
      await t.test(`${variable} = ${JSON.stringify(value)}`, async () => {
        const world = await openWorld({ variables: { [variable]: value }, beside: shared });
        const browser = world.browser();
        await browser.signIn('/x');
        const { site = {}, seal = '', postAsAnother, ironSession, token } = seen;
        for (const [name, text] of Object.entries(site))
          assert.equal(valuesOf(world.arrival(), name).join(), text, name);
        assert.ok(browser.jar.value('wos-session')?.startsWith(seal));
        const cookie = world.cookie(world.workos.mintSession(alan));
        const post = await world.fetch('/x', { method: 'POST', body: '', cookie });
        assert.equal(post.status, postAsAnother ?? 200);
        const read = await world.fetch('/x', { cookie: `wos-session=${iron}` });
        assert.equal(read.status, ironSession ?? 200);
        const given = await world.fetch('/auth/token', { cookie: world.cookie() });
        assert.equal(given.status, token ?? 404);
      });
    }
  }
});

test('other spellings of AuthKit’s variables mean the same', async () => {
  const world = await openWorld({
    beside: shared,
    variables: {
      WORKOS_REDIRECT_URI: undefined,
      NEXT_PUBLIC_WORKOS_REDIRECT_URI: 'https://app.example.com/auth/back',
      WORKOS_COOKIE_SAME_SITE: 'None',
      WORKOS_COOKIE_PASSWORD: ` ${PASSWORD}\n`,
    },
  });
  const { steps } = await world.browser().signIn('/x');
  assert.equal(steps.at(-2)?.url.pathname, '/auth/back');
  assert.equal((await world.open('/x', { cookie: world.cookie() })).status, 200);
});

test('LOG_LEVEL decides what is worth a line', async () => {
  const rows: [level: string, reasons: RegExp, none: RegExp][] = [
    ['info', /no_session/, /"unmatched"/],
    ['warn', /host_not_served/, /no_session/],
    ['error', /^$/, /host_not_served|no_session/],
    ['off', /^$/, /./],
  ];
  for (const [level, some, none] of rows) {
    const world = await openWorld({
      beside: shared,
      variables: { LOG_LEVEL: level, MATCHER: '/x' },
    });
    await world.open('/x');
    await world.open('/unmatched');
    await world.open('/x', { address: 'https://evil.example' });
    await world.ask({ path: '/auth/health' });
    if (some.source !== '^$') await world.gateway.logged((line) => some.test(JSON.stringify(line)));
    assert.doesNotMatch(world.gateway.output(), none, level);
  }
});
