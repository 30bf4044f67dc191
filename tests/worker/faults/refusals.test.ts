/** WorkOS answers, and says no: to us, to the session, or with somebody else's tokens. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Answer, person } from '../../../dev/workos.ts';
import { assertPage } from '../support/expect.ts';
import {
  assertAskedToWait,
  assertChallenged,
  assertRecovered,
  assertRenewed,
  assertServed,
  assertWeathered,
  cast,
} from '../support/fault.ts';
import { expired, nearly, visitor } from '../support/visitor.ts';
import { openWorld, type World } from '../support/world.ts';

describe('WorkOS says no', { concurrency: true }, () => {
  const ENDS: [name: string, end: (world: World, sid: string) => unknown][] = [
    ['FI-11: WorkOS ends the session', ({ workos }, sid) => workos.sessions.revoke(sid)],
    [
      'FI-11: the user is deleted',
      ({ workos }, sid) => {
        workos.sessions.revoke(sid);
        const { personId } = workos.sessions.inspect(sid) ?? {};
        workos.people.splice(workos.people.findIndex(({ id }) => id === personId) >>> 0, 1);
      },
    ],
  ];
  for (const [name, end] of ENDS) {
    test(name, async () => {
      const world = await openWorld();
      const gone = person({ email: 'gone@example.com' });
      const [valid, past] = [visitor(world, {}, gone), expired(world, {}, gone)];
      const near = nearly(world, gone);
      for (const { session } of [valid, near, past]) end(world, session.sid);
      await assertServed(valid.page());
      await assertServed(near.page());
      assert.equal(near.exchanges, 1);
      await assertServed(near.page());
      await assertChallenged(past);
      await assertChallenged(past);
      assert.equal(past.exchanges, 1, 'what is dead is not sent again');
      assert.equal(near.exchanges, 1);
      const browser = world.browser();
      browser.jar.plant('wos-session', past.cookie.slice('wos-session='.length), world.address);
      const { reply } = await browser.go('/x');
      assert.equal(reply.status, 200, 'signing in again puts a live session in its place');
      assert.deepEqual(
        browser.jar.names.filter((cookie) => cookie.startsWith('wos-session')),
        ['wos-session'],
      );
    });
  }

  test('FI-13: WorkOS returns a token for another user', async () => {
    const world = await openWorld();
    const { valid, near, expired, coming } = await cast(world);
    const other = world.workos.mintSession(world.workos.people[1]).accessToken;
    const rewrite = (answer: Answer) => ({
      ...answer,
      body: JSON.stringify({ ...JSON.parse(answer.body), access_token: other }),
    });
    world.workos.fault({ endpoint: 'authenticate', rewrite, times: Infinity });
    await assertServed(near.page());
    assert.ok(near.exchanges > 0);
    await assertServed(valid.page());
    await assertAskedToWait(expired);
    assertPage(await coming.arrive(), 502, "Sign-in isn't working right now");
    assert.equal(coming.browser.hasSession, false);
    for (const route of ['protected', 'callback'])
      await world.gateway.logged((line) => line.route === route && line.level === 'error');
    world.workos.clearFaults();
    await assertServed(near.page());
    await assertRenewed(expired);
    await coming.assertSignsInAnew();
  });

  test('FI-14: our API key is refused', async () => {
    const world = await openWorld();
    const everybody = await cast(world);
    const body = { error: 'invalid_client', error_description: 'Invalid client secret.' };
    world.workos.fault({ endpoint: 'authenticate', status: 401, body, times: Infinity });
    await assertWeathered(everybody);
    assert.equal(everybody.expired.exchanges, 1, 'asking again would not help');
    for (const route of ['protected', 'callback'])
      await world.gateway.logged((line) => line.route === route && line.level === 'error');
    world.workos.clearFaults();
    await assertRecovered(everybody);
  });
});
