/** Where WorkOS, or whoever answers in its place, redirects to, nobody goes. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startEchoSite } from './support/echo.ts';
import { assertPage } from './support/expect.ts';
import { openWorld } from './support/world.ts';

const world = await openWorld();
const elsewhere = await startEchoSite();
after(() => elsewhere.close());
const location = `http://127.0.0.1:${elsewhere.port}/`;

for (const endpoint of ['authenticate', 'jwks'] as const) {
  for (const status of [301, 302, 303, 307, 308]) {
    test(`${endpoint}, ${status}: no sign-in, no refresh, and nothing is sent there`, async () => {
      const fresh = await openWorld({ beside: world });
      const browser = fresh.browser();
      const callback = await browser.goAsFarAsCallback('/x');
      world.workos.fault({ endpoint, status, headers: { location }, times: Infinity });
      const { reply } = await browser.step(callback, { initiator: 'cross-site' });
      assertPage(reply, 502, "Sign-in isn't working right now");
      const past = world.workos.mintSession(undefined, { accessTokenSeconds: -10 });
      const told = await fresh.fetch('/x', { cookie: fresh.cookie(past) });
      assert.equal(told.status, 503);
      assert.equal(elsewhere.arrivals.length, 0);
    });
  }
}
