import assert from 'node:assert/strict';
import { test } from 'node:test';
import { person } from '../../dev/workos.ts';
import { identityOf, nobodyAt, valuesOf } from './support/echo.ts';
import { openWorld } from './support/world.ts';

const world = await openWorld({
  variables: { UNAUTHENTICATED_PATHS: ['/public'], MATCHER: ['/((?!static/).*)'] },
});

test('the site is told who signed in', async () => {
  const browser = world.browser();
  await browser.signIn('/x');
  const [ada] = world.workos.people;
  const [membership] = ada?.memberships ?? [];
  const [session] = world.workos.sessions.all().slice(-1);
  assert.deepEqual(identityOf(world.arrival()), {
    'x-authkit-authenticated': 'true',
    'x-authkit-user-id': ada?.id,
    'x-authkit-email': ada?.email,
    'x-authkit-session-id': session?.id,
    'x-authkit-organization-id': membership?.organization.id,
    'x-authkit-role': membership?.role,
    'x-authkit-roles': JSON.stringify([membership?.role]),
    'x-authkit-permissions': JSON.stringify(membership?.permissions),
  });
  assert.deepEqual(valuesOf(world.arrival(), 'cookie'), [], 'the session stays at the gateway');
});

test('what a visitor is not is not said', async () => {
  const loner = world.workos.mintSession(person({ email: 'loner@example.com' }));
  await world.open('/x', { cookie: world.cookie(loner) });
  assert.deepEqual(identityOf(world.arrival()), {
    'x-authkit-authenticated': 'true',
    'x-authkit-user-id': loner.user.id,
    'x-authkit-email': 'loner@example.com',
    'x-authkit-session-id': loner.sid,
  });
});

test('values that are not printable ASCII are percent-encoded, and can be had back', async () => {
  const permissions = ['a,b', 'c"d', 'é', '100%', 'x\r\nX-Evil: 1', '日本'];
  const role = 'Größe 100%\u{1F600}';
  const session = world.workos.mintSession(person({ email: 'zoë@example.com' }), {
    claims: { role, roles: [role], permissions, org_id: 'org_é' },
  });
  await world.open('/x', { cookie: world.cookie(session) });
  const identity = identityOf(world.arrival());
  for (const value of Object.values(identity)) assert.match(value, /^[ -~]*$/);
  const decoded = (name: string) => decodeURIComponent(identity[`x-authkit-${name}`] ?? '');
  assert.equal(identity['x-authkit-role'], 'Gr%C3%B6%C3%9Fe 100%25%F0%9F%98%80');
  assert.equal(decoded('role'), role);
  assert.deepEqual(JSON.parse(decoded('permissions')), permissions);
  assert.deepEqual(JSON.parse(decoded('roles')), [role]);
  assert.equal(decoded('email'), 'zoë@example.com');
  assert.equal(decoded('organization-id'), 'org_é');
  assert.deepEqual(valuesOf(world.arrival(), 'x-evil'), []);
});

test('an impersonated session says who is acting', async () => {
  const alan = world.workos.people.find(({ impersonator }) => impersonator);
  const session = world.workos.mintSession(alan);
  await world.open('/x', { cookie: world.cookie(session) });
  assert.equal(identityOf(world.arrival())['x-authkit-impersonator'], 'support@example.com');
});

test('public paths are told too, of somebody and of nobody', async () => {
  await world.open('/public', { cookie: world.cookie() });
  const { 'x-authkit-authenticated': authenticated, ...more } = identityOf(world.arrival());
  assert.equal(authenticated, 'true');
  assert.ok(
    Object.keys(more).every((name) => !name.endsWith('-url')),
    'and needs no links',
  );
  for (const path of ['/public', '/public?a=b%2Fc&d=1+2']) {
    await world.open(path);
    assert.deepEqual(identityOf(world.arrival()), nobodyAt(path));
  }
});

test('unmatched paths are told nothing, and keep the session’s cookie to themselves', async () => {
  await world.open('/static/app.js', { cookie: `a=1; ${world.cookie()}; b=2` });
  assert.deepEqual(identityOf(world.arrival()), {});
  assert.deepEqual(valuesOf(world.arrival(), 'cookie'), ['a=1; b=2']);
});

test('the site’s own cookies reach it in their order, ours never', async () => {
  const passing = [
    '__Host-authkit-flow-0a1b2c3d=v1.x; authkit-flow-0a1b2c3d=v1.y',
    '__Host-authkit-arrived=1; authkit-arrived=1',
    '__Host-authkit-pending=v1.x; authkit-pending=v1.y',
    '__Host-authkit-signed-out=v1.x; authkit-signed-out=v1.y',
  ].join('; ');
  const cookie = `a=1; ${world.cookie()}; b="x y"; ${passing}; ; wos-session.0123456789ab.0.2=z; c=%20`;
  for (const path of ['/x', '/public', '/static/x']) {
    await world.open(path, { cookie });
    assert.deepEqual(valuesOf(world.arrival(), 'cookie'), ['a=1; b="x y"; c=%20'], path);
  }
});
