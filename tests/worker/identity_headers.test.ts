/** `IDENTITY_HEADERS`: under which names the site learns who is signed in. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Arrival, identityOf, valuesOf } from './support/echo.ts';
import { openWorld, type World } from './support/world.ts';

const double = await openWorld();
const forwarded = await openWorld({ beside: double, variables: { IDENTITY_HEADERS: 'forwarded' } });
const mixed = await openWorld({
  beside: double,
  variables: {
    IDENTITY_HEADERS: ['authkit', 'email=Remote-User', 'name=X_Full_Name', 'groups=X-Groups'],
    UNAUTHENTICATED_PATHS: '/open',
  },
});

function someone(email: string): World['workos']['people'][number] | undefined {
  return double.workos.people.find((person) => person.email === email);
}

async function arrivalAt(world: World, email: string, path = '/x'): Promise<Arrival> {
  const cookie = world.cookie(world.workos.mintSession(someone(email)));
  assert.equal((await world.open(path, { cookie })).status, 200);
  return world.arrival();
}

test('forwarded: the names that programs behind proxies know', async () => {
  const arrival = await arrivalAt(forwarded, 'ada@example.com');
  const ada = someone('ada@example.com');
  assert.deepEqual(valuesOf(arrival, 'x-forwarded-user'), [ada?.id]);
  assert.deepEqual(valuesOf(arrival, 'x-forwarded-email'), ['ada@example.com']);
  assert.deepEqual(valuesOf(arrival, 'x-forwarded-groups'), ['admin']);
  assert.deepEqual(valuesOf(arrival, 'x-forwarded-preferred-username'), ['Ada Lovelace']);
  assert.deepEqual(identityOf(arrival), { 'x-authkit-authenticated': 'true' });
});

test('what is not ASCII is percent-encoded', async () => {
  const arrival = await arrivalAt(forwarded, 'zoe@example.com');
  assert.deepEqual(valuesOf(arrival, 'x-forwarded-preferred-username'), [
    'Zo%C3%AB M%C3%BCller-S%C3%B8rensen',
  ]);
  assert.deepEqual(valuesOf(arrival, 'x-forwarded-groups'), [], 'no role, no groups');
});

test('single facts go under the operator’s own names, beside a preset', async () => {
  const arrival = await arrivalAt(mixed, 'grace@example.com');
  assert.deepEqual(valuesOf(arrival, 'remote-user'), ['grace@example.com']);
  assert.deepEqual(valuesOf(arrival, 'x-full-name'), ['Grace Hopper']);
  assert.deepEqual(valuesOf(arrival, 'x-groups'), ['member']);
  assert.equal(identityOf(arrival)['x-authkit-user-id'], someone('grace@example.com')?.id);
});

test('nobody else can use the configured names, in any spelling', async () => {
  const headers = {
    'Remote-User': 'mallory',
    REMOTE_USER: 'mallory',
    'remote.user': 'mallory',
    'X-Full_Name': 'mallory',
    'x-groups': 'mallory',
    'x-authkit-user-id': 'mallory',
  };
  const signedIn = mixed.cookie(mixed.workos.mintSession(someone('grace@example.com')));
  for (const cookie of [undefined, signedIn]) {
    assert.equal((await mixed.open('/open', { headers, cookie })).status, 200);
    const told = mixed.arrival().headers.filter(([, value]) => value === 'mallory');
    assert.deepEqual(told, []);
  }
  const spoofed = { 'x-forwarded-user': 'mallory', X_Forwarded_Groups: 'mallory' };
  const cookie = forwarded.cookie(forwarded.workos.mintSession(someone('zoe@example.com')));
  await forwarded.open('/x', { headers: spoofed, cookie });
  assert.ok(forwarded.arrival().headers.every(([, value]) => value !== 'mallory'));
});
