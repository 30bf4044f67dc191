import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { heading, openTown, signInAs, type Town } from './support/town.ts';

const SECONDS = 2;
const town = await openTown({ workos: { accessTokenSeconds: SECONDS } });

async function signedIn(there: Town, path = '/account'): Promise<Page> {
  // The demo site itself allows no scripts.
  const page = await (await there.visitor({ bypassCSP: true })).newPage();
  await page.goto(`${there.url}${path}`);
  await signInAs(page, 'Ada Lovelace');
  await page.waitForURL(`${there.url}${path}`);
  return page;
}

function refreshes({ workos }: Town): number {
  return workos.requests.filter(({ body }) => body?.grant_type === 'refresh_token').length;
}

/** Lets the token in the browser run out; its life is the shortest WorkOS' clock can tell. */
function expiry(): Promise<void> {
  return sleep((SECONDS + 0.2) * 1000);
}

test('a token that runs out is renewed unnoticed, again and again', async () => {
  const page = await signedIn(town);
  const sealed = new Set<string>();
  for (const round of [1, 2]) {
    await expiry();
    await page.reload();
    assert.equal(await heading(page), 'Ada Lovelace', `round ${round}`);
    assert.equal(page.url(), `${town.url}/account`);
    const cookies = await page.context().cookies(town.url);
    sealed.add(cookies.find(({ name }) => name === 'wos-session')?.value ?? '');
  }
  assert.equal(sealed.size, 2, 'the cookie was renewed each time');
  assert.equal(town.workos.sessions.all().length, 1, 'it is one session');
});

test('many requests of one page renew it once', async () => {
  const page = await signedIn(town);
  await page.goto(`${town.url}/`);
  await expiry();
  const before = refreshes(town);
  const statuses = await page.evaluate(async () => {
    const all = Array.from({ length: 12 }, (_, index) => fetch(`/account?${index}`));
    return (await Promise.all(all)).map(({ status }) => status);
  });
  assert.deepEqual(new Set(statuses), new Set([200]));
  assert.equal(refreshes(town) - before, 1);
});

test('an outage of WorkOS is a page that mends itself', async () => {
  const page = await signedIn(town);
  await expiry();
  town.workos.fault({
    endpoint: 'authenticate',
    status: 503,
    headers: { 'retry-after': '1' },
    times: Infinity,
  });
  await page.reload();
  assert.equal(await heading(page), 'Just a moment');
  town.workos.clearFaults();
  await page.getByRole('heading', { name: 'Ada Lovelace' }).waitFor();
  assert.equal(page.url(), `${town.url}/account`);
});

test('a session ended at WorkOS means signing in again', async () => {
  const page = await signedIn(town);
  for (const { id } of town.workos.sessions.all()) town.workos.sessions.revoke(id);
  await expiry();
  await page.context().clearCookies({ path: '/user_management' });
  await page.reload();
  assert.equal(await heading(page), 'Sign in');
  await signInAs(page, 'Ada Lovelace');
  await page.waitForURL(`${town.url}/account`);
  assert.equal(await heading(page), 'Ada Lovelace');
});

test('a strict cookie survives the way back from WorkOS', async () => {
  const strict = await openTown({ variables: { WORKOS_COOKIE_SAMESITE: 'strict' } });
  const page = await signedIn(strict, '/account?x=1');
  assert.equal(await heading(page), 'Ada Lovelace');
  const cookies = await page.context().cookies(strict.url);
  assert.equal(cookies.find(({ name }) => name === 'wos-session')?.sameSite, 'Strict');
});

test('a session of several cookies lives in a real browser', async () => {
  const permissions = Array.from({ length: 400 }, (_, index) => `permission:${index}`);
  const large = await openTown({ workos: { templateClaims: { permissions } } });
  const page = await signedIn(large);
  assert.match(await page.locator('main').innerText(), /permission:399/);
  const count = async () =>
    (await page.context().cookies(large.url)).filter(({ name }) => name.startsWith('wos-session'))
      .length;
  assert.ok((await count()) > 1);
  await page.locator('main').getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(`${large.url}/`);
  assert.equal(await count(), 0);
});
