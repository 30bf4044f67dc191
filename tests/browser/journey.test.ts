import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { heading, openTown, signInAs } from './support/town.ts';

const town = await openTown();

/** A page of a browser nobody has used. */
async function stranger(): Promise<Page> {
  return (await town.visitor()).newPage();
}

async function signedIn(options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await town.visitor(options)).newPage();
  await page.goto(`${town.url}/account`);
  await signInAs(page, 'Ada Lovelace');
  await page.waitForURL(`${town.url}/account`);
  return page;
}

test('a person signs in from a deep link and lands on it', async () => {
  const page = await stranger();
  const link = `${town.url}/account?tab=a%2Fb&q=1+2#below`;
  await page.goto(link);
  assert.equal(await heading(page), 'Sign in');
  assert.equal(new URL(page.url()).origin, town.workos.url);
  await signInAs(page, 'Ada Lovelace');
  await page.waitForURL((url) => url.origin === town.url);
  assert.equal(page.url().replace(/#.*/, ''), link.replace(/#.*/, ''));
  assert.equal(await heading(page), 'Ada Lovelace');
  assert.doesNotMatch(page.url(), /code=|state=/);
});

test('the account page shows who the gateway says is asking', async () => {
  const page = await signedIn();
  const text = await page.locator('main').innerText();
  for (const word of [
    'ada@example.com',
    'user_01ADALOVELACE',
    'org_01ANALYTICALENGINES',
    'admin',
    'members:manage',
  ])
    assert.ok(text.includes(word), word);
});

test('names beyond ASCII survive the way', async () => {
  const page = await stranger();
  await page.goto(`${town.url}/account`);
  await signInAs(page, 'Zoë Müller-Sørensen');
  await page.waitForURL(`${town.url}/account`);
  assert.equal(await heading(page), 'Zoë Müller-Sørensen');
});

test('the session stays out of reach of the page’s scripts', async () => {
  const page = await signedIn();
  assert.equal(await page.evaluate(() => document.cookie), '');
  const cookies = await page.context().cookies(town.url);
  const own = cookies.filter(({ name }) => name.startsWith('wos-session'));
  assert.equal(own.length, 1);
  assert.ok(own.every(({ httpOnly, sameSite }) => httpOnly && sameSite === 'Lax'));
  assert.ok(
    cookies.every(({ name }) => !name.includes('authkit-flow')),
    'the flow is over',
  );
});

test('a page’s script learns who is signed in', async () => {
  // The demo site itself allows no scripts.
  const page = await signedIn({ bypassCSP: true });
  const session = await page.evaluate(async () => {
    const response = await fetch('/auth/session');
    return (await response.json()) as { user: { email: string } };
  });
  assert.equal(session.user.email, 'ada@example.com');
});

test('signing out by the button ends the session, here and at WorkOS', async () => {
  const page = await signedIn();
  const before = town.workos.sessions.all().length;
  await page.locator('main').getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(`${town.url}/`);
  assert.ok(await page.getByRole('link', { name: 'Sign in' }).first().isVisible());
  assert.equal(town.workos.sessions.all().at(before - 1)?.ended, true);
  await page.goto(`${town.url}/account`);
  assert.equal(await heading(page), 'Sign in');
});

test('after signing out the back button brings nothing fresh', async () => {
  const page = await signedIn();
  await page.locator('main').getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(`${town.url}/`);
  await page.goBack();
  await page.waitForLoadState();
  await page.reload();
  assert.equal(await heading(page), 'Sign in', 'the page is asked for again, and protected');
});

test('opening the sign-out address only asks', async () => {
  const page = await signedIn();
  await page.goto(`${town.url}/logout`);
  assert.equal(await heading(page), 'Sign out?');
  await page.getByRole('link', { name: 'Stay signed in' }).click();
  await page.goto(`${town.url}/account`);
  assert.equal(await heading(page), 'Ada Lovelace');
  await page.goto(`${town.url}/logout`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(`${town.url}/`);
  await page.goto(`${town.url}/account`);
  assert.equal(await heading(page), 'Sign in');
});

test('two tabs begin a sign-in each; the second ends first, and both end well', async () => {
  const context = await town.visitor();
  const [first, second] = [await context.newPage(), await context.newPage()];
  await first.goto(`${town.url}/account?tab=1`);
  await second.goto(`${town.url}/account?tab=2`);
  await signInAs(second, 'Ada Lovelace');
  await second.waitForURL(`${town.url}/account?tab=2`);
  await signInAs(first, 'Ada Lovelace');
  await first.waitForURL(`${town.url}/account?tab=1`);
  for (const page of [first, second]) {
    await page.reload();
    assert.equal(await heading(page), 'Ada Lovelace');
  }
});

test('whoever cancels is told so, and can try again', async () => {
  const page = await stranger();
  await page.goto(`${town.url}/account?x=1`);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.waitForURL((url) => url.origin === town.url);
  assert.equal(await heading(page), 'You were not signed in');
  await page.getByRole('link', { name: 'Try again' }).click();
  await signInAs(page, 'Grace Hopper');
  await page.waitForURL(`${town.url}/account?x=1`);
  assert.equal(await heading(page), 'Grace Hopper');
});

test('a newcomer signs up from the site’s own link', async () => {
  const page = await stranger();
  await page.goto(town.url);
  await page.getByRole('link', { name: 'Create an account' }).click();
  assert.equal(await heading(page), 'Create your account');
  await page.getByLabel('E-mail').fill('newcomer@example.com');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL(`${town.url}/account`);
  assert.match(await page.locator('main').innerText(), /newcomer@example\.com/);
});

test('a person in two organizations is in the one they chose', async () => {
  const page = await stranger();
  await page.goto(`${town.url}/account`);
  await page.getByRole('button', { name: /Katherine Johnson.*Orbits/s }).click();
  await page.waitForURL(`${town.url}/account`);
  assert.match(await page.locator('main').innerText(), /org_01ORBITSANDSONS/);
});

test('the old address of a callback does no harm', async () => {
  const page = await stranger();
  const callbacks: string[] = [];
  page.on('request', (request) => {
    if (request.url().startsWith(`${town.url}/callback`)) callbacks.push(request.url());
  });
  await page.goto(`${town.url}/account`);
  await signInAs(page, 'Ada Lovelace');
  await page.waitForURL(`${town.url}/account`);
  await page.goto(callbacks[0] ?? '');
  await page.waitForURL(`${town.url}/`);
  await page.goto(`${town.url}/account`);
  assert.equal(await heading(page), 'Ada Lovelace');
  const other = await stranger();
  await other.goto(callbacks[0] ?? '');
  assert.equal(await heading(other), 'Sign in', 'nobody becomes Ada by it');
  await signInAs(other, 'Grace Hopper');
  await other.waitForURL(`${town.url}/`);
  await other.goto(`${town.url}/account`);
  assert.equal(await heading(other), 'Grace Hopper');
});

test('a sign-in whose cookie is lost on the way begins once more, and ends on a page if it is lost again', async () => {
  const page = await stranger();
  await page.goto(`${town.url}/account`);
  await page.context().clearCookies();
  await signInAs(page, 'Ada Lovelace');
  await page.waitForURL(`${town.url}/`);
  await page.goto(`${town.url}/account`);
  assert.equal(await heading(page), 'Ada Lovelace', 'AuthKit knew who it was');

  const forgetful = await stranger();
  await forgetful.goto(`${town.url}/callback?code=lost`);
  assert.equal(await heading(forgetful), 'Sign in');
  await forgetful.context().clearCookies();
  await signInAs(forgetful, 'Ada Lovelace');
  await forgetful.waitForURL(`${town.url}/callback?**`);
  assert.equal(await heading(forgetful), "This sign-in wasn't begun here");
  await forgetful.getByRole('link', { name: 'Try again' }).click();
  await forgetful.waitForURL(`${town.url}/`);
  await forgetful.goto(`${town.url}/account`);
  assert.equal(await heading(forgetful), 'Ada Lovelace');
});

test('a form of another site signs nobody out', async () => {
  const page = await signedIn();
  const evil = await page.context().newPage();
  await evil.route('http://evil.test/**', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<form method="post" action="${town.url}/logout"><button>Free cake</button></form>`,
    }),
  );
  await evil.goto('http://evil.test/');
  await evil.getByRole('button').click();
  await evil.waitForURL(`${town.url}/logout`);
  assert.equal(await heading(evil), 'You are still signed in');
  await page.reload();
  assert.equal(await heading(page), 'Ada Lovelace');
});

test('the names of this machine lead to one', async () => {
  const page = await stranger();
  await page.goto(`${town.url.replace('localhost', '127.0.0.1')}/account`);
  await signInAs(page, 'Ada Lovelace');
  await page.waitForURL(`${town.url}/account`);
  assert.equal(await heading(page), 'Ada Lovelace');
});
