/**
 * The gateway's own pages as people see them. With SHOTS=<directory> each is photographed there, in
 * light and dark, wide and narrow.
 */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { heading, openTown, signInAs, type Town } from './support/town.ts';

const { SHOTS } = process.env;
const town = await openTown();
const faulty = await openTown({
  variables: {
    WORKOS_CLIENT_ID: '',
    WORKOS_COOKIE_PASSWORD: 'short',
    MATCHER: '/(',
    LOG_LEVEL: 'loud',
  },
});

/** How to come to a page, which then has this heading. */
type Row = [name: string, heading: string, come: (page: Page) => Promise<unknown>];

const ROWS: Row[] = [
  ['sign-out', 'Sign out?', (page) => page.goto(`${town.url}/logout`)],
  [
    'unknown-sign-in',
    "This sign-in wasn't begun here",
    (page) => page.goto(`${town.url}/callback?code=1&state=1.${'0'.repeat(32)}`),
  ],
  ['cancelled', 'You were not signed in', cancel],
  ['refused', 'You were not signed in', (page) => arriveWith(page, { error: 'server_error' })],
  ['used-up', 'This sign-in is used up', (page) => arriveWith(page, { code: 'used' })],
  ['sign-in-down', "Sign-in isn't working right now", signInWhileDown],
  ['step-up', 'One more step is needed', stepUp],
  ['organizations', 'Where to?', chooseOrganization],
  ['session-not-kept', "Your browser didn't keep the sign-in", loseSession],
  ['impersonation', 'You can only look', actAsAnother],
  ['forbidden', "You can't see this page", lackMuch],
  ['wrong-organization', "You can't see this page", beElsewhere],
  ['old-sign-in', "You can't see this page", comeBackAsOld],
  ['form-after-old-sign-in', 'Sign in once more', saveTooLate],
  ['form-without-session', 'You are not signed in', (page) => post(page, town)],
  [
    'host',
    "This address isn't served here",
    (page) => page.goto(`${town.url.replace('localhost', 'other.test')}/x`),
  ],
  ['unreadable-address', "This address can't be read", (page) => page.goto(`${town.url}/%00`)],
  ['outage', 'Just a moment', outage],
  ['site-down', "This site can't be reached", siteDown],
  ['not-configured', 'The gateway is not configured', (page) => page.goto(`${faulty.url}/account`)],
];

for (const [name, title, come] of ROWS) {
  test(`the page “${title}” (${name}) is whole, quiet and fits`, async () => {
    const context = await town.visitor();
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (/Content Security Policy|Refused to/.test(message.text()))
        complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await come(page);
    town.workos.clearFaults();
    assert.equal(await heading(page), title);
    assert.equal(await page.title(), title);
    assert.deepEqual(complaints, []);
    await assertLooksWhole(page, name);
  });
}

/** Legible and in one piece, whatever the window. */
async function assertLooksWhole(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1100, 320]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 720 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${wide} px in a window of ${width}`);
      const { back, text } = await colours(page);
      assert.ok(contrast(back, text) >= 4.5, `${text} on ${back}`);
      if (SHOTS) await photograph(page, `${name}-${colorScheme}-${width}`);
    }
  }
  const actions = page.locator('.actions a, .actions button');
  for (const action of await actions.all()) assert.ok(await action.isVisible());
}

async function photograph(page: Page, name: string): Promise<void> {
  mkdirSync(String(SHOTS), { recursive: true });
  await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
}

async function colours(page: Page): Promise<{ back: number[]; text: number[] }> {
  const [back, text] = await page.evaluate(() => {
    const main = document.querySelector('main') ?? document.body;
    const paragraph = document.querySelector('main p') ?? main;
    return [getComputedStyle(main).backgroundColor, getComputedStyle(paragraph).color];
  });
  const channels = (colour = '') => (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
  return { back: channels(back), text: channels(text) };
}

/** WCAG 2.2's contrast ratio. */
function contrast(one: number[], other: number[]): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(channels: number[]): number {
  const [red = 0, green = 0, blue = 0] = channels
    .map((channel) => channel / 255)
    .map((channel) => (channel <= 0.03928 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

async function cancel(page: Page): Promise<void> {
  await page.goto(`${town.url}/account`);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.waitForURL((url) => url.origin === town.url);
}

/** Goes to AuthKit and comes back with something else than it gave. */
async function arriveWith(page: Page, told: Record<string, string>): Promise<void> {
  await page.goto(`${town.url}/account`);
  await comeBackWith(page, told);
}

/** Comes back from AuthKit with something else than it gave. */
async function comeBackWith(page: Page, told: Record<string, string>): Promise<void> {
  const state = new URL(page.url()).searchParams.get('state') ?? '';
  await page.goto(`${town.url}/callback?${new URLSearchParams({ ...told, state })}`);
}

async function signInWhileDown(page: Page): Promise<void> {
  town.workos.fault({ endpoint: 'authenticate', status: 503 });
  await arriveWith(page, { code: 'x' });
}

async function stepUp(page: Page): Promise<void> {
  const body = { code: 'mfa_enrollment' };
  town.workos.fault({ endpoint: 'authenticate', status: 403, body, times: 3 });
  await arriveWith(page, { code: 'x' });
  for (const round of [1, 2]) {
    assert.equal(await heading(page), 'Sign in', `AuthKit is to take the step, ${round}`);
    await comeBackWith(page, { code: 'x' });
  }
}

async function chooseOrganization(page: Page): Promise<void> {
  const names = ['Analytical Engines Ltd.', 'Orbits & Sons', 'Wörter-'.repeat(12)];
  const organizations = names.map((name, index) => ({ id: `org_${index}`, name }));
  const code = 'organization_selection_required';
  const body = { code, pending_authentication_token: 'x', organizations };
  town.workos.fault({ endpoint: 'authenticate', status: 403, body });
  await arriveWith(page, { code: 'x' });
  for (const name of names) assert.ok(await page.getByRole('button', { name }).isVisible());
}

/** Signs in with a browser that drops the session's cookie. */
async function loseSession(page: Page): Promise<void> {
  await signIn(page, town);
  await page.context().clearCookies({ name: 'wos-session' });
  await page.reload();
}

async function actAsAnother(page: Page): Promise<void> {
  const there = await openTown({ variables: { IMPERSONATION: 'read-only' } });
  await page.goto(`${there.url}/account`);
  await signInAs(page, 'Alan Turing');
  await page.waitForURL(`${there.url}/account`);
  await post(page, there);
}

async function lackMuch(page: Page): Promise<void> {
  const lacking =
    'role:owner|superuser permission:quarterly-reports:export-everything entitlement:gold flag:beta';
  await signIn(page, await openTown({ variables: { RULES: [`/account ${lacking}`] } }));
  const missing = await page.locator('main li').allInnerTexts();
  assert.equal(missing.length, 4);
  assert.equal(missing[0], 'You need the role owner or superuser.');
}

async function beElsewhere(page: Page): Promise<void> {
  const there = await openTown({
    variables: { RULES: ['/team org:org_01HZXELSEWHERE000000000000'] },
  });
  await signIn(page, there);
  await page.goto(`${there.url}/team`);
  for (const name of ['Switch organization', 'Sign out'])
    assert.ok(await page.getByRole('button', { name }).isVisible());
}

/** A town in which AuthKit says that everybody signed in an hour ago. */
function timeless(rule: string): Promise<Town> {
  const templateClaims = { auth_time: Math.floor(Date.now() / 1000) - 3600 };
  return openTown({ variables: { RULES: [rule] }, workos: { templateClaims } });
}

async function comeBackAsOld(page: Page): Promise<void> {
  const there = await timeless('/account max_age:15m');
  await signIn(page, there);
  await page.reload();
  assert.equal(page.url(), `${there.url}/account`, 'there is no loop');
}

async function saveTooLate(page: Page): Promise<void> {
  const there = await timeless('/save max_age:15m');
  await signIn(page, there);
  await post(page, there);
  assert.ok(await page.getByRole('link', { name: 'Sign in' }).isVisible());
}

async function post(page: Page, there: Town): Promise<void> {
  await page.goto(`${there.url}/`);
  await page.evaluate(() => {
    const form = document.createElement('form');
    form.method = 'post';
    form.action = '/save';
    document.body.append(form);
    form.submit();
  });
  await page.waitForURL(`${there.url}/save`);
}

async function signIn(page: Page, there: Town): Promise<void> {
  await page.goto(`${there.url}/account`);
  await signInAs(page, 'Ada Lovelace');
  await page.waitForURL(`${there.url}/account`);
}

async function outage(page: Page): Promise<void> {
  const short = await openTown({ workos: { accessTokenSeconds: 3 } });
  await signIn(page, short);
  short.workos.fault({
    endpoint: 'authenticate',
    status: 503,
    headers: { 'retry-after': '60' },
    times: Infinity,
  });
  await page.waitForTimeout(3200);
  await page.reload();
}

async function siteDown(page: Page): Promise<void> {
  const deserted = await openTown();
  await signIn(page, deserted);
  await deserted.site.close();
  await page.reload();
}
