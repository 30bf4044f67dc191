/** A WebSocket carries whatever either side says, and how it ends. */
import assert from 'node:assert/strict';
import type { Duplex } from 'node:stream';
import { describe, test } from 'node:test';
import { blocks, sumOf } from './support/bulk.ts';
import { acceptUpgrade, closing, type Frame, framed, frames, OPCODE } from './support/frames.ts';
import { SCHEME_HEADER } from './support/gateway.ts';
import { exchangeBytes } from './support/http.ts';
import { handshake } from './support/upgrade.ts';
import { openWorld, type World } from './support/world.ts';

const MESSAGES = 10_000;
const MEGABYTE = 1_000_000;

for (const behind of ['url', 'service'] as const) {
  describe(`a WebSocket to a site (${behind})`, { concurrency: false }, async () => {
    const world = await openWorld({ behind });
    carries(world);
    ends(world);
  });
}

function carries(world: World): void {
  test('carries ten thousand messages, of text and of bytes, in their order', async (t) => {
    const { socket, heard } = await opened(world, echoes);
    const began = performance.now();
    void (async () => {
      for (let number = 0; number < MESSAGES; number += 1) {
        const [opcode, payload] = message(number);
        if (!socket.write(framed(opcode, payload, 'client')))
          await new Promise((resolve) => socket.once('drain', resolve));
      }
    })();
    for (let number = 0; number < MESSAGES; number += 1) {
      const [opcode, payload] = message(number);
      const told = await heard.next();
      assert.equal(told.opcode, opcode);
      assert.ok(told.payload.equals(payload), `message ${number}`);
    }
    const seconds = (performance.now() - began) / 1000;
    t.diagnostic(`${(MESSAGES / seconds).toFixed(0)} messages a second, there and back`);
    socket.destroy();
  });

  test('carries a message of a megabyte, of text and of bytes', async () => {
    const { socket, heard } = await opened(world, echoes);
    const bytes = Buffer.concat([...blocks(MEGABYTE)]);
    for (const [opcode, payload] of [
      [OPCODE.binary, bytes],
      [OPCODE.text, Buffer.from(bytes.toString('hex').slice(0, MEGABYTE))],
    ] as const) {
      socket.write(framed(opcode, payload, 'client'));
      const told = await heard.next();
      assert.equal(told.opcode, opcode);
      assert.deepEqual(await sumOf([told.payload]), await sumOf([payload]));
    }
    socket.destroy();
  });

  test('carries text beyond ASCII, empty messages, and pings are answered', async () => {
    const { socket, heard } = await opened(world, echoes);
    for (const text of ['Zoë 👋 \u0000', '']) {
      socket.write(framed(OPCODE.text, Buffer.from(text), 'client'));
      assert.equal((await heard.next()).payload.toString(), text);
    }
    socket.write(framed(OPCODE.ping, Buffer.from('still there?'), 'client'));
    const pong = await heard.next();
    assert.equal(pong.opcode, OPCODE.pong);
    assert.equal(pong.payload.toString(), 'still there?');
    socket.destroy();
  });
}

function ends(world: World): void {
  for (const [code, reason] of [
    [1000, ''],
    [1001, 'going away'],
    [1011, 'trouble'],
    [3000, 'Zoë'],
    [4999, 'x'.repeat(120)],
  ] as const) {
    test(`the site hears how the visitor ends it: ${code} ${reason.slice(0, 10)}`, async () => {
      const { promise: ended, resolve } = Promise.withResolvers<Frame>();
      const { socket } = await opened(world, (frame) => {
        if (frame.opcode === OPCODE.close) resolve(frame);
      });
      socket.write(closing(code, reason, 'client'));
      assertEnds(await ended, code, reason);
      socket.destroy();
    });

    test(`the visitor hears how the site ends it: ${code} ${reason.slice(0, 10)}`, async () => {
      const { socket, heard } = await opened(world, (frame, site) => {
        if (frame.opcode !== OPCODE.close) site.write(closing(code, reason, 'server'));
      });
      socket.write(framed(OPCODE.text, Buffer.from('go'), 'client'));
      assertEnds(await heard.next(), code, reason);
      socket.destroy();
    });
  }

  test('the visitor hears that the site is gone without a word', async () => {
    const { socket, heard } = await opened(world, (_frame, site) => void site.destroy());
    socket.write(framed(OPCODE.text, Buffer.from('go'), 'client'));
    assert.equal(await heard.end(), true);
  });

  test('the site hears that the visitor is gone without a word', async () => {
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    const { socket, heard } = await opened(world, (frame, site) => {
      site.once('close', resolve);
      echoes(frame, site);
    });
    socket.write(framed(OPCODE.text, Buffer.from('here'), 'client'));
    await heard.next();
    socket.destroy();
    await gone;
  });
}

test('bytes that come too early for a WebSocket are no request to the site', async () => {
  const world = await openWorld();
  for (const accepts of [true, false]) {
    world.site.arrivals.length = 0;
    let heard = '';
    let early = '';
    world.site.onUpgrade = (request, site) => {
      site.on('data', (chunk: Buffer) => {
        heard += chunk.toString('latin1');
      });
      setTimeout(() => {
        early = heard;
        if (accepts) acceptUpgrade(request, site);
        else site.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
      }, 100);
      setTimeout(() => site.destroy(), 300);
    };
    const own = `Host: ${world.address.host}\r\n${SCHEME_HEADER}: https\r\n`;
    const answer = await exchangeBytes(
      world.gateway.port,
      `GET /socket HTTP/1.1\r\n${own}Cookie: ${world.cookie()}\r\nOrigin: ${world.address.origin}\r\n` +
        'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n' +
        `GET /admin HTTP/1.1\r\n${own}Connection: close\r\nX-AuthKit-User-Id: mallory\r\n\r\n`,
    );
    assert.match(answer, accepts ? /^HTTP\/1\.1 101 / : /^HTTP\/1\.1 403 /);
    assert.deepEqual(
      world.site.arrivals.map(({ url }) => url),
      ['/socket'],
    );
    // A site that has said yes speaks no HTTP on this connection any more.
    assert.equal(accepts ? early : heard, '');
  }
});

/** What the site does with each frame. */
type Answer = (frame: Frame, site: Duplex) => void;

interface Opened {
  socket: Duplex;
  heard: { next(): Promise<Frame>; end(): Promise<boolean> };
}

const echoes: Answer = ({ opcode, payload }, site) => {
  if (opcode === OPCODE.ping) site.write(framed(OPCODE.pong, payload, 'server'));
  if (opcode === OPCODE.text || opcode === OPCODE.binary)
    site.write(framed(opcode, payload, 'server'));
};

/** Opens one to a site that answers so. */
async function opened(world: World, answer: Answer): Promise<Opened> {
  world.site.onUpgrade = (request, site) => {
    acceptUpgrade(request, site);
    void (async () => {
      for await (const frame of frames(site)) answer(frame, site);
    })().catch(() => site.destroy());
  };
  const { status, socket } = await handshake(world, '/socket', world.cookie());
  assert.equal(status, 101);
  assert.ok(socket);
  socket.on('error', () => socket.destroy());
  const coming = frames(socket);
  const next = async () => (await coming.next()).value ?? assert.fail('it has ended');
  const end = async () => {
    // A closed connection, or the close frame that stands for one (1006 is never sent).
    const last = await coming.next().catch(() => ({ done: true, value: undefined }));
    return last.done === true || last.value?.opcode === OPCODE.close;
  };
  return { socket, heard: { next, end } };
}

function message(number: number): [opcode: number, payload: Buffer] {
  if (number % 2 === 0) return [OPCODE.text, Buffer.from(`message ${number} ✓`)];
  const payload = Buffer.alloc(1 + (number % 300), number);
  return [OPCODE.binary, payload];
}

function assertEnds({ opcode, payload }: Frame, code: number, reason: string): void {
  assert.equal(opcode, OPCODE.close);
  assert.equal(payload.readUInt16BE(), code);
  assert.equal(payload.subarray(2).toString(), reason);
}
