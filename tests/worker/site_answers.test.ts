import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Headers, header, linesOf, type Reply, setCookies } from './support/http.ts';
import { openWorld, type World } from './support/world.ts';

const world = await openWorld({
  variables: { MATCHER: ['/((?!static/).*)'], UNAUTHENTICATED_PATHS: '/public' },
});

/** Lets the site answer with these lines. */
function says(headers: Headers, status = 200, where: World = world): void {
  where.site.script = (response) => response.writeHead(status, linesOf(headers).flat()).end();
}

const SIGNED_IN = { cookie: world.cookie() };
const stale = () => ({
  cookie: world.cookie(world.workos.mintSession(undefined, { accessTokenSeconds: -10 })),
});

test('the site may not set or remove the gateway’s cookies, in any spelling', async () => {
  says([
    ['set-cookie', 'wos-session=evil; Path=/'],
    ['set-cookie', 'wos-session=; Max-Age=0'],
    ['set-cookie', ' wos-session =x'],
    ['set-cookie', 'wos-session.0123456789ab.0.2=x'],
    ['set-cookie', '__Host-authkit-flow-0a1b2c3d=x; Secure; Path=/'],
    ['set-cookie', 'authkit-flow-0a1b2c3d=x'],
    ['set-cookie', '__Host-authkit-signed-out=x; Secure; Path=/'],
    ['set-cookie', 'own=1; Path=/'],
    ['set-cookie', 'wos-sessions=2'],
  ]);
  for (const [path, visit] of [
    ['/x', SIGNED_IN],
    ['/public', {}],
    ['/static/x', {}],
  ] as const) {
    const reply = await world.open(path, visit);
    assert.deepEqual(setCookies(reply), ['own=1; Path=/', 'wos-sessions=2'], path);
  }
});

test('cookies of site and gateway travel in lines of their own', async () => {
  says([
    ['set-cookie', 'a=1'],
    ['set-cookie', 'b=2; Expires=Sat, 21 Nov 2026 00:00:00 GMT'],
  ]);
  const lines = setCookies(await world.open('/x', stale()));
  assert.deepEqual(lines.slice(0, 2), ['a=1', 'b=2; Expires=Sat, 21 Nov 2026 00:00:00 GMT']);
  assert.match(lines[2] ?? '', /^wos-session=v1\./);
  assert.equal(lines.length, 3);
});

test('what is between gateway and site never reaches the visitor', async () => {
  says({ 'x-authkit-user-id': 'x', 'X-AuthKit-Anything': 'y', 'x-own': 'z' });
  for (const path of ['/x', '/public', '/static/x']) {
    const reply = await world.open(path, SIGNED_IN);
    assert.deepEqual(
      reply.lines.filter(([name]) => name.startsWith('x-')),
      [['x-own', 'z']],
      path,
    );
  }
});

describe('caching', () => {
  type Row = [told: string | undefined, expected: string];
  const ROWS: Row[] = [
    [undefined, 'private, no-cache'],
    ['public, max-age=600', 'private, max-age=600'],
    ['public, s-maxage=600, stale-while-revalidate=5', 'private, stale-while-revalidate=5'],
    ['max-age=60', 'private, max-age=60'],
    ['private', 'private'],
    ['private, max-age=5', 'private, max-age=5'],
    ['Private="x-a", max-age=5', 'private, max-age=5'],
    ['no-store', 'no-store'],
    ['no-cache', 'private, no-cache'],
    ['immutable', 'private, immutable'],
  ];

  for (const [told, expected] of ROWS) {
    test(`an answer for somebody is private: ${told ?? 'nothing'} becomes ${expected}`, async () => {
      says(told === undefined ? {} : { 'cache-control': told });
      for (const [path, visit] of [
        ['/x', SIGNED_IN],
        ['/public', SIGNED_IN],
        ['/public', {}],
      ] as const) {
        const reply = await world.open(path, visit);
        assert.equal(header(reply, 'cache-control'), expected);
        assert.match(header(reply, 'vary') ?? '', /Cookie/);
      }
    });
  }

  test('nobody stores an answer with a cookie of ours', async () => {
    says({
      'cache-control': 'public, max-age=600',
      'cdn-cache-control': 'max-age=600',
      'cloudflare-cdn-cache-control': 'max-age=600',
      'surrogate-control': 'max-age=600',
      'surrogate-key': 'x',
      vary: 'Accept-Encoding',
    });
    const reply = await world.open('/x.css', stale());
    assert.equal(header(reply, 'cache-control'), 'private, no-store');
    assertNothingForCaches(reply);
    assert.equal(header(reply, 'vary'), 'Accept-Encoding, Cookie');
  });

  test('what speaks to caches in between goes', async () => {
    says({
      'cdn-cache-control': 'public, max-age=600',
      'cloudflare-cdn-cache-control': 'max-age=1',
      'surrogate-control': 'x',
    });
    assertNothingForCaches(await world.open('/public', SIGNED_IN));
  });

  test('Vary is kept, and not said twice', async () => {
    for (const [told, expected] of [
      ['cookie', 'cookie'],
      ['Accept, COOKIE', 'Accept, COOKIE'],
      ['*', '*'],
      ['Accept', 'Accept, Cookie'],
    ] as const) {
      says({ vary: told });
      assert.equal(header(await world.open('/x', SIGNED_IN), 'vary'), expected);
    }
  });

  test('an answer that says nothing of visitors is the site’s own', async () => {
    const told = {
      'cache-control': 'public, max-age=600',
      'cdn-cache-control': 'max-age=5',
      vary: 'Accept',
    };
    says(told);
    const reply = await world.open('/static/x', SIGNED_IN);
    for (const [name, value] of Object.entries(told)) assert.equal(header(reply, name), value);
  });

  test('a page for one visitor is never handed to another', async () => {
    says({ 'cache-control': 'public, max-age=600' });
    await world.open('/x.css', SIGNED_IN);
    await world.open('/x.css', SIGNED_IN);
    assert.equal(world.site.arrivals.length, 2);
    assert.equal((await world.open('/x.css')).status, 302);
  });
});

describe('Location', () => {
  const own = `127.0.0.1:${world.site.port}`;
  const rows: [told: string, expected: string][] = [
    [`http://${own}/there?x=1#f`, 'https://app.example.com/there?x=1#f'],
    [`http://${own}`, 'https://app.example.com/'],
    [`//${own}/there`, 'https://app.example.com/there'],
    [`HTTP://${own}/there`, 'https://app.example.com/there'],
    ['/there?x=1', '/there?x=1'],
    ['there', 'there'],
    ['?x=1', '?x=1'],
    ['https://other.example/there', 'https://other.example/there'],
    [`http://${own}.evil.example/`, `http://${own}.evil.example/`],
    ['http://127.0.0.1:1/', 'http://127.0.0.1:1/'],
    [`/out?to=http://${own}/`, `/out?to=http://${own}/`],
  ];
  for (const [told, expected] of rows) {
    test(`${told.replace(own, 'origin')} leads to ${expected.replace(own, 'origin')}`, async () => {
      says({ location: told }, 302);
      for (const path of ['/x', '/static/x'])
        assert.equal(header(await world.open(path, SIGNED_IN), 'location'), expected);
    });
  }

  test('keeps the port of a development server', async () => {
    const local = await openWorld({ address: 'http://localhost:8787', beside: world });
    says({ location: `http://${own}/there` }, 302);
    const reply = await local.open('/x', { cookie: local.cookie() });
    assert.equal(header(reply, 'location'), 'http://localhost:8787/there');
  });
});

function assertNothingForCaches(reply: Reply): void {
  for (const name of [
    'cdn-cache-control',
    'cloudflare-cdn-cache-control',
    'surrogate-control',
    'surrogate-key',
  ])
    assert.equal(header(reply, name), undefined, name);
}
