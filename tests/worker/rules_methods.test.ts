/** `public` for some methods, where everything else takes a session (P-28, M-03, M-04). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { valuesOf } from './support/echo.ts';
import { assertError } from './support/expect.ts';
import { SCHEME_HEADER } from './support/gateway.ts';
import { exchangeBytes, header } from './support/http.ts';
import { NAVIGATION, openWorld } from './support/world.ts';

const world = await openWorld({
  variables: { RULES: ['GET /public/:path* public', 'POST /webhooks/:path* public'] },
});

test('another method is judged as usual, whatever a header calls it', async () => {
  for (const name of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override']) {
    const headers = { ...NAVIGATION, [name]: 'GET' };
    const reply = await world.ask({ method: 'POST', path: '/public/x?_method=GET', headers });
    assert.equal(reply.status, 401, name);
    await world.fetch('/webhooks/x', { method: 'POST', headers: { [name]: 'DELETE' } });
    assert.deepEqual(valuesOf(world.arrival(), name.toLowerCase()), [], 'the site hears nothing');
  }
  assertError(await world.fetch('/webhooks/x'), 401, 'unauthenticated');
  assert.equal((await world.fetch('/public/x', { method: 'HEAD' })).status, 200);
});

test('nor is a method in small letters or of one’s own making another’s', async () => {
  for (const method of ['get', 'Get', 'FOO', 'TRACE', 'TRACK']) {
    const lines = `Host: app.example.com\r\n${SCHEME_HEADER}: https\r\nConnection: close\r\n\r\n`;
    const bytes = `${method} /public/x HTTP/1.1\r\n${lines}`;
    const answer = await exchangeBytes(world.gateway.port, bytes);
    assert.match(answer, /^HTTP\/1\.1 (400|401|405|501) /, method);
  }
  assert.equal(world.site.arrivals.length, 0);
});

test('every spelling of a public path that isn’t its own is closed', async () => {
  for (const path of ['/PUBLIC/x', '/public%2fx', '//public/x', '/public;x/y', '/public/x//']) {
    const reply = await world.fetch(path);
    assert.ok([400, 401].includes(reply.status), `${path}: ${reply.status}`);
    assert.equal(header(reply, 'location'), undefined);
  }
  assert.equal(world.site.arrivals.length, 0);
});
