/**
 * Sets up everything this project needs, from a bare clone: `node dev/setup.mjs [purpose]`.
 *
 * Each step first looks whether there is anything to do, so a second run takes a moment; an
 * interrupted run is repaired by the next. Runs on Node 20, without packages.
 */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ensureChromium } from './setup/chromium.mjs';
import { explain } from './setup/failure.mjs';
import { ensureNode } from './setup/node.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { ensureComponents, ensureRust } from './setup/rust.mjs';
import { ensureTools } from './setup/tools.mjs';
import { ensureWasmTarget } from './setup/wasm.mjs';

const NODE = [ensurePackages, ensureNode];
const CORE = [...NODE, ensureRust];
const BUILD = [...CORE, ensureWasmTarget, ensureTools];

/** What each purpose needs, in the order it is set up. @type {Record<string, (() => Promise<void>)[]>} */
const PURPOSES = {
  nothing: [],
  node: NODE,
  core: CORE,
  build: BUILD,
  worker: BUILD,
  browser: [...BUILD, ensureChromium],
  test: [...BUILD, ensureChromium],
  check: [...CORE, ensureWasmTarget, ensureComponents],
  all: [...BUILD, ensureComponents, ensureChromium],
};

/**
 * Sets up what a purpose needs; where something is missing, says how to get it and resolves to false.
 *
 * @param {string} purpose
 */
export async function setUpFor(purpose) {
  try {
    for (const ensure of PURPOSES[purpose] ?? []) await ensure();
    return true;
  } catch (error) {
    explain(error);
    return false;
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [purpose = 'all'] = process.argv.slice(2);
  if (!(purpose in PURPOSES)) {
    console.log(
      `node dev/setup.mjs [${Object.keys(PURPOSES).join('|')}]   sets up everything, or what that needs`,
    );
    process.exitCode = purpose === '--help' || purpose === '-h' ? 0 : 2;
  } else if (await setUpFor(purpose)) {
    console.log('Everything is set up.');
  } else {
    process.exitCode = 1;
  }
}
