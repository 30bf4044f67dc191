import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertError, assertPage, assertToAuthKit } from './support/expect.ts';
import { type Headers, header, jsonOf, setCookies } from './support/http.ts';
import { ADDRESS, NAVIGATION, openWorld } from './support/world.ts';

const world = await openWorld();
const HTML = 'text/html,*/*;q=0.8';

const REDIRECTED: [name: string, method: string, headers: Record<string, string>][] = [
  ['a navigation', 'GET', NAVIGATION],
  ['a navigation from another site', 'GET', { ...NAVIGATION, 'sec-fetch-site': 'cross-site' }],
  ['a frame', 'GET', { ...NAVIGATION, 'sec-fetch-dest': 'iframe' }],
  ['HEAD', 'HEAD', NAVIGATION],
  ['a browser without fetch metadata', 'GET', { accept: HTML }],
  ['a reload', 'GET', { ...NAVIGATION, 'cache-control': 'max-age=0', 'if-none-match': '"x"' }],
];

const REFUSED: [name: string, method: string, headers: Record<string, string>][] = [
  ['a script', 'GET', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', accept: HTML }],
  [
    'a script of the same origin',
    'GET',
    { 'sec-fetch-mode': 'same-origin', 'sec-fetch-dest': 'empty' },
  ],
  [
    'an image',
    'GET',
    { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image', accept: 'image/*' },
  ],
  [
    'a style sheet',
    'GET',
    { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'style', accept: 'text/css' },
  ],
  ['a plug-in', 'GET', { ...NAVIGATION, 'sec-fetch-dest': 'embed' }],
  ['XMLHttpRequest', 'GET', { accept: HTML, 'x-requested-with': 'XMLHttpRequest' }],
  ['an API client', 'GET', { accept: 'application/json' }],
  ['curl', 'GET', { accept: '*/*' }],
  ['a client that says nothing', 'GET', {}],
  ['an event stream', 'GET', { accept: 'text/event-stream' }],
  ['gRPC', 'POST', { 'content-type': 'application/grpc' }],
  ['a form', 'POST', NAVIGATION],
  ['PUT', 'PUT', NAVIGATION],
  ['DELETE', 'DELETE', { accept: HTML }],
  ['OPTIONS', 'OPTIONS', {}],
  ['PROPFIND', 'PROPFIND', {}],
  ['a method override', 'POST', { ...NAVIGATION, 'x-http-method-override': 'GET' }],
  ['a prefetch', 'GET', { ...NAVIGATION, 'sec-purpose': 'prefetch' }],
  ['a private prefetch', 'GET', { ...NAVIGATION, 'sec-purpose': 'prefetch;anonymous-client-ip' }],
  ['a prerender', 'GET', { ...NAVIGATION, 'sec-purpose': 'prefetch;prerender' }],
  ['an older prefetch', 'GET', { ...NAVIGATION, purpose: 'prefetch' }],
  ['a preview', 'GET', { ...NAVIGATION, 'x-purpose': 'preview', purpose: 'preview' }],
  ['Firefox’ prefetch', 'GET', { ...NAVIGATION, 'x-moz': 'prefetch' }],
  ['a router’s prefetch', 'GET', { ...NAVIGATION, 'next-router-prefetch': '1' }],
  ['a router', 'GET', { ...NAVIGATION, rsc: '1' }],
  ['a service worker’s script', 'GET', { ...NAVIGATION, 'service-worker': 'script' }],
  [
    'a conditional request',
    'GET',
    { 'if-none-match': '"x"', 'if-modified-since': 'Sat, 21 Nov 2026 00:00:00 GMT' },
  ],
  ['a range', 'GET', { range: 'bytes=0-9' }],
];

test('whoever goes to a page is sent to sign in', async (t) => {
  for (const [name, method, headers] of REDIRECTED) {
    await t.test(name, async () => {
      const reply = await world.ask({ path: '/x', method, headers });
      assertToAuthKit(reply);
      assert.equal(setCookies(reply).length, 1);
      assert.equal(world.site.arrivals.length, 0);
    });
  }
});

test('everything else gets 401, no redirect and no cookie', async (t) => {
  for (const [name, method, headers] of REFUSED) {
    await t.test(name, async () => {
      const body = ['POST', 'PUT', 'DELETE'].includes(method) ? { body: 'secret=4711' } : {};
      const reply = await world.ask({ path: '/x', method, headers, ...body });
      assert.equal(reply.status, 401);
      assert.deepEqual(setCookies(reply), []);
      assert.equal(header(reply, 'location'), undefined);
      assert.equal(header(reply, 'access-control-allow-origin'), undefined);
      assert.match(header(reply, 'vary') ?? '', /Cookie.*Accept.*Sec-Fetch-Mode/);
      assert.doesNotMatch(reply.text, /4711/);
      assert.equal(world.site.arrivals.length, 0);
    });
  }
});

test('a program learns where its user may sign in', async () => {
  const reply = await world.fetch('/api');
  assertError(reply, 401, 'unauthenticated');
  assert.equal(jsonOf(reply).sign_in_url, `${ADDRESS}/login`);
});

test('a person who sent a form sees a page', async () => {
  const reply = await world.open('/save', { method: 'POST', body: 'secret=4711' });
  assertPage(reply, 401, 'You are not signed in');
  assert.match(reply.text, new RegExp(`href="${ADDRESS}/login">Sign in<`));
});

test('what a client claims of itself or of its way makes no difference', async (t) => {
  const rows: [name: string, headers: Headers][] = [
    ['a health checker', { 'user-agent': 'GoogleHC/1.0' }],
    ['a kubelet', { 'user-agent': 'kube-probe/1.30' }],
    [
      'a forwarded path',
      { 'x-forwarded-uri': '/public', 'x-original-url': '/public', 'x-rewrite-url': '/' },
    ],
    ['a forwarded method', { 'x-original-method': 'OPTIONS', 'x-http-method': 'OPTIONS' }],
    ['a framework’s word', { 'x-middleware-subrequest': 'middleware:middleware:middleware' }],
    ['an address', { 'x-forwarded-for': '127.0.0.1', 'cf-connecting-ip': '127.0.0.1' }],
    ['a bearer token', { authorization: 'Bearer anything' }],
    ['a basic login', { authorization: 'Basic YTpi' }],
  ];
  for (const [name, headers] of rows) {
    await t.test(name, async () => {
      assertError(await world.ask({ path: '/x', headers }), 401, 'unauthenticated');
      assert.equal(world.site.arrivals.length, 0);
    });
  }
});
