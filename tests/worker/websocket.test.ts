import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { describe, test } from 'node:test';
import { identityOf, valuesOf } from './support/echo.ts';
import { frame, handshake, unframed } from './support/upgrade.ts';
import { openWorld, type World } from './support/world.ts';

for (const behind of ['url', 'service', 'same-url'] as const) {
  describe(`a WebSocket to a site (${behind})`, async () => {
    const world = await openWorld({ behind });
    world.site.onUpgrade = greet;
    opens(world);
  });
}

function opens(world: World): void {
  test('opens with a session, and carries what is said both ways', async () => {
    const session = world.workos.mintSession();
    const { status, socket } = await handshake(world, '/socket?room=1', world.cookie(session));
    assert.equal(status, 101);
    assert.ok(socket);
    socket.write(frame('hello'));
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    assert.equal(unframed(bytes), 'hello, you');
    socket.destroy();
    const arrival = world.arrival();
    assert.equal(arrival.url, '/socket?room=1');
    assert.equal(identityOf(arrival)['x-authkit-user-id'], session.user.id);
    assert.deepEqual(valuesOf(arrival, 'cookie'), []);
  });

  test('is refused without one, by a status and not a redirect', async () => {
    for (const cookie of [undefined, 'wos-session=v1.junk']) {
      const { status, lines, setCookies } = await handshake(world, '/socket', cookie, [
        ['accept', 'text/html'],
      ]);
      assert.equal(status, 401);
      assert.deepEqual(setCookies, []);
      assert.ok(lines.every(([name]) => name !== 'location'));
    }
    assert.equal(world.site.arrivals.length, 0);
  });

  test('renews a session first, and brings its cookie along', async () => {
    const stale = world.workos.mintSession(undefined, { accessTokenSeconds: -10 });
    const { status, setCookies, socket } = await handshake(world, '/socket', world.cookie(stale));
    socket?.destroy();
    assert.equal(status, 101);
    assert.match(setCookies[0] ?? '', /^wos-session=v1\./);
  });

  test('is not opened in an outage', async () => {
    world.workos.fault({
      endpoint: 'authenticate',
      status: 503,
      headers: { 'retry-after': '5' },
      times: Infinity,
    });
    const stale = world.workos.mintSession(undefined, { accessTokenSeconds: -10 });
    const { status } = await handshake(world, '/socket', world.cookie(stale));
    assert.equal(status, 503);
    assert.equal(world.site.arrivals.length, 0);
  });

  test('says nothing of its visitor’s own invention', async () => {
    const spoof = [
      ['x-authkit-user-id', 'mallory'],
      ['x_authkit_role', 'admin'],
    ] as const;
    const session = world.workos.mintSession();
    const { socket } = await handshake(world, '/socket', world.cookie(session), spoof);
    socket?.destroy();
    assert.equal(identityOf(world.arrival())['x-authkit-user-id'], session.user.id);
    assert.ok(world.arrival().headers.every(([, value]) => value !== 'mallory'));
  });

  test('may be declined by the site', async () => {
    world.site.onUpgrade = (_request, socket) => {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nX-Own: 1\r\n\r\nno');
    };
    const { status, lines } = await handshake(world, '/socket', world.cookie());
    world.site.onUpgrade = greet;
    assert.equal(status, 403);
    assert.ok(lines.some(([name]) => name === 'x-own'));
  });
}

/** Accepts (RFC 6455 §4.2.2), and answers one small frame. */
function greet(request: IncomingMessage, socket: Duplex): void {
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash('sha1').update(key).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  socket.once('data', (bytes: Buffer) => {
    const [, length = 0] = bytes;
    const mask = bytes.subarray(2, 6);
    const payload = bytes
      .subarray(6, 6 + (length & 0x7f))
      .map((byte, index) => byte ^ (mask[index % 4] ?? 0));
    const text = Buffer.concat([payload, Buffer.from(', you')]);
    socket.write(Buffer.concat([Buffer.from([0x81, text.length]), text]));
  });
}
