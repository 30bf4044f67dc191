/** One session in several isolates that know nothing of each other, and isolates that die. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Coming } from '../support/coming.ts';
import { assertRenewed, assertServed } from '../support/fault.ts';
import { type Reply, setCookies } from '../support/http.ts';
import { open } from '../support/seal.ts';
import { until } from '../support/until.ts';
import { expired, type Visitor, visitor } from '../support/visitor.ts';
import { openWorld, PASSWORD, type World, type WorldOptions } from '../support/world.ts';

const PLACE = { purpose: 'session', cookie: 'wos-session', host: 'app.example.com' } as const;

/** Gateways that share nothing but the site and WorkOS. */
async function openWorlds(count: number, workos: WorldOptions['workos'] = {}): Promise<World[]> {
  const first = await openWorld({ workos });
  const others = Array.from({ length: count - 1 }, () => openWorld({ beside: first }));
  return [first, ...(await Promise.all(others))];
}

/** Many requests of one visitor at once, the gateways taking turns. */
function race(visitor: Visitor, count: number, worlds: World[]): Promise<Reply[]> {
  const asked = Array.from({ length: count }, (_, index) => {
    visitor.at = worlds[index % worlds.length] ?? visitor.at;
    return index % 4 ? visitor.data(`/api/${index}`) : visitor.page(`/${index}`);
  });
  return Promise.all(asked);
}

function refreshTokens(replies: Reply[]): Set<unknown> {
  const lines = replies.flatMap(setCookies).filter((line) => line.startsWith('wos-session='));
  const sealed = lines.map((line) => line.slice('wos-session='.length, line.indexOf(';')));
  return new Set(sealed.map((text) => open(text, PLACE, PASSWORD).refreshToken));
}

describe('two hundred requests with one token that has run out', () => {
  test('FI-10: in one isolate, with strict rotation, make one exchange and sign nobody out', async () => {
    const worlds = await openWorlds(1, { rotation: 'strict', replaySeconds: 0 });
    const [world] = worlds as [World];
    const [racer, valid] = [expired(world), visitor(world)];
    const [replies] = await Promise.all([race(racer, 200, worlds), assertServed(valid.page())]);
    assert.deepEqual(new Set(replies.map(({ status }) => status)), new Set([200]));
    assert.equal(new Set(replies.map((reply) => setCookies(reply).join())).size, 1);
    assert.equal(racer.exchanges, 1);
    racer.keep(replies[0] ?? assert.fail());
    await assertServed(racer.page());
  });

  test('FI-10: in four isolates, while replays are answered, end up with one pair', async () => {
    const worlds = await openWorlds(4);
    const racer = expired(worlds[0] as World);
    const replies = await race(racer, 200, worlds);
    assert.deepEqual(new Set(replies.map(({ status }) => status)), new Set([200]));
    assert.ok(racer.exchanges >= 1 && racer.exchanges <= 4, `${racer.exchanges} exchanges`);
    assert.equal(refreshTokens(replies).size, 1);
    racer.keep(replies[0] ?? assert.fail());
    for (const world of worlds) {
      racer.at = world;
      await assertServed(racer.page());
    }
  });

  test('FI-10: in four isolates, with strict rotation, one wins and nobody deletes what it won', async () => {
    const worlds = await openWorlds(4, { rotation: 'strict', replaySeconds: 0 });
    const [world] = worlds as [World];
    const [racer, valid] = [expired(world), visitor(world)];
    // Three of the four are told that the session is over.
    racer.isOver = true;
    const [replies] = await Promise.all([race(racer, 200, worlds), assertServed(valid.page())]);
    assert.ok(racer.exchanges <= 4, `${racer.exchanges} exchanges`);
    const winners = replies.filter(({ status }) => status === 200);
    assert.ok(winners.length >= 50, `${winners.length} went on`);
    assert.equal(refreshTokens(replies).size, 1);
    for (const reply of replies) assert.ok([200, 302, 401, 503].includes(reply.status));
    racer.keep(winners[0] ?? assert.fail());
    for (const at of worlds) {
      racer.at = at;
      await assertServed(racer.page());
    }
  });
});

describe('an isolate dies', { concurrency: true }, () => {
  test('FI-09: after WorkOS has rotated, before anybody is told', async () => {
    const [dying, next] = (await openWorlds(2)) as [World, World];
    const visitor = expired(dying);
    dying.workos.fault({ endpoint: 'authenticate', delayMs: 5000 });
    const lost = assert.rejects(visitor.page());
    await until(() => visitor.exchanges === 1, 'the exchange');
    await dying.gateway.stop();
    await lost;
    visitor.at = next;
    await assertRenewed(visitor);
    assert.equal(visitor.exchanges, 2, 'the same token is answered with the same pair');
  });

  test('FI-09: in mid-sign-in, after the code is spent', async () => {
    const [dying, next] = (await openWorlds(2)) as [World, World];
    const coming = await Coming.to(dying);
    dying.workos.fault({ endpoint: 'authenticate', delayMs: 5000 });
    const lost = assert.rejects(coming.arrive());
    await until(() => dying.asked('authenticate') === 1, 'the exchange');
    await dying.gateway.stop();
    await lost;
    coming.at = next;
    await coming.assertSignsInAnew();
  });

  const POINTS: [name: string, slow: (world: World) => void, at: (world: World) => boolean][] = [
    [
      'while it fetches the keys',
      ({ workos }) => workos.fault({ endpoint: 'jwks', delayMs: 5000 }),
      (world) => world.asked('jwks') > 0,
    ],
    [
      'before WorkOS has done anything',
      ({ workos }) => workos.fault({ endpoint: 'authenticate', delayBeforeMs: 5000 }),
      (world) => world.asked('authenticate') > 0,
    ],
    [
      'while the site answers',
      ({ site }) => {
        site.script = () => {
          site.script = undefined;
        };
      },
      ({ site }) => site.arrivals.length > 0,
    ],
  ];
  for (const [name, slow, at] of POINTS) {
    test(`FI-53: ${name}`, async () => {
      const [dying, next] = (await openWorlds(2)) as [World, World];
      const past = expired(dying);
      const [valid, coming] = [visitor(next), await Coming.to(dying)];
      slow(dying);
      const lost = assert.rejects(past.data('/api', { method: 'POST', body: 'once' }));
      await until(() => at(dying), name);
      await dying.gateway.stop();
      await lost;
      past.at = coming.at = next;
      await assertServed(valid.page());
      assert.ok(next.site.arrivals.filter(({ method }) => method === 'POST').length <= 1);
      await assertRenewed(past);
      await coming.assertSignsIn();
    });
  }
});
