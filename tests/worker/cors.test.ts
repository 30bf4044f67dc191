/** `CORS_ORIGINS`: whose scripts may read why they were turned away. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { header, type Reply, setCookies } from './support/http.ts';
import { openWorld } from './support/world.ts';

const SPA = 'https://spa.example.com';
const variables = {
  CORS_ORIGINS: [SPA, 'http://localhost:3000'],
  RULES: ['/admin role:owner', '/danger max_age:60'],
  UNAUTHENTICATED_PATHS: ['/open'],
  ACCEPT_BEARER: true,
};
const world = await openWorld({ variables });
const plain = await openWorld({ beside: world });

function from(origin: string | undefined, path: string, visit = {}, at = world): Promise<Reply> {
  const headers = { 'sec-fetch-site': 'cross-site', ...(origin !== undefined && { origin }) };
  return at.fetch(path, { headers, ...visit });
}

function assertReadable(reply: Reply, status: number, origin = SPA): void {
  assert.equal(reply.status, status, reply.text);
  const own = reply.lines.filter(([name]) => name === 'access-control-allow-origin');
  assert.deepEqual(own, [['access-control-allow-origin', origin]]);
  assert.equal(header(reply, 'access-control-allow-credentials'), 'true');
  const exposed = header(reply, 'access-control-expose-headers') ?? '';
  assert.match(exposed, /retry-after.*www-authenticate/);
  const vary = (header(reply, 'vary') ?? '').split(', ');
  for (const name of ['Origin', 'Cookie', 'Accept', 'Sec-Fetch-Mode'])
    assert.ok(vary.includes(name), `Vary: ${vary}`);
  assert.match(header(reply, 'cache-control') ?? '', /no-store/);
}

function assertUnreadable(reply: Reply, why: string): void {
  for (const [name] of reply.lines) assert.doesNotMatch(name, /^access-control-/, why);
}

function signedIn(): string {
  const claims = { auth_time: Math.floor(Date.now() / 1000) - 600 };
  return world.cookie(world.workos.mintSession(undefined, { claims }));
}

test('a listed origin may read each refusal of ours', async () => {
  const cookie = signedIn();
  assertReadable(await from(SPA, '/x'), 401);
  assertReadable(await from('http://localhost:3000', '/x'), 401, 'http://localhost:3000');
  assertReadable(await from(SPA, '/x', { method: 'POST', body: 'a=1' }), 401);
  assertReadable(await from(SPA, '/admin', { cookie }), 403);
  const danger = await from(SPA, '/danger', { cookie });
  assertReadable(danger, 401);
  assert.match(header(danger, 'www-authenticate') ?? '', /max_age/);
  const authorization = { origin: SPA, authorization: 'Bearer x' };
  assertReadable(await world.fetch('/x', { headers: authorization }), 401);
  world.workos.fault({ endpoint: 'authenticate', status: 503, times: Infinity });
  const stale = world.cookie(world.workos.mintSession(undefined, { accessTokenSeconds: -5 }));
  const down = await from(SPA, '/x', { cookie: stale });
  assertReadable(down, 503);
  assert.ok(header(down, 'retry-after'));
});

test('it may read the refusal in place of the site’s own', async () => {
  world.site.script = (response) => {
    response.writeHead(401, { 'x-authkit-ensure-signed-in': '1' });
    response.end();
  };
  assertReadable(await from(SPA, '/open'), 401);
  assertUnreadable(await from('https://evil.example', '/open'), 'not on the list');
});

test('other origins may not, however alike', async () => {
  const others = [
    undefined,
    'https://evil.example',
    'http://spa.example.com',
    'https://SPA.example.com',
    'https://spa.example.com/',
    'https://spa.example.com:443',
    'https://x.spa.example.com',
    'https://spa.example.com.evil.example',
    'http://localhost:3001',
    'null',
    '*',
    world.address.origin,
  ];
  for (const origin of others) {
    const reply = await from(origin, '/x');
    assert.equal(reply.status, 401);
    assertUnreadable(reply, String(origin));
  }
  const twice = [
    ['origin', SPA],
    ['origin', 'https://evil.example'],
  ] as const;
  assertUnreadable(await world.ask({ path: '/x', headers: twice }), 'two origins');
  assertUnreadable(await from(SPA, '/x', {}, plain), 'nobody is on the list');
});

test('the site’s own answers are the site’s', async () => {
  const cookie = signedIn();
  for (const [path, visit] of [
    ['/x', { cookie }],
    ['/open', {}],
  ] as const) {
    const untouched = await from(SPA, path, visit);
    assert.equal(untouched.status, 200);
    assertUnreadable(untouched, path);
  }
  for (const status of [200, 401, 403, 503]) {
    world.site.script = (response) => {
      response.writeHead(status, { 'access-control-allow-origin': '*', vary: 'X-Own' });
      response.end();
    };
    const reply = await from(SPA, '/x', { cookie });
    assert.equal(reply.status, status);
    assert.equal(header(reply, 'access-control-allow-origin'), '*');
    assert.equal(header(reply, 'access-control-allow-credentials'), undefined);
  }
});

test('our own paths are for our own pages', async () => {
  const cookie = signedIn();
  const rows: [method: string, path: string][] = [
    ['GET', '/auth/session'],
    ['POST', '/auth/refresh'],
    ['POST', '/auth/switch-organization?organization_id=org_1'],
    ['GET', '/auth/token'],
    ['POST', '/logout'],
    ['GET', '/login'],
  ];
  for (const [method, path] of rows) {
    const reply = await from(SPA, path, { method, cookie });
    assertUnreadable(reply, path);
    assert.deepEqual(setCookies(reply), [], path);
  }
});
