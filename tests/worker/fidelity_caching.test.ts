/** What a cache might keep, or be asked for, never shows one visitor's page to another. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertToAuthKit } from './support/expect.ts';
import { header } from './support/http.ts';
import { NAVIGATION, openWorld, SCRIPT } from './support/world.ts';

const world = await openWorld({ variables: { UNAUTHENTICATED_PATHS: '/public/:path*' } });

test('a page by the name of a file is no more public than the page', async () => {
  for (const path of ['/x.css', '/x/a.js', '/x;a.css', '/x%2fa.png', '/x/..%2fpublic/a.css']) {
    world.site.script = (response) =>
      response.writeHead(200, { 'cache-control': 'public, max-age=600' }).end('hers');
    const hers = await world.open(path, { cookie: world.cookie() });
    if (hers.status === 200) assert.match(header(hers, 'cache-control') ?? '', /^private/);
    else assert.equal(hers.status, 400, path);
    world.site.arrivals.length = 0;
    for (const headers of [NAVIGATION, SCRIPT]) {
      const stranger = await world.ask({ path, headers });
      assert.ok([302, 400, 401].includes(stranger.status), `${path}: ${stranger.status}`);
      assert.match(header(stranger, 'cache-control') ?? '', /no-store/);
      assert.doesNotMatch(stranger.text, /hers/);
    }
    assert.equal(world.site.arrivals.length, 0);
  }
});

test('two visitors of one page each get their own, from the site', async () => {
  const [ada, grace] = world.workos.people.map((one) => world.workos.mintSession(one));
  assert.ok(ada && grace);
  for (const visitor of [ada, grace, ada]) {
    world.site.script = (response, request) =>
      response
        .writeHead(200, { 'cache-control': 'public, max-age=600', etag: '"same"' })
        .end(request.headers['x-authkit-user-id']);
    const reply = await world.open('/x', { cookie: world.cookie(visitor) });
    assert.equal(reply.text, visitor.user.id);
    assert.equal(header(reply, 'cf-cache-status'), undefined);
  }
  assert.equal(world.site.arrivals.length, 3);
});

test('who asks conditionally, for a part or for the header alone is asked who they are', async () => {
  await world.open('/x', { cookie: world.cookie() });
  world.site.arrivals.length = 0;
  const rows: [method: string, headers: Record<string, string>][] = [
    ['GET', { 'if-none-match': '"same"' }],
    ['GET', { 'if-modified-since': 'Sat, 21 Nov 2026 00:00:00 GMT' }],
    ['GET', { range: 'bytes=0-9', 'if-range': '"same"' }],
    ['HEAD', {}],
  ];
  for (const [method, headers] of rows) {
    assertToAuthKit(await world.open('/x', { method, headers }));
    const program = await world.fetch('/x', { method, headers });
    assert.equal(program.status, 401);
  }
  assert.equal(world.site.arrivals.length, 0);
});

test('what a cache does not look at changes nothing about where a visitor is sent', async () => {
  const plain = assertToAuthKit(await world.open('/x'));
  for (const headers of [
    { 'x-forwarded-host': 'evil.example' },
    { 'x-forwarded-proto': 'http', 'x-forwarded-port': '1' },
    { forwarded: 'host=evil.example;proto=http' },
    { 'x-nextjs-data': '1' },
    { 'x-middleware-prefetch': '1', 'x-nextjs-redirect': '/evil' },
  ] as Record<string, string>[]) {
    for (const path of ['/x', '/login?return_to=/x']) {
      const reply = await world.open(path, { headers });
      if (reply.status === 401) continue;
      const sent = assertToAuthKit(reply);
      for (const name of ['redirect_uri', 'client_id', 'response_type'])
        assert.equal(sent.get(name), plain.get(name), name);
      assert.doesNotMatch(sent.toString(), /evil/);
    }
  }
});

test('an answer with a cookie of ours on a style sheet is stored by nobody', async () => {
  world.site.script = (response) =>
    response.writeHead(200, { 'cache-control': 'public, max-age=31536000, immutable' }).end();
  const stale = world.workos.mintSession(undefined, { accessTokenSeconds: -10 });
  const cookie = world.cookie(stale);
  for (const path of ['/a.css', '/public/a.css']) {
    const reply = await world.open(path, { cookie });
    assert.equal(header(reply, 'cache-control'), 'private, no-store');
    assert.match(header(reply, 'vary') ?? '', /Cookie/);
  }
});
