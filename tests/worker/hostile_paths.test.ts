import assert from 'node:assert/strict';
import { test } from 'node:test';
import { corpus, type PathEntry } from './support/corpus.ts';
import { exchangeBytes } from './support/http.ts';
import { openWorld, type World } from './support/world.ts';

const protectList = await openWorld({
  variables: { MATCHER: ['/admin/:path*', '/api/private/:path*'] },
});
const defaultDeny = await openWorld({
  variables: { UNAUTHENTICATED_PATHS: ['/', '/public/:path*', '/healthz'] },
});

/** Sends a request target as it is; returns the status. */
async function visit(world: World, target: string): Promise<number> {
  const answer = await exchangeBytes(
    world.gateway.port,
    `GET ${target} HTTP/1.1\r\nHost: app.example.com\r\nx-test-scheme: https\r\nAccept: text/html\r\nConnection: close\r\n\r\n`,
  );
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
}

function isLookAlike({ input }: PathEntry): boolean {
  return !/^\/(public(\/|$)|healthz\/?$|$)/.test(input.split(/[?#]/)[0] ?? '');
}

/** Without a leading slash the runtime makes of it what it likes: see below. */
const entries = corpus.paths.filter(
  ({ input, requires_preset: preset }) => preset === undefined && /^(\/|https?:)/.test(input),
);

for (const [name, world] of [
  ['a protect-list', protectList],
  ['default deny', defaultDeny],
] as const) {
  test(`hostile spellings reach nothing under ${name}`, async (t) => {
    for (const { input, why, expect } of entries.filter(
      (one) => one.must_be_protected_if_protected,
    )) {
      await t.test(`${JSON.stringify(input)}: ${why}`, async () => {
        const status = await visit(world, input);
        const allowed = expect === '400' ? [400] : [302, 400, 401, 421, 0];
        assert.ok(allowed.includes(status), `answered ${status}`);
        assert.equal(world.site.arrivals.length, 0, 'the site was not asked');
      });
    }
  });
}

test('what is public stays reachable, and reaches the site as it was judged', async (t) => {
  for (const entry of entries.filter((one) => !one.must_be_protected_if_protected)) {
    const { input, why } = entry;
    await t.test(`${JSON.stringify(input)}: ${why}`, async () => {
      assert.equal(await visit(protectList, input), 200);
      const reached = new URL(input, 'https://app.example.com');
      assert.equal(protectList.arrival().url, `${reached.pathname}${reached.search}`);
      const status = await visit(defaultDeny, input);
      assert.equal(status, isLookAlike(entry) ? 302 : 200);
    });
  }
});

test('the string that was judged is the string that is sent', async (t) => {
  const rows: [target: string, reached: string][] = [
    ['/public/../public/x', '/public/x'],
    ['/public/./x', '/public/x'],
    ['/public/%2e/x', '/public/x'],
    ['/public/x?a=%2e%2e/../y', '/public/x?a=%2e%2e/../y'],
    ["/public/x?it's", '/public/x?it%27s'],
    ['/public/x{}|', '/public/x%7B%7D|'],
  ];
  for (const [target, reached] of rows) {
    await t.test(target, async () => {
      const status = await visit(protectList, target);
      assert.equal(status, 200);
      assert.equal(protectList.arrival().url, reached);
    });
  }
});

test('targets the runtime or the gateway cannot read are refused, and the gateway lives', async (t) => {
  for (const target of [
    '*',
    '/%',
    '/%zz',
    '/%u0061',
    '/%c0%af',
    '/%00',
    '/x%0d%0aX:1',
    `/${'a'.repeat(16_384)}`,
  ]) {
    await t.test(target.slice(0, 20), async () => {
      const status = await visit(defaultDeny, target);
      assert.ok([302, 400, 401, 414, 421, 0].includes(status), `answered ${status}`);
      assert.equal(defaultDeny.site.arrivals.length, 0);
      assert.equal(await visit(defaultDeny, '/public/x'), 200);
    });
  }
});

test('a target without a leading slash is the root at most', async () => {
  assert.equal(await visit(defaultDeny, 'admin'), 200);
  assert.equal(defaultDeny.arrival().url, '/');
});

test('methods nobody knows reach nothing', async (t) => {
  for (const method of ['TRACE', 'TRACK', 'FOO', 'get', 'PATCH', 'OPTIONS']) {
    await t.test(method, async () => {
      const answer = await exchangeBytes(
        defaultDeny.gateway.port,
        `${method} /x HTTP/1.1\r\nHost: app.example.com\r\nx-test-scheme: https\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
      );
      assert.doesNotMatch(answer, /^HTTP\/1\.1 [23]/);
      assert.equal(defaultDeny.site.arrivals.length, 0);
    });
  }
});

test('framing that two servers could read differently reaches nothing', async (t) => {
  const rows: [name: string, lines: string][] = [
    [
      'length and chunks',
      'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /public HTTP/1.1\r\n\r\n',
    ],
    ['two lengths', 'Content-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['an unknown coding', 'Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n'],
    ['a folded line', 'X-A: 1\r\n X-AuthKit-User-Id: admin\r\n\r\n'],
    ['a name with a space', 'X-AuthKit-User-Id : admin\r\n\r\n'],
  ];
  for (const [name, lines] of rows) {
    await t.test(name, async () => {
      await exchangeBytes(
        defaultDeny.gateway.port,
        `POST /x HTTP/1.1\r\nHost: app.example.com\r\nx-test-scheme: https\r\nConnection: close\r\n${lines}`,
      );
      assert.equal(defaultDeny.site.arrivals.length, 0);
    });
  }
});
