/** Somebody in two organizations: which one they sign in to, and how they change over. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Browser } from './support/browser.ts';
import { identityOf } from './support/echo.ts';
import { assertError, assertGuarded, assertPage, assertToAuthKit } from './support/expect.ts';
import { header, jsonOf, type Reply, setCookies } from './support/http.ts';
import { NAVIGATION, openWorld, SCRIPT, type Visit } from './support/world.ts';

const world = await openWorld();
const katherine = world.workos.people.find(({ memberships }) => memberships.length > 1);
const [ada] = world.workos.people;
const [ENGINES = '', ORBITS = ''] = (katherine?.memberships ?? []).map((m) => m.organization.id);
const FORM = { ...NAVIGATION, 'sec-fetch-site': 'same-origin' };
const PENDING = '__Host-authkit-pending';

function inEngines(): string {
  return world.cookie(world.workos.mintSession(katherine, { organizationId: ENGINES }));
}

function change(to: string, visit: Partial<Visit> = {}): Promise<Reply> {
  const query = new URLSearchParams({ organization_id: to });
  return world.fetch(`/auth/switch-organization?${query}`, { method: 'POST', ...visit });
}

function send(query: string, cookie: string): Promise<Reply> {
  const path = `/auth/switch-organization?${query}`;
  return world.ask({ path, method: 'POST', headers: FORM, cookie, body: '' });
}

async function chooses(): Promise<{ browser: Browser; reply: Reply }> {
  const browser = world.browser();
  const query = new URLSearchParams({ login_hint: katherine?.email ?? '', return_to: '/x?y=1' });
  const { reply } = await browser.go(`/login?${query}`);
  return { browser, reply };
}

function choose(browser: Browser, organizationId: string, headers = {}) {
  return browser.step(`/callback?organization_id=${organizationId}`, {
    method: 'POST',
    body: '',
    initiator: 'same-site',
    headers: { origin: world.address.origin, ...headers },
  });
}

test('a page’s script changes over, and the site sees it at once', async () => {
  const reply = await change(ORBITS, { cookie: inEngines() });
  assert.equal(reply.status, 200, reply.text);
  assertGuarded(reply);
  const { organizationId, role, permissions } = jsonOf(reply);
  assert.deepEqual(
    { organizationId, role, permissions },
    { organizationId: ORBITS, role: 'admin', permissions: ['orbits:read', 'orbits:write'] },
  );
  const cookie = setCookies(reply)[0]?.split(';')[0];
  await world.open('/x', { cookie });
  assert.equal(identityOf(world.arrival())['x-authkit-organization-id'], ORBITS);
  assert.equal(identityOf(world.arrival())['x-authkit-role'], 'admin');
  const [request] = world.workos.requests.filter(({ endpoint }) => endpoint === 'authenticate');
  assert.equal(request?.body?.organization_id, ORBITS);
});

test('a change that meets a refresh leads where it was asked to all the same', async () => {
  const cookie = inEngines();
  const [, together] = await Promise.all([
    world.fetch('/auth/refresh', { method: 'POST', cookie }),
    change(ORBITS, { cookie }),
  ]);
  assert.equal(together.status, 200);
  assert.equal(jsonOf(together).organizationId, ORBITS);
  const stale = world.workos.mintSession(katherine, {
    organizationId: ENGINES,
    accessTokenSeconds: -5,
  });
  await world.open('/x', { cookie: world.cookie(stale) });
  const after = await change(ORBITS, { cookie: world.cookie(stale) });
  assert.equal(jsonOf(after).organizationId, ORBITS);
});

test('a form does so too, and its sender goes on to a page of the site', async () => {
  const reply = await send(`organization_id=${ORBITS}&return_to=/team%3Ftab%3D1`, inEngines());
  assert.equal(reply.status, 303, reply.text);
  assert.equal(header(reply, 'location'), 'https://app.example.com/team?tab=1');
  assert.match(setCookies(reply)[0] ?? '', /^wos-session=v1\./);
  const away = await send(`organization_id=${ORBITS}&return_to=//evil.example`, inEngines());
  assert.equal(header(away, 'location'), 'https://app.example.com/');
});

test('who is no member there is told so, and stays signed in', async () => {
  const cookie = world.cookie(world.workos.mintSession(ada));
  for (const organizationId of [ORBITS, 'org_nowhere']) {
    const reply = await change(organizationId, { cookie });
    assertError(reply, 403, 'organization_denied');
    assert.deepEqual(setCookies(reply), []);
  }
  assertPage(await send(`organization_id=${ORBITS}`, cookie), 403, "You can't go there");
  assert.equal((await world.open('/x', { cookie })).status, 200);
  assert.equal(identityOf(world.arrival())['x-authkit-organization-id'], ENGINES);
});

test('where the organization wants a sign-in of its own, a page is led there and a script told', async () => {
  world.workos.fault({
    endpoint: 'authenticate',
    status: 403,
    body: { error: 'sso_required', error_description: 'SSO.' },
    times: Infinity,
  });
  assertError(await change(ORBITS, { cookie: inEngines() }), 403, 'step_up_required');
  const reply = await send(`organization_id=${ORBITS}&return_to=/team`, inEngines());
  assert.equal(reply.status, 303, reply.text);
  const url = new URL(header(reply, 'location') ?? '');
  assert.equal(url.pathname, '/user_management/authorize');
  assert.equal(url.searchParams.get('organization_id'), ORBITS);
});

test('in an outage nothing changes', async () => {
  world.workos.fault({ endpoint: 'authenticate', status: 500, times: Infinity });
  const reply = await change(ORBITS, { cookie: inEngines() });
  assertError(reply, 503, 'temporarily_unavailable');
  assert.deepEqual(setCookies(reply), []);
});

test('it must be said which, once', async () => {
  for (const query of ['', 'organization_id=', 'organization_id=a&organization_id=b']) {
    const cookie = inEngines();
    const reply = await world.fetch(`/auth/switch-organization?${query}`, {
      method: 'POST',
      cookie,
    });
    assertError(reply, 400, 'organization_id_missing');
  }
  assert.equal(world.asked('authenticate'), 0);
});

test('neither another site nor a link can do it', async () => {
  const cookie = inEngines();
  for (const site of ['cross-site', 'same-site', 'none']) {
    const headers = { ...SCRIPT, 'sec-fetch-site': site };
    assertError(await change(ORBITS, { headers, cookie }), 403, 'cross_site_request');
  }
  assertError(await change(ORBITS, { method: 'GET', cookie }), 405, 'method_not_allowed');
  assert.equal(world.asked('authenticate'), 0);
  assertError(await change(ORBITS), 401, 'unauthenticated');
});

test('at sign-in the visitor chooses, on a page of ours, and lands where they wanted', async () => {
  const { browser, reply } = await chooses();
  assertPage(reply, 200, 'Where to?');
  assert.match(reply.text, />Analytical Engines<\/button>/);
  assert.match(reply.text, />Orbits &amp; Sons<\/button>/);
  assert.match(
    reply.text,
    new RegExp(`<form method="post" action="/callback\\?organization_id=${ORBITS}">`),
  );
  assert.equal(browser.hasSession, false);
  assert.deepEqual(browser.flows, [], 'the code is spent');
  assert.match(browser.jar.value(PENDING) ?? '', /^v1\./);
  const { reply: arrived } = await choose(browser, ORBITS);
  assert.equal(arrived.status, 303, arrived.text);
  assert.equal(header(arrived, 'location'), 'https://app.example.com/x?y=1');
  assert.equal(browser.jar.value(PENDING), undefined);
  await browser.step('/x');
  assert.equal(identityOf(world.arrival())['x-authkit-organization-id'], ORBITS);
});

test('the choice is sealed into one short-lived cookie of this host, and never forwarded', async () => {
  const { browser, reply } = await chooses();
  const line = setCookies(reply).find((cookie) => cookie.startsWith(PENDING)) ?? '';
  assert.match(line, /; Path=\/; Max-Age=600; HttpOnly; Secure; SameSite=Lax$/);
  const cookie = `a=1; ${PENDING}=${browser.jar.value(PENDING)}; ${world.cookie()}`;
  assert.equal((await world.open('/x', { cookie })).status, 200);
  assert.ok(world.arrival().headers.every(([, value]) => !value.includes(PENDING)));
});

test('an organization of somebody else’s is refused, and nobody is signed in', async () => {
  const { browser } = await chooses();
  const { reply } = await choose(browser, 'org_01SOMEBODYELSES');
  assertPage(reply, 400, 'You were not signed in');
  assert.equal(browser.hasSession, false);
});

test('another site cannot choose for the visitor', async () => {
  const { browser } = await chooses();
  world.workos.requests.length = 0;
  for (const site of ['cross-site', 'same-site', 'none']) {
    const { reply } = await choose(browser, ENGINES, { 'sec-fetch-site': site });
    assertPage(reply, 405, "That can't be done here");
  }
  assert.equal(world.asked('authenticate'), 0);
  assert.equal((await choose(browser, ENGINES)).reply.status, 303);
});

test('without what the sign-in goes on with there is nothing to choose', async () => {
  const { browser } = await chooses();
  const other = world.browser();
  assertPage((await choose(other, ENGINES)).reply, 400, 'This sign-in took too long');
  other.jar.plant(PENDING, `${browser.jar.value(PENDING)?.slice(0, -2)}AA`, world.address);
  assertPage((await choose(other, ENGINES)).reply, 400, 'This sign-in took too long');
});

test('in an outage the choice can be made again', async () => {
  const { browser } = await chooses();
  world.workos.fault({ endpoint: 'authenticate', status: 503, times: 1 });
  assertPage((await choose(browser, ENGINES)).reply, 502, "Sign-in isn't working right now");
  assert.equal((await choose(browser, ENGINES)).reply.status, 303);
});

test('an organization that was named beforehand is not asked for', async () => {
  const browser = world.browser();
  const query = new URLSearchParams({
    login_hint: katherine?.email ?? '',
    organization_id: ORBITS,
    return_to: '/x',
  });
  const { reply, url } = await browser.go(`/login?${query}`);
  assert.equal(reply.status, 200);
  assert.equal(url.pathname, '/x');
  assert.equal(identityOf(world.arrival())['x-authkit-organization-id'], ORBITS);
});

test('whoever must sign in again is led into the organization they were in', async () => {
  world.workos.fault({
    endpoint: 'authenticate',
    status: 403,
    body: { error: 'sso_required', error_description: 'SSO.' },
  });
  const session = { organizationId: ORBITS, accessTokenSeconds: -5 };
  const cookie = world.cookie(world.workos.mintSession(katherine, session));
  const query = assertToAuthKit(await world.open('/x', { cookie }));
  assert.equal(query.get('organization_id'), ORBITS);
});
