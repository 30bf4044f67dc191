/**
 * The configuration `wrangler dev` is given: `wrangler.toml`, without what matters only when it is
 * deployed, and without its build, which has just been done.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'smol-toml';
import type { Variables } from './dev_vars.ts';

/** `wrangler.toml`, as far as it is read here. */
export interface Config {
  main: string;
  vars: Variables;
  [other: string]: unknown;
}

/** Reads `wrangler.toml`. */
export function readConfig(file: string): Config {
  const {
    main,
    vars,
    build: _build,
    route: _route,
    routes: _routes,
    ...other
  } = parse(readFileSync(file, 'utf8'));
  return { ...other, main: resolve(dirname(file), String(main)), vars: (vars ?? {}) as Variables };
}

/** Writes a configuration with these variables, and with the files of a site that is only files. */
export function writeConfig(
  file: string,
  config: Config,
  vars: Variables,
  directory: string | undefined,
): void {
  const assets = directory && { assets: { directory, binding: 'ASSETS', run_worker_first: true } };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ ...config, ...assets, vars }, undefined, 2));
}
