import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  assertError,
  assertGuarded,
  assertPage,
  assertToAuthKit,
  requestId,
} from './support/expect.ts';
import { header, jsonOf, type Reply } from './support/http.ts';
import { NAVIGATION, openWorld } from './support/world.ts';

const world = await openWorld({ variables: { UNAUTHENTICATED_PATHS: '/public' } });

/** Something that must not come back. */
const MARK = 'zq4711zq';
const EVIL = `${MARK}"><svg/onload=alert(1)>`;
const QUERY = `?${MARK}=1&return_to=/&x=${encodeURIComponent(EVIL)}`;
/** The state of somebody who was sent to sign in again before. */
const AGAIN = `1.${'4711'.repeat(8)}`;
const SPOKEN = {
  referer: `https://evil.example/${MARK}`,
  'user-agent': EVIL,
  'x-request-id': MARK,
  'cf-ray': MARK,
  origin: `https://${MARK}.example`,
  'accept-language': MARK,
};

/** Every way to a page of the gateway's own that does not repeat where the visitor wanted to go. */
const PAGES: [
  name: string,
  status: number,
  ask: (headers: Record<string, string>) => Promise<Reply>,
][] = [
  ['sign-out asked', 200, (headers) => world.ask({ path: `/logout${QUERY}`, headers })],
  [
    'sign-out from elsewhere',
    403,
    (headers) => world.ask({ path: `/logout${QUERY}`, method: 'POST', body: EVIL, headers }),
  ],
  [
    'callback of nobody',
    400,
    (headers) => world.ask({ path: `/callback${QUERY}&code=${MARK}&state=${AGAIN}`, headers }),
  ],
  [
    'callback from somebody else',
    400,
    (headers) => world.ask({ path: `/callback${QUERY}&code=${MARK}&iss=${MARK}`, headers }),
  ],
  [
    'callback that tells an error to nobody',
    400,
    (headers) => world.ask({ path: `/callback${QUERY}&error=${MARK}&state=${MARK}`, headers }),
  ],
  [
    'callback by POST',
    405,
    (headers) => world.ask({ path: `/callback${QUERY}`, method: 'POST', body: EVIL, headers }),
  ],
  [
    'sign-in by POST',
    405,
    (headers) => world.ask({ path: `/login${QUERY}`, method: 'POST', body: EVIL, headers }),
  ],
  [
    'a form without a session',
    401,
    (headers) => world.ask({ path: `/x${QUERY}`, method: 'POST', body: EVIL, headers }),
  ],
  [
    'another host',
    421,
    (headers) => world.ask({ path: `/x${QUERY}`, address: `https://${MARK}.example`, headers }),
  ],
  [
    'a path that cannot be read',
    400,
    (headers) => world.ask({ path: `/${MARK}/%00${QUERY}`, headers }),
  ],
];

test('every page is guarded, names its request, and repeats nothing of it', async (t) => {
  for (const [name, status, ask] of PAGES) {
    await t.test(name, async () => {
      const reply = await ask({ accept: 'text/html', ...SPOKEN });
      assertPage(reply, status, /./);
      assertSilent(reply);
      const id = requestId(reply);
      const line = await world.gateway.logged(({ request_id: other }) => other === id);
      assert.equal(line.status, status);
    });
  }
});

test('programs get the same in JSON', async (t) => {
  for (const [name, status, ask] of PAGES) {
    await t.test(name, async () => {
      const reply = await ask({ accept: 'application/json', ...SPOKEN });
      assertError(reply, status, String(jsonOf(reply).error));
      assertSilent(reply);
    });
  }
});

test('a sign-in that restarts repeats nothing either', async () => {
  const path = `/callback${QUERY}&code=${MARK}&state=${MARK}`;
  const reply = await world.ask({ path, headers: { ...NAVIGATION, ...SPOKEN } });
  assertToAuthKit(reply);
  assertSilent(reply);
  const program = await world.ask({ path, headers: { accept: 'application/json', ...SPOKEN } });
  assertError(program, 400, 'sign_in_unknown');
  assertSilent(program);
});

test('a page’s way back to where the visitor was is escaped', async () => {
  world.site.down = true;
  const path = `/x?a='"<svg/onload=alert(1)>&b=${MARK}`;
  const reply = await world.open(encodeURI(path), { cookie: world.cookie() });
  assertPage(reply, 502, "This site can't be reached");
  assert.match(
    reply.text,
    /href="\/x\?a=%27%22%3Csvg\/onload=alert\(1\)%3E&amp;b=zq4711zq">Try again</,
  );
  assert.doesNotMatch(reply.text, /<svg\/onload/);
});

test('HEAD gets a page’s header and no page', async () => {
  const reply = await world.ask({
    path: '/logout',
    method: 'HEAD',
    headers: { accept: 'text/html' },
  });
  assert.equal(reply.status, 200);
  assert.equal(reply.text, '');
  assertGuarded(reply);
});

test('a page can be told from the site’s own by a program in between', async () => {
  const reply = await world.fetch('/x');
  assert.equal(header(reply, 'x-authkit-gateway'), 'intercepted');
});

test('every log line of a request says what was decided and why', async () => {
  await world.open('/log-me?secret=4711', { cookie: world.cookie() });
  const line = await world.gateway.logged(({ path }) => path === '/log-me');
  assert.equal(line.verdict, 'forward');
  assert.equal(line.route, 'protected');
  assert.equal(line.reason, 'signed_in');
  assert.match(line.session ?? '', /^[\w-]{12}$/);
  assert.equal(typeof line.ms, 'number');
  assert.doesNotMatch(world.gateway.output(), /secret=4711/);
});

function assertSilent({ lines, text }: Reply): void {
  assert.ok(!text.includes(MARK), text);
  assert.doesNotMatch(text, /alert\(1\)/);
  for (const [name, value] of lines) assert.ok(!value.includes(MARK), `${name}: ${value}`);
}
