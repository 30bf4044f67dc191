/** Whoever is in the wrong organization changes over on the page that says so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Browser } from './support/browser.ts';
import { identityOf } from './support/echo.ts';
import { assertPage } from './support/expect.ts';
import { header, type Reply } from './support/http.ts';
import { openWorld } from './support/world.ts';

const ENGINES = 'org_01ANALYTICALENGINES000000';
const ORBITS = 'org_01ORBITSANDSONS0000000000';
const world = await openWorld({
  variables: { RULES: [`/orbits/:path* org:${ORBITS}`, '/both org:*', `/closed org:org_others`] },
});

async function inEngines(): Promise<Browser> {
  const browser = world.browser();
  await browser.go(`/login?login_hint=katherine@example.com&organization_id=${ENGINES}`);
  return browser;
}

function action({ text }: Reply): string {
  const found = /action="([^"]*)"><button class="[^"]*">Switch organization</.exec(text);
  assert.ok(found?.[1], text);
  return found[1].replaceAll('&amp;', '&');
}

function press(browser: Browser, path: string, headers = {}) {
  return browser.step(path, {
    method: 'POST',
    body: '',
    initiator: 'same-site',
    headers: { origin: world.address.origin, ...headers },
  });
}

test('the form leads into the organization, and back to the page', async () => {
  const browser = await inEngines();
  const { reply: refused } = await browser.step('/orbits/a?b=1');
  assertPage(refused, 403, "You can't see this page");
  assert.equal(header(refused, 'referrer-policy'), 'same-origin');
  const { reply: moved } = await press(browser, action(refused));
  assert.equal(moved.status, 303, moved.text);
  assert.equal(header(moved, 'location'), 'https://app.example.com/orbits/a?b=1');
  const { reply } = await browser.step('/orbits/a?b=1');
  assert.equal(reply.status, 200);
  assert.equal(identityOf(world.arrival())['x-authkit-organization-id'], ORBITS);
});

test('an organization of others stays theirs, and nobody is signed out', async () => {
  const browser = await inEngines();
  const { reply: refused } = await browser.step('/closed');
  const { reply } = await press(browser, action(refused));
  assert.equal(reply.status, 403, reply.text);
  assert.equal((await browser.step('/both')).reply.status, 200);
  assert.equal(identityOf(world.arrival())['x-authkit-organization-id'], ENGINES);
});

test('another site can’t press the button', async () => {
  const browser = await inEngines();
  const { reply: refused } = await browser.step('/orbits');
  const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
  const { reply } = await press(browser, action(refused), headers);
  assert.equal(reply.status, 403);
  assert.equal((await browser.step('/orbits')).reply.status, 403);
});
