/** `FRAMEWORK`: a page's data is judged as the page (P-25, C-08, C-15). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertError, assertToAuthKit } from './support/expect.ts';
import { header, jsonOf } from './support/http.ts';
import { openWorld, type World } from './support/world.ts';

const variables = { MATCHER: ['/admin', '/deep/:path*', '/rules'], RULES: ['/rules role:owner'] };
const next = await openWorld({ variables: { ...variables, FRAMEWORK: 'nextjs' } });
const router = await openWorld({
  beside: next,
  variables: { ...variables, FRAMEWORK: 'react-router' },
});
const neither = await openWorld({ beside: next, variables });

async function statuses(world: World, paths: string[], expected: number): Promise<void> {
  for (const path of paths) {
    const reply = await world.fetch(path);
    assert.equal(reply.status, expected, path);
  }
  assert.equal(world.site.arrivals.length, expected === 200 ? paths.length : 0);
  world.site.arrivals.length = 0;
}

const NEXT = [
  '/_next/data/B/admin.json',
  '/_next/data/B/en/admin.json',
  '/_next/data/B/deep/x/y.json?z=1',
  '/en/admin',
  '/pt-BR/deep/x',
  '/admin.rsc',
  '/admin.rsc?_rsc=1',
  '/admin.prefetch.rsc',
  '/admin.segments/_tree.segment.rsc',
];
const HOSTILE = [
  '/_next/data/B/%61dmin.json',
  '/_next/data/B/admin%2ejson',
  '/%5fnext/data/B/admin.json',
  '/_next%2fdata%2fB%2fadmin.json',
  '//_next/data/B/admin.json',
  '/_next/data/B//admin.json',
  '/_NEXT/data/B/ADMIN.json',
  '/_next/data/B/admin.json;x',
  '/_next/data/B/admin.json%3fx',
  '/x/../_next/data/B/admin.json',
  '/EN/admin',
  '/en%2fadmin',
  '/ADMIN.RSC',
  '/admin%2ersc',
  '/admin.segments%2f_tree.segment.rsc',
];
const ROUTER = ['/admin.data', '/admin.data?_routes=root', '/admin/_.data', '/ADMIN%2edata'];

test('data of a protected page takes a session', async () => {
  await statuses(next, [...NEXT, ...HOSTILE], 401);
  await statuses(router, ROUTER, 401);
});

test('data of other pages is as free as they are', async () => {
  await statuses(next, ['/_next/data/B/about.json', '/about.rsc', '/_next/static/x.js'], 200);
  await statuses(router, ['/about.data', '/_root.data'], 200);
});

test('without the preset a path is what it says', async () => {
  await statuses(neither, [...NEXT, ...ROUTER], 200);
  await statuses(router, NEXT, 200);
});

test('rules hold for data, and whoever may see the page may have it', async () => {
  const cookie = next.cookie();
  for (const [world, path] of [
    [next, '/_next/data/B/rules.json'],
    [next, '/fr/rules'],
    [next, '/rules.rsc'],
    [router, '/rules.data'],
  ] as const) {
    const reply = await world.fetch(path, { cookie });
    assertError(reply, 403, 'forbidden');
    assert.deepEqual(jsonOf(reply).missing, ['role:owner']);
  }
  assert.equal((await next.fetch('/_next/data/B/admin.json', { cookie })).status, 200);
  assert.equal(next.arrival().url, '/_next/data/B/admin.json', 'it goes on as it came');
});

describe('public pages', async () => {
  const open = { UNAUTHENTICATED_PATHS: ['/', '/about', '/docs/:path*', '/api/hooks/:path*'] };
  const world = await openWorld({ beside: next, variables: { ...open, FRAMEWORK: 'nextjs' } });

  test('have public data, and nobody else has', async () => {
    const data = ['/_next/data/B/index.json', '/_next/data/B/about.json', '/docs/a/b.rsc'];
    await statuses(world, [...data, '/api/hooks/x'], 200);
    const others = [
      '/_next/data/B/admin.json',
      '/_next/data/B/en/about.json',
      '/_next/data/B/About.json',
      '/_next/data/B/about/x.json',
      '/about.json',
      '/about.data',
      '/de/about',
    ];
    await statuses(world, others, 401);
  });
});

test('what a router says of itself swallows no challenge', async () => {
  for (const headers of [
    { 'x-nextjs-data': '1' },
    { 'x-middleware-prefetch': '1' },
    { rsc: '1' },
  ]) {
    for (const path of ['/admin', '/_next/data/B/admin.json']) {
      const reply = await next.open(path, { headers });
      if (reply.status === 302) assertToAuthKit(reply);
      else assert.equal(reply.status, 401);
      for (const name of ['x-nextjs-redirect', 'x-nextjs-rewrite', 'x-middleware-redirect'])
        assert.equal(header(reply, name), undefined);
      assert.match(header(reply, 'cache-control') ?? '', /no-store/);
    }
  }
  assert.equal(next.site.arrivals.length, 0);
});
