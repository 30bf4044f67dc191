/** `GET /auth/client.js`: the browser's side of the gateway. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { assertError } from './support/expect.ts';
import { header } from './support/http.ts';
import { openWorld } from './support/world.ts';

const world = await openWorld();

test('it is a module that anybody on this site may load', async () => {
  const reply = await world.fetch('/auth/client.js', { headers: { 'sec-fetch-dest': 'script' } });
  assert.equal(reply.status, 200);
  assert.match(header(reply, 'content-type') ?? '', /^text\/javascript; *charset=utf-8$/i);
  assert.equal(header(reply, 'x-content-type-options'), 'nosniff');
  assert.equal(header(reply, 'cross-origin-resource-policy'), 'same-origin');
  assert.match(header(reply, 'cache-control') ?? '', /^public, max-age=\d+$/);
  assert.equal(header(reply, 'set-cookie'), undefined);
  assert.equal(world.site.arrivals.length, 0);
});

test('it is at most 2,048 bytes, gzipped', async () => {
  const { body } = await world.fetch('/auth/client.js');
  const { length } = gzipSync(body);
  assert.ok(length <= 2048, `${length} bytes`);
});

test('it exports what its types promise, and imports nothing', async () => {
  const { text } = await world.fetch('/auth/client.js');
  const { metafile, errors } = await build({
    stdin: { contents: text, loader: 'js' },
    bundle: true,
    format: 'esm',
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  assert.deepEqual(errors, []);
  const [output] = Object.values(metafile.outputs);
  assert.deepEqual(output?.imports, []);
  assert.deepEqual(output?.exports.sort(), [
    'AuthError',
    'events',
    'fetch',
    'getAccessToken',
    'getSession',
    'refresh',
    'signIn',
    'signOut',
    'signUp',
    'switchToOrganization',
  ]);
});

test('it knows this deployment’s paths', async () => {
  const { text } = await world.fetch('/auth/client.js');
  assert.match(
    text,
    /^const paths = \{ signIn: '\/login', signUp: '\/signup', signOut: '\/logout', session: '\/auth\/session' \};\n/,
  );
  const other = await openWorld({
    beside: world,
    variables: {
      LOGIN_PATH: '/enter',
      SIGNUP_PATH: '/join',
      LOGOUT_PATH: '/leave',
      SESSION_PATH: '/me',
    },
  });
  const { text: otherText } = await other.fetch('/auth/client.js');
  assert.match(
    otherText,
    /^const paths = \{ signIn: '\/enter', signUp: '\/join', signOut: '\/leave', session: '\/me' \};\n/,
  );
  assert.doesNotMatch(otherText, /\/login|\/logout|\/signup/);
});

test('HEAD gets the header, and nothing else is taken', async () => {
  const head = await world.fetch('/auth/client.js', { method: 'HEAD' });
  assert.equal(head.status, 200);
  assert.equal(head.text, '');
  const post = await world.fetch('/auth/client.js', { method: 'POST' });
  assertError(post, 405, 'method_not_allowed');
  assert.equal(header(post, 'allow'), 'GET, HEAD');
});
