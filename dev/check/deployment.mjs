/**
 * Nothing may lead around the gateway once it is deployed.
 *
 * 1. No source file lets the runtime pass a request through when the Worker fails.
 * 2. wrangler.toml opens no second address (`workers_dev`, `preview_urls`), in no environment.
 * 3. wrangler.toml puts no cache in front of the Worker: it would serve one visitor's page to another.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parse } from 'smol-toml';
import { fromRoot, root, text } from '../setup/files.mjs';

const PASS_THROUGH = /pass_?through_?on_?exception/i;

/** @returns {string[]} */
export function faultsOfDeployment() {
  return [...faultsOfSources(), ...faultsOfWrangler()];
}

function faultsOfSources() {
  return readdirSync(fromRoot('src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => PASS_THROUGH.test(readFileSync(path, 'utf8')))
    .map(
      (path) => `${relative(root, path)} names passThroughOnException: the gateway fails closed`,
    );
}

function faultsOfWrangler() {
  const source = text('wrangler.toml');
  if (source === undefined) return ['wrangler.toml is missing'];
  /** @type {Record<string, any>} */
  let settings;
  try {
    settings = parse(source);
  } catch (error) {
    return [`wrangler.toml: ${error instanceof Error ? error.message : error}`];
  }
  const environments = Object.entries(settings.env ?? {}).map(([name, own]) => ({
    where: ` in [env.${name}]`,
    own,
  }));
  return [
    ...['workers_dev', 'preview_urls']
      .filter((key) => settings[key] !== false)
      .map((key) => `wrangler.toml: ${key} must be false, or the site has a second address`),
    ...environments.flatMap(({ where, own }) =>
      ['workers_dev', 'preview_urls']
        .filter((key) => own[key] !== undefined && own[key] !== false)
        .map(
          (key) => `wrangler.toml: ${key}${where} must be false, or the site has a second address`,
        ),
    ),
    ...[{ where: '', own: settings }, ...environments]
      .filter(({ own }) => own.cache?.enabled !== undefined)
      .map(
        ({ where }) =>
          `wrangler.toml: cache.enabled${where} must not be set: it answers before the gateway does`,
      ),
  ];
}
