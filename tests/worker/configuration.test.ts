import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Variables } from './support/capnp.ts';
import { assertError, assertPage } from './support/expect.ts';
import { setCookies } from './support/http.ts';
import { NAVIGATION, openWorld, PASSWORD, SCRIPT } from './support/world.ts';

/** Stands for somebody's secret or mistake; it must not be repeated. Patterns are no secrets. */
const VALUE = 'zq4711zq';

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
  ['a host that is none', { ALLOWED_HOSTS: [`https://${VALUE}/`] }, ['ALLOWED_HOSTS']],
  ['half the world', { ALLOWED_HOSTS: '*.com' }, ['ALLOWED_HOSTS']],
  ['a cookie name that is none', { WORKOS_COOKIE_NAME: `${VALUE};` }, ['WORKOS_COOKIE_NAME']],
  [
    'a prefix with a domain',
    { WORKOS_COOKIE_NAME: '__Host-x', WORKOS_COOKIE_DOMAIN: 'example.com' },
    ['WORKOS_COOKIE_NAME'],
  ],
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
  ['a rule this version has not', { RULES: [{ path: `/${VALUE}` }] }, ['RULES']],
];

const PATHS = [
  '/',
  '/x',
  '/login',
  '/logout',
  '/callback?code=1&state=2',
  '/auth/session',
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
