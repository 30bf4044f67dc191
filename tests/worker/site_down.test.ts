import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertError, assertPage, requestId } from './support/expect.ts';
import { setCookies } from './support/http.ts';
import { openWorld } from './support/world.ts';

const world = await openWorld({ variables: { UNAUTHENTICATED_PATHS: '/public' } });

test('a site that does not answer is a page that says so, and leaves the session alone', async () => {
  world.site.down = true;
  const reply = await world.open('/x?y=1', { cookie: world.cookie() });
  assertPage(reply, 502, "This site can't be reached");
  assert.match(reply.text, /href="\/x\?y=1">Try again</);
  assert.deepEqual(setCookies(reply), []);
  const id = requestId(reply);
  const line = await world.gateway.logged(
    ({ request_id: other, reason }) => other === id && reason === 'origin_unreachable',
  );
  assert.equal(line.level, 'error');
  assert.ok(!reply.text.includes('127.0.0.1'), 'where the site is stays here');
});

test('its link leads to no other host', async () => {
  world.site.down = true;
  const reply = await world.open('//evil.example/x', { cookie: world.cookie() });
  assertPage(reply, 502, "This site can't be reached");
  assert.match(reply.text, /href="\/">Try again</);
});

test('programs get JSON', async () => {
  world.site.down = true;
  assertError(await world.fetch('/x', { cookie: world.cookie() }), 502, 'origin_unreachable');
  assertError(
    await world.fetch('/x', { method: 'POST', body: 'x', cookie: world.cookie() }),
    502,
    'origin_unreachable',
  );
});

test('a session renewed on the way is delivered all the same', async () => {
  world.site.down = true;
  const stale = world.workos.mintSession(undefined, { accessTokenSeconds: -10 });
  const reply = await world.open('/x', { cookie: world.cookie(stale) });
  assert.equal(reply.status, 502);
  const [line = ''] = setCookies(reply);
  assert.match(line, /^wos-session=v1\./);
  world.site.down = false;
  const next = await world.open('/x', { cookie: line.split(';')[0] });
  assert.equal(next.status, 200);
  assert.equal(world.asked('authenticate'), 1);
});

test('a stranger on a public page is not told that they are signed in', async () => {
  world.site.down = true;
  const reply = await world.open('/public');
  assertPage(reply, 502, "This site can't be reached");
  assert.doesNotMatch(reply.text, /still signed in/);
});

test('an answer that breaks off breaks off for the visitor too', async () => {
  world.site.script = (response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('half', () => response.destroy());
  };
  const reply = await world.open('/x', { cookie: world.cookie() });
  assert.equal(reply.status, 200);
  assert.equal(reply.complete, false);
});

test('errors of the site’s own are its own', async () => {
  for (const status of [400, 401, 403, 404, 418, 500, 503]) {
    world.site.script = (response) =>
      response.writeHead(status, { 'x-site': 'here' }).end('own words');
    const reply = await world.open('/x', { cookie: world.cookie() });
    assert.equal(reply.status, status);
    assert.equal(reply.text, 'own words');
  }
});
