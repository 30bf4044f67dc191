/**
 * Only a GET opens a WebSocket (RFC 6455 §4.1). The runtime makes a GET of whatever asks for one, so
 * another method that does must reach the site as what it was judged as.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { valuesOf } from './support/echo.ts';
import { openWorld, type Visit, type World } from './support/world.ts';

const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};
const PREFLIGHT = { origin: 'https://evil.example', 'access-control-request-method': 'GET' };
const variables = {
  RULES: ['POST /hooks/:path* public', 'GET /own/:path* role:owner'],
  MATCHER: ['/((?!static/).*)'],
};

for (const behind of ['url', 'service', 'same-url'] as const) {
  describe(`an upgrade that isn’t a GET (${behind})`, async () => {
    const world = await openWorld({ variables, behind });
    world.site.onUpgrade = (_request, socket) => {
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecret');
    };
    staysWhatItWas(world);
  });
}

function staysWhatItWas(world: World): void {
  const rows: [name: string, visit: Visit, signedIn: boolean][] = [
    ['a preflight', { method: 'OPTIONS', path: '/admin', headers: PREFLIGHT }, false],
    ['a public POST', { method: 'POST', path: '/hooks/x' }, false],
    ['a POST where GET is ruled', { method: 'POST', path: '/own/x' }, true],
    ['a DELETE where GET is ruled', { method: 'DELETE', path: '/own/x' }, true],
    ['a POST outside the matcher', { method: 'POST', path: '/static/x' }, false],
  ];
  for (const [name, visit, signedIn] of rows) {
    test(`${name} doesn’t become one`, async () => {
      const cookie = signedIn ? world.cookie() : undefined;
      const headers = { ...UPGRADE, ...visit.headers };
      const reply = await world.ask({ ...visit, headers, cookie });
      assert.doesNotMatch(reply.text, /secret/, 'what only a GET is given');
      for (const arrival of world.site.arrivals) {
        assert.equal(arrival.method, visit.method);
        assert.deepEqual(valuesOf(arrival, 'upgrade'), []);
      }
    });
  }
}
