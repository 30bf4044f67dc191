/** Whoever breaks off in the middle, the other side is told, and nothing is sent twice. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import { SCHEME_HEADER } from './support/gateway.ts';
import { setCookies } from './support/http.ts';
import { until } from './support/until.ts';
import { startWireSite } from './support/wire_site.ts';
import { openWorld } from './support/world.ts';

const wire = await startWireSite();
const world = await openWorld({ variables: { ORIGIN: `http://127.0.0.1:${wire.port}` } });
const echo = await openWorld({ beside: world });

const AGES: [name: string, cookie: () => string][] = [
  ['good', () => world.cookie()],
  [
    'renewed on the way',
    () => world.cookie(world.workos.mintSession(undefined, { accessTokenSeconds: -10 })),
  ],
];

const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n';
const TOLD = 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nfirst';

for (const [age, cookie] of AGES) {
  describe(`with a session that is ${age}`, () => {
    const ways: [name: string, begin: string, end: (socket: Socket) => void][] = [
      ['chunks that end without an end', CHUNKED, (socket) => socket.end()],
      ['chunks and a reset', CHUNKED, (socket) => socket.resetAndDestroy()],
      ['a chunk cut in two', `${CHUNKED}9\r\nsec`, (socket) => socket.end()],
      ['chunks that are none', `${CHUNKED}zz\r\n`, (socket) => socket.end()],
      ['less than was told', TOLD, (socket) => socket.end()],
      ['less than was told, and a reset', TOLD, (socket) => socket.resetAndDestroy()],
    ];
    for (const [name, begin, end] of ways) {
      test(`an answer that breaks off is seen to: ${name}`, async () => {
        wire.answer = (socket) => void socket.write(begin, () => setTimeout(end, 20, socket));
        const reply = await world.open('/x', { cookie: cookie() });
        assert.equal(reply.status, 200);
        assert.equal(reply.complete, false);
        assert.match(reply.text, /^first/);
      });
    }

    test('an answer that ends with its connection is whole', async () => {
      wire.answer = (socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\nall there is');
      const reply = await world.open('/x', { cookie: cookie() });
      assert.equal(reply.text, 'all there is');
      assert.ok(reply.complete);
    });

    test('no answer is a page, and a session that was renewed comes with it', async () => {
      for (const bytes of ['', 'HTTP/1.1', 'HTTP/1.1 200 OK\r\nX-A: 1\r\n', 'SSH-2.0-x\r\n\r\n']) {
        wire.answer = (socket) => void socket.end(bytes);
        const reply = await world.open('/x', { cookie: cookie() });
        assert.equal(reply.status, 502, bytes);
        assert.equal(setCookies(reply).length, age === 'good' ? 0 : 1);
      }
    });

    test('a visitor who leaves in mid-upload takes the request along', async () => {
      let closed = false;
      let seen = 0;
      echo.site.onRequest = (request: IncomingMessage) => {
        request.on('data', (chunk: Buffer) => {
          seen += chunk.length;
        });
        request.once('close', () => {
          closed = !request.complete;
        });
      };
      const upload = uploading(cookie());
      upload.write('x'.repeat(100_000));
      await until(() => seen > 0 || undefined, 'the first bytes at the site');
      upload.destroy();
      await until(() => closed || undefined, 'the site to be told');
      echo.site.onRequest = undefined;
      assert.equal(echo.site.arrivals.length, 0, 'half a body is no request');
    });
  });
}

/** After an answer the connection stays open; the next request on it is not answered. */
for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'GET']) {
  test(`a ${method} on a connection that has gone stale reaches the site at most once`, async () => {
    const cookie = world.cookie();
    let asked = 0;
    wire.answer = (socket) => {
      asked += 1;
      if (asked > 1) socket.destroy();
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    };
    assert.equal((await world.fetch('/1', { cookie })).status, 200);
    const body = method === 'GET' ? {} : { body: 'one of these' };
    const reply = await world.fetch('/2', { method, cookie, ...body });
    assert.equal(reply.status, 502);
    const heads = wire.heads.filter((head) => head.startsWith(`${method} /2`));
    assert.equal(heads.length, 1);
  });
}

function uploading(cookie: string): ClientRequest {
  const headers = { host: 'app.example.com', [SCHEME_HEADER]: 'https', cookie };
  const { port } = echo.gateway;
  const options = { host: '127.0.0.1', port, path: '/upload', method: 'POST', agent: false };
  const request = httpRequest({ ...options, headers });
  void once(request, 'response').catch(() => {});
  request.on('error', () => {});
  return request;
}
