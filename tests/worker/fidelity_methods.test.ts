/** Methods and bodies reach the site as they came, or not at all. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { METHODS } from 'node:http';
import { test } from 'node:test';
import { blocks, send, sumOf } from './support/bulk.ts';
import { valuesOf } from './support/echo.ts';
import { SCHEME_HEADER } from './support/gateway.ts';
import { exchangeBytes } from './support/http.ts';
import { openWorld, type World } from './support/world.ts';

const world = await openWorld();
const cookie = world.cookie();

/** The runtime keeps CONNECT to itself: 500, and it complains in the log. */
const KNOWN = METHODS.filter((method) => method !== 'CONNECT');
const MADE_UP = ['FOO', 'get', 'Post', 'G-T'];

test('a method reaches the site under its own name, or is refused', async (t) => {
  const passed: string[] = [];
  const refused: string[] = [];
  for (const method of [...KNOWN, ...MADE_UP]) {
    world.site.arrivals.length = 0;
    const status = await statusOf(method);
    const [arrival] = world.site.arrivals;
    if (arrival) {
      assert.equal(arrival.method, method);
      passed.push(method);
    } else {
      assert.ok([0, 400, 405, 501].includes(status), `${method}: ${status}`);
      refused.push(`${method} ${status}`);
    }
  }
  t.diagnostic(`pass: ${passed.join(' ')}; refused: ${refused.join(', ')}`);
  for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
    assert.ok(passed.includes(method), method);
  for (const method of MADE_UP) assert.ok(!passed.includes(method), method);
});

test('a body of any size reaches the site once and whole', async (t) => {
  for (const bytes of [0, 1, 65_535, 65_536, 65_537, 1_000_003]) {
    for (const told of [true, false]) {
      await t.test(
        `${bytes} bytes, ${told ? 'of a length that is told' : 'in chunks'}`,
        async () => {
          const headers = told ? [['content-length', String(bytes)] as const] : [];
          const body = blocks(bytes);
          const response = await send(world, { path: '/x', method: 'POST', cookie, headers, body });
          await sumOf(response);
          assert.equal(response.statusCode, 200);
          assert.equal(world.site.arrivals.length, 1);
          const { bodyBytes, bodySha256: sha256 } = world.arrival();
          assert.deepEqual({ bytes: bodyBytes, sha256 }, await sumOf(blocks(bytes)));
          const [length] = valuesOf(world.arrival(), 'content-length');
          if (told) assert.equal(length, String(bytes));
          world.site.arrivals.length = 0;
        },
      );
    }
  }
});

test('a body that is compressed is not unpacked', async () => {
  const body = Buffer.from([0x1f, 0x8b, 8, 0, 0xff, 1, 2, 3]);
  for (const encoding of ['gzip', 'br', 'made-up']) {
    const headers = { 'content-encoding': encoding, 'content-type': 'application/x' };
    const reply = await world.fetch('/x', { method: 'PUT', cookie, headers, body });
    assert.equal(reply.status, 200);
    assert.deepEqual(valuesOf(world.arrival(), 'content-encoding'), [encoding]);
    const sha256 = createHash('sha256').update(body).digest('hex');
    assert.equal(world.arrival().bodySha256, sha256);
  }
});

test('a GET that has a body reaches the site without it', async () => {
  const reply = await world.fetch('/x', { cookie, body: 'nobody expects this' });
  assert.equal(reply.status, 200);
  assert.equal(world.arrival().bodyBytes, 0);
});

test('a request that says nothing of a body has none', async () => {
  for (const method of ['POST', 'DELETE']) {
    assert.equal(await statusOf(method), 200);
    assert.equal(world.arrival().bodyBytes, 0);
    assert.deepEqual(valuesOf(world.arrival(), 'content-type'), []);
  }
});

test('who waits to be told to go on is told, and the body arrives', async () => {
  const answer = await exchangeBytes(
    world.gateway.port,
    `${lineOf(world, 'POST')}Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello`,
  );
  assert.match(answer, /^HTTP\/1\.1 (100 .*?\r\n\r\nHTTP\/1\.1 )?200 /s);
  assert.equal(world.arrival().bodyBytes, 5);
});

/** The status, or 0 where the connection was closed without one. */
async function statusOf(method: string): Promise<number> {
  const answer = await exchangeBytes(world.gateway.port, `${lineOf(world, method)}\r\n`);
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
}

/** A request by hand, up to the lines a test adds. */
function lineOf({ address }: World, method: string): string {
  const own = `Host: ${address.host}\r\n${SCHEME_HEADER}: https\r\nConnection: close\r\n`;
  return `${method} /x HTTP/1.1\r\n${own}Cookie: ${cookie}\r\n`;
}
