/** A WebSocket is kept from pages of other sites (M-09, RFC 6455 §10.2). */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { test } from 'node:test';
import { identityOf } from './support/echo.ts';
import { SCHEME_HEADER } from './support/gateway.ts';
import { openWorld } from './support/world.ts';

const LISTED = 'https://spa.example.com';
const world = await openWorld({
  variables: {
    CORS_ORIGINS: [LISTED],
    ALLOWED_HOSTS: ['www.example.com'],
    RULES: ['/admin role:owner'],
    UNAUTHENTICATED_PATHS: ['/open'],
  },
});
const OWN = world.address.origin;

// The site accepts (RFC 6455 §4.2.2).
world.site.onUpgrade = ({ headers }, socket) => {
  const key = `${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash('sha1').update(key).digest('base64');
  const lines = `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}`;
  socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines}\r\n\r\n`);
};

/** Asks for a WebSocket from a page of `origin`; resolves to the status. */
function ask(path: string, origin: string | undefined, cookie?: string): Promise<number> {
  const headers = {
    host: world.address.host,
    [SCHEME_HEADER]: 'https',
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...(origin !== undefined && { origin }),
    ...(cookie !== undefined && { cookie }),
  };
  return new Promise((resolve, reject) => {
    const { port } = world.gateway;
    const asked = request({ host: '127.0.0.1', port, path, agent: false, headers });
    asked.on('error', reject);
    asked.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve(response.statusCode ?? 0);
    });
    asked.end();
  });
}

test('with a session only our own pages and those on the list get one', async (t) => {
  const cookie = world.cookie();
  const rows: [origin: string | undefined, status: number][] = [
    [OWN, 101],
    [LISTED, 101],
    [undefined, 101],
    ['https://evil.example', 403],
    ['https://www.example.com', 403],
    ['https://app.example.com.evil.example', 403],
    ['http://app.example.com', 403],
    ['https://app.example.com:8443', 403],
    ['null', 403],
  ];
  for (const path of ['/socket', '/open']) {
    for (const [origin, status] of rows) {
      await t.test(`${path} from ${origin ?? 'nowhere'}`, async () => {
        assert.equal(await ask(path, origin, cookie), status);
        assert.equal(world.site.arrivals.length, status === 101 ? 1 : 0);
        if (status !== 101) return;
        assert.equal(identityOf(world.arrival())['x-authkit-authenticated'], 'true');
      });
    }
  }
});

test('without a session it is 401, wherever it comes from', async () => {
  for (const origin of [OWN, LISTED, 'https://evil.example', undefined])
    assert.equal(await ask('/socket', origin), 401, String(origin));
  assert.equal(world.site.arrivals.length, 0);
});

test('where anybody may, nobody’s session is at stake', async () => {
  assert.equal(await ask('/open', 'https://evil.example'), 101);
  assert.equal(identityOf(world.arrival())['x-authkit-authenticated'], 'false');
});

test('rules hold for it, too', async () => {
  assert.equal(await ask('/admin', OWN, world.cookie()), 403);
  assert.equal(world.site.arrivals.length, 0);
});
