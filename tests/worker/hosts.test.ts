import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertError, assertPage, assertToAuthKit } from './support/expect.ts';
import { exchangeBytes, header, setCookies } from './support/http.ts';
import { ADDRESS, LOOPBACK, openWorld } from './support/world.ts';

const world = await openWorld({
  variables: {
    ALLOWED_HOSTS: 'www.example.com, *.preview.example.com',
    UNAUTHENTICATED_PATHS: '/public',
  },
});

test('any host that is not served gets 421, and nothing happens', async (t) => {
  for (const host of [
    'evil.example',
    'app.example.com.evil.example',
    'app.example.com.',
    'app.example.com:8443',
    'example.com',
    'preview.example.com',
    'xpreview.example.com',
    'a.preview.example.com.evil.example',
    'localhost',
    '127.0.0.1',
    '[::1]',
  ]) {
    await t.test(host, async () => {
      for (const path of ['/x', '/public', '/login', '/callback?code=1&state=2', '/auth/session']) {
        const page = await world.open(path, { address: `https://${host}` });
        assertPage(page, 421, "This address isn't served here");
        assert.deepEqual(setCookies(page), []);
        assert.equal(header(page, 'location'), undefined);
      }
      const data = await world.fetch('/x', { address: `https://${host}`, cookie: world.cookie() });
      assertError(data, 421, 'host_not_served');
      assert.equal(world.site.arrivals.length, 0);
    });
  }
});

test('a host’s other spellings are the same host', async () => {
  for (const host of ['APP.EXAMPLE.COM', 'app.example.com:443']) {
    const bytes = await exchangeBytes(
      world.gateway.port,
      `GET /x HTTP/1.1\r\nHost: ${host}\r\nx-test-scheme: https\r\nAccept: text/html\r\nConnection: close\r\n\r\n`,
    );
    assert.match(bytes, /^HTTP\/1\.1 302 /);
    assert.match(bytes, /redirect_uri=https%3A%2F%2Fapp\.example\.com%2Fcallback&/);
  }
});

test('where an allowed host is asked, the sign-in comes back to it', async (t) => {
  for (const host of ['www.example.com', 'a.preview.example.com', 'a.b.preview.example.com']) {
    await t.test(host, async () => {
      const address = `https://${host}`;
      const parameters = assertToAuthKit(await world.open('/x', { address }));
      assert.equal(parameters.get('redirect_uri'), `${address}/callback`);
      const browser = world.browser();
      const { url, reply } = await browser.go(`${address}/x?y=1`);
      assert.equal(url.href, `${address}/x?y=1`);
      assert.equal(reply.status, 200);
    });
  }
});

test('a session belongs to the host it began on', async () => {
  const cookie = world.cookie();
  assert.equal((await world.open('/x', { cookie })).status, 200);
  assertToAuthKit(await world.open('/x', { cookie, address: 'https://www.example.com' }));
});

test('what a proxy says of the host is not believed', async () => {
  const headers = {
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'http',
    forwarded: 'host=evil.example',
  };
  const parameters = assertToAuthKit(await world.open('/x', { headers }));
  assert.equal(parameters.get('redirect_uri'), `${ADDRESS}/callback`);
});

test('a request without TLS is served on the same terms', async () => {
  const reply = await world.open('/x', { address: 'http://app.example.com' });
  assert.equal(assertToAuthKit(reply).get('redirect_uri'), `${ADDRESS}/callback`);
});

test('the names of this machine are interchangeable where the redirect URI is one', async (t) => {
  const local = await openWorld({ address: LOOPBACK });
  for (const name of ['127.0.0.1', '[::1]', 'app.localhost']) {
    await t.test(name, async () => {
      const reply = await local.open('/x?y=1', { address: `http://${name}:8787` });
      assert.equal(reply.status, 302);
      assert.equal(header(reply, 'location'), `${LOOPBACK}/x?y=1`);
      assert.deepEqual(setCookies(reply), [], 'the flow belongs where the callback arrives');
      const { url, reply: page } = await local.browser().go(`http://${name}:8787/x?y=1`);
      assert.equal(url.href, `${LOOPBACK}/x?y=1`);
      assert.equal(page.status, 200);
    });
  }
  await t.test('but no other name is', async () => {
    assertPage(await local.open('/x', { address: 'http://app.example.com:8787' }), 421, /./);
  });
});

test('two hosts in one request are refused', async () => {
  const bytes = await exchangeBytes(
    world.gateway.port,
    'GET /x HTTP/1.1\r\nHost: app.example.com\r\nHost: evil.example\r\nx-test-scheme: https\r\nConnection: close\r\n\r\n',
  );
  assert.doesNotMatch(bytes, /^HTTP\/1\.1 2/);
  assert.doesNotMatch(bytes, /redirect_uri=[^&]*evil/);
  assert.equal(world.site.arrivals.length, 0);
});
