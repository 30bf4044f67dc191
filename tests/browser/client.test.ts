/** The front-end module in real tabs, served by the gateway that answers it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { chromiumPath } from '../../dev/setup/chromium.mjs';
import type * as Client from '../../src/client/client.d.ts';
import { until } from '../worker/support/until.ts';
import { openTown } from './support/town.ts';

declare global {
  /** The module, and what its events told. */
  var client: typeof Client;
  var seen: string[];
}

const ENGINES = 'org_01ANALYTICALENGINES000000';
const ORBITS = 'org_01ORBITSANDSONS0000000000';

const town = await openTown({
  variables: { ACCESS_TOKEN_ENDPOINT: true, UNAUTHENTICATED_PATHS: '/, /app, /assets/:path*' },
  workos: { interactive: false },
});

/** A browser in which somebody has signed in; Katherine is in two organizations. */
async function person(name = 'katherine'): Promise<BrowserContext> {
  const context = await town.visitor();
  const page = await context.newPage();
  const organization = name === 'katherine' ? `&organization_id=${ENGINES}` : '';
  await page.goto(`${town.url}/login?login_hint=${name}@example.com${organization}&return_to=/`);
  assert.equal(page.url(), `${town.url}/`);
  await page.close();
  return context;
}

/** A tab with the module in it. */
async function tab(context: BrowserContext, path = '/'): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${town.url}${path}`);
  await load(page);
  return page;
}

async function load(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const path = '/auth/client.js';
    globalThis.client = (await import(path)) as typeof Client;
    globalThis.seen = [];
    client.events.addEventListener('session', ({ detail }) => {
      const { user, organizationId } = { organizationId: '', ...detail };
      seen.push(user ? `${user.email} in ${organizationId}` : 'nobody');
    });
    client.events.addEventListener('sessionend', () => seen.push('end'));
  });
}

function seenIn(page: Page): Promise<string[]> {
  return page.evaluate(() => seen);
}

/** Waits until a tab has heard of so many events, and returns them. */
function hears(page: Page, count: number): Promise<string[]> {
  return until(async () => {
    const events = await seenIn(page);
    return events.length >= count ? events : undefined;
  }, `${count} events`);
}

/** What a call was refused with. */
function refusal(page: Page, call: 'refresh' | 'getAccessToken' | 'leave'): Promise<unknown> {
  return page.evaluate(async (name) => {
    try {
      if (name === 'refresh') return await client.refresh();
      if (name === 'leave') return await client.switchToOrganization('org_elsewhere');
      return await client.getAccessToken({ forceRefresh: true });
    } catch (error) {
      return error instanceof client.AuthError ? [error.code, error.status] : String(error);
    }
  }, call);
}

/** Counts what a browser's tabs ask for from here on. */
function counting(context: BrowserContext): (path: string) => number {
  const asked: string[] = [];
  context.on('request', (request) => asked.push(new URL(request.url()).pathname));
  return (path) => asked.filter((one) => one === path).length;
}

/** Waits until what was done has led the page elsewhere, and back. */
async function navigates(page: Page, act: () => Promise<unknown>): Promise<void> {
  const arrived = page.waitForEvent('framenavigated');
  await act();
  await arrived;
  await page.waitForLoadState();
}

function refreshes(): number {
  return town.workos.requests.filter(({ body }) => body?.grant_type === 'refresh_token').length;
}

function claimsOf(token: string | null): Record<string, unknown> {
  const payload = token?.split('.')[1] ?? '';
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
}

test('whoever asks at the same time shares one request; later it is known', async () => {
  const context = await person('ada');
  const page = await tab(context);
  const asked = counting(context);
  assert.deepEqual(await seenIn(page), [], 'nothing is asked unasked');
  const emails = await page.evaluate(async () => {
    const sessions = await Promise.all([1, 2, 3].map(() => client.getSession()));
    return [...sessions, await client.getSession()].map(({ user }) => user?.email);
  });
  assert.deepEqual(new Set(emails), new Set(['ada@example.com']));
  assert.equal(asked('/auth/session'), 1);
  assert.deepEqual(await seenIn(page), [`ada@example.com in ${ENGINES}`]);
});

test('that nobody is signed in is an answer', async () => {
  const page = await tab(await town.visitor());
  const answers = await page.evaluate(async () => [
    await client.getSession(),
    await client.refresh(),
    await client.getAccessToken(),
    await client.switchToOrganization('org_1'),
  ]);
  assert.deepEqual(answers, [{ user: null }, { user: null }, null, { user: null }]);
  assert.deepEqual(await seenIn(page), ['nobody']);
});

test('an outage signs nobody out, nor does a lost network', async () => {
  const context = await person('ada');
  const page = await tab(context);
  await page.evaluate(() => client.getSession());
  town.workos.fault({ endpoint: 'authenticate', status: 503, times: Number.POSITIVE_INFINITY });
  try {
    assert.deepEqual(await refusal(page, 'refresh'), ['temporarily_unavailable', 503]);
  } finally {
    town.workos.clearFaults();
  }
  await context.setOffline(true);
  assert.deepEqual(await refusal(page, 'getAccessToken'), ['unreachable', 0]);
  await context.setOffline(false);
  const session = await page.evaluate(() => client.getSession());
  assert.equal(session.user?.email, 'ada@example.com');
  assert.equal((await seenIn(page)).length, 1, 'no event but the first');
});

test('six tabs that force a refresh make one', async () => {
  const context = await person('ada');
  const tabs = await Promise.all(Array.from({ length: 6 }, () => tab(context)));
  await Promise.all(tabs.map((page) => page.evaluate(() => client.getSession())));
  // Tokens tell their end in seconds: the new one's must be another.
  await sleep(1100);
  const [asked, before] = [counting(context), refreshes()];
  // Long enough for the last of the tabs to have asked.
  town.workos.fault({ endpoint: 'authenticate', delayMs: 2500 });
  await Promise.all(tabs.map((page) => page.evaluate(() => client.refresh())));
  assert.equal(asked('/auth/refresh'), 1);
  assert.equal(refreshes() - before, 1);
});

test('an organization switched in one tab is switched in the other, the token too', async () => {
  const context = await person();
  const [one, other] = [await tab(context), await tab(context)];
  const first = claimsOf(await one.evaluate(() => client.getAccessToken()));
  assert.equal(first.org_id, ENGINES);
  const session = await other.evaluate((id) => client.switchToOrganization(id), ORBITS);
  assert.equal(session.user && session.role, 'admin');
  assert.deepEqual((await hears(one, 2)).slice(1), [`katherine@example.com in ${ORBITS}`]);
  const second = claimsOf(await one.evaluate(() => client.getAccessToken()));
  assert.deepEqual([second.org_id, second.sid], [ORBITS, first.sid]);
  await one.goto(`${town.url}/account`);
  assert.match(await one.locator('main').innerText(), /org_01ORBITSANDSONS/, 'the site knows too');
});

test('who may not be in an organization stays where they are', async () => {
  const page = await tab(await person('ada'));
  await page.evaluate(() => client.getSession());
  assert.deepEqual(await refusal(page, 'leave'), ['organization_denied', 403]);
  const session = await page.evaluate(() => client.getSession());
  assert.equal(session.user && session.organizationId, ENGINES);
});

test('an organization that wants a sign-in of its own gets one', async () => {
  const page = await tab(await person(), '/?tab=1#below');
  town.workos.fault({
    endpoint: 'authenticate',
    grantType: 'refresh_token',
    status: 403,
    body: { error: 'sso_required', error_description: 'Sign in with SSO.', connection_ids: [] },
  });
  await navigates(page, () => page.evaluate((id) => void client.switchToOrganization(id), ORBITS));
  assert.equal(page.url(), `${town.url}/?tab=1#below`);
  await load(page);
  const session = await page.evaluate(() => client.getSession());
  assert.equal(session.user && session.organizationId, ORBITS);
});

test('who signs out in one tab is signed out in the other, and at WorkOS', async () => {
  const context = await person('grace');
  const [one, other] = [await tab(context), await tab(context)];
  for (const page of [one, other]) await page.evaluate(() => client.getSession());
  await other.evaluate(() => {
    client.events.addEventListener('sessionend', () => client.signIn());
    void client.signOut();
    // Refused while the sign-out is under way: it must not lead to a sign-in.
    void client.fetch('/account');
  });
  assert.deepEqual((await hears(one, 3)).slice(1), ['nobody', 'end']);
  await other.waitForURL(`${town.url}/`);
  assert.ok(town.workos.sessions.all().at(-1)?.ended, 'ended at WorkOS');
  await other.goto(`${town.url}/auth/session`);
  assert.equal(await other.locator('body').innerText(), '{"user":null}');
});

test('requests that are refused tell it once; opted in, the page goes and signs in', async () => {
  const context = await person('ada');
  const page = await tab(context, '/?q={"a":[1|2]}#below');
  await page.evaluate(() => client.getSession());
  await context.clearCookies({ name: 'wos-session' });
  const statuses = await page.evaluate(async () => {
    const answers = await Promise.all([1, 2, 3].map((n) => client.fetch(`/account?${n}`)));
    return answers.map(({ status }) => status);
  });
  assert.deepEqual(statuses, [401, 401, 401]);
  assert.deepEqual((await hears(page, 3)).slice(1), ['nobody', 'end']);
  await navigates(page, () =>
    page.evaluate(() => {
      const to = { loginHint: 'grace@example.com' };
      client.events.addEventListener('sessionend', () => client.signIn(to));
      void client.fetch('/account');
    }),
  );
  assert.equal(decodeURIComponent(new URL(page.url()).search), '?q={"a":[1|2]}');
  assert.equal(new URL(page.url()).hash, '#below');
  await load(page);
  const { user } = await page.evaluate(() => client.getSession());
  assert.equal(user?.email, 'grace@example.com');
});

test('a computer whose clock is an hour off keeps a token no longer or shorter', async () => {
  const context = await person('ada');
  // Cloudflare writes the time on every answer; the runtime alone does not.
  await context.route('**/auth/*', async (route) => {
    const asked = { ...(await route.request().allHeaders()), 'sec-fetch-site': 'same-origin' };
    const response = await route.fetch({ headers: asked });
    const headers = { ...response.headers(), date: new Date().toUTCString() };
    await route.fulfill({ response, headers });
  });
  for (const hours of [-1, 1]) {
    const page = await context.newPage();
    await page.addInitScript((shift) => {
      const real = Date.now;
      Date.now = () => real() + shift;
    }, hours * 3_600_000);
    await page.goto(`${town.url}/`);
    await load(page);
    const asked = counting(context);
    const tokens = await page.evaluate(async () => [
      await client.getAccessToken(),
      await client.getAccessToken(),
    ]);
    assert.equal(tokens[0], tokens[1]);
    assert.equal(asked('/auth/token'), 1);
    const forced = await page.evaluate(() => client.getAccessToken({ forceRefresh: true }));
    assert.notEqual(forced, tokens[0]);
  }
});

test('neither sessions nor tokens are stored', async () => {
  const page = await tab(await person('ada'));
  const kept = await page.evaluate(async () => {
    await client.getAccessToken();
    const databases = await indexedDB.databases();
    const all = [localStorage.length, sessionStorage.length, databases.length];
    return [...all, (await caches.keys()).length, document.cookie.length];
  });
  assert.deepEqual(kept, [0, 0, 0, 0, 0]);
});

test('a page the browser had put aside looks again when it comes back', async (context) => {
  const executablePath = chromiumPath();
  const browser = await chromium.launch({
    args: ['--no-sandbox', '--disable-gpu'],
    // Playwright's own default.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
    ...(executablePath && { executablePath }),
  });
  context.after(() => browser.close());
  const page = await browser.newPage();
  // This page has no script that asks before the test listens: its first event would be missed.
  await page.goto(`${town.url}/login?login_hint=ada@example.com&return_to=/`);
  await load(page);
  await page.evaluate(() => {
    // Chromium tells of this as well: the module must do without.
    document.addEventListener('visibilitychange', (event) => event.stopPropagation());
    return client.getSession();
  });
  await page.goto(`${town.workos.url}/health`);
  await page.context().clearCookies();
  await page.goBack({ waitUntil: 'commit' });
  assert.ok(await page.evaluate(() => 'client' in globalThis), 'it is the page that was put aside');
  assert.deepEqual((await hears(page, 3)).slice(1), ['nobody', 'end']);
});

test('the demo site’s app shows all of it', async () => {
  const context = await person();
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', ({ message }) => faults.push(message));
  page.on('console', (line) => line.type() === 'error' && faults.push(line.text()));
  await page.goto(`${town.url}/app`);
  await page.getByRole('heading', { name: 'Katherine Johnson' }).waitFor();
  await page.getByLabel('Organization').selectOption({ label: 'Orbits & Sons' });
  await page.getByText('orbits:write').waitFor();
  await page.getByRole('button', { name: 'Get an access token' }).click();
  await page.getByText('getAccessToken(): a new one').waitFor();
  await page.getByRole('button', { name: 'Refresh' }).click();
  await page.getByText('refresh(): the session').waitFor();
  assert.match(await page.locator('#left').innerText(), /^\d+ s left$/);
  const other = await context.newPage();
  await other.goto(`${town.url}/app`);
  await other.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Nobody is signed in' }).waitFor();
  await page.getByText('You have been signed out').waitFor();
  assert.deepEqual(faults, []);
  await navigates(page, () => page.getByRole('button', { name: 'Sign in' }).click());
  assert.equal(page.url(), `${town.url}/app`);
  await page.getByRole('heading', { name: 'Ada Lovelace' }).waitFor();
});
