/** The straight path against the official emulator, unmodified, so that our double can't become a fiction. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createEmulator } from 'workos/emulate';
import { Browser } from './support/browser.ts';
import { identityOf, startEchoSite } from './support/echo.ts';
import { assertPage, assertToAuthKit } from './support/expect.ts';
import { startGateway } from './support/gateway.ts';
import { header, jsonOf, locationOf, setCookies } from './support/http.ts';
import { open, seal } from './support/seal.ts';
import { askGateway, LOOPBACK, PASSWORD, usual, type Visit } from './support/world.ts';

const address = new URL(LOOPBACK);
const place = { purpose: 'session', cookie: 'wos-session', host: 'localhost' } as const;

const emulator = await createEmulator({
  port: 0,
  seed: { users: [{ email: 'ada@example.com', first_name: 'Ada', email_verified: true }] },
});
const workos = { ...emulator, clientId: 'client_emulated' };
const site = await startEchoSite();
const gateway = await startGateway({
  variables: { ...usual(workos, address), ORIGIN: `http://127.0.0.1:${site.port}` },
  behind: { kind: 'network' },
  workosHost: `localhost:${workos.port}`,
});
const ask = (visit: Visit) => askGateway(gateway, address, visit);
const browser = new Browser({ address, workos, ask });
after(() => Promise.all([gateway.stop(), site.close(), emulator.close()]));

test('a deep link leads through the emulator and back', async () => {
  const { url, reply, steps } = await browser.go('/reports/7?y=a%2Fb');
  assert.equal(reply.status, 200, reply.text);
  assert.equal(url.href, `${LOOPBACK}/reports/7?y=a%2Fb`);
  assert.equal(steps.length, 4);
  const identity = identityOf(site.arrivals.at(-1) ?? assert.fail('nothing arrived'));
  assert.equal(identity['x-authkit-email'], 'ada@example.com');
  assert.match(identity['x-authkit-session-id'] ?? '', /^session_/);
});

test('the session is told to the page', async () => {
  const { reply } = await browser.step('/auth/session');
  assert.equal((jsonOf(reply).user as Record<string, unknown>).firstName, 'Ada');
});

test('a token that has run out is renewed, though the emulator changes the session’s id', async () => {
  const session = open(browser.jar.value('wos-session') ?? '', place, PASSWORD);
  const stale = { ...session, accessToken: expired(String(session.accessToken)) };
  browser.jar.plant('wos-session', seal(stale, place, PASSWORD), address);
  const { reply } = await browser.step('/x');
  assert.equal(reply.status, 200, reply.text);
  assert.match(setCookies(reply)[0] ?? '', /^wos-session=v1\./);
  const renewed = open(browser.jar.value('wos-session') ?? '', place, PASSWORD);
  assert.notEqual(renewed.refreshToken, session.refreshToken);
});

test('a refresh token the emulator refuses means signing in again', async () => {
  const session = open(browser.jar.value('wos-session') ?? '', place, PASSWORD);
  const dead = {
    ...session,
    accessToken: expired(String(session.accessToken)),
    refreshToken: 'gone',
  };
  const cookie = `wos-session=${seal(dead, place, PASSWORD)}`;
  const reply = await ask({ path: '/x', cookie, headers: { accept: 'text/html' } });
  assertToAuthKit(reply);
  assert.ok(setCookies(reply).every((line) => !line.startsWith('wos-session')));
});

test('a code the emulator refuses is a page, not a session', async () => {
  const fresh = new Browser({ address, workos, ask });
  const callback = await fresh.goAsFarAsCallback('/x');
  callback.searchParams.set('code', 'wrong');
  const { reply } = await fresh.step(callback, { initiator: 'cross-site' });
  assertPage(reply, reply.status, /./);
  assert.ok([400, 502].includes(reply.status), 'the emulator’s own error code may be known or not');
  assert.equal(fresh.hasSession, false);
});

test('signing out leads to the emulator’s logout', async () => {
  const { reply } = await browser.signOut();
  assert.equal(reply.status, 303);
  const location = locationOf(reply);
  assert.equal(location.pathname, '/user_management/sessions/logout');
  assert.match(location.searchParams.get('session_id') ?? '', /^session_/);
  assert.equal(browser.hasSession, false);
  assert.ok(header((await browser.step('/x')).reply, 'location')?.startsWith(emulator.url));
});

/** The same token as of two hours ago; its signature is not looked at any more then. */
function expired(token: string): string {
  const [head, payload = '', signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<
    string,
    unknown
  >;
  const now = Math.floor(Date.now() / 1000);
  const past = { ...claims, iat: now - 7200, exp: now - 3600 };
  return [head, Buffer.from(JSON.stringify(past)).toString('base64url'), signature].join('.');
}
