/** What the site sends bit by bit the visitor gets bit by bit. */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { send } from './support/bulk.ts';
import { openWorld, type World } from './support/world.ts';

const EVENTS = 50;

for (const behind of ['url', 'service', 'same-url'] as const) {
  for (const age of ['good', 'renewed on the way'] as const) {
    test(`each event is seen before the next is sent (${behind}, session ${age})`, async () => {
      const world = await openWorld({ behind });
      const stream = Promise.withResolvers<ServerResponse>();
      world.site.script = (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.flushHeaders();
        stream.resolve(response);
      };
      const response = await send(world, { path: '/events', cookie: cookieOf(world, age) });
      assert.equal(response.headers['content-type'], 'text/event-stream');
      response.setEncoding('utf8');
      const coming = response[Symbol.asyncIterator]() as AsyncIterator<string>;
      const site = await stream.promise;
      for (let number = 0; number < EVENTS; number += 1) {
        const event = `id: ${number}\ndata: ${'é'.repeat(number)}\n\n`;
        site.write(event);
        assert.equal(await next(coming, event.length), event);
      }
      site.end();
      assert.equal((await coming.next()).done, true);
    });
  }
}

function cookieOf(world: World, age: 'good' | 'renewed on the way'): string {
  const accessTokenSeconds = age === 'good' ? 300 : -10;
  return world.cookie(world.workos.mintSession(undefined, { accessTokenSeconds }));
}

/** What comes next, until it is so long. */
async function next(coming: AsyncIterator<string>, length: number): Promise<string> {
  let text = '';
  while (text.length < length) {
    const { value, done } = await coming.next();
    assert.ok(!done, 'it has ended');
    text += value;
  }
  return text;
}
