import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { get } from 'node:http';
import { describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { identityOf, nobodyAt, valuesOf } from './support/echo.ts';
import { assertPage, assertToAuthKit } from './support/expect.ts';
import { header, jsonOf, setCookies } from './support/http.ts';
import { openWorld, type World, type WorldOptions } from './support/world.ts';

/** A Worker as the site: what a static site's binding is, with its own word on every header. */
const ASSETS = `export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === '/empty') return new Response(null, { status: 204, headers: { 'set-cookie': 'a=1' } });
    if (pathname === '/moved') return new Response(null, { status: 307, headers: { location: '/there' } });
    if (pathname === '/missing') return new Response('own words', { status: 404 });
    const headers = Object.fromEntries(request.headers);
    const hash = await crypto.subtle.digest('SHA-256', await request.arrayBuffer());
    const bodySha256 = [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    return Response.json({ method: request.method, url: request.url, headers, bodySha256 });
  }
}`;

const KINDS: [name: string, options: WorldOptions][] = [
  ['at ORIGIN', { behind: 'url' }],
  ['behind a service binding', { behind: 'service' }],
  ['behind the request’s own URL', { behind: 'same-url' }],
];

for (const [name, options] of KINDS) {
  describe(`a site ${name}`, async () => {
    const world = await openWorld({
      ...options,
      variables: { UNAUTHENTICATED_PATHS: '/public/:path*' },
    });
    proxies(world);
  });
}

function proxies(world: World): void {
  const cookie = () => world.cookie();

  test('is reached by a whole sign-in', async () => {
    const { url, reply } = await world.browser().signIn('/x?y=a%2Fb');
    assert.equal(url.search, '?y=a%2Fb');
    assert.equal(jsonOf(reply).url, '/x?y=a%2Fb');
  });

  test('gets method, query and body as they came', async (t) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
      await t.test(method, async () => {
        const body = `${method} ä\0\n`;
        const reply = await world.fetch('/api?q=1+2&q=%2F', { method, body, cookie: cookie() });
        assert.equal(reply.status, 200);
        const arrival = world.arrival();
        assert.equal(arrival.method, method);
        assert.equal(arrival.url, '/api?q=1+2&q=%2F');
        assert.equal(arrival.bodySha256, createHash('sha256').update(body).digest('hex'));
      });
    }
  });

  test('gets a megabyte whole, and sends one back', async () => {
    const body = randomBytes(1_000_000);
    world.site.script = undefined;
    await world.fetch('/upload', { method: 'POST', body, cookie: cookie() });
    assert.equal(world.arrival().bodySha256, createHash('sha256').update(body).digest('hex'));
    world.site.script = (response) => response.end(body);
    const reply = await world.open('/download', { cookie: cookie() });
    assert.ok(reply.body.equals(body));
  });

  test('answers HEAD without a body, 204 and 304 as they are', async () => {
    const head = await world.open('/x', { method: 'HEAD', cookie: cookie() });
    assert.equal(head.status, 200);
    assert.equal(head.text, '');
    assert.equal(world.arrival().method, 'HEAD');
    for (const status of [204, 304]) {
      world.site.script = (response) => response.writeHead(status, { etag: '"x"' }).end();
      const reply = await world.open('/x', {
        cookie: cookie(),
        headers: { 'if-none-match': '"x"' },
      });
      assert.equal(reply.status, status);
      assert.equal(header(reply, 'etag'), '"x"');
      assert.equal(reply.text, '');
    }
  });

  test('has its own status, header lines and cookies', async () => {
    world.site.script = (response) => {
      response.writeHead(418, 'Teapot', [
        ...['Set-Cookie', 'a=1; Path=/; Expires=Sat, 21 Nov 2026 00:00:00 GMT'],
        ...['Set-Cookie', 'b=2, c=3'],
        ...['Set-Cookie', 'd=4'],
        ...['X-Own', 'caf\u00e9'],
      ]);
      response.end('short and stout');
    };
    const reply = await world.open('/x', { cookie: cookie() });
    assert.equal(reply.status, 418);
    assert.equal(reply.text, 'short and stout');
    assert.deepEqual(setCookies(reply), [
      'a=1; Path=/; Expires=Sat, 21 Nov 2026 00:00:00 GMT',
      'b=2, c=3',
      'd=4',
    ]);
    assert.equal(header(reply, 'x-own'), 'caf\u00e9');
  });

  test('redirects the visitor, not the gateway', async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      world.site.script = (response) =>
        response.writeHead(status, { location: '/elsewhere?x=1' }).end();
      const reply = await world.open('/x', { cookie: cookie() });
      assert.equal(reply.status, status);
      assert.equal(header(reply, 'location'), '/elsewhere?x=1');
    }
    assert.equal(world.site.arrivals.length, 5);
  });

  test('may compress what it sends', async () => {
    const zipped = gzipSync('hello '.repeat(1000));
    world.site.script = (response) =>
      response
        .writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'text/plain' })
        .end(zipped);
    const reply = await world.open('/x', {
      cookie: cookie(),
      headers: { 'accept-encoding': 'gzip' },
    });
    assert.equal(header(reply, 'content-encoding'), 'gzip');
    assert.equal(gunzipSync(reply.body).toString(), 'hello '.repeat(1000));
  });

  test('is told who is signed in, and nothing by visitors', async () => {
    const headers = {
      'x-authkit-user-id': 'mallory',
      x_authkit_role: 'admin',
      'x-authkit-sign-in-url': 'https://evil.example/',
    };
    await world.open('/public/x', { headers });
    assert.deepEqual(withoutHop(identityOf(world.arrival())), nobodyAt('/public/x'));
    const session = world.workos.mintSession();
    await world.open('/public/x', { headers, cookie: world.cookie(session) });
    assert.equal(identityOf(world.arrival())['x-authkit-user-id'], session.user.id);
    assert.deepEqual(valuesOf(world.arrival(), 'x-authkit-sign-in-url'), []);
    assert.deepEqual(valuesOf(world.arrival(), 'cookie'), []);
  });

  test('never sees strangers on protected paths', async () => {
    assertToAuthKit(await world.open('/x'));
    assert.equal((await world.fetch('/x')).status, 401);
    assert.equal(world.site.arrivals.length, 0);
  });

  test('streams: the first bytes arrive before the last are sent', async () => {
    const { promise: seen, resolve: go } = Promise.withResolvers<void>();
    world.site.script = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: 1\n\n');
      void seen.then(() => response.end('data: 2\n\n'));
    };
    const first = await firstBytes(world, cookie());
    assert.equal(first.chunk, 'data: 1\n\n');
    go();
    assert.equal(await first.rest, 'data: 2\n\n');
  });

  test('being down is a page', async () => {
    world.site.down = true;
    assertPage(await world.open('/x', { cookie: cookie() }), 502, "This site can't be reached");
  });
}

describe('a site behind an assets binding', async () => {
  const world = await openWorld({
    behind: { assets: ASSETS },
    variables: { UNAUTHENTICATED_PATHS: '/public' },
  });

  test('is reached by a whole sign-in, and told who it is', async () => {
    const { reply } = await world.browser().signIn('/x?y=a%2Fb');
    const { url, headers } = jsonOf(reply) as { url: string; headers: Record<string, string> };
    assert.equal(url, 'https://app.example.com/x?y=a%2Fb');
    assert.equal(headers['x-authkit-authenticated'], 'true');
    assert.equal(headers.cookie, undefined);
  });

  test('gets bodies, and answers as it likes', async () => {
    const body = randomBytes(100_000);
    const cookie = world.cookie();
    const reply = await world.fetch('/x', { method: 'POST', body, cookie });
    assert.equal(jsonOf(reply).bodySha256, createHash('sha256').update(body).digest('hex'));
    const empty = await world.open('/empty', { cookie });
    assert.equal(empty.status, 204);
    assert.deepEqual(setCookies(empty), ['a=1']);
    const moved = await world.open('/moved', { cookie });
    assert.equal(moved.status, 307);
    assert.equal(header(moved, 'location'), '/there');
    assert.equal((await world.open('/missing', { cookie })).text, 'own words');
  });

  test('never sees strangers on protected paths, and hears nothing from them on public ones', async () => {
    assert.equal((await world.fetch('/x')).status, 401);
    const reply = await world.fetch('/public', { headers: { 'x-authkit-user-id': 'mallory' } });
    const { headers } = jsonOf(reply) as { headers: Record<string, string> };
    assert.equal(headers['x-authkit-user-id'], undefined);
    assert.equal(headers['x-authkit-authenticated'], 'false');
  });
});

describe('where the site is the request’s own URL', () => {
  test('it is asked under the visitor’s own host name', async () => {
    const world = await openWorld({ behind: 'same-url' });
    await world.open('/x', { cookie: world.cookie() });
    assert.deepEqual(valuesOf(world.arrival(), 'host'), ['app.example.com']);
  });

  test('a way that leads back to the gateway ends on a page that names the cure', async () => {
    const world = await openWorld({
      behind: 'loop',
      variables: { UNAUTHENTICATED_PATHS: '/public' },
    });
    for (const reply of [
      await world.open('/x', { cookie: world.cookie() }),
      await world.open('/public'),
    ]) {
      assertPage(reply, 508, 'This site leads back to itself');
      assert.match(reply.text, /ORIGIN/);
    }
    const line = await world.gateway.logged(({ reason }) => reason === 'loop_detected');
    assert.equal(line.level, 'error');
  });

  test('a visitor cannot call for that page', async () => {
    const world = await openWorld({ behind: 'url' });
    const reply = await world.open('/x', {
      cookie: world.cookie(),
      headers: { 'x-authkit-hop': '1' },
    });
    assert.equal(reply.status, 200);
  });
});

test('ORIGIN is asked under its own name, and told the visitor’s', async () => {
  const world = await openWorld();
  await world.open('/x', { cookie: world.cookie() });
  assert.deepEqual(valuesOf(world.arrival(), 'host'), [`127.0.0.1:${world.site.port}`]);
  assert.deepEqual(valuesOf(world.arrival(), 'x-forwarded-host'), ['app.example.com']);
  assert.deepEqual(valuesOf(world.arrival(), 'x-forwarded-proto'), ['https']);
});

function withoutHop({
  'x-authkit-hop': _hop,
  ...identity
}: Record<string, string>): Record<string, string> {
  return identity;
}

async function firstBytes(
  world: World,
  cookie: string,
): Promise<{ chunk: string; rest: Promise<string> }> {
  const headers = { host: world.address.host, cookie, 'x-test-scheme': 'https' };
  return new Promise((resolve, reject) => {
    const request = get({
      host: '127.0.0.1',
      port: world.gateway.port,
      path: '/events',
      headers,
      agent: false,
    });
    request.on('error', reject);
    request.on('response', (response) => {
      response.setEncoding('utf8');
      response.once('data', (chunk: string) => {
        const rest = new Promise<string>((done) => {
          let text = '';
          response.on('data', (more: string) => {
            text += more;
          });
          response.on('end', () => done(text));
        });
        resolve({ chunk, rest });
      });
    });
  });
}
