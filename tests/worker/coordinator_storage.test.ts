import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MintedSession } from '../../dev/workos.ts';
import { type Desk, openDesk, type Stock } from './support/desk.ts';
import { jsonOf, type Reply } from './support/http.ts';
import { openWorld, usual } from './support/world.ts';

const world = await openWorld({ workos: { rotation: 'strict', replaySeconds: 0 } });
const open = () => openDesk(usual(world.workos, world.address));

function refresh(desk: Desk, { refreshToken }: MintedSession, organizationId = null) {
  const organization = { organization_id: organizationId };
  return desk.ask({ errand: 'refresh', refresh_token: refreshToken, ...organization });
}

/** What WorkOS answered. */
function answered(reply: Reply): { status: number; body: Record<string, unknown> } {
  const { status, body } = jsonOf(reply);
  return { status: status as number, body: body ? JSON.parse(body as string) : {} };
}

/** How many seconds are left to what is kept under the one name that fits. */
function left({ kept }: Stock, name: RegExp): number {
  const found = Object.entries(kept).filter(([key]) => name.test(key));
  assert.equal(found.length, 1, Object.keys(kept).join());
  return ((found[0]?.[1][0] ?? 0) - Date.now()) / 1000;
}

function assertAbout(seconds: number, expected: number): void {
  assert.ok(seconds <= expected && seconds > expected - 30, `${seconds} s`);
}

test('a result is kept for two minutes, and then it is removed', async () => {
  const desk = await open();
  const session = world.workos.mintSession();
  const first = answered(await refresh(desk, session));
  assert.equal(first.status, 200);
  assert.deepEqual(answered(await refresh(desk, session)), first, 'the very same');
  assert.equal(world.asked('authenticate'), 1);
  const stock = await desk.stock();
  assertAbout(left(stock, /^[0-9a-f]{64}$/), 120);
  assert.equal(stock.alarm, Object.values(stock.kept)[0]?.[0], 'it wakes when that is over');
  await desk.age(121);
  const late = answered(await refresh(desk, session));
  assert.deepEqual([late.status, late.body.error], [400, 'invalid_grant'], 'what WorkOS says');
  assert.equal(world.asked('authenticate'), 2);
  await desk.wake();
  assert.deepEqual(await desk.stock(), { kept: {}, alarm: null });
});

test('it is sealed: no token is in the storage', async () => {
  const desk = await open();
  const session = world.workos.mintSession();
  const { body } = answered(await refresh(desk, session));
  const text = JSON.stringify(await desk.stock());
  const { email, id } = session.user;
  const secrets = [session.refreshToken, body.refresh_token, body.access_token, email, id];
  for (const secret of secrets) assert.ok(!text.includes(String(secret)));
  assert.match(text, /"v1\.[\w-]{40,}"/);
});

test('what is left over is removed in its own time', async () => {
  const desk = await open();
  const [one, other] = [world.workos.mintSession(), world.workos.mintSession()];
  await refresh(desk, one);
  await desk.age(100);
  await refresh(desk, other);
  await desk.age(25);
  await desk.wake();
  const stock = await desk.stock();
  assertAbout(left(stock, /^[0-9a-f]{64}$/), 95);
  assert.equal(stock.alarm, Object.values(stock.kept)[0]?.[0], 'it wakes for the other');
  assert.equal(answered(await refresh(desk, other)).status, 200);
  assert.equal(world.asked('authenticate'), 2);
});

test('a tombstone stands for a day, and results do not outlive theirs behind it', async () => {
  const desk = await open();
  const session = world.workos.mintSession();
  await refresh(desk, session);
  assert.equal(answered(await desk.ask({ errand: 'sign-out' })).body.error, 'invalid_grant');
  const told = answered(await refresh(desk, session));
  assert.deepEqual([told.status, told.body.error], [400, 'invalid_grant']);
  assert.equal(world.asked('authenticate'), 1, 'what is kept is not given away either');
  await desk.age(121);
  await desk.wake();
  const stock = await desk.stock();
  assert.deepEqual(Object.keys(stock.kept), ['signed-out']);
  assertAbout(left(stock, /^signed-out$/), 86_400 - 121);
  assert.equal(stock.alarm, stock.kept['signed-out']?.[0]);
  await desk.age(86_400);
  await desk.wake();
  assert.deepEqual(await desk.stock(), { kept: {}, alarm: null });
});

test('a sign-out in the middle of an exchange counts for it', async () => {
  const desk = await open();
  const session = world.workos.mintSession();
  world.workos.fault({ endpoint: 'authenticate', delayMs: 500 });
  const [late] = await Promise.all([refresh(desk, session), desk.ask({ errand: 'sign-out' })]);
  assert.equal(world.asked('authenticate'), 1, 'it was under way');
  const { status } = answered(late);
  const stock = await desk.stock();
  assert.deepEqual([status, Object.keys(stock.kept)], [400, ['signed-out']]);
});

test('exchanges are made one after the other, and one that waited finds its result', async () => {
  const desk = await open();
  const session = world.workos.mintSession();
  world.workos.fault({ endpoint: 'authenticate', delayMs: 300 });
  const replies = await Promise.all(Array.from({ length: 10 }, () => refresh(desk, session)));
  const [first, ...others] = replies.map(({ text }) => text);
  assert.equal(answered(replies[0] as Reply).status, 200);
  for (const other of others) assert.equal(other, first);
  assert.equal(world.asked('authenticate'), 1);
});

test('failures are told, and not kept', async () => {
  const desk = await open();
  const session = world.workos.mintSession();
  const faults = [
    { status: 429, headers: { 'retry-after': '3' } },
    { status: 500 },
    { body: '<h1>Welcome</h1>' },
  ];
  for (const fault of faults) world.workos.fault({ endpoint: 'authenticate', ...fault });
  const busy = jsonOf(await refresh(desk, session));
  assert.deepEqual([busy.status, busy.retry_after], [429, '3']);
  for (const status of [500, 200, 200])
    assert.equal(jsonOf(await refresh(desk, session)).status, status);
  assert.equal(world.asked('authenticate'), 4);
  assert.equal(Object.keys((await desk.stock()).kept).length, 1);
});

test('the wrong errand comes to nothing', async () => {
  const desk = await open();
  const errands = ['hello', 'null', '[]', '{}', '{"errand":"unheard-of"}', '{"errand":"refresh"}'];
  for (const errand of [undefined, ...errands]) {
    const reply = await desk.ask(errand);
    assert.deepEqual([reply.status, reply.text], [200, ''], String(errand));
  }
  assert.equal(world.asked('authenticate'), 0);
  assert.deepEqual(await desk.stock(), { kept: {}, alarm: null });
});
