import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ARRIVED, type Browser } from './support/browser.ts';
import { assertPage, assertToAuthKit } from './support/expect.ts';
import { header, setCookies } from './support/http.ts';
import { open } from './support/seal.ts';
import { LOOPBACK, openWorld, PASSWORD, type World } from './support/world.ts';

/** The `Set-Cookie` lines of a callback, and of the sign-out that follows. */
async function lifeOfSession(world: World): Promise<{ set: string[]; removed: string[] }> {
  const browser = world.browser();
  const callback = await browser.goAsFarAsCallback('/x');
  const set = setCookies((await browser.step(callback, { initiator: 'cross-site' })).reply);
  const removed = setCookies((await browser.signOut()).reply);
  assertNothingLeft(browser);
  return { set, removed };
}

/** The note that this session was signed out stays for a while. */
function assertNothingLeft({ jar }: Browser): void {
  assert.deepEqual(
    jar.names.filter((name) => !name.endsWith('authkit-signed-out')),
    [],
  );
}

function attributesOf(line = ''): string {
  return line.slice(line.indexOf(';'));
}

/** The one line of a cookie whose name begins so. */
function only(lines: string[], name: string): string {
  const [line = '', ...others] = lines.filter((one) => one.startsWith(name));
  assert.ok(line, `${name} in ${lines.join()}`);
  assert.deepEqual(others, []);
  return line;
}

test('over https cookies are Secure, and flows carry the __Host- prefix', async () => {
  const { set, removed } = await lifeOfSession(await openWorld());
  assert.equal(set.length, 3);
  assert.equal(
    attributesOf(only(set, 'wos-session=v1.')),
    '; Path=/; Max-Age=34560000; HttpOnly; Secure; SameSite=Lax',
  );
  assert.equal(
    attributesOf(only(set, `${ARRIVED}=1`)),
    '; Path=/; Max-Age=20; HttpOnly; Secure; SameSite=Lax',
  );
  for (const line of [only(set, '__Host-authkit-flow-'), only(removed, 'wos-session=;')])
    assert.equal(attributesOf(line), '; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax');
});

test('on http loopback they are not, so that they work there', async () => {
  const world = await openWorld({ address: LOOPBACK });
  const { set, removed } = await lifeOfSession(world);
  assert.equal(set.length, 3);
  assert.equal(
    attributesOf(only(set, 'wos-session=v1.')),
    '; Path=/; Max-Age=34560000; HttpOnly; SameSite=Lax',
  );
  assert.equal(
    attributesOf(only(set, 'authkit-arrived=1')),
    '; Path=/; Max-Age=20; HttpOnly; SameSite=Lax',
  );
  for (const line of [only(set, 'authkit-flow-'), only(removed, 'wos-session=;')])
    assert.equal(attributesOf(line), '; Path=/; Max-Age=0; HttpOnly; SameSite=Lax');
});

test('WORKOS_COOKIE_DOMAIN shares the session with the hosts of a domain', async () => {
  const world = await openWorld({
    variables: {
      WORKOS_COOKIE_DOMAIN: '.example.com',
      WORKOS_COOKIE_NAME: 'team',
      WORKOS_COOKIE_MAX_AGE: 3600,
      ALLOWED_HOSTS: ['www.example.com'],
    },
  });
  const browser = world.browser();
  const callback = await browser.goAsFarAsCallback('/x');
  const set = setCookies((await browser.step(callback, { initiator: 'cross-site' })).reply);
  const session = only(set, 'team=v1.');
  assert.equal(
    attributesOf(session),
    '; Path=/; Domain=example.com; Max-Age=3600; HttpOnly; Secure; SameSite=Lax',
  );
  for (const line of [only(set, '__Host-authkit-flow-'), only(set, ARRIVED)])
    assert.doesNotMatch(line, /Domain=/, 'what is about a sign-in stays on its host');
  const sibling = await browser.step('https://www.example.com/x');
  assert.equal(sibling.reply.status, 200);
  const shared = { purpose: 'session', cookie: 'team', host: '' } as const;
  assert.ok(open(browser.jar.value('team') ?? '', shared, PASSWORD).accessToken);
});

test('a sign-out removes the domain’s cookie and one this host had of its own', async () => {
  const world = await openWorld({ variables: { WORKOS_COOKIE_DOMAIN: 'example.com' } });
  const browser = world.browser();
  await browser.signIn('/x');
  browser.jar.plant('wos-session', 'v1.older', world.address);
  await browser.signOut();
  assertNothingLeft(browser);
});

test('SameSite=None goes for the flow too, and is always Secure', async () => {
  const { set, removed } = await lifeOfSession(
    await openWorld({ variables: { WORKOS_COOKIE_SAMESITE: 'None' } }),
  );
  assert.equal(
    attributesOf(only(set, 'wos-session=v1.')),
    '; Path=/; Max-Age=34560000; HttpOnly; Secure; SameSite=None',
  );
  assert.equal(
    attributesOf(only(set, `${ARRIVED}=1`)),
    '; Path=/; Max-Age=20; HttpOnly; Secure; SameSite=None',
  );
  for (const line of [only(set, '__Host-authkit-flow-'), only(removed, 'wos-session=;')])
    assert.equal(attributesOf(line), '; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=None');
});

test('SameSite=Strict takes a page in between, since the redirect would come without the cookie', async () => {
  const world = await openWorld({ variables: { WORKOS_COOKIE_SAME_SITE: 'strict' } });
  const browser = world.browser();
  const begun = await browser.step('/x?y=a%2Fb&z="');
  assert.match(
    setCookies(begun.reply)[0] ?? '',
    /SameSite=Lax$/,
    'the flow must survive the way back',
  );
  const back = await browser.step(header(begun.reply, 'location') ?? '', {
    initiator: 'cross-site',
  });
  const { reply } = await browser.step(header(back.reply, 'location') ?? '', {
    initiator: 'cross-site',
  });
  assertPage(reply, 200, 'You are signed in');
  const [session = ''] = setCookies(reply);
  assert.equal(
    attributesOf(session),
    '; Path=/; Max-Age=34560000; HttpOnly; Secure; SameSite=Strict',
  );
  const next = /http-equiv="refresh" content="0;url=([^"]+)"/.exec(reply.text)?.[1];
  assert.equal(next, 'https://app.example.com/x?y=a%2Fb&amp;z=%22');
  const url = next.replaceAll('&amp;', '&');
  assertToAuthKit((await browser.step(url, { initiator: 'cross-site' })).reply);
  assert.equal((await browser.step(url, { initiator: 'same-site' })).reply.status, 200);
});

test('a name with a prefix is kept to it', async () => {
  const world = await openWorld({ variables: { WORKOS_COOKIE_NAME: '__Host-session' } });
  const browser = world.browser();
  await browser.go('/x');
  assert.deepEqual(browser.jar.names, ['__Host-session', ARRIVED]);
  assert.equal((await browser.step('/y')).reply.status, 200);
});
