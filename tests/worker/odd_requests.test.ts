import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { person } from '../../dev/workos.ts';
import { identityOf } from './support/echo.ts';
import { SCHEME_HEADER } from './support/gateway.ts';
import { exchangeBytes } from './support/http.ts';
import { until } from './support/until.ts';
import { openWorld } from './support/world.ts';

const world = await openWorld({ variables: { UNAUTHENTICATED_PATHS: '/public' } });

/** One request as bytes; returns the status. */
async function status(lines: string, target = '/x'): Promise<number> {
  const answer = await exchangeBytes(
    world.gateway.port,
    `GET ${target} HTTP/1.1\r\nHost: app.example.com\r\n${SCHEME_HEADER}: https\r\nConnection: close\r\n${lines}\r\n`,
  );
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
}

test('bytes that are no text do no harm', async (t) => {
  const rows: [name: string, lines: string][] = [
    ['in a field', 'X-Custom: \xff\xfe\x80\r\n'],
    ['in a cookie', 'Cookie: a=\xff; wos-session=\xc3\x28; b=\x80\r\n'],
    ['in a cookie’s name', 'Cookie: \xffwos-session=v1.x\r\n'],
    ['in Accept', 'Accept: text/\xe9html\r\n'],
    ['in Origin', 'Origin: \xe9\r\nSec-Fetch-Site: \xff\r\n'],
    ['in Connection', 'Connection: \xe9, close\r\n'],
    ['a bare control', 'X-Custom: a\x01b\r\n'],
  ];
  for (const [name, lines] of rows) {
    await t.test(name, async () => {
      assert.ok([401, 400].includes(await status(lines)), name);
      assert.ok([200, 400].includes(await status(lines, '/public')), name);
      assert.equal((await world.ask({ path: '/public' })).status, 200);
    });
  }
});

test('a flood of fields or cookies is answered, and the gateway lives', async (t) => {
  const rows: [name: string, lines: string][] = [
    [
      'fields',
      Array.from({ length: 500 }, (_, n) => `X-Field-${n}: ${'v'.repeat(20)}\r\n`).join(''),
    ],
    ['cookies', `Cookie: ${Array.from({ length: 2000 }, (_, n) => `c${n}=1`).join('; ')}\r\n`],
    [
      'sessions',
      `Cookie: ${Array.from({ length: 500 }, () => 'wos-session=v1.AAAA').join('; ')}\r\n`,
    ],
    [
      'flows',
      `Cookie: ${Array.from({ length: 300 }, (_, n) => `__Host-authkit-flow-${n.toString(16).padStart(8, '0')}=v1.A`).join('; ')}\r\n`,
    ],
    ['a megabyte', `X-Large: ${'v'.repeat(1_000_000)}\r\n`],
  ];
  for (const [name, lines] of rows) {
    await t.test(name, async () => {
      assert.ok([0, 400, 401, 413, 414, 431].includes(await status(lines)), name);
      assert.equal((await world.ask({ path: '/public' })).status, 200);
    });
  }
});

test('visitors side by side are never taken for each other', async () => {
  const visitors = Array.from({ length: 40 }, (_, number) =>
    world.workos.mintSession(person({ email: `visitor${number}@example.com` }), {
      accessTokenSeconds: number % 3 === 0 ? -10 : 300,
    }),
  );
  const cookies = visitors.map((visitor) => world.cookie(visitor));
  for (const round of [1, 2]) {
    const replies = await Promise.all(
      cookies.map((cookie, number) => world.fetch(`/${round}/${number}`, { cookie })),
    );
    for (const [number, reply] of replies.entries()) {
      assert.equal(reply.status, 200);
      const arrival = world.site.arrivals.find(({ url }) => url === `/${round}/${number}`);
      assert.equal(
        identityOf(arrival ?? assert.fail())['x-authkit-session-id'],
        visitors[number]?.sid,
      );
    }
  }
});

test('requests on one connection are strangers to each other', async () => {
  const [ada, grace] = world.workos.people.map((one) => world.workos.mintSession(one));
  assert.ok(ada && grace);
  const lines = (path: string, cookie = '', last = false) =>
    `GET ${path} HTTP/1.1\r\nHost: app.example.com\r\n${SCHEME_HEADER}: https\r\n${cookie && `Cookie: ${cookie}\r\n`}${last ? 'Connection: close\r\n' : ''}\r\n`;
  const answer = await exchangeBytes(
    world.gateway.port,
    lines('/1', world.cookie(ada)) +
      lines('/2', world.cookie(grace)) +
      lines('/3') +
      lines('/public', '', true),
  );
  assert.deepEqual(
    answer.match(/HTTP\/1\.1 \d{3}/g),
    [200, 200, 401, 200].map((code) => `HTTP/1.1 ${code}`),
  );
  const told = world.site.arrivals.map((arrival) => identityOf(arrival)['x-authkit-user-id']);
  assert.deepEqual(told, [ada.user.id, grace.user.id, undefined]);
});

test('an upload streams: its first bytes reach the site before its last are sent', async () => {
  const seen: string[] = [];
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const listener = (request: IncomingMessage) => {
    request.on('data', (chunk: Buffer) => seen.push(chunk.toString()));
    request.on('end', end);
  };
  world.site.onRequest = listener;
  const upload = httpRequest({
    host: '127.0.0.1',
    port: world.gateway.port,
    path: '/upload',
    method: 'POST',
    agent: false,
    headers: { host: 'app.example.com', [SCHEME_HEADER]: 'https', cookie: world.cookie() },
  });
  upload.write('first');
  await until(() => seen.join('') === 'first' || undefined, 'the first bytes');
  upload.end(' last');
  const [response] = (await once(upload, 'response')) as [IncomingMessage];
  response.resume();
  await ended;
  world.site.onRequest = undefined;
  assert.equal(response.statusCode, 200);
  assert.equal(seen.join(''), 'first last');
});

test('a stranger’s upload is refused without a byte of it reaching the site', async () => {
  const upload = httpRequest({
    host: '127.0.0.1',
    port: world.gateway.port,
    path: '/upload',
    method: 'POST',
    agent: false,
    headers: { host: 'app.example.com', expect: '100-continue', 'content-length': '10000000' },
  });
  upload.on('error', () => {});
  upload.flushHeaders();
  const [response] = (await once(upload, 'response')) as [IncomingMessage];
  upload.destroy();
  assert.equal(response.statusCode, 401);
  assert.equal(world.site.arrivals.length, 0);
});

test('a visitor who leaves in the middle of an answer harms nobody', async () => {
  world.site.script = (response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.write('x'.repeat(100_000));
  };
  const leaving = httpRequest({
    host: '127.0.0.1',
    port: world.gateway.port,
    path: '/x',
    agent: false,
    headers: { host: 'app.example.com', cookie: world.cookie() },
  });
  leaving.on('error', () => {});
  leaving.end();
  const [response] = (await once(leaving, 'response')) as [IncomingMessage];
  await once(response, 'data');
  response.on('error', () => {});
  leaving.destroy();
  world.site.script = undefined;
  assert.equal((await world.open('/x', { cookie: world.cookie() })).status, 200);
});
