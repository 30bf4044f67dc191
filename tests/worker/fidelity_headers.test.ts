/** Header fields pass as they came, but for those that end at every hop. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SCHEME_HEADER } from './support/gateway.ts';
import { exchangeBytes } from './support/http.ts';
import { until } from './support/until.ts';
import { startWireSite } from './support/wire_site.ts';
import { openWorld } from './support/world.ts';

const wire = await startWireSite();
const world = await openWorld({
  variables: {
    ORIGIN: `http://127.0.0.1:${wire.port}`,
    MATCHER: ['/((?!static/).*)'],
    UNAUTHENTICATED_PATHS: '/public',
  },
});
const PATHS = ['/x', '/static/x'];

/** Lets the site answer with these lines. */
function says(lines: string): void {
  const rest = 'Content-Length: 2\r\nConnection: close\r\n\r\nok';
  wire.answer = (socket) =>
    void socket.end(Buffer.from(`HTTP/1.1 200 OK\r\n${lines}${rest}`, 'latin1'));
}

/** Asks with these lines; returns the answer, and what reached the site. */
async function ask(
  lines: string,
  path = '/x',
  method = 'GET',
  body = '',
  cookie = world.cookie(),
): Promise<[string, string]> {
  wire.heads.length = 0;
  wire.bodies.length = 0;
  const own = `Host: app.example.com\r\n${SCHEME_HEADER}: https\r\n`;
  const last = /^connection: /im.test(lines)
    ? lines.replace(/^(connection: .*)$/im, '$1, close')
    : `${lines}Connection: close\r\n`;
  const bytes = `${method} ${path} HTTP/1.1\r\n${own}Cookie: ${cookie}\r\n${last}\r\n${body}`;
  const answer = await exchangeBytes(world.gateway.port, bytes);
  return [answer, wire.heads[0] ?? ''];
}

/** The values of a field in a head. */
function values(head: string, name: string): string[] {
  const lines = head.split('\r\n').map((line) => line.split(/: ?/, 2));
  return lines.filter(([key]) => key?.toLowerCase() === name).map(([, value = '']) => value);
}

test('bytes beyond ASCII pass both ways', async () => {
  for (const value of ['caf\xe9', '\x80\x81\xfe\xff', 'Zo\xc3\xab \xf0\x9f\x91\x8b', '\xa0x']) {
    for (const path of PATHS) {
      says(`X-Own: ${value}\r\n`);
      const [answer, head] = await ask(`X-Custom: ${value}\r\n`, path);
      assert.deepEqual(values(head, 'x-custom'), [value]);
      assert.deepEqual(values(answer, 'x-own'), [value]);
    }
  }
});

test('the site’s cookies beside ours keep all that is UTF-8', async () => {
  const rows: [sent: string, arrived: string][] = [
    ['a=Zo\xc3\xab', 'a=Zo\xc3\xab'],
    ['a="x y"; b=\xf0\x9f\x91\x8b', 'a="x y"; b=\xf0\x9f\x91\x8b'],
    // The runtime has only a text of it.
    ['a=caf\xe9', 'a=caf\xef\xbf\xbd'],
  ];
  for (const [sent, arrived] of rows) {
    for (const path of PATHS) {
      const [, head] = await ask('', path, 'GET', '', `${sent}; ${world.cookie()}; z=1`);
      assert.deepEqual(values(head, 'cookie'), [`${arrived}; z=1`]);
      const [, apart] = await ask('', '/public', 'GET', '', `${sent}; z=1`);
      assert.deepEqual(values(apart, 'cookie'), [`${sent}; z=1`]);
    }
  }
});

test('a field of 32 kilobytes, and four hundred fields, pass both ways', async () => {
  const large = 'v'.repeat(32_000);
  const many = Array.from({ length: 400 }, (_, number) => `X-Many-${number}: ${number}\r\n`);
  for (const path of PATHS) {
    says(`X-Large: ${large}\r\n`);
    const [answer, head] = await ask(`X-Large: ${large}\r\n`, path);
    assert.deepEqual(values(head, 'x-large'), [large]);
    assert.deepEqual(values(answer, 'x-large'), [large]);
    says(many.join(''));
    const [manyBack, manyThere] = await ask(many.join(''), path);
    for (const text of [manyThere, manyBack]) {
      assert.equal(text.match(/^x-many-\d+: \d+$/gim)?.length, 400);
    }
  }
});

test('lines of one name keep their order', async () => {
  says('X-Own: 1\r\nX-Own: 2\r\nWarning: a, b\r\nLink: </a>; rel=preload\r\nLink: </b>\r\n');
  for (const path of PATHS) {
    const [answer, head] = await ask(
      'X-Custom: 1\r\nX-Custom: 2, 3\r\nAccept: a\r\nAccept: b\r\n',
      path,
    );
    assert.equal(values(head, 'x-custom').join(', '), '1, 2, 3');
    assert.equal(values(head, 'accept').join(', '), 'a, b');
    assert.equal(values(answer, 'x-own').join(', '), '1, 2');
    assert.equal(values(answer, 'link').join(', '), '</a>; rel=preload, </b>');
  }
});

test('an upgrade to anything but a WebSocket goes no further', async () => {
  for (const lines of [
    'Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQ\r\n',
    'Upgrade: TLS/1.0\r\nConnection: Upgrade\r\n',
    'Upgrade: h2c, websocket\r\nConnection: Upgrade\r\n',
  ]) {
    const [answer, head] = await ask(lines);
    assert.match(answer, /^HTTP\/1\.1 200 /);
    for (const name of ['upgrade', 'connection', 'http2-settings'])
      assert.deepEqual(values(head, name), [], lines);
  }
});

test('trailers are nobody’s word', async () => {
  const chunked = 'Transfer-Encoding: chunked\r\nTrailer: X-AuthKit-User-Id\r\n';
  const body = '5\r\nhello\r\n0\r\nX-AuthKit-User-Id: mallory\r\nX-Late: 1\r\n\r\n';
  wire.answer = async (socket) => {
    await until(() => wire.bodies[0]?.endsWith('\r\n\r\n'), 'the end of the body');
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  };
  const [answer, head] = await ask(chunked, '/x', 'POST', body);
  assert.match(answer, /^HTTP\/1\.1 200 /);
  assert.deepEqual(values(head, 'trailer'), []);
  assert.doesNotMatch(head, /mallory|x-late/i);
  assert.equal(wire.bodies[0], '5\r\nhello\r\n0\r\n\r\n');
});

test('trailers of the site’s end here too, and its answer is whole', async () => {
  wire.answer = (socket) =>
    void socket.end(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-AuthKit-Late\r\n\r\n' +
        '2\r\nok\r\n0\r\nX-AuthKit-Late: 1\r\nSet-Cookie: wos-session=evil\r\n\r\n',
    );
  const [answer] = await ask('');
  assert.ok(answer.endsWith('\r\n\r\n2\r\nok\r\n0\r\n\r\n'), answer);
  assert.doesNotMatch(answer, /late|evil/i);
});

test('a hint ahead of the answer is left out, the answer is not', async () => {
  wire.answer = (socket) =>
    void socket.end(
      'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n' +
        'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok',
    );
  const reply = await world.open('/x', { cookie: world.cookie() });
  assert.equal(reply.status, 200);
  assert.equal(reply.text, 'ok');
});

test('what the site says of its own connection stays on it', async () => {
  says('Keep-Alive: timeout=5\r\nTE: trailers\r\nTrailer: X-A\r\nUpgrade: h2c\r\nX-Own: 1\r\n');
  for (const path of PATHS) {
    const [answer] = await ask('', path);
    assert.deepEqual(values(answer, 'x-own'), ['1']);
    for (const name of ['keep-alive', 'te', 'trailer', 'upgrade'])
      assert.deepEqual(values(answer, name), [], name);
  }
});

test('a status no answer can have harms nobody', async () => {
  for (const status of ['099', '199', '600', '999', '20', 'OK']) {
    wire.answer = (socket) =>
      void socket.end(`HTTP/1.1 ${status} X\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok`);
    const [answer] = await ask('');
    assert.match(answer, /^HTTP\/1\.1 50[02] /, status);
    says('');
    assert.match((await ask(''))[0], /^HTTP\/1\.1 200 /);
  }
});

test('an answer that is no HTTP does not bring the gateway down', async () => {
  for (const line of [
    'X-\xe9: 1\r\n',
    'X A: 1\r\n',
    ': x\r\n',
    'X-A: a\x00b\r\n',
    'no colon\r\n',
  ]) {
    says(line);
    const [answer] = await ask('');
    assert.match(answer, /^HTTP\/1\.1 (200|502) /);
    says('');
    assert.match((await ask(''))[0], /^HTTP\/1\.1 200 /);
  }
});
