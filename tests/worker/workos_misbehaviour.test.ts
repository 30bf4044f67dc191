/** Faults by chance: each kind does what its name says, where it says, and as often. */
import assert from 'node:assert/strict';
import { after, afterEach, describe, test } from 'node:test';
import { chanceOf } from '../../dev/workos/chance.ts';
import { faultKinds, troubleOf } from '../../dev/workos/fault_kinds.ts';
import { type FaultKind, type Injected, startWorkOS } from '../../dev/workos.ts';
import { glimpse, keysOf, outcomeOf, refresh, refreshOf } from './support/api.ts';
import { type Ask, ask, header, jsonOf } from './support/http.ts';
import { until } from './support/until.ts';

const workos = await startWorkOS({ interactive: false, rotation: 'strict' });
after(() => workos.close());
afterEach(() => {
  workos.clearFaults();
  workos.requests.length = 0;
});

function aRefresh(): Ask {
  return refreshOf(workos, workos.mintSession().refreshToken);
}

function anExchange(): Ask {
  const body = JSON.stringify({ grant_type: 'authorization_code' });
  return { ...aRefresh(), body };
}

function aSignOut(): Ask {
  return { ...keysOf(workos), path: '/user_management/sessions/logout?session_id=x' };
}

function aSignIn(): Ask {
  return { ...keysOf(workos), path: '/user_management/authorize' };
}

const ONCE_HANDLED = { spent: true };
const INSTEAD = { spent: false };

/** What a refresh comes to, and whether its token is spent by it. Nobody waits for what never comes. */
const KINDS: Record<FaultKind, { comes: number | string; spent: boolean } | 'keys only'> = {
  refused: { comes: 'ECONNRESET', ...INSTEAD },
  down: { comes: 'ECONNRESET', ...INSTEAD },
  'lost-reply': { comes: 'ECONNRESET', ...ONCE_HANDLED },
  cut: { comes: 'cut', ...ONCE_HANDLED },
  hang: { comes: 'nothing', ...INSTEAD },
  slow: { comes: 'nothing', ...ONCE_HANDLED },
  late: { comes: 'nothing', ...ONCE_HANDLED },
  '429': { comes: 429, ...INSTEAD },
  '429-retry-after': { comes: 429, ...INSTEAD },
  '500': { comes: 500, ...INSTEAD },
  '502-html': { comes: 502, ...INSTEAD },
  '503-retry-after': { comes: 503, ...INSTEAD },
  garbage: { comes: 200, ...ONCE_HANDLED },
  redirect: { comes: 302, ...INSTEAD },
  huge: { comes: 'more than anybody reads', ...ONCE_HANDLED },
  'invalid-client': { comes: 401, ...INSTEAD },
  'invalid-grant': { comes: 400, ...INSTEAD },
  'keys-down': 'keys only',
  'keys-garbage': 'keys only',
};

/** Asks, and goes away where no answer is to be waited for. */
async function met(comes: number | string, how: Ask): Promise<number | string> {
  if (comes === 'more than anybody reads') {
    const { length = 0 } = await glimpse(how);
    return length > 50_000_000 ? comes : length;
  }
  const outcome = outcomeOf(how);
  if (comes !== 'nothing') return outcome;
  await until(() => workos.requests.length > 0 || undefined, 'the request');
  const status = workos.requests[0]?.status;
  await workos.refuse();
  await workos.accept();
  assert.equal(await outcome, 'ECONNRESET');
  return status ?? 'nothing';
}

describe('a refresh that meets', () => {
  for (const [kind, expected] of Object.entries(KINDS)) {
    if (expected === 'keys only') continue;
    const { comes, spent } = expected;
    test(`${kind}: comes to ${comes}, and its token is ${spent ? 'spent' : 'good'}`, async () => {
      const { refreshToken } = workos.mintSession();
      const before = workos.injected[kind as FaultKind];
      workos.misbehave({ rate: 1, kinds: [kind as FaultKind] });
      assert.equal(await met(comes, refreshOf(workos, refreshToken)), comes);
      assert.equal(workos.injected[kind as FaultKind], before + 1);
      workos.misbehave(undefined);
      assert.equal((await refresh(workos, refreshToken)).status, spent ? 400 : 200);
    });
  }

  test('any kind there is, is in this table', () => {
    assert.deepEqual(Object.keys(KINDS).sort(), [...faultKinds].sort());
  });
});

describe('what an answer says', () => {
  const answered = async (kind: FaultKind, how: Ask) => {
    workos.misbehave({ rate: 1, kinds: [kind] });
    return ask(how);
  };

  for (const kind of ['429-retry-after', '503-retry-after'] as const) {
    test(`${kind}: come back in 3 seconds`, async () => {
      assert.equal(header(await answered(kind, aRefresh()), 'retry-after'), '3');
    });
  }

  for (const kind of ['429', '500', 'keys-down'] as const) {
    test(`${kind}: not when to come back`, async () => {
      assert.equal(header(await answered(kind, keysOf(workos)), 'retry-after'), undefined);
    });
  }

  for (const kind of ['502-html', 'garbage'] as const) {
    test(`${kind}: a page`, async () => {
      const reply = await answered(kind, aRefresh());
      assert.equal(header(reply, 'content-type'), 'text/html');
      assert.match(reply.text, /^<!doctype html>/);
    });
  }

  test('redirect: somewhere nobody should go', async () => {
    const reply = await answered('redirect', aRefresh());
    assert.equal(header(reply, 'location'), 'http://portal.invalid/');
  });

  test('invalid-client, invalid-grant: OAuth’s errors', async () => {
    for (const kind of ['invalid-client', 'invalid-grant'] as const)
      assert.equal(jsonOf(await answered(kind, aRefresh())).error, kind.replace('-', '_'));
  });

  test('keys-garbage: keys, but none to verify with', async () => {
    const reply = await answered('keys-garbage', keysOf(workos));
    assert.equal(reply.status, 200);
    assert.ok(Array.isArray(jsonOf(reply).keys));
    assert.doesNotMatch(reply.text, /RSA/);
  });

  test('slow: within 1 to 6 seconds; late: after 7', () => {
    for (const chance of [0, 0.5, 0.999]) {
      const { delayMs = 0 } = troubleOf('slow', () => chance);
      assert.ok(delayMs >= 1000 && delayMs <= 6000);
    }
    assert.equal(troubleOf('late', () => 0).delayMs, 7000);
  });
});

describe('where it happens', () => {
  const rows: [kind: FaultKind, hit: string[]][] = [
    ['500', ['refresh', 'exchange', 'keys']],
    ['refused', ['refresh', 'exchange', 'keys']],
    ['down', ['refresh', 'exchange', 'keys', 'sign-in', 'sign-out']],
    ['invalid-client', ['refresh', 'exchange']],
    ['invalid-grant', ['refresh']],
    ['keys-down', ['keys']],
    ['keys-garbage', ['keys']],
  ];
  for (const [kind, hit] of rows) {
    test(`${kind}: ${hit.join(', ')}`, async () => {
      const told: Injected[] = [];
      workos.misbehave({ rate: 1, kinds: [kind] }, (injected) => told.push(injected));
      for (const how of [aRefresh(), anExchange(), keysOf(workos), aSignIn(), aSignOut()])
        await outcomeOf(how);
      await outcomeOf({ ...keysOf(workos), path: '/health' });
      assert.deepEqual(told.map(place), hit);
      assert.deepEqual([...new Set(told.map((injected) => injected.kind))], [kind]);
    });
  }

  function place({ endpoint, grantType }: Injected): string | undefined {
    if (endpoint === 'authenticate')
      return grantType === 'refresh_token' ? 'refresh' : grantType && 'exchange';
    return { authorize: 'sign-in', jwks: 'keys', logout: 'sign-out' }[endpoint];
  }
});

describe('chance', () => {
  const KEYS = ['500', '429', 'keys-down'] as const satisfies FaultKind[];

  const run = async (ways: Parameters<typeof workos.misbehave>[0], times = 60) => {
    const met: string[] = [];
    let kind = '-';
    workos.misbehave(ways, (injected) => {
      kind = injected.kind;
    });
    for (let count = 0; count < times; count += 1) {
      kind = '-';
      await ask(keysOf(workos));
      met.push(kind);
    }
    return met;
  };

  test('the same seed makes the same run, another makes another', async () => {
    const [one, again, other] = [1, 1, 2].map((seed) => ({ seed, rate: 0.5, kinds: KEYS }));
    const first = await run(one);
    assert.deepEqual(await run(again), first);
    assert.notDeepEqual(await run(other), first);
    assert.deepEqual(new Set(first), new Set([...KEYS, '-']), 'every kind has its turn');
  });

  test('the rate is how many meet one: none, some, all', async () => {
    const hits = async (rate: number) =>
      (await run({ seed: 7, rate, kinds: KEYS }, 200)).filter((kind) => kind !== '-').length;
    assert.equal(await hits(0), 0);
    assert.equal(await hits(1), 200);
    const some = await hits(0.2);
    assert.ok(some > 20 && some < 60, `${some} of 200`);
  });

  test('of several ways the first that hits counts, and they don’t move in step', async () => {
    const ways = [
      { rate: 0.5, kinds: ['500'] },
      { rate: 0.5, kinds: ['429'] },
    ] as const;
    const met = await run(ways, 200);
    const count = (kind: string) => met.filter((one) => one === kind).length;
    assert.ok(count('500') > 70 && count('500') < 130, `500: ${count('500')}`);
    assert.ok(count('429') > 25 && count('429') < 75, `429: ${count('429')}`);
    const one = { rate: 0.5, kinds: KEYS };
    assert.notDeepEqual(await run([{ ...one, rate: 0 }, one]), await run(one));
  });

  test('a fault that was arranged goes first', async () => {
    workos.misbehave({ rate: 1, kinds: ['500'] });
    workos.fault({ endpoint: 'jwks', status: 418 });
    assert.equal(await outcomeOf(keysOf(workos)), 418);
    assert.equal(await outcomeOf(keysOf(workos)), 500);
  });

  test('it stops when it is told to, and when all faults are cleared', async () => {
    for (const stop of [() => workos.misbehave(undefined), () => workos.clearFaults()]) {
      workos.misbehave({ rate: 1, kinds: ['500'] });
      stop();
      assert.equal(await outcomeOf(keysOf(workos)), 200);
    }
  });

  test('its numbers are spread evenly from 0 up to 1', () => {
    const chance = chanceOf(1);
    const tenths = Array<number>(10).fill(0);
    for (let count = 0; count < 10_000; count += 1) {
      const tenth = Math.floor(chance() * 10);
      tenths[tenth] = (tenths[tenth] ?? Number.NaN) + 1;
    }
    assert.equal(tenths.length, 10);
    for (const count of tenths) assert.ok(count > 900 && count < 1100, String(tenths));
  });
});
