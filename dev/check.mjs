/**
 * Everything that is checked without running the code: format, lints, types, documentation,
 * dependencies, deployment settings. All checks run, even if one fails; a summary ends it.
 */
import { spawnSync } from 'node:child_process';
import { fromRoot, root } from './setup/files.mjs';
import { WASM, wasmEnvironment } from './setup/wasm.mjs';

/**
 * @typedef {{ ok: boolean, output: string }} Outcome
 * @typedef {{ name: string, what: string, check: () => Outcome | Promise<Outcome> }} Check
 */

const HELP = `npm run check                    runs all checks
npm run check -- <name> [<name>] runs those
npm run format                   formats everything, and mends what can be mended safely`;

const wasm = wasmEnvironment();
const noWarnings = { RUSTDOCFLAGS: '-D warnings' };
const doc = ['doc', '--no-deps', '--document-private-items'];

/** @type {Check[]} */
const CHECKS = [
  { name: 'format', what: 'Rust is formatted', check: () => cargo(['fmt', '--check']) },
  {
    name: 'scripts',
    what: 'scripts and tests are formatted and pass the linter',
    check: () => tool('biome', ['check', '--error-on-warnings']),
  },
  {
    name: 'types',
    what: 'scripts and tests have no type errors',
    check: () => tool('tsc', ['--project', root]),
  },
  {
    name: 'deployment',
    what: 'nothing deploys a way around the gateway',
    check: async () => none((await import('./check/deployment.mjs')).faultsOfDeployment()),
  },
  {
    name: 'dependencies',
    what: 'crates keep to deny.toml',
    check: async () => none((await import('./check/dependencies.mjs')).faultsOfDependencies()),
  },
  {
    name: 'clippy',
    what: 'Rust for the host has no warnings',
    check: () => cargo(['clippy', '--locked', '--all-targets', '--', '-D', 'warnings']),
  },
  {
    name: 'clippy-wasm',
    what: 'Rust for the Worker has no warnings',
    check: () => cargo(['clippy', '--locked', '--target', WASM, '--', '-D', 'warnings'], wasm),
  },
  {
    name: 'doc',
    what: 'documentation for the host has no warnings',
    check: () => cargo([...doc, '--locked'], noWarnings),
  },
  {
    name: 'doc-wasm',
    what: 'documentation for the Worker has no warnings',
    check: () => cargo([...doc, '--locked', '--target', WASM], { ...wasm, ...noWarnings }),
  },
];

process.exitCode = await main(process.argv.slice(2));

/** @param {string[]} args */
async function main(args) {
  if (args.includes('--help') || args.includes('-h')) return help(0);
  if (args.includes('--fix')) return fix();
  if (args.some((arg) => !CHECKS.some(({ name }) => name === arg))) return help(2);
  const chosen = CHECKS.filter(({ name }) => args.length === 0 || args.includes(name));
  const results = [];
  for (const check of chosen) results.push(await run(check));
  console.log(`\n${results.map(({ line }) => line).join('\n')}`);
  const failed = results.filter(({ ok }) => !ok).length;
  console.log(
    failed === 0 ? '\nAll checks are ok.' : `\nChecks that failed: ${failed} of ${results.length}.`,
  );
  return failed === 0 ? 0 : 1;
}

/** @param {number} code */
function help(code) {
  const longest = Math.max(...CHECKS.map(({ name }) => name.length));
  console.log(
    `${HELP}\n\n${CHECKS.map(({ name, what }) => `  ${name.padEnd(longest)}  ${what}`).join('\n')}`,
  );
  return code;
}

/** @param {Check} check */
async function run({ name, what, check }) {
  const started = Date.now();
  console.log(`check: ${what}`);
  const { ok, output } = await outcomeOf(check);
  if (!ok) console.log(output.replace(/^/gm, '    '));
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  return {
    ok,
    line: `${ok ? 'ok     ' : 'FAILED '} ${name.padEnd(13)} ${seconds.padStart(6)} s  ${what}`,
  };
}

/** A check that cannot be run has failed. @param {Check['check']} check @returns {Promise<Outcome>} */
async function outcomeOf(check) {
  try {
    return await check();
  } catch (error) {
    return { ok: false, output: error instanceof Error ? error.message : String(error) };
  }
}

function fix() {
  const results = [cargo(['fmt']), tool('biome', ['check', '--write'])];
  for (const { ok, output } of results) if (!ok) console.log(output);
  return results.every(({ ok }) => ok) ? 0 : 1;
}

/** @param {string[]} args @param {Record<string, string>} [env] */
function cargo(args, env = {}) {
  return execute('cargo', args, { CARGO_TERM_PROGRESS_WHEN: 'never', ...env });
}

/** A program from the npm packages. @param {string} name @param {string[]} args */
function tool(name, args) {
  return execute(fromRoot('node_modules/.bin', name), args, {});
}

/** @param {string} program @param {string[]} args @param {Record<string, string>} env @returns {Outcome} */
function execute(program, args, env) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 1 << 28,
  });
  return { ok: status === 0, output: error ? error.message : `${stdout}${stderr}`.trimEnd() };
}

/** @param {string[]} faults @returns {Outcome} */
function none(faults) {
  return { ok: faults.length === 0, output: faults.join('\n') };
}
