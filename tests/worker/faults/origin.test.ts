/** The site is down, breaks off, takes long, or speaks of the gateway's cookies. */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, test } from 'node:test';
import { assertPage } from '../support/expect.ts';
import { assertServed } from '../support/fault.ts';
import { setCookies } from '../support/http.ts';
import { until } from '../support/until.ts';
import { expired, leaving, nearly, type Visitor, visitor } from '../support/visitor.ts';
import { openWorld, type World } from '../support/world.ts';

const DOWN = "This site can't be reached";

async function visitors(world: World): Promise<[valid: Visitor, renewed: Visitor[]]> {
  const valid = visitor(world);
  await assertServed(valid.page());
  return [valid, [expired(world), nearly(world)]];
}

describe('the site', { concurrency: true }, () => {
  test('FI-30: it is down', async () => {
    const world = await openWorld();
    const [valid, renewed] = await visitors(world);
    world.site.down = true;
    const reply = await valid.page();
    assertPage(reply, 502, DOWN);
    assert.deepEqual(setCookies(reply), []);
    for (const one of renewed) {
      const told = await one.page();
      assertPage(told, 502, DOWN);
      one.keep(told);
    }
    world.site.down = false;
    for (const one of [valid, ...renewed]) {
      await assertServed(one.page());
      assert.ok(one.exchanges <= 1);
    }
  });

  test('FI-30: it breaks off in the middle', async () => {
    const world = await openWorld();
    const [valid, renewed] = await visitors(world);
    world.site.script = (response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('half', () => response.socket?.resetAndDestroy());
    };
    for (const one of [valid, ...renewed]) {
      const reply = await one.page();
      assert.equal(reply.complete, false, 'the visitor sees that it is not whole');
      if (one !== valid) one.keep(reply);
    }
    world.site.script = undefined;
    for (const one of [valid, ...renewed]) await assertServed(one.page());
  });

  test('FI-30: it hangs up on what was sent: nothing is sent twice', async () => {
    const world = await openWorld();
    const [valid, renewed] = await visitors(world);
    for (const one of [valid, ...renewed]) {
      world.site.arrivals.length = 0;
      world.site.script = (response) => void response.socket?.resetAndDestroy();
      const { status } = await one.data('/orders', { method: 'POST', body: 'one of these' });
      assert.equal(status, 502);
      assert.equal(world.site.arrivals.length, 1);
    }
  });

  test('FI-30: it takes its time, and the session is renewed meanwhile', async () => {
    const world = await openWorld();
    const [valid, renewed] = await visitors(world);
    world.site.script = (response) => setTimeout(() => response.end('at last'), 1500);
    const replies = await Promise.all([valid, ...renewed].map((one) => one.page()));
    for (const reply of replies) assert.equal(reply.text, 'at last');
    for (const [index, one] of renewed.entries()) one.keep(replies[index + 1] ?? assert.fail());
    world.site.script = undefined;
    for (const one of [valid, ...renewed]) await assertServed(one.page());
  });

  test('FI-31: it streams for long, and is told when the client leaves', async () => {
    const world = await openWorld();
    for (const one of [visitor(world), expired(world)]) {
      let closed = false;
      let begun: ServerResponse | undefined;
      world.site.script = (response) => {
        begun = response;
        const timer = setInterval(() => response.write('more\n'), 20);
        response.once('close', () => {
          clearInterval(timer);
          closed = true;
        });
      };
      const client = leaving(world, '/stream', one.cookie);
      await until(() => begun, 'the stream');
      await client.leave();
      await until(() => closed, 'the end of the stream');
      world.site.script = undefined;
      assert.equal((await one.page()).status, 200);
    }
  });

  test('FI-32: it sets cookies under our names', async () => {
    const world = await openWorld();
    const lines = [
      'wos-session=; Path=/; Max-Age=0',
      'wos-session=v1.planted; Path=/',
      'wos-session.0123456789ab.0.2=x; Path=/',
      '__Host-authkit-flow-00112233=x; Path=/; Secure',
      '__Host-authkit-signed-out=x; Path=/; Secure',
    ];
    const [valid, renewed] = await visitors(world);
    world.site.script = (response) =>
      response.writeHead(200, { 'set-cookie': [...lines, 'own=1'] }).end();
    assert.deepEqual(setCookies(await valid.page()), ['own=1']);
    for (const one of renewed) {
      const reply = await one.page();
      assert.equal(setCookies(reply).length, 2, 'the renewed session, and the site’s own');
      one.keep(reply);
    }
    world.site.script = undefined;
    for (const one of [valid, ...renewed]) await assertServed(one.page());
  });
});
