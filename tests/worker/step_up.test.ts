/** `max_age`: where nothing is missing but a recent sign-in, that is what is asked for (RFC 9470). */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { ARRIVED, type Browser } from './support/browser.ts';
import { identityOf } from './support/echo.ts';
import { assertError, assertPage, assertToAuthKit } from './support/expect.ts';
import { header, jsonOf, setCookies } from './support/http.ts';
import { openWorld } from './support/world.ts';

const world = await openWorld({
  variables: { RULES: ['/danger/:path* max_age:15m', '/more max_age:15m role:owner'] },
});
const { settings } = world.workos;
const CHALLENGE =
  'Bearer error="insufficient_user_authentication", ' +
  'error_description="A more recent sign-in is required", max_age="900"';

afterEach(() => {
  settings.templateClaims = {};
});

function ago(seconds: number): number {
  return Math.floor(Date.now() / 1000) - seconds;
}

/** A cookie of somebody who signed in so long ago; undefined: nobody knows when. */
function signedIn(seconds: number | undefined): string {
  const at = seconds === undefined ? undefined : ago(seconds);
  return world.cookie(world.workos.mintSession(undefined, { claims: { auth_time: at } }));
}

/** A browser in which somebody signed in twenty minutes ago. */
function longAgo(): Browser {
  const browser = world.browser();
  browser.jar.plant('wos-session', signedIn(1200).slice('wos-session='.length), world.address);
  return browser;
}

function maxAges(): (string | undefined)[] {
  const asked = world.workos.requests.filter(({ endpoint }) => endpoint === 'authorize');
  return asked.map(({ query }) => query.max_age);
}

test('a page leads to AuthKit and back, and is then served', async () => {
  const browser = longAgo();
  const { url, reply, steps } = await browser.go('/danger/a?b=1');
  assert.equal(reply.status, 200, reply.text);
  assert.equal(url.href, 'https://app.example.com/danger/a?b=1');
  assert.equal(steps.length, 4, 'the page, AuthKit, the callback, the page');
  assert.deepEqual(maxAges(), ['900']);
  assert.equal(identityOf(world.arrival())['x-authkit-authenticated'], 'true');
  assert.equal((await browser.step('/danger/again')).reply.status, 200);
});

test('a recent sign-in is enough, and elsewhere any is', async () => {
  assert.equal((await world.open('/danger', { cookie: signedIn(800) })).status, 200);
  assert.equal((await world.open('/x', { cookie: signedIn(100_000) })).status, 200);
});

test('an AuthKit that doesn’t heed it ends on a page, and not in a loop', async () => {
  settings.templateClaims = { auth_time: ago(1200) };
  const browser = longAgo();
  const { reply, steps } = await browser.go('/danger');
  assertPage(reply, 403, "You can't see this page");
  assert.match(reply.text, /You must have signed in lately\./);
  assert.equal(steps.length, 4);
  assert.ok(browser.jar.value(ARRIVED), 'the mark that ends it');
  assertPage((await browser.go('/danger')).reply, 403, "You can't see this page");
  assert.equal(world.site.arrivals.length, 0);
  assert.equal((await browser.step('/x')).reply.status, 200, 'nobody is signed out');
});

test('a stranger is asked to sign in as lately from the start', async () => {
  const { reply, steps } = await world.browser().go('/danger');
  assert.equal(reply.status, 200);
  assert.equal(steps.length, 4, 'once is enough');
  assert.deepEqual(maxAges(), ['900']);
});

test('whoever has just signed in elsewhere is still asked', async () => {
  settings.templateClaims = { auth_time: ago(1200) };
  const browser = world.browser();
  await browser.signIn('/x');
  assertToAuthKit((await browser.step('/danger')).reply);
});

test('a program gets 401 and the standard’s words', async () => {
  const cookie = signedIn(1200);
  for (const method of ['GET', 'POST', 'DELETE']) {
    const reply = await world.fetch('/danger', { method, cookie });
    assertError(reply, 401, 'insufficient_user_authentication');
    assert.equal(header(reply, 'www-authenticate'), CHALLENGE);
    assert.deepEqual(setCookies(reply), []);
  }
  const url = jsonOf(await world.fetch('/danger', { cookie })).sign_in_url;
  assert.equal(url, 'https://app.example.com/login?max_age=900');
  const query = assertToAuthKit(await world.open('/login?max_age=900', { cookie }));
  assert.equal(query.get('max_age'), '900');
  assert.equal(world.site.arrivals.length, 0);
});

test('HEAD and a prefetch are led nowhere they can’t go', async () => {
  const cookie = signedIn(1200);
  const prefetch = await world.open('/danger', { cookie, headers: { 'sec-purpose': 'prefetch' } });
  assert.equal(prefetch.status, 401);
  assertToAuthKit(await world.open('/danger', { method: 'HEAD', cookie }));
});

test('a sent form isn’t lost in a redirect', async () => {
  const cookie = signedIn(1200);
  const reply = await world.open('/danger', { method: 'POST', body: 'secret=4711', cookie });
  assertPage(reply, 401, 'Sign in once more');
  assert.match(reply.text, /href="https:\/\/app\.example\.com\/login\?max_age=900"/);
  assert.doesNotMatch(reply.text, /4711/);
  assert.deepEqual(setCookies(reply), []);
  assert.equal(world.site.arrivals.length, 0);
});

test('a token that doesn’t say when fails closed', async () => {
  const cookie = signedIn(undefined);
  assertToAuthKit(await world.open('/danger', { cookie }));
  assertError(await world.fetch('/danger', { cookie }), 401, 'insufficient_user_authentication');
  assert.equal(world.site.arrivals.length, 0);
});

test('where more is missing a sign-in isn’t asked for', async () => {
  const cookie = signedIn(1200);
  assertPage(await world.open('/more', { cookie }), 403, "You can't see this page");
  const reply = await world.fetch('/more', { cookie });
  assert.deepEqual(jsonOf(reply).missing, ['max_age:15m', 'role:owner']);
  assert.equal(header(reply, 'www-authenticate'), undefined);
});
