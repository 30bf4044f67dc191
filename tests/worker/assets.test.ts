/** Static files behind the gateway, as `wrangler dev` serves them: the assets binding itself is Cloudflare's. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startWorkOS } from '../../dev/workos.ts';
import { seal } from './support/seal.ts';
import { ADDRESS, PASSWORD, usual } from './support/world.ts';

// No metrics, and no question to Cloudflare where this machine is.
process.env.WRANGLER_SEND_METRICS = 'false';
process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false';
const { unstable_startWorker: startWorker } = await import('wrangler');

const directory = mkdtempSync(join(tmpdir(), 'authkit-gateway-assets-'));
const workos = await startWorkOS();
mkdirSync(join(directory, 'public'));
writeFileSync(join(directory, 'public', 'index.html'), '<h1>home</h1>');
writeFileSync(join(directory, 'public', 'secret.html'), '<h1>secret</h1>');
writeFileSync(
  join(directory, 'wrangler.json'),
  JSON.stringify({
    name: 'authkit-gateway',
    main: fileURLToPath(new URL('../../build/index.js', import.meta.url)),
    compatibility_date: '2026-10-01',
    assets: { directory: 'public', binding: 'ASSETS', run_worker_first: true },
    vars: { ...usual(workos, new URL(ADDRESS)), UNAUTHENTICATED_PATHS: ['/'], LOG_LEVEL: 'off' },
  }),
);
const worker = await startWorker({
  config: join(directory, 'wrangler.json'),
  dev: {
    server: { hostname: '127.0.0.1', port: 0 },
    origin: { hostname: new URL(ADDRESS).host, secure: true },
    inspector: false,
    logLevel: 'none',
    persist: false,
    watch: false,
  },
});
after(async () => {
  await worker.dispose();
  await workos.close();
  rmSync(directory, { recursive: true, force: true });
});

async function ask(path: string, headers: Record<string, string> = {}) {
  const reply = await worker.fetch(`${ADDRESS}${path}`, { headers, redirect: 'manual' });
  return { status: reply.status, headers: reply.headers, text: await reply.text() };
}

function cookie(): string {
  const { accessToken, refreshToken, user } = workos.mintSession();
  const place = { purpose: 'session', cookie: 'wos-session', host: 'app.example.com' } as const;
  return `wos-session=${seal({ accessToken, refreshToken, user }, place, PASSWORD)}`;
}

test('a public file is served to strangers', async () => {
  const reply = await ask('/');
  assert.equal(reply.status, 200);
  assert.equal(reply.text, '<h1>home</h1>');
  assert.match(reply.headers.get('cache-control') ?? '', /private/);
});

test('no other file is, under any of its names', async () => {
  for (const path of ['/secret', '/secret.html', '/secret/', '/index.html', '/missing']) {
    const reply = await ask(path);
    assert.equal(reply.status, 401, path);
    assert.doesNotMatch(reply.text, /<h1>(secret|home)/);
  }
});

test('whoever is signed in sees them, with the binding’s own redirects, types and conditions', async () => {
  const page = await ask('/secret', { cookie: cookie() });
  assert.equal(page.status, 200);
  assert.equal(page.text, '<h1>secret</h1>');
  assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
  const moved = await ask('/secret.html', { cookie: cookie() });
  assert.equal(moved.status, 307);
  assert.equal(moved.headers.get('location'), '/secret');
  const etag = page.headers.get('etag') ?? '';
  assert.equal((await ask('/secret', { cookie: cookie(), 'if-none-match': etag })).status, 304);
  assert.equal((await ask('/missing', { cookie: cookie() })).status, 404);
});
