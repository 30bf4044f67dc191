/** The site's answers reach the visitor byte for byte, whatever they are made of. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { type Headers, header, linesOf, type Reply, setCookies } from './support/http.ts';
import { openWorld, type Visit } from './support/world.ts';

const world = await openWorld({ variables: { MATCHER: ['/((?!static/).*)'] } });
const PLAIN = Buffer.from('the very same bytes '.repeat(500));

/** The answer is left as it is, gets header fields of ours, or a cookie of ours too. */
const WAYS: [name: string, path: string, cookie: () => string][] = [
  ['outside the matcher', '/static/x', () => world.cookie()],
  ['signed in', '/x', () => world.cookie()],
  ['renewed on the way', '/x', stale],
];

function stale(): string {
  return world.cookie(world.workos.mintSession(undefined, { accessTokenSeconds: -10 }));
}

function says(status: number, headers: Headers, body?: Buffer | string): void {
  world.site.script = (response) =>
    void response.writeHead(status, linesOf(headers).flat()).end(body);
}

for (const [way, path, cookie] of WAYS) {
  const ask = (visit: Partial<Visit> = {}): Promise<Reply> =>
    world.open(path, { cookie: cookie(), ...visit });

  describe(`an answer to a visitor ${way}`, () => {
    test('keeps its coding, whatever the visitor can read', async (t) => {
      const codings: [name: string, body: Buffer][] = [
        ['gzip', gzipSync(PLAIN)],
        ['br', brotliCompressSync(PLAIN)],
        ['zstd', zstdCompressSync(PLAIN)],
        ['deflate', deflateSync(PLAIN)],
        ['gzip, br', Buffer.from('not what it says it is')],
        ['identity', PLAIN],
      ];
      for (const [coding, body] of codings) {
        for (const accepted of ['gzip, deflate, br, zstd', 'identity', undefined]) {
          await t.test(`${coding}, to one who accepts ${accepted}`, async () => {
            says(200, { 'content-encoding': coding, 'content-type': 'text/plain' }, body);
            const reply = await ask(
              accepted === undefined ? {} : { headers: { 'accept-encoding': accepted } },
            );
            assert.equal(header(reply, 'content-encoding'), coding);
            assert.ok(reply.body.equals(body), `${reply.body.length} of ${body.length} bytes`);
          });
        }
      }
    });

    test('may be a part of something', async () => {
      says(
        206,
        { 'content-range': 'bytes 5-9/100', 'accept-ranges': 'bytes', etag: '"x"' },
        'fghij',
      );
      const headers = { range: 'bytes=5-9', 'if-range': '"x"' };
      const reply = await ask({ headers });
      assert.equal(reply.status, 206);
      assert.equal(header(reply, 'content-range'), 'bytes 5-9/100');
      assert.equal(reply.text, 'fghij');
      const [range, condition] = ['range', 'if-range'].map(
        (name) => world.arrival().headers.find(([key]) => key === name)?.[1],
      );
      assert.deepEqual([range, condition], ['bytes=5-9', '"x"']);
    });

    test('has no body where its status has none', async () => {
      for (const status of [204, 205, 304]) {
        says(status, { etag: '"x"', 'set-cookie': 'own=1' });
        const reply = await ask();
        assert.equal(reply.status, status);
        assert.equal(header(reply, 'etag'), '"x"');
        assert.equal(setCookies(reply)[0], 'own=1');
        assert.equal(reply.text, '');
        assert.ok(reply.complete);
      }
    });

    test('says how long it would be where only that is asked', async () => {
      says(200, { 'content-length': '12345', 'content-type': 'video/mp4' });
      const reply = await ask({ method: 'HEAD' });
      assert.equal(reply.status, 200);
      assert.equal(header(reply, 'content-length'), '12345');
      assert.equal(header(reply, 'content-type'), 'video/mp4');
      assert.equal(reply.text, '');
    });

    test('keeps its length', async () => {
      says(200, { 'content-length': String(PLAIN.length) }, PLAIN);
      const reply = await ask();
      assert.equal(header(reply, 'content-length'), String(PLAIN.length));
      assert.ok(reply.body.equals(PLAIN));
    });

    test('may have a status nobody knows', async () => {
      for (const status of [201, 226, 299, 418, 420, 451, 499, 511, 599]) {
        says(status, { 'x-own': '1' }, `own ${status}`);
        const reply = await ask();
        assert.equal(reply.status, status);
        assert.equal(reply.text, `own ${status}`);
      }
    });

    test('sets the site’s cookies in lines of their own, beside ours', async () => {
      const lines = [
        'a=1; Path=/',
        'b=2; Expires=Sat, 21 Nov 2026 00:00:00 GMT',
        'a=3',
        'c="4, 5"',
      ];
      says(200, [...lines.map((line) => ['Set-Cookie', line] as const), ['x-own', '1']]);
      const told = setCookies(await ask());
      assert.deepEqual(told.slice(0, lines.length), lines);
      const ours = told.slice(lines.length);
      assert.equal(ours.length, cookie === stale ? 1 : 0);
      for (const line of ours) assert.match(line, /^wos-session=v1\.[^,]*; /);
    });

    test('may lead elsewhere, and the gateway does not follow', async () => {
      for (const status of [301, 302, 303, 307, 308]) {
        says(status, { location: `http://127.0.0.1:1/${status}`, refresh: '0' }, 'moved');
        const reply = await ask();
        assert.equal(reply.status, status);
        assert.equal(header(reply, 'location'), `http://127.0.0.1:1/${status}`);
        assert.equal(reply.text, 'moved');
      }
    });
  });
}
