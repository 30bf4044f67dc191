/** A deployment without the cookies' password, or with another: putting it back loses nothing. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertPage } from '../support/expect.ts';
import {
  assertChallenged,
  assertRecovered,
  assertRenewed,
  assertServed,
  cast,
} from '../support/fault.ts';
import { setCookies } from '../support/http.ts';
import { openWorld } from '../support/world.ts';

const OTHER = 'qW8rT2yU6iO0pA4sD9fG3hJ7kL1zX5cV';

describe('the password of the cookies', { concurrency: true }, () => {
  test('FI-55: it is missing after a deployment', async () => {
    const good = await openWorld();
    const everybody = await cast(good);
    const { valid, near, expired, coming } = everybody;
    const variables = { WORKOS_COOKIE_PASSWORD: undefined };
    const faulty = await openWorld({ beside: good, variables, faulty: true });
    for (const one of [valid, near, expired, coming]) one.at = faulty;
    const replies = [await coming.arrive()];
    for (const one of [valid, near, expired]) replies.push(await one.page(), await one.data());
    for (const reply of replies) {
      assert.equal(reply.status, 500);
      assert.deepEqual(setCookies(reply), []);
    }
    assert.equal(coming.browser.flows.length, 1);
    for (const one of [valid, near, expired, coming]) one.at = good;
    await assertRecovered(everybody);
  });

  test('FI-56: it is another, and the old one is not kept', async () => {
    const good = await openWorld();
    const { valid, near, expired, coming } = await cast(good);
    const variables = { WORKOS_COOKIE_PASSWORD: OTHER };
    const other = await openWorld({ beside: good, variables });
    for (const one of [valid, near, expired]) {
      one.at = other;
      await assertChallenged(one);
    }
    assert.equal(good.asked('authenticate'), 0);
    coming.at = other;
    const { reply } = await coming.browser.go(coming.callback);
    assert.equal(reply.status, 200, 'the sign-in begins again, and ends well');
    for (const one of [valid, near, expired]) one.at = good;
    await assertServed(valid.page());
    assert.equal((await near.page()).status, 200);
    await assertRenewed(expired);
  });

  test('FI-56: it is another, and the old one is kept', async () => {
    const good = await openWorld();
    const { valid, expired, coming } = await cast(good);
    const variables = {
      WORKOS_COOKIE_PASSWORD: OTHER,
      WORKOS_COOKIE_PASSWORD_PREVIOUS: 'Zk3u9Qd7Lm2xR8vT5nW1yB6cH4jP0sGf',
    };
    const other = await openWorld({ beside: good, variables });
    for (const one of [valid, expired, coming]) one.at = other;
    for (const one of [valid, expired]) assert.equal((await one.page()).status, 200);
    await coming.assertSignsIn();
    for (const one of [valid, expired]) one.at = good;
    await assertServed(valid.page());
    assertPage(await other.open('/logout'), 200, /.*/);
  });
});
