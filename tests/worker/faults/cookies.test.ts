/** Browsers and what lies in between lose cookies, swap answers, or send too much. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertServed } from '../support/fault.ts';
import { exchangeBytes, setCookies } from '../support/http.ts';
import { until } from '../support/until.ts';
import { expired, visitor } from '../support/visitor.ts';
import { openWorld } from '../support/world.ts';

describe('cookies', { concurrency: true }, () => {
  test('FI-60: more of them than a server takes', async () => {
    const world = await openWorld();
    const { port } = world.gateway;
    for (const kilobytes of [16, 64, 256, 1024]) {
      const flood = Array.from({ length: kilobytes }, (_, n) => `c${n}=${'x'.repeat(1015)}`);
      const bytes = `GET /x HTTP/1.1\r\nHost: app.example.com\r\nConnection: close\r\nCookie: ${flood.join('; ')}\r\n\r\n`;
      const answer = await exchangeBytes(port, bytes).catch(() => '');
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
      assert.ok([0, 302, 401, 413, 431].includes(status), `${kilobytes} kB: ${status}`);
    }
    assert.equal(world.site.arrivals.length, 0);
    await assertServed(visitor(world).page());
  });

  test('FI-60: sign-ins that nobody finishes do not pile up', async () => {
    const world = await openWorld();
    const browser = world.browser();
    for (let index = 0; index < 30; index += 1) await browser.step(`/x/${index}`);
    assert.equal(browser.flows.length, 5);
    assert.ok((browser.jar.field(world.address, 'same-site') ?? '').length < 8192);
    const { reply, url } = await browser.go('/last');
    assert.equal(reply.status, 200);
    assert.equal(url.pathname, '/last');
  });

  test('FI-62: the answer with the older session arrives last', async () => {
    const world = await openWorld();
    const past = expired(world);
    // The first request is held up at the site; its answer carries the first renewal.
    const held: (() => void)[] = [];
    world.site.script = (response) => {
      world.site.script = undefined;
      held.push(() => response.end());
    };
    const slow = past.page('/slow');
    await until(() => held.length > 0, 'the request at the site');
    const quick = await past.page('/quick');
    const newest = await world.fetch('/auth/refresh', {
      method: 'POST',
      cookie: setCookies(quick)[0]?.split(';')[0],
    });
    assert.equal(newest.status, 200, newest.text);
    held[0]?.();
    // What the browser has now is the older of two.
    past.keep(await slow);
    assert.equal((await past.page('/api')).status, 200);
    for (const at of [world, await openWorld({ beside: world })]) {
      past.at = at;
      const reply = await past.at.fetch('/auth/refresh', { method: 'POST', cookie: past.cookie });
      assert.equal(reply.status, 200, 'it can be renewed too');
    }
    past.keep(newest);
    await assertServed(past.page());
  });
});
