import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ARRIVED } from './support/browser.ts';
import { identityOf } from './support/echo.ts';
import { assertError, assertToAuthKit } from './support/expect.ts';
import { setCookies } from './support/http.ts';
import { openWorld } from './support/world.ts';

const permissions = Array.from({ length: 400 }, (_, index) => `permission:${index}`);
const world = await openWorld({ workos: { templateClaims: { permissions } } });

async function signedIn() {
  const browser = world.browser();
  const { steps } = await browser.signIn('/x');
  const lines = setCookies(steps.at(-2)?.reply ?? assert.fail()).filter((line) =>
    line.startsWith('wos-session'),
  );
  return { browser, lines, names: lines.map((line) => line.split('=')[0] ?? '') };
}

test('a session too large for one cookie is cut into several, none too large', async () => {
  const { lines, names } = await signedIn();
  assert.ok(names.length > 1 && names.length <= 4, names.join());
  const [generation] = names.map((name) => name.split('.')[1]);
  assert.deepEqual(
    names,
    names.map((_, index) => `wos-session.${generation}.${index}.${names.length}`),
  );
  for (const line of lines) {
    assert.ok(Buffer.byteLength(line) <= 4096);
    assert.match(line, /; Path=\/; Max-Age=34560000; HttpOnly; Secure; SameSite=Lax$/);
  }
});

test('all of it reaches the site as one identity', async () => {
  const { browser } = await signedIn();
  await browser.step('/y');
  const told = decodeURIComponent(identityOf(world.arrival())['x-authkit-permissions'] ?? '');
  assert.deepEqual(JSON.parse(told), permissions);
});

test('a missing, doubled or foreign chunk makes a stranger', async () => {
  const { browser, names } = await signedIn();
  const pairs = names.map((name) => `${name}=${browser.jar.value(name)}`);
  const [first = '', ...rest] = pairs;
  const rows: string[][] = [
    rest,
    [first],
    [first, first, ...rest],
    [...pairs.slice(0, -1), `${pairs.at(-1)}x`],
    pairs
      .map((pair) => pair.replace(/^wos-session\.[0-9a-f]{12}/, 'wos-session.000000000000'))
      .slice(1),
    pairs.map((pair, index) => (index === 0 ? pair.replace('.0.', '.9.') : pair)),
    pairs.map((pair) => pair.replace(/\.(\d)\.\d=/, '.$1.9=')),
    pairs.map((pair) => pair.replace(/\.(\d)\.(\d)=/, '.0$1.$2=')),
  ];
  for (const row of rows)
    assertError(await world.fetch('/x', { cookie: row.join('; ') }), 401, 'unauthenticated');
  const shuffled = await world.fetch('/x', { cookie: pairs.toReversed().join('; ') });
  assert.equal(shuffled.status, 200, 'their order does not matter');
});

test('chunks of two writes never mix, and the newest complete set counts', async () => {
  const old = await signedIn();
  const young = await signedIn();
  const both = [old, young].flatMap(({ browser, names }) =>
    names.map((name) => `${name.replace(/\.\w+\./, (g) => g)}=${browser.jar.value(name)}`),
  );
  assert.equal((await world.fetch('/x', { cookie: both.join('; ') })).status, 200);
  const withoutOne = both.filter((_, index) => index !== both.length - 1);
  assert.equal((await world.fetch('/x', { cookie: withoutOne.join('; ') })).status, 200);
});

test('a write removes every chunk it does not replace', async () => {
  const { browser, names } = await signedIn();
  world.workos.settings.templateClaims = {};
  await browser.go('/login?organization_id=org_01ANALYTICALENGINES000000&return_to=/x');
  world.workos.settings.templateClaims = { permissions };
  assert.deepEqual(browser.jar.names.toSorted(), [ARRIVED, 'wos-session']);
  await browser.go('/login?organization_id=org_01ANALYTICALENGINES000000&return_to=/x');
  const written = browser.jar.names.filter((name) => name !== ARRIVED);
  assert.ok(written.length > 1);
  for (const name of written) assert.match(name, /^wos-session\.\w+\.\d\.\d$/);
  assert.ok(written.every((name) => !names.includes(name)));
  assert.equal((await browser.step('/y')).reply.status, 200);
});

test('a sign-out removes all of them', async () => {
  const { browser } = await signedIn();
  await browser.signOut();
  assert.equal(browser.hasSession, false);
  assertToAuthKit((await browser.step('/x')).reply);
});

test('a large session is renewed like any other', async () => {
  const session = world.workos.mintSession(undefined, { accessTokenSeconds: -5 });
  const reply = await world.fetch('/x', { cookie: world.cookie(session) });
  assert.equal(reply.status, 200);
  const lines = setCookies(reply);
  assert.ok(lines.filter((line) => /^wos-session\.\w{12}\.\d\.\d=v?/.test(line)).length > 1);
  assert.ok(
    lines.some((line) => /^wos-session=; .*Max-Age=0/.test(line)),
    'the single cookie goes',
  );
});

test('numbers in names that promise too much cost nothing', async () => {
  const cookie = [
    ...['99999999', '-1', '00', '1e9', '', '4.4', '5'].map(
      (count) => `wos-session.0123456789ab.0.${count}=x`,
    ),
    ...Array.from(
      { length: 120 },
      (_, index) => `wos-session.${index.toString(16).padStart(12, '0')}.0.2=x`,
    ),
  ].join('; ');
  assertError(await world.fetch('/x', { cookie }), 401, 'unauthenticated');
});
