import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { identityOf, nobodyAt } from './support/echo.ts';
import { assertError, assertToAuthKit } from './support/expect.ts';
import { setCookies } from './support/http.ts';
import { openWorld, type World } from './support/world.ts';

/** What becomes of a stranger: `told` of being nobody, `untold`, or not let through. */
type Fate = 'told' | 'untold' | 'refused';

async function assertFates(world: World, rows: [path: string, fate: Fate][]): Promise<void> {
  for (const [path, fate] of rows) {
    const reply = await world.fetch(path);
    assert.equal(reply.status, fate === 'refused' ? 401 : 200, path);
    const identity = world.site.arrivals.length > 0 ? identityOf(world.arrival()) : undefined;
    const expected = {
      told: nobodyAt(path),
      untold: {},
      refused: undefined,
    };
    assert.deepEqual(identity, expected[fate], path);
    world.site.arrivals.length = 0;
  }
}

test('by default every path takes a session', async () => {
  await assertFates(await openWorld(), [
    ['/', 'refused'],
    ['/favicon.ico', 'refused'],
    ['/.well-known/security.txt', 'refused'],
    ['/a/b?public=1', 'refused'],
  ]);
});

test('UNAUTHENTICATED_PATHS lets strangers in, on exactly these', async () => {
  const world = await openWorld({
    variables: { UNAUTHENTICATED_PATHS: ['/', '/about/:path*', '/file.json', '/Readme'] },
  });
  await assertFates(world, [
    ['/', 'told'],
    ['/?x=/admin', 'told'],
    ['/about', 'told'],
    ['/about/a/b', 'told'],
    ['/aboutus', 'refused'],
    ['/About', 'refused'],
    ['/file.json', 'told'],
    ['/fileXjson', 'refused'],
    ['/Readme', 'told'],
    ['/readme', 'refused'],
    ['/x?path=/about', 'refused'],
  ]);
});

test('MATCHER says where a session is looked for at all', async () => {
  const world = await openWorld({
    variables: {
      MATCHER: '/admin/:path*, /((?!_next/static|favicon\\.ico).*)/edit',
      UNAUTHENTICATED_PATHS: '/admin/login',
    },
  });
  await assertFates(world, [
    ['/', 'untold'],
    ['/administrator', 'untold'],
    ['/admin', 'refused'],
    ['/admin/users', 'refused'],
    ['/ADMIN/users', 'refused'],
    ['/admin/login', 'told'],
    ['/x/edit', 'refused'],
    ['/_next/static/edit', 'untold'],
  ]);
});

test('the gateway’s own paths need no place on a list', async () => {
  const world = await openWorld({ variables: { MATCHER: ['/:path*'] } });
  await world.browser().signIn('/x');
  assertError(await world.fetch('/callback/x'), 401, 'unauthenticated');
});

describe('MIDDLEWARE_AUTH=false', async () => {
  const world = await openWorld({
    variables: { MIDDLEWARE_AUTH: false, UNAUTHENTICATED_PATHS: ['/about'] },
  });

  test('leaves it to the site to turn people away', async () => {
    await assertFates(world, [
      ['/', 'told'],
      ['/admin', 'told'],
      ['/about', 'told'],
    ]);
    const page = await world.open('/admin');
    assert.equal(page.status, 200);
    assert.deepEqual(setCookies(page), []);
  });

  test('tells who is signed in', async () => {
    await world.open('/admin', { cookie: world.cookie() });
    assert.equal(identityOf(world.arrival())['x-authkit-authenticated'], 'true');
  });

  test('still has its own paths', async () => {
    assertToAuthKit(await world.open('/login'));
  });
});

test('SIGN_UP_PATHS leads to AuthKit’s sign-up page', async () => {
  const world = await openWorld({ variables: { SIGN_UP_PATHS: ['/get-started/:path*'] } });
  const hint = async (path: string) => assertToAuthKit(await world.open(path)).get('screen_hint');
  assert.equal(await hint('/get-started'), 'sign-up');
  assert.equal(await hint('/get-started/now'), 'sign-up');
  assert.equal(await hint('/x'), null);
});
