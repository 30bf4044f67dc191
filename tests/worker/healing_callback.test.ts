/** A callback that finishes no sign-in of this browser mends itself, once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Browser } from './support/browser.ts';
import { assertError, assertPage, assertToAuthKit } from './support/expect.ts';
import { header, locationOf, type Reply, setCookies } from './support/http.ts';
import { open, seal } from './support/seal.ts';
import { NAVIGATION, openWorld, PASSWORD } from './support/world.ts';

const world = await openWorld({ variables: { RETURN_PATHNAME: '/dashboard' } });
const HOST = 'app.example.com';

const UNKNOWN = "This sign-in wasn't begun here";

function arrive(browser: Browser, address: string | URL): Promise<Reply> {
  return browser.step(address, { initiator: 'cross-site' }).then(({ reply }) => reply);
}

test('a stateless arrival begins a sign-in, and ends where those without a page of their own do', async () => {
  const browser = world.browser();
  const journey = await browser.go('/callback?code=impersonated', { initiator: 'cross-site' });
  const query = assertToAuthKit(journey.steps[0]?.reply as Reply);
  assert.match(query.get('state') ?? '', /^1\.[0-9a-f]{32}$/, 'it counts as a restart');
  assert.equal(journey.url.href, 'https://app.example.com/dashboard');
  assert.equal(journey.reply.status, 200);
  assert.ok(browser.hasSession);
  const codes = world.workos.requests.map(({ body }) => body?.code);
  assert.ok(!codes.includes('impersonated'), 'a code of nobody’s sign-in is not spent');
});

test('an invitation and an organization are kept, and nothing else is', async () => {
  const organizationId = world.workos.people[0]?.memberships[0]?.organization.id ?? '';
  const query = new URLSearchParams({
    code: 'c',
    invitation_token: 'inv_1',
    organization_id: organizationId,
    provider: 'GoogleOAuth',
    redirect_uri: 'https://evil.example/',
    login_hint: 'mallory@example.com',
  });
  const told = assertToAuthKit(await arrive(world.browser(), `/callback?${query}`));
  assert.equal(told.get('invitation_token'), 'inv_1');
  assert.equal(told.get('organization_id'), organizationId);
  assert.equal(told.get('provider'), 'authkit');
  assert.equal(told.get('redirect_uri'), 'https://app.example.com/callback');
  assert.equal(told.has('login_hint'), false);
});

test('a browser that keeps no cookies ends on a page, not in a loop', async () => {
  const browser = world.browser();
  let next: string | URL = '/x';
  const statuses: number[] = [];
  for (;;) {
    const { url, reply } = await browser.step(next);
    browser.jar.clear();
    statuses.push(reply.status);
    const location = header(reply, 'location');
    if (location === undefined) {
      assertPage(reply, 400, UNKNOWN);
      break;
    }
    next = new URL(location, url);
    assert.ok(statuses.length < 10, 'a loop');
  }
  assert.deepEqual(statuses, [302, 302, 302, 302, 400]);
  assert.equal(world.asked('authenticate'), 0);
});

test('a sign-in that took too long begins again, and keeps its page', async () => {
  const browser = world.browser();
  const callback = await browser.goAsFarAsCallback('/report?year=1843');
  const cookie = `__Host-authkit-flow-${callback.searchParams.get('state')?.slice(2, 10)}`;
  const place = { purpose: 'flow', cookie, host: HOST } as const;
  const flow = open(browser.jar.value(cookie) ?? '', place, PASSWORD);
  const old = { ...flow, issuedAt: Number(flow.issuedAt) - 601 };
  browser.jar.plant(cookie, seal(old, place, PASSWORD), world.address);
  const { url, reply } = await browser.go(callback, { initiator: 'cross-site' });
  assert.equal(reply.status, 200);
  assert.equal(url.href, 'https://app.example.com/report?year=1843');
});

test('whoever is signed in simply goes on', async () => {
  const browser = world.browser();
  await browser.signIn('/x');
  const before = browser.jar.value('wos-session');
  for (const query of ['code=x', 'code=x&state=y', 'error=access_denied&state=y', '']) {
    const reply = await arrive(browser, `/callback?${query}`);
    assert.equal(reply.status, 302, query);
    assert.equal(header(reply, 'location'), 'https://app.example.com/dashboard');
  }
  assert.equal(browser.jar.value('wos-session'), before);
});

test('an error of AuthKit’s is told, and does not begin anything', async () => {
  const browser = world.browser();
  const callback = await browser.goAsFarAsCallback('/x');
  callback.searchParams.delete('code');
  callback.searchParams.set('error', 'access_denied');
  callback.searchParams.set('error_description', '<b>mallory</b>');
  const reply = await arrive(browser, callback);
  assertPage(reply, 403, 'You were not signed in');
  assert.doesNotMatch(reply.text, /mallory/);
  assert.match(reply.text, /href="\/login\?return_to=%2Fx"/);
  assert.deepEqual(browser.flows, []);
  assertPage(await arrive(world.browser(), '/callback?error=access_denied'), 400, UNKNOWN);
});

test('what cannot have come from WorkOS begins nothing', async () => {
  for (const query of [
    'code=a&code=b',
    'code=a&state=s&state=t',
    'code=a&error=b&state=s',
    'code=a&state=s&iss=https://evil.example',
  ]) {
    const reply = await arrive(world.browser(), `/callback?${query}`);
    assertPage(reply, 400, UNKNOWN);
    assert.deepEqual(setCookies(reply), []);
  }
  assert.equal(world.asked('authenticate'), 0);
});

test('a script or a speculation is led nowhere', async () => {
  assertError(await world.fetch('/callback?code=x'), 400, 'sign_in_unknown');
  const headers = { ...NAVIGATION, 'sec-purpose': 'prefetch' };
  const reply = await world.ask({ path: '/callback?code=x', headers });
  assert.equal(reply.status, 204);
  assert.deepEqual(setCookies(reply), []);
});

test('another step that AuthKit asks for is taken there, if it doesn’t come again and again', async () => {
  const step = {
    error: 'mfa_enrollment',
    error_description: 'MFA.',
    pending_authentication_token: 'p',
  };
  world.workos.fault({ endpoint: 'authenticate', status: 403, body: step, times: 1 });
  const browser = world.browser();
  const { url } = await browser.go('/x');
  assert.equal(url.href, 'https://app.example.com/x');
  world.workos.fault({ endpoint: 'authenticate', status: 403, body: step, times: 3 });
  const stuck = await world.browser().go('/x');
  assertPage(stuck.reply, 403, 'One more step is needed');
});

test('a session that the browser does not keep ends on a page that says why', async () => {
  const browser = world.browser();
  const callback = await browser.goAsFarAsCallback('/x');
  const reply = await arrive(browser, callback);
  assert.equal(reply.status, 303);
  browser.jar.plant('wos-session', '', world.address);
  const kept = browser.jar.all.filter(({ name }) => name !== 'wos-session');
  const cookie = kept.map(({ name, value }) => `${name}=${value}`).join('; ');
  const page = await world.open('/x', { cookie });
  assertPage(page, 400, "Your browser didn't keep the sign-in");
  assert.match(page.text, /<li>/);
  assert.match(page.text, /href="\/login\?return_to=%2Fx"/);
  const [removal = ''] = setCookies(page);
  assert.match(removal, /^__Host-authkit-arrived=; .*Max-Age=0/);
  assertToAuthKit(await world.open('/x'));
});

test('and one over http is told that it is https the cookie is for', async () => {
  const cookie = '__Host-authkit-arrived=1';
  const reply = await world.open('/x', { cookie, address: 'http://app.example.com' });
  assertPage(reply, 400, "Your browser didn't keep the sign-in");
  assert.match(reply.text, /came over http/);
  assertError(await world.fetch('/x', { cookie }), 401, 'unauthenticated');
});

test('the sign that somebody has just arrived lasts a moment and is not forwarded', async () => {
  const browser = world.browser();
  const journey = await browser.signIn('/x');
  const arrival = journey.steps.flatMap(({ reply }) => setCookies(reply));
  const line = arrival.find((cookie) => cookie.startsWith('__Host-authkit-arrived='));
  assert.match(line ?? '', /; Path=\/; Max-Age=20; HttpOnly; Secure; SameSite=Lax$/);
  assert.ok(world.arrival().headers.every(([name]) => name !== 'cookie'));
});

test('a state of the caller’s own comes back with the visitor', async () => {
  const { url } = await world.browser().go('/login?return_to=/x%3Fa%3D1&state=mine%26b%3D2');
  assert.equal(url.href, 'https://app.example.com/x?a=1&state=mine%26b%3D2');
  const begun = await world.open('/login?state=mine');
  assert.notEqual(locationOf(begun).searchParams.get('state'), 'mine', 'ours goes to WorkOS');
});
