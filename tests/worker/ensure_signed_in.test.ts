/** The site wants somebody signed in, and says so in its answer. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { identityOf } from './support/echo.ts';
import { assertError, assertPage, assertToAuthKit } from './support/expect.ts';
import { header, jsonOf, setCookies } from './support/http.ts';
import { openWorld } from './support/world.ts';

const world = await openWorld({
  variables: { MIDDLEWARE_AUTH: false, MATCHER: ['/((?!static/).*)'] },
});

/** What an origin author writes. */
function ensureSignedIn(response: ServerResponse): void {
  response.writeHead(401, { 'x-authkit-ensure-signed-in': '1', 'x-site': 'here' });
  response.end('please sign in');
}

test('a visitor is led to sign in, and back to the very page', async () => {
  world.site.script = ensureSignedIn;
  const reply = await world.open('/report?year=1843');
  assertToAuthKit(reply);
  assert.equal(header(reply, 'x-site'), undefined);
  assert.doesNotMatch(reply.text, /please sign in/);
  const browser = world.browser();
  const callback = await browser.goAsFarAsCallback('/report?year=1843');
  world.site.script = undefined;
  const { url, reply: page } = await browser.go(callback, { initiator: 'cross-site' });
  assert.equal(page.status, 200);
  assert.equal(url.href, 'https://app.example.com/report?year=1843');
  assert.equal(identityOf(world.arrival())['x-authkit-authenticated'], 'true');
});

test('a script is told 401, with the way to sign in', async () => {
  world.site.script = ensureSignedIn;
  const reply = await world.fetch('/api');
  assertError(reply, 401, 'unauthenticated');
  assert.equal(jsonOf(reply).sign_in_url, 'https://app.example.com/login');
  assert.equal(header(reply, 'x-authkit-gateway'), 'intercepted');
  assert.equal(header(reply, 'x-authkit-ensure-signed-in'), undefined);
});

test('a sent form is not lost in a redirect', async () => {
  world.site.script = ensureSignedIn;
  assertPage(await world.open('/x', { method: 'POST', body: 'a=1' }), 401, 'You are not signed in');
});

test('whoever is signed in gets 403, never a redirect', async () => {
  world.site.script = ensureSignedIn;
  const cookie = world.cookie();
  assertPage(await world.open('/x', { cookie }), 403, "You can't see this page");
  assertError(await world.fetch('/x', { cookie }), 403, 'forbidden');
});

test('and keeps the session that was renewed on the way', async () => {
  world.site.script = ensureSignedIn;
  const session = world.workos.mintSession(undefined, { accessTokenSeconds: -5 });
  const reply = await world.open('/x', { cookie: world.cookie(session) });
  assert.equal(reply.status, 403);
  assert.match(setCookies(reply)[0] ?? '', /^wos-session=v1\./);
});

test('in an outage the visitor is asked to wait', async () => {
  world.site.script = ensureSignedIn;
  world.workos.fault({ endpoint: 'authenticate', status: 503, times: Infinity });
  const session = world.workos.mintSession(undefined, { accessTokenSeconds: -5 });
  const reply = await world.open('/x', { cookie: world.cookie(session) });
  assert.equal(identityOf(world.arrival())['x-authkit-authenticated'], 'unknown');
  assert.equal(reply.status, 503);
  assert.ok(Number(header(reply, 'retry-after')) > 0);
  assert.deepEqual(setCookies(reply), []);
});

test('the body that the site sends all the same is cancelled, not read', async () => {
  const closed = new Promise<void>((resolve, reject) => {
    world.site.script = (response) => {
      response.writeHead(401, { 'x-authkit-ensure-signed-in': '1' });
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
      once(response, 'close', { signal: AbortSignal.timeout(10_000) }).then(
        () => resolve(),
        reject,
      );
    };
  });
  assertToAuthKit(await world.open('/endless'));
  await closed;
});

test('any other 401 is the site’s own, and so is the header on any other answer', async () => {
  const rows: [status: number, value: string | undefined][] = [
    [401, undefined],
    [401, '0'],
    [401, 'true'],
    [200, '1'],
    [403, '1'],
    [500, '1'],
  ];
  for (const [status, value] of rows) {
    world.site.script = (response) => {
      if (value !== undefined) response.setHeader('x-authkit-ensure-signed-in', value);
      response.writeHead(status).end('its own');
    };
    const reply = await world.open('/x');
    assert.equal(reply.status, status, `${status} ${value}`);
    assert.equal(reply.text, 'its own');
    assert.equal(header(reply, 'x-authkit-ensure-signed-in'), undefined);
  }
});

test('outside the matcher the gateway keeps out of it', async () => {
  world.site.script = ensureSignedIn;
  const reply = await world.open('/static/x', { cookie: world.cookie() });
  assert.equal(reply.status, 401);
  assert.equal(reply.text, 'please sign in');
  assert.equal(header(reply, 'x-authkit-ensure-signed-in'), undefined);
});
