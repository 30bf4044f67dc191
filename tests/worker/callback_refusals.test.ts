import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Browser, Step } from './support/browser.ts';
import { assertError, assertPage, assertToAuthKit } from './support/expect.ts';
import { header, type Reply, setCookies } from './support/http.ts';
import { open, seal } from './support/seal.ts';
import { ADDRESS, NAVIGATION, openWorld, PASSWORD, SCRIPT } from './support/world.ts';

const world = await openWorld();

/** How often the visitor has been sent to sign in again: a stray callback restarts the first time. */
type Round = 0 | 1;

interface Begun {
  browser: Browser;
  callback: URL;
  flow: string;
}

/** A browser that has been at AuthKit, and the address it is sent back to. */
async function begun(path = '/x'): Promise<Begun> {
  const browser = world.browser();
  return whereItIs(browser, await browser.goAsFarAsCallback(path));
}

/** The same, where a sign-in that was lost has sent the browser to AuthKit once more. */
async function begunAgain(): Promise<Begun> {
  const browser = world.browser();
  const options = { initiator: 'cross-site' } as const;
  return whereItIs(browser, await browser.goAsFarAsCallback('/callback?code=lost', options));
}

function whereItIs(browser: Browser, callback: URL): Begun {
  const flow = `__Host-authkit-flow-${callback.searchParams.get('state')?.slice(2, 10)}`;
  assert.ok(browser.jar.value(flow));
  return { browser, callback, flow };
}

async function inRound(round: Round, path?: string): Promise<Begun> {
  const one = await (round === 0 ? begun(path) : begunAgain());
  assert.match(one.callback.searchParams.get('state') ?? '', new RegExp(`^${round}\\.`));
  return one;
}

const ROUNDS: [round: Round, name: string][] = [
  [0, 'at first'],
  [1, 'after a restart'],
];

async function arrive(browser: Browser, callback: URL): Promise<Reply> {
  const { reply } = await browser.step(callback, { initiator: 'cross-site' });
  return reply;
}

function assertNoExchange(): void {
  assert.equal(world.asked('authenticate'), 0, 'no code was spent');
  assert.equal(world.site.arrivals.length, 0);
}

const UNKNOWN = "This sign-in wasn't begun here";
const OURS = [
  'provider',
  'client_id',
  'redirect_uri',
  'response_type',
  'state',
  'code_challenge',
  'code_challenge_method',
];

/** Sign-in begins anew and counts that; what came is neither used nor repeated. */
function assertRestarts(reply: Reply): void {
  const parameters = assertToAuthKit(reply);
  assert.deepEqual([...parameters.keys()], OURS);
  const state = parameters.get('state') ?? '';
  assert.match(state, /^1\.[0-9a-f]{32}$/);
  const [flow = '', ...others] = setCookies(reply);
  assert.ok(flow.startsWith(`__Host-authkit-flow-${state.slice(2, 10)}=v1.`), flow);
  assert.deepEqual(others, []);
  assertNoExchange();
}

/** It ends on a page, and nothing is set, used or repeated. */
function assertEnds(reply: Reply, title = UNKNOWN): void {
  assertPage(reply, 400, title);
  assert.deepEqual(setCookies(reply), []);
  assert.equal(header(reply, 'location'), undefined);
  assertNoExchange();
}

/** A stray callback restarts once. */
function assertStray(reply: Reply, round: Round, title?: string): void {
  if (round === 0) assertRestarts(reply);
  else assertEnds(reply, title);
}

async function assertGoesOn({ browser, flow }: Begun, good: URL): Promise<void> {
  assert.equal(browser.hasSession, false);
  assert.ok(browser.jar.value(flow), 'the sign-in goes on');
  assert.equal((await arrive(browser, good)).status, 303);
}

type Change = (query: URLSearchParams) => void;

test('what cannot have come from AuthKit is refused, first or last', async (t) => {
  const rows: [name: string, change: Change][] = [
    ['two codes', (query) => query.append('code', 'x')],
    ['two empty codes', (query) => ['', ''].forEach((code) => void query.append('code', code))],
    ['two states', (query) => query.append('state', query.get('state') ?? '')],
    ['code and error', (query) => query.append('error', 'x')],
    [
      'two errors',
      (query) => {
        query.delete('code');
        for (const error of ['access_denied', 'access_denied']) query.append('error', error);
      },
    ],
    [
      'an empty error',
      (query) => {
        query.delete('code');
        query.append('error', '');
      },
    ],
    ['another issuer', (query) => query.set('iss', 'https://evil.example')],
    ['an empty issuer', (query) => query.set('iss', '')],
    ['two issuers', (query) => ['a', 'b'].forEach((value) => void query.append('iss', value))],
  ];
  for (const [round, when] of ROUNDS) {
    for (const [name, change] of rows) {
      await t.test(`${name}, ${when}`, async () => {
        const one = await inRound(round);
        const good = new URL(one.callback);
        change(one.callback.searchParams);
        assertEnds(await arrive(one.browser, one.callback));
        await assertGoesOn(one, good);
      });
    }
  }
});

test('a callback that lacks its code, or has another state, restarts the sign-in once', async (t) => {
  const rows: [name: string, change: (query: URLSearchParams, round: Round) => void][] = [
    ['no code', (query) => query.delete('code')],
    ['empty code', (query) => query.set('code', '')],
    ['state of nobody', (query, round) => query.set('state', `${round}.${'0'.repeat(32)}`)],
    [
      'state that shares its handle',
      (query) =>
        query.set(
          'state',
          String(query.get('state')).replace(/.$/, (end) => (end === '0' ? '1' : '0')),
        ),
    ],
    [
      'state with the same handle and other bits',
      (query) => query.set('state', `${query.get('state')?.slice(0, 10)}${'f'.repeat(24)}`),
    ],
    ['state in capitals', (query, round) => query.set('state', `${round}.${'ABCDEF01'.repeat(4)}`)],
  ];
  for (const [round, when] of ROUNDS) {
    for (const [name, change] of rows) {
      await t.test(`${name}, ${when}`, async () => {
        const one = await inRound(round);
        const good = new URL(one.callback);
        change(one.callback.searchParams, round);
        assertStray(await arrive(one.browser, one.callback), round);
        await assertGoesOn(one, good);
      });
    }
  }
});

test('one without a state of ours restarts it too: AuthKit brings ours back', async (t) => {
  const rows: [name: string, change: Change][] = [
    ['nothing', (query) => ['code', 'state'].forEach((name) => void query.delete(name))],
    ['no state', (query) => query.delete('state')],
    ['empty state', (query) => query.set('state', '')],
    ['state without a handle', (query) => query.set('state', 'x')],
    ['huge state', (query) => query.set('state', `0.${'a'.repeat(5000)}`)],
    ['a longer state', (query) => query.set('state', `${query.get('state')}0`)],
    ['no hexadecimal', (query) => query.set('state', `${query.get('state')?.slice(0, -1)}g`)],
    ['a count that is none', (query) => query.set('state', `-1.${'0'.repeat(32)}`)],
    ['somebody’s JSON', (query) => query.set('state', '{"returnPathname":"//evil.example/"}')],
  ];
  for (const [name, change] of rows) {
    await t.test(name, async () => {
      const one = await begun();
      const good = new URL(one.callback);
      change(one.callback.searchParams);
      assertRestarts(await arrive(one.browser, one.callback));
      await assertGoesOn(one, good);
      const [last, ...rounds] = await withoutCookies(one.callback);
      assertPage(last.reply, 400, UNKNOWN);
      assert.equal(rounds.length, 2, 'a browser without cookies comes round once');
    });
  }
});

test('whatever the count was, after a restart there is no other', async (t) => {
  for (const count of ['1', '2', '9', '255']) {
    await t.test(count, async () => {
      const one = await begun();
      const good = new URL(one.callback);
      const [, bits] = one.callback.searchParams.get('state')?.split('.') ?? [];
      one.callback.searchParams.set('state', `${count}.${bits}`);
      assertEnds(await arrive(one.browser, one.callback));
      await assertGoesOn(one, good);
    });
  }
});

test('the log says that a sign-in restarts', async () => {
  await arrive(world.browser(), new URL('/callback?code=x', world.address));
  await world.gateway.logged(({ reason }) => reason === 'sign_in_restarts');
});

test('nothing restarts for a program or a script, which would not come back', async (t) => {
  const json = { accept: 'application/json' };
  const rows: [name: string, headers: Record<string, string>, told: 'page' | 'json'][] = [
    ['a script', SCRIPT, 'json'],
    ['a program', json, 'json'],
    ['a program that takes anything', { accept: '*/*' }, 'json'],
    ['a program that says nothing', {}, 'json'],
    ['a navigation to data', { ...NAVIGATION, ...json }, 'json'],
    ['XMLHttpRequest', { ...json, 'x-requested-with': 'XMLHttpRequest' }, 'json'],
    ['a script that wants HTML', { ...SCRIPT, accept: NAVIGATION.accept }, 'page'],
    ['an image', { ...NAVIGATION, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }, 'page'],
    ['a router', { ...NAVIGATION, rsc: '1' }, 'page'],
  ];
  for (const [name, headers, told] of rows) {
    await t.test(name, async () => {
      for (const path of ['/callback?code=x', `/callback?code=x&state=0.${'0'.repeat(32)}`]) {
        const reply = await world.ask({ path, headers });
        if (told === 'page') assertPage(reply, 400, UNKNOWN);
        else assertError(reply, 400, 'sign_in_unknown');
        assert.deepEqual(setCookies(reply), []);
        assert.equal(header(reply, 'location'), undefined);
        assertNoExchange();
      }
    });
  }
});

test('the issuer may be named, if it is WorkOS', async () => {
  const { browser, callback } = await begun();
  callback.searchParams.set('iss', 'https://api.workos.com');
  assert.equal((await arrive(browser, callback)).status, 303);
});

test('a callback in a browser that did not begin it signs nobody in', async (t) => {
  for (const [round, when] of ROUNDS) {
    await t.test(when, async () => {
      const { callback } = await inRound(round);
      const victim = world.browser();
      assertStray(await arrive(victim, callback), round);
      assert.equal(victim.hasSession, false);
    });
  }
});

test('a flow’s cookie that is not exactly ours is refused', async (t) => {
  const rows: [name: string, change: (value: string, flow: string) => string | undefined][] = [
    ['truncated', (value) => value.slice(0, -1)],
    ['extended', (value) => `${value}A`],
    ['quoted', (value) => `"${value}"`],
    [
      'one letter changed',
      (value) =>
        value.replace(/.{40}$/, (end) => end.replace(/^./, (one) => (one === 'A' ? 'B' : 'A'))),
    ],
    ['empty', () => ''],
    ['not a seal', () => 'x'],
    ['a session in its place', () => world.sealed(world.workos.mintSession())],
    [
      'sealed for another flow',
      (value, flow) => resealed(value, flow, { cookie: `${flow.slice(0, -1)}x` }),
    ],
    [
      'sealed for another host',
      (value, flow) => resealed(value, flow, { host: 'other.example.com' }),
    ],
    ['sealed as a session', (value, flow) => resealed(value, flow, { purpose: 'session' })],
    [
      'sealed by somebody else',
      (value, flow) => resealed(value, flow, {}, {}, 'another password of thirty-two.'),
    ],
    [
      'of another state',
      (value, flow) => resealed(value, flow, {}, { state: `0.${'1'.repeat(32)}` }),
    ],
    [
      'of another count',
      (value, flow) => {
        const own = { purpose: 'flow', cookie: flow, host: 'app.example.com' } as const;
        const [, bits] = String(open(value, own, PASSWORD).state).split('.');
        return resealed(value, flow, {}, { state: `7.${bits}` });
      },
    ],
  ];
  for (const [round, when] of ROUNDS) {
    for (const [name, change] of rows) {
      await t.test(`${name}, ${when}`, async () => {
        const { callback, browser, flow } = await inRound(round);
        const value = change(browser.jar.value(flow) ?? '', flow);
        const reply = await world.open(`${callback.pathname}${callback.search}`, {
          cookie: `${flow}=${value}`,
        });
        assertStray(reply, round);
      });
    }
  }
});

test('two cookies of one flow are none: a sibling host may have planted one', async (t) => {
  for (const [round, when] of ROUNDS) {
    await t.test(when, async () => {
      const { callback, browser, flow } = await inRound(round);
      const path = `${callback.pathname}${callback.search}`;
      const pair = `${flow}=${browser.jar.value(flow)}`;
      assertStray(await world.open(path, { cookie: `${pair}; ${pair}` }), round);
      const bare = pair.replace('__Host-', '');
      assertStray(await world.open(path, { cookie: bare }), round);
    });
  }
});

test('a sign-in may take ten minutes', async (t) => {
  const rows: [name: string, age: number, good: boolean][] = [
    ['nine and a half minutes', 570, true],
    ['ten minutes', 601, false],
    ['a day', 86_400, false],
    ['half a minute ahead of us', -30, true],
    ['two minutes ahead of us', -120, false],
  ];
  for (const [round, when] of ROUNDS) {
    for (const [name, age, good] of rows) {
      await t.test(`${name}, ${when}`, async () => {
        const one = await inRound(round);
        setAge(one, age);
        const reply = await arrive(one.browser, one.callback);
        if (good) assert.equal(reply.status, 303);
        else assertStray(reply, round, 'This sign-in took too long');
      });
    }
  }
});

test('one that took longer still ends where the visitor wanted to go', async () => {
  const one = await begun('/x?y=a%2Fb');
  setAge(one, 601);
  const { url, reply } = await one.browser.go(one.callback, { initiator: 'cross-site' });
  assert.equal(reply.status, 200);
  assert.equal(url.href, `${ADDRESS}/x?y=a%2Fb`);
  assert.equal(world.asked('authenticate'), 1, 'with a code of its own');
});

test('one that took longer and was refused is over', async () => {
  const one = await begun();
  setAge(one, 601);
  one.callback.searchParams.delete('code');
  one.callback.searchParams.set('error', 'access_denied');
  assertEnds(await arrive(one.browser, one.callback), 'This sign-in took too long');
});

test('what AuthKit refuses is told in our words, and the sign-in is over', async (t) => {
  const rows: [error: string, status: number][] = [
    ['access_denied', 403],
    ['server_error', 400],
    ['organization_invalid', 400],
    ['<svg/onload=alert(1)>', 400],
  ];
  for (const [error, status] of rows) {
    await t.test(error, async () => {
      const { browser, callback, flow } = await begun('/x?y=1');
      callback.searchParams.delete('code');
      callback.searchParams.set('error', error);
      callback.searchParams.set('error_description', '<svg/onload=alert(1)> 4711');
      callback.searchParams.set('error_uri', 'javascript:alert(4711)');
      const reply = await arrive(browser, callback);
      assertPage(reply, status, 'You were not signed in');
      assert.doesNotMatch(reply.text, /alert|4711|<svg\/|javascript:/);
      assert.match(reply.text, /href="\/login\?return_to=%2Fx%3Fy%3D1">Try again</);
      assert.equal(browser.jar.value(flow), undefined);
      assertNoExchange();
    });
  }
});

test('trying again ends where the visitor first wanted to go', async () => {
  const { browser, callback } = await begun('/x?y=a%2Fb');
  callback.searchParams.delete('code');
  callback.searchParams.set('error', 'access_denied');
  const page = await arrive(browser, callback);
  const again = /href="([^"]+)">Try again/.exec(page.text)?.[1] ?? '';
  const { url } = await browser.go(again.replaceAll('&amp;', '&'), { initiator: 'same-site' });
  assert.equal(url.href, `${ADDRESS}/x?y=a%2Fb`);
});

test('an error without a flow of this browser says nothing of the error, and restarts nothing', async (t) => {
  const error = 'error=access_denied&error_description=4711';
  for (const state of [
    '',
    '&state=0.x',
    `&state=0.${'0'.repeat(32)}`,
    `&state=1.${'0'.repeat(32)}`,
  ]) {
    await t.test(state.slice(0, 12), async () => {
      const reply = await world.open(`/callback?${error}${state}`);
      assertEnds(reply);
      assert.doesNotMatch(reply.text, /4711|access_denied/);
    });
  }
});

test('a code is not spent by what nobody looks at', async (t) => {
  const rows: [name: string, method: string, headers: Record<string, string>, status: number][] = [
    ['HEAD', 'HEAD', NAVIGATION, 204],
    ['POST', 'POST', NAVIGATION, 405],
    ['OPTIONS', 'OPTIONS', {}, 405],
    ['a prefetch', 'GET', { ...NAVIGATION, 'sec-purpose': 'prefetch' }, 204],
    ['a prerender', 'GET', { ...NAVIGATION, 'sec-purpose': 'prefetch;prerender' }, 204],
    ['an older prefetch', 'GET', { ...NAVIGATION, purpose: 'prefetch' }, 204],
    ['Firefox’ prefetch', 'GET', { ...NAVIGATION, 'x-moz': 'prefetch' }, 204],
  ];
  for (const [name, method, headers, status] of rows) {
    await t.test(name, async () => {
      const { browser, callback } = await begun();
      const { reply } = await browser.step(callback, {
        method,
        headers,
        initiator: 'cross-site',
        ...(method === 'POST' && { body: '' }),
      });
      assert.equal(reply.status, status);
      assert.deepEqual(setCookies(reply), []);
      assertNoExchange();
      assert.equal((await arrive(browser, callback)).status, 303, 'the code is still good');
    });
  }
});

test('a callback used again, or by somebody signed in, just goes on', async () => {
  const { browser, callback } = await begun();
  assert.equal((await arrive(browser, callback)).status, 303);
  const session = browser.jar.value('wos-session');
  const again = await arrive(browser, callback);
  assert.equal(again.status, 302);
  assert.equal(header(again, 'location'), `${ADDRESS}/`);
  assert.equal(browser.jar.value('wos-session'), session);
  assert.equal(world.asked('authenticate'), 1);
});

test('a stranger’s callback does not replace a session', async () => {
  const victim = world.browser();
  await victim.signIn('/x');
  const session = victim.jar.value('wos-session');
  const { callback } = await begun();
  world.workos.requests.length = 0;
  const reply = await arrive(victim, callback);
  assert.equal(reply.status, 302);
  assert.equal(victim.jar.value('wos-session'), session);
  assert.equal(world.asked('authenticate'), 0);
});

test('whoever is signed in stays so where AuthKit or WorkOS refuses another sign-in', async (t) => {
  const rows: [name: string, change: Change][] = [
    [
      'AuthKit refuses',
      (query) => {
        query.delete('code');
        query.set('error', 'access_denied');
      },
    ],
    ['the code is no good', (query) => query.set('code', 'used')],
  ];
  for (const [name, change] of rows) {
    await t.test(name, async () => {
      const browser = world.browser();
      await browser.signIn('/x');
      const session = browser.jar.value('wos-session');
      const callback = await browser.goAsFarAsCallback('/login?prompt=login&return_to=/y%3Fz%3D1');
      change(callback.searchParams);
      const reply = await arrive(browser, callback);
      assert.equal(reply.status, 302);
      assert.equal(header(reply, 'location'), `${ADDRESS}/y?z=1`);
      assert.equal(browser.jar.value('wos-session'), session);
      assert.deepEqual(browser.flows, [], 'that sign-in is over');
    });
  }
});

test('the same callback twice at once signs in once and harms nothing', async () => {
  const { browser, callback } = await begun();
  world.workos.fault({ endpoint: 'authenticate', delayMs: 50, times: 2 });
  const replies = await Promise.all([arrive(browser, callback), arrive(browser, callback)]);
  assert.ok(replies.some(({ status }) => status === 303));
  assert.ok(browser.hasSession);
  assert.equal((await browser.step('/x')).reply.status, 200);
});

test('a browser that keeps no cookies ends on a page, not in a loop', async () => {
  const [last, ...rounds] = await withoutCookies(new URL('/x', world.address));
  assertPage(last.reply, 400, UNKNOWN);
  assert.match(last.reply.text, /cookies are switched off/);
  const counts = rounds.map(({ reply }) => header(reply, 'location')?.match(/state=(\d+)\./)?.[1]);
  assert.deepEqual(counts, ['1', '1', '0', '0'], 'from the last to the first');
  assertNoExchange();
});

/** Follows redirects to the end, keeping no cookie; the last step comes first. */
async function withoutCookies(url: URL): Promise<[Step, ...Step[]]> {
  const browser = world.browser();
  const steps: Step[] = [];
  for (let next: string | URL | undefined = url; next !== undefined; ) {
    assert.ok(steps.length < 12, `a redirect loop at ${next}`);
    const step: Step = await browser.step(next, { initiator: 'cross-site' });
    browser.jar.clear();
    steps.unshift(step);
    next = header(step.reply, 'location');
  }
  return steps as [Step, ...Step[]];
}

function setAge({ browser, flow }: Begun, seconds: number): void {
  const issuedAt = Math.floor(Date.now() / 1000) - seconds;
  const value = resealed(browser.jar.value(flow) ?? '', flow, {}, { issuedAt });
  browser.jar.plant(flow, value, world.address);
}

/** The flow, sealed again with something changed. */
function resealed(
  value: string,
  cookie: string,
  place: { purpose?: 'session' | 'flow'; cookie?: string; host?: string },
  payload: Record<string, unknown> = {},
  password = PASSWORD,
): string {
  const own = { purpose: 'flow', cookie, host: 'app.example.com' } as const;
  return seal({ ...open(value, own, PASSWORD), ...payload }, { ...own, ...place }, password);
}
