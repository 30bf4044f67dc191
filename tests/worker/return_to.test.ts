import assert from 'node:assert/strict';
import { test } from 'node:test';
import { corpus } from './support/corpus.ts';
import { header } from './support/http.ts';
import { open, seal } from './support/seal.ts';
import { ADDRESS, openWorld, PASSWORD } from './support/world.ts';

const world = await openWorld();
const cookie = world.cookie();

/** Where `/login` sends somebody who is signed in: the same decision as after a sign-in, cheaply had. */
async function target(input: string): Promise<string | undefined> {
  const reply = await world.open(`/login?${new URLSearchParams({ return_to: input })}`, { cookie });
  assert.equal(reply.status, 302, reply.text);
  for (const [, value] of reply.lines) assert.doesNotMatch(value, /[^\t -~]/, 'no control bytes');
  return header(reply, 'location');
}

test('hostile return targets end on the site’s root', async (t) => {
  for (const { input, why } of corpus.return_to.filter(({ allowed }) => !allowed)) {
    await t.test(`${JSON.stringify(input.slice(0, 60))}: ${why}`, async () => {
      assert.equal(await target(input), `${ADDRESS}/`);
    });
  }
});

test('paths on this site are kept byte for byte', async (t) => {
  for (const { input, why } of corpus.return_to.filter(({ allowed }) => allowed)) {
    await t.test(`${JSON.stringify(input.slice(0, 60))}: ${why}`, async () => {
      const escaped = input.replace(/[^ -~]+/g, encodeURIComponent);
      assert.equal(await target(input), `${ADDRESS}${escaped}`);
    });
  }
});

test('a target of 2,048 bytes is kept, a longer one is not', async () => {
  assert.equal(await target(`/${'a'.repeat(2047)}`), `${ADDRESS}/${'a'.repeat(2047)}`);
  assert.equal(await target(`/${'a'.repeat(2048)}`), `${ADDRESS}/`);
});

test('a target given twice, or under another name, is none', async (t) => {
  for (const query of [
    'return_to=/a&return_to=/b',
    'return_to[]=/a',
    'Return_To=/a',
    'return_to=',
  ]) {
    await t.test(query, async () => {
      const reply = await world.open(`/login?${query}`, { cookie });
      assert.equal(header(reply, 'location'), `${ADDRESS}/`);
    });
  }
});

test('a sign-in does not end on an endpoint of the gateway', async (t) => {
  for (const path of [
    '/login',
    '/login?x=1',
    '/signup',
    '/logout',
    '/callback',
    '/callback?code=1',
    '/auth/session',
  ]) {
    await t.test(path, async () => {
      assert.equal(await target(path), `${ADDRESS}/`);
    });
  }
});

test('a target sealed by something older is judged again on arrival', async () => {
  const browser = world.browser();
  const callback = await browser.goAsFarAsCallback('/login?return_to=/fine');
  const state = callback.searchParams.get('state') ?? '';
  const name = `__Host-authkit-flow-${state.slice(2, 10)}`;
  const place = { purpose: 'flow', cookie: name, host: 'app.example.com' } as const;
  const flow = open(browser.jar.value(name) ?? '', place, PASSWORD);
  browser.jar.plant(
    name,
    seal({ ...flow, returnTo: '//evil.example' }, place, PASSWORD),
    world.address,
  );
  const { reply } = await browser.step(callback, { initiator: 'cross-site' });
  assert.equal(header(reply, 'location'), `${ADDRESS}/`);
});
