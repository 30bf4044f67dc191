import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { identityOf } from './support/echo.ts';
import { openFleet } from './support/fleet.ts';
import { setCookies } from './support/http.ts';
import { openWorld, SCRIPT } from './support/world.ts';

/** A refresh token is good once, and never again. */
const world = await openWorld({ workos: { rotation: 'strict', replaySeconds: 0 } });

/** The cookie of a session whose token has run out. */
function stale(): string {
  return world.cookie(world.workos.mintSession(undefined, { accessTokenSeconds: -10 }));
}

/** Coordinators that are none, and what they do with an errand; a call is answered unless they throw. */
const BROKEN: [name: string, script: string][] = [
  ['throws', `throw new Error('down');`],
  ['is a page', `return new Response('<h1>Hello</h1>');`],
  ['says nothing', `return new Response();`],
  ['says half of it', `return new Response('{"status":200,');`],
  [
    'says what is no status',
    `return Response.json({ status: 'ok', body: '', retry_after: null });`,
  ],
  ['is not there', `await scheduler.wait(60_000); return new Response();`],
];

describe('a coordinator that', () => {
  for (const [name, script] of BROKEN) {
    test(`${name} is done without`, async () => {
      const fleet = await openFleet(world, {
        coordinator: {
          script: `export class RefreshCoordinator {
            async fetch(request) { const errand = await request.text(); ${script} }
          }`,
        },
      });
      const cookie = stale();
      const reply = await fleet.open(0, '/x', { cookie });
      assert.equal(reply.status, 200);
      assert.match(setCookies(reply)[0] ?? '', /^wos-session=v1\./);
      assert.equal(world.asked('authenticate'), 1);
      const origin = world.address.origin;
      const headers = { ...SCRIPT, origin };
      const signedOut = await fleet.open(0, '/logout', {
        method: 'POST',
        cookie,
        headers,
        body: '',
      });
      assert.equal(signedOut.status, 303);
    });
  }
});

test('tokens that a coordinator makes up are not believed', async () => {
  const fleet = await openFleet(world, {
    coordinator: {
      script: `export class RefreshCoordinator {
        async fetch(request) {
          if ((await request.text()) === '') return new Response();
          const body = { access_token: 'x.y.z', refresh_token: 'r', user: { id: 'user_x' } };
          return Response.json({ status: 200, retry_after: null, body: JSON.stringify(body) });
        }
      }`,
    },
  });
  const reply = await fleet.open(0, '/x', { cookie: stale() });
  assert.equal(reply.status, 503);
  assert.deepEqual(setCookies(reply), []);
  assert.equal(world.site.arrivals.length, 0);
});

test('nothing is exchanged beside a coordinator that is still at it', async () => {
  const fleet = await openFleet(world, {
    variables: { UNAUTHENTICATED_PATHS: '/open' },
    coordinator: {
      script: `export class RefreshCoordinator {
        async fetch(request) {
          if ((await request.text()) !== '') await scheduler.wait(60_000);
          return new Response();
        }
      }`,
    },
  });
  const reply = await fleet.open(0, '/open', { cookie: stale() });
  assert.equal(reply.status, 200);
  assert.deepEqual(setCookies(reply), []);
  assert.equal(identityOf(world.arrival())['x-authkit-authenticated'], 'unknown');
  assert.equal(world.asked('authenticate'), 0);
});
