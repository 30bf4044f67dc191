/** The double itself: it must misbehave just as it is told to, or the tests that stand on it prove nothing. */
import assert from 'node:assert/strict';
import { createPublicKey, verify, type webcrypto } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import { Recent } from '../../dev/workos/recent.ts';
import { RefreshTokens } from '../../dev/workos/refresh_tokens.ts';
import { type Fault, startWorkOS } from '../../dev/workos.ts';
import { glimpse, keys, keysOf, outcomeOf, refresh, refreshOf } from './support/api.ts';
import { ask, header, jsonOf } from './support/http.ts';
import { until } from './support/until.ts';

const workos = await startWorkOS({ interactive: false });
after(() => workos.close());
afterEach(() => {
  workos.clearFaults();
  workos.requests.length = 0;
  workos.settings.rotation = 'replay';
});

/** A wait that no test sits out. */
const LONG_MS = 600_000;

function token(): string {
  return workos.mintSession().refreshToken;
}

function seen(): Promise<unknown> {
  return until(() => workos.requests.length > 0 || undefined, 'the request');
}

describe('a delay', () => {
  const revokedMeanwhile = async (fault: Omit<Fault, 'endpoint'>) => {
    workos.fault({ endpoint: 'authenticate', ...fault });
    const { sid, refreshToken } = workos.mintSession();
    const reply = refresh(workos, refreshToken);
    await seen();
    workos.sessions.revoke(sid);
    return (await reply).status;
  };

  test('before the request is handled: what happens meanwhile counts', async () => {
    assert.equal(await revokedMeanwhile({ delayBeforeMs: 500 }), 400);
  });

  test('after it was handled: what happens meanwhile comes too late', async () => {
    assert.equal(await revokedMeanwhile({ delayMs: 500 }), 200);
  });

  test('in mid-body: half comes, then nothing, then the rest', async () => {
    const whole = (await ask(keysOf(workos))).body;
    workos.fault({ endpoint: 'jwks', pauseMs: LONG_MS });
    const { length, bytes } = await glimpse(keysOf(workos));
    assert.equal(length, whole.length);
    assert.deepEqual(bytes, whole.subarray(0, Math.ceil(whole.length / 2)));
    workos.fault({ endpoint: 'jwks', pauseMs: 20 });
    assert.deepEqual((await ask(keysOf(workos))).body, whole);
  });
});

test('a slow body comes a byte at a time, whole where one waits for it', async () => {
  const whole = (await ask(keysOf(workos))).body;
  workos.fault({ endpoint: 'jwks', bytesPerSecond: 0.001 });
  const { status, length, bytes } = await glimpse(keysOf(workos));
  assert.deepEqual([status, length, bytes.length], [200, whole.length, 1]);
  workos.fault({ endpoint: 'jwks', bytesPerSecond: whole.length * 10 });
  assert.deepEqual((await ask(keysOf(workos))).body, whole);
});

describe('a huge body', () => {
  const padBytes = 2_500_001;

  test('is good JSON behind its blanks, and says how long it is', async () => {
    workos.fault({ endpoint: 'authenticate', padBytes });
    const reply = await refresh(workos, token());
    assert.equal(Number(header(reply, 'content-length')), reply.body.length);
    assert.ok(reply.body.length > padBytes);
    assert.equal(typeof jsonOf(reply).access_token, 'string');
  });

  test('does not say how long it is where it comes in chunks', async () => {
    const headers = { 'transfer-encoding': 'chunked' };
    workos.fault({ endpoint: 'authenticate', padBytes, headers });
    const reply = await refresh(workos, token());
    assert.equal(header(reply, 'content-length'), undefined);
    assert.ok(reply.complete && reply.body.length > padBytes);
  });

  test('is made as it is read: one that nobody reads to its end takes no room', async () => {
    workos.fault({ endpoint: 'authenticate', padBytes: 1e12 });
    const { length, bytes } = await glimpse(refreshOf(workos, token()));
    assert.ok((length ?? 0) > 1e12);
    assert.ok(bytes.length < 1e6);
  });
});

describe('header fields', () => {
  for (const value of [
    '120',
    '-1',
    '1e9',
    'NaN',
    'Wed, 21 Oct 2015 07:28:00 GMT',
    'x'.repeat(9000),
  ]) {
    test(`Retry-After: ${value.slice(0, 30)}`, async () => {
      workos.fault({ endpoint: 'authenticate', status: 429, headers: { 'retry-after': value } });
      const reply = await refresh(workos, token());
      assert.deepEqual([reply.status, header(reply, 'retry-after')], [429, value]);
    });
  }

  test('are added to a real answer, and may lie about its length', async () => {
    const headers = { 'content-length': '100000', 'cache-control': 'max-age=1' };
    workos.fault({ endpoint: 'jwks', headers });
    const { status, length } = await glimpse(keysOf(workos));
    assert.deepEqual([status, length], [200, 100_000]);
  });
});

test('another answer in place of the real one: empty, a page, a way elsewhere', async () => {
  const page = '<h1>Welcome to our network</h1>';
  const headers = { location: 'http://portal.invalid/' };
  const rows: [fault: Omit<Fault, 'endpoint'>, status: number, text: string][] = [
    [{ status: 503, body: '' }, 503, ''],
    [{ body: page }, 200, page],
    [{ status: 302, headers, body: page }, 302, page],
  ];
  for (const [fault, status, text] of rows) {
    workos.fault({ endpoint: 'authenticate', ...fault });
    const { refreshToken } = workos.mintSession();
    const reply = await refresh(workos, refreshToken);
    assert.deepEqual([reply.status, reply.text], [status, text]);
    assert.equal(header(reply, 'location'), fault.headers?.location);
    workos.settings.rotation = 'strict';
    assert.equal((await refresh(workos, refreshToken)).status, 200, 'nothing was spent');
  }
});

describe('a port that refuses connections', () => {
  test('accepts them again, and nothing is forgotten', async (t) => {
    const { port } = workos;
    const refreshToken = token();
    await workos.refuse();
    t.after(() => workos.accept());
    await workos.refuse();
    assert.equal(await outcomeOf(keysOf(workos)), 'ECONNREFUSED');
    await workos.accept();
    await workos.accept();
    assert.equal(workos.port, port);
    assert.equal((await refresh(workos, refreshToken)).status, 200);
  });

  test('ends the connections there are: idle ones, and those that wait for an answer', async (t) => {
    const agent = new Agent({ keepAlive: true });
    t.after(() => agent.destroy());
    const where = { host: '127.0.0.1', port: workos.port, path: '/health', agent };
    const idle = new Promise((resolve) => {
      get(where, (response) => response.resume().socket.once('close', resolve));
    });
    await seen();
    workos.fault({ endpoint: 'authenticate', hang: true });
    const waiting = outcomeOf(refreshOf(workos, token()));
    await until(() => workos.requests.length === 2 || undefined, 'both');
    await workos.refuse();
    t.after(() => workos.accept());
    await idle;
    assert.equal(await waiting, 'ECONNRESET');
  });

  test('can be closed for good', async () => {
    const other = await startWorkOS();
    await other.refuse();
    await other.close();
    assert.equal(await outcomeOf(keysOf(other)), 'ECONNREFUSED');
  });
});

describe('keys', () => {
  const isSignedBy = (jwt: string, key: unknown) => {
    const [head, payload, signature = ''] = jwt.split('.');
    return verify(
      'RSA-SHA256',
      Buffer.from(`${head}.${payload}`),
      createPublicKey({ key: key as webcrypto.JsonWebKey, format: 'jwk' }),
      Buffer.from(signature, 'base64url'),
    );
  };

  test('two may have one name, or another key the name of the old', async () => {
    const [old] = await keys(workos);
    const kid = String(old?.kid);
    assert.equal(workos.rotateKeys('kept', kid), kid);
    const [second, first, ...others] = await keys(workos);
    assert.deepEqual([first, others], [old, []]);
    assert.equal(second?.kid, kid);
    assert.notEqual(second?.n, old?.n);
    const jwt = workos.mintAccessToken();
    assert.deepEqual([isSignedBy(jwt, second), isSignedBy(jwt, old)], [true, false]);
    workos.rotateKeys('dropped', kid);
    const [third, ...none] = await keys(workos);
    assert.deepEqual([third?.kid, none], [kid, []]);
    assert.ok(isSignedBy(workos.mintAccessToken(), third));
  });

  test('have names of their own otherwise', async () => {
    const [old] = await keys(workos);
    const kid = workos.rotateKeys();
    const [key, ...others] = await keys(workos);
    assert.deepEqual([key?.kid, others], [kid, []]);
    assert.notEqual(kid, old?.kid);
  });
});

describe('a session ends', () => {
  const isAlive = async (refreshToken: unknown) =>
    (await refresh(workos, String(refreshToken))).status === 200;

  test('with its whole family, where a spent token is used again', async () => {
    workos.settings.rotation = 'revoke';
    const { refreshToken } = workos.mintSession();
    const next = jsonOf(await refresh(workos, refreshToken)).refresh_token;
    assert.equal(await isAlive(refreshToken), false);
    assert.equal(await isAlive(next), false);
  });

  test('with all sessions of the person, and nobody else’s', async () => {
    const [ada, grace] = workos.people;
    const hers = [1, 2].map(() => workos.mintSession(ada).refreshToken);
    const other = workos.mintSession(grace).refreshToken;
    for (const { id, personId } of workos.sessions.all())
      if (personId === ada?.id) workos.sessions.revoke(id);
    assert.deepEqual(await Promise.all([...hers, other].map(isAlive)), [false, false, true]);
  });

  test('with the account', async () => {
    const [refreshToken, someone] = [token(), workos.people.shift()];
    assert.equal(await isAlive(refreshToken), false);
    if (someone) workos.people.unshift(someone);
    assert.equal(await isAlive(refreshToken), true);
  });
});

test('a file keeps sessions over a restart, but no spent tokens', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'authkit-gateway-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const started = async () => {
    const other = await startWorkOS({ stateFile: join(directory, 'workos.json') });
    t.after(() => other.close());
    return other;
  };
  const one = await started();
  const { refreshToken } = one.mintSession();
  const next = String(jsonOf(await refresh(one, refreshToken)).refresh_token);
  await one.close();
  const other = await started();
  assert.equal((await refresh(other, refreshToken)).status, 400);
  assert.equal((await refresh(other, next)).status, 200);
});

describe('a double that runs for long', () => {
  test('forgets what was not used for longest', () => {
    const recent = new Recent<number>(2, [['a', 1]]);
    recent.set('b', 2);
    recent.get('a');
    recent.set('c', 3);
    assert.deepEqual(recent.all(), [1, 3]);
    recent.set('a', 4);
    assert.deepEqual(recent.all(), [3, 4]);
  });

  test('remembers some of the spent tokens, and every live one', () => {
    const tokens = new RefreshTokens();
    const unused = tokens.issue('session_0');
    const first = tokens.issue('session_1');
    let token = first;
    for (let times = 0; times < 20_001; times += 1) {
      const known = tokens.find(token);
      assert.ok(known && !known.spent);
      const refreshToken = tokens.issue('session_1');
      tokens.spend(known, { accessToken: 'x', refreshToken });
      if (times === 0) assert.ok(tokens.find(first)?.spent);
      token = refreshToken;
    }
    assert.deepEqual(
      tokens.live().map((known) => known.token),
      [unused, token],
    );
    assert.equal(tokens.find(first), undefined);
  });

  test('remembers the last requests', async () => {
    await ask(keysOf(workos));
    const [request] = workos.requests;
    assert.ok(request);
    workos.requests.push(...Array<typeof request>(19_999).fill(request));
    await ask({ ...keysOf(workos), path: '/last' });
    assert.equal(workos.requests.length, 20_000);
    assert.equal(workos.requests.at(-1)?.path, '/last');
  });
});
