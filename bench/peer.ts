/** A Worker that does the gateway's job with somebody else's package. */
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import type { Contestant, Supplies } from './contestant.ts';
import type { MintedSession } from './workos.ts';
import type { World } from './world.ts';

/** What a peer says of itself. */
export interface Peer {
  letter: string;
  name: string;
  /** The npm packages it stands for: their versions are told. */
  packages: readonly string[];
  /** What it doesn't do of the gateway's job. */
  remark?: string;
  /** The Worker's source, `peers/….ts`. */
  source: string;
  /** Default: none. */
  flags?: readonly string[];
  /** What it needs beside `ORIGIN`, `MATCHER` and `UNAUTHENTICATED_PATHS`. */
  supplies(world: World): Promise<Supplies> | Supplies;
  /** The `Cookie` field of a visitor who has this session. */
  cookie(session: MintedSession, world: World): Promise<string> | string;
  /** The scenarios it takes no part in, and why. */
  without?: Readonly<Record<string, string>>;
}

/** Bundles it. */
export async function contestantOf(peer: Peer): Promise<Contestant> {
  const { letter, name, packages, remark, source, flags = [], without = {} } = peer;
  return {
    letter,
    name,
    version: packages.map(versionOf).join(', '),
    remark,
    modules: [{ name: 'worker.js', script: await bundled(source) }],
    flags,
    recognizes: true,
    supplies: peer.supplies,
    cookie: peer.cookie,
    without,
  };
}

async function bundled(source: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [new URL(source, import.meta.url).pathname],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2024',
    // As wrangler bundles Workers.
    conditions: ['workerd', 'worker', 'browser'],
    mainFields: ['browser', 'module', 'main'],
    external: ['cloudflare:*', 'node:*'],
    write: false,
    logLevel: 'warning',
  });
  const [file] = outputFiles;
  if (!file) throw new Error(`esbuild made nothing of bench/${source}`);
  return file.text;
}

function versionOf(name: string): string {
  const manifest = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  return `${name} ${version}`;
}
