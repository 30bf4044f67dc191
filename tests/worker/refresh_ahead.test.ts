import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { describe, test } from 'node:test';
import type { Answer, Fault, MintedSession, MintOptions } from '../../dev/workos.ts';
import { identityOf } from './support/echo.ts';
import { assertPage, assertToAuthKit } from './support/expect.ts';
import { jsonOf, type Reply, setCookies } from './support/http.ts';
import { until } from './support/until.ts';
import { handshake } from './support/upgrade.ts';
import { openWorld, SCRIPT, type World } from './support/world.ts';

const world = await openWorld({
  variables: {
    MATCHER: ['/app/:path*'],
    UNAUTHENTICATED_PATHS: ['/app/open'],
    ACCESS_TOKEN_ENDPOINT: true,
  },
});

/** A token of five minutes that is good for another few seconds. */
function near(options: MintOptions = {}, at: World = world): MintedSession {
  const seconds = 20;
  const iat = Math.floor(Date.now() / 1000) + seconds - 300;
  return at.workos.mintSession(undefined, {
    accessTokenSeconds: seconds,
    ...options,
    claims: { iat, ...options.claims },
  });
}

/** What the browser sends after an answer. */
function kept(reply: Pick<Reply, 'lines'>): string {
  const lines = setCookies(reply as Reply).filter((text) => text.startsWith('wos-session='));
  assert.equal(lines.length, 1, 'there is a new session');
  const [line = ''] = lines;
  assert.doesNotMatch(line, /Max-Age=0/);
  return line.slice(0, line.indexOf(';'));
}

async function assertServed(cookie: string, at = world): Promise<void> {
  const reply = await at.open('/app/x', { cookie });
  assert.equal(reply.status, 200);
  assert.equal(identityOf(at.arrival())['x-authkit-authenticated'], 'true');
  assert.deepEqual(setCookies(reply), []);
}

test('new tokens come along with the answer, and later requests use them', async () => {
  const session = near();
  const reply = await world.open('/app/x', { cookie: world.cookie(session) });
  assert.equal(reply.status, 200);
  assert.equal(identityOf(world.arrival())['x-authkit-session-id'], session.sid);
  await assertServed(kept(reply));
  assert.equal(world.asked('authenticate'), 1);
  const line = await world.gateway.logged(({ refresh }) => refresh === 'renewed');
  assert.deepEqual([line.level, line.verdict], ['info', 'forward']);
});

test('WorkOS is asked while the site is at it', async () => {
  world.site.script = (response) => {
    void until(() => world.asked('authenticate') === 1 || undefined, 'the exchange').then(
      () => response.end('after it'),
      () => response.destroy(),
    );
  };
  const reply = await world.open('/app/x', { cookie: world.cookie(near()) });
  assert.equal(reply.text, 'after it');
  kept(reply);
});

for (const rotation of ['replay', 'strict'] as const) {
  test(`of twenty requests one asks WorkOS (rotation: ${rotation})`, async () => {
    world.workos.settings.rotation = rotation;
    world.workos.fault({ endpoint: 'authenticate', delayMs: 150 });
    const cookie = world.cookie(near());
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, index) => world.fetch(`/app/${index}`, { cookie })),
    );
    world.workos.settings.rotation = 'replay';
    assert.deepEqual(new Set(replies.map(({ status }) => status)), new Set([200]));
    const renewed = replies.filter((reply) => setCookies(reply).length > 0);
    assert.ok(renewed.length > 0);
    assert.equal(new Set(renewed.map(kept)).size, 1, 'the same bytes');
    assert.equal(world.asked('authenticate'), 1);
    await assertServed(kept(renewed[0] as Reply));
  });
}

test('while WorkOS hangs one request waits for an attempt, the others do not', async () => {
  world.workos.fault({ endpoint: 'authenticate', hang: true });
  const session = near();
  const cookie = world.cookie(session);
  let waits = true;
  const first = world.open('/app/first', { cookie }).finally(() => {
    waits = false;
  });
  await until(() => world.asked('authenticate') === 1 || undefined, 'the exchange');
  await Promise.all([1, 2, 3].map(() => assertServed(cookie)));
  assert.ok(waits, 'the first is waiting still');
  const reply = await first;
  assert.equal(reply.status, 200);
  assert.deepEqual(setCookies(reply), [], 'its cookie is left alone');
  const next = await until(async () => {
    const next = await world.open('/app/x', { cookie });
    return setCookies(next).length > 0 ? next : undefined;
  }, 'the tokens of the second attempt');
  assert.equal(world.asked('authenticate'), 2);
  await assertServed(kept(next));
});

const FAILURES: [name: string, fault: Omit<Fault, 'endpoint'>, refresh: string, level: string][] = [
  ['is down', { reset: 'before' }, 'transient', 'warn'],
  ['answers 500', { status: 500 }, 'transient', 'warn'],
  ['asks to wait', { status: 429, headers: { 'retry-after': '7' } }, 'transient', 'warn'],
  ['cuts its answer', { cutAfterBytes: 20 }, 'transient', 'warn'],
  ['says something else', { body: '<h1>Welcome</h1>' }, 'transient', 'warn'],
  ['has ended the session', { status: 400, body: { error: 'invalid_grant' } }, 'terminal', 'info'],
  ['wants another step', { status: 403, body: { error: 'sso_required' } }, 'step-up', 'info'],
  ['refuses our key', { status: 401, body: { error: 'invalid_client' } }, 'misconfigured', 'error'],
  ['gives tokens of somebody else', { rewrite: ofAnother }, 'misconfigured', 'error'],
];

/** The same answer, for another user. */
function ofAnother(answer: Answer): Answer {
  const body = JSON.parse(answer.body) as { user: { id: string } };
  body.user.id = 'user_other';
  return { ...answer, body: JSON.stringify(body) };
}

describe('the current token serves, and its cookie is left alone, where WorkOS', () => {
  for (const [name, fault, refresh, level] of FAILURES) {
    test(name, async () => {
      const world = await openWorld();
      world.workos.fault({ endpoint: 'authenticate', ...fault, times: Infinity });
      const cookie = world.cookie(near({}, world));
      await assertServed(cookie, world);
      const line = await world.gateway.logged((line) => line.refresh !== undefined);
      assert.deepEqual([line.refresh, line.level], [refresh, level]);
      const asked = world.asked('authenticate');
      await assertServed(cookie, world);
      assert.equal(world.asked('authenticate'), asked, 'WorkOS is left alone');
    });
  }
});

test('new tokens are not lost where the site is down', async () => {
  world.site.down = true;
  const reply = await world.open('/app/x', { cookie: world.cookie(near()) });
  assertPage(reply, 502, /./);
  world.site.down = false;
  await assertServed(kept(reply));
});

test('new tokens are not lost where the site refuses somebody who is signed in', async () => {
  world.site.script = (response) =>
    response.writeHead(401, { 'x-authkit-ensure-signed-in': '1' }).end();
  const reply = await world.open('/app/x', { cookie: world.cookie(near()) });
  assertPage(reply, 403, /./);
  world.site.script = undefined;
  await assertServed(kept(reply));
});

test('a page that streams has its new tokens before it ends', async () => {
  world.site.script = (response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.write('begun ');
    setTimeout(() => response.end('ended'), 200);
  };
  const reply = await world.open('/app/x', { cookie: world.cookie(near()) });
  assert.equal(reply.text, 'begun ended');
  kept(reply);
});

/** Accepts a WebSocket (RFC 6455 §4.2.2). */
function accept(request: IncomingMessage, socket: Duplex): void {
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accepted = createHash('sha1').update(key).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accepted}\r\n\r\n`,
  );
}

test('a WebSocket brings the new tokens along', async () => {
  world.site.onUpgrade = accept;
  const { status, lines, socket } = await handshake(world, '/app/s', world.cookie(near()));
  assert.equal(status, 101);
  socket?.destroy();
  await assertServed(kept({ lines }));
});

test('a WebSocket opens with the current token where WorkOS is down', async () => {
  world.site.onUpgrade = accept;
  world.workos.fault({ endpoint: 'authenticate', status: 500, times: Infinity });
  const { status, lines, socket } = await handshake(world, '/app/s', world.cookie(near()));
  socket?.destroy();
  assert.equal(status, 101);
  assert.deepEqual(setCookies({ lines } as Reply), []);
});

test('the front end is told of the new token', async () => {
  for (const path of ['/auth/session', '/auth/token']) {
    const reply = await world.fetch(path, { cookie: world.cookie(near()) });
    const left = Number(jsonOf(reply).expiresAt) - Date.now() / 1000;
    assert.ok(left > 200, `${path}: ${left} s`);
    await assertServed(kept(reply));
  }
});

test('public paths renew, and those outside the matcher never do', async () => {
  const cookie = world.cookie(near());
  const outside = await world.open('/elsewhere', { cookie });
  assert.deepEqual(setCookies(outside), []);
  assert.equal(world.asked('authenticate'), 0);
  kept(await world.open('/app/open', { cookie }));
});

test('a session of an SDK stays one where those are written', async () => {
  const iron = await openWorld({ variables: { COOKIE_SEAL: 'iron' } });
  const reply = await iron.open('/x', { cookie: iron.cookie(near({}, iron)) });
  const cookie = kept(reply);
  assert.match(cookie, /^wos-session=Fe26\.2\*/);
  await assertServed(cookie, iron);
});

test('a sign-out is not undone by new tokens that come late', async () => {
  const browser = world.browser();
  const { address } = world;
  browser.jar.plant('wos-session', world.sealed(near()), address);
  let answer = () => {};
  world.site.script = (response) => {
    answer = () => response.end('late');
  };
  const late = browser.step('/app/x');
  await until(() => world.site.arrivals.length > 0 || undefined, 'the request at the site');
  assert.equal((await browser.signOut()).reply.status, 303);
  answer();
  kept((await late).reply);
  assert.ok(browser.hasSession, 'the late answer brings it back');
  world.site.script = undefined;
  assertToAuthKit((await browser.step('/app/x')).reply);
  const told = await browser.step('/app/data', { headers: { ...SCRIPT } });
  assert.equal(told.reply.status, 401);
  assert.equal(world.site.arrivals.length, 1);
});
