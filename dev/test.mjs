/**
 * Runs the tests, level by level, and counts them. The last line is always `N passed, N failed`.
 *
 * 1. core: the Rust crate on this machine. 2. worker: the built wasm on the real runtime.
 * 3. browser: a person's journeys in a real Chromium. A level that runs no test has failed.
 */
import { cargoTest } from './test/cargo.mjs';
import { nodeTest } from './test/node.mjs';

const HELP = `npm test                         runs all tests
npm test core|worker|browser     runs one level
npm test core <name>             runs the tests of a level whose names contain <name>
npm test worker <name> <name>    the same for several (worker, browser)

  core     the Rust crate, on this machine
  worker   the built Worker on workerd, with a WorkOS and a site of ours around it
  browser  a person's journeys in Chromium`;

/** @typedef {import('./test/result.mjs').Result} Result @type {Record<string, (names: string[]) => Promise<Result>>} */
const LEVELS = {
  core: cargoTest,
  worker: (names) => nodeTest('worker', names),
  browser: (names) => nodeTest('browser', names),
};

process.exitCode = await main(process.argv.slice(2));

/** @param {string[]} args */
async function main(args) {
  if (args.includes('--help') || args.includes('-h')) return help(0);
  const [level, ...names] = args;
  if (level !== undefined && !(level in LEVELS)) return help(2);
  const lines = [];
  let [passed, failed, bad] = [0, 0, false];
  for (const [name, run] of Object.entries(LEVELS)) {
    if (level !== undefined && name !== level) continue;
    console.log(`\n=== ${name} ===`);
    const result = await timed(() => run(names));
    lines.push(lineOf(name, result));
    passed += result.passed;
    failed += result.failed;
    bad ||= !isGood(result);
  }
  console.log(`\n${lines.join('\n')}\n${passed} passed, ${failed} failed`);
  return bad ? 1 : 0;
}

/** @param {number} code */
function help(code) {
  console.log(HELP);
  return code;
}

/** @param {() => Promise<Result>} run */
async function timed(run) {
  const started = Date.now();
  const result = await run();
  return { ...result, seconds: (Date.now() - started) / 1000 };
}

/** @param {Result} result */
function isGood({ ok, passed, failed }) {
  return ok && failed === 0 && passed > 0;
}

/** @param {string} name @param {Result & { seconds: number }} result */
function lineOf(name, result) {
  const { passed, failed, skipped, seconds, trouble } = result;
  const counts = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  const reason = trouble ?? (passed + failed === 0 ? 'no tests were run' : undefined);
  return `${isGood(result) ? 'ok    ' : 'FAILED'}  ${name.padEnd(7)}  ${counts}, ${seconds.toFixed(1)} s${reason ? `  (${reason})` : ''}`;
}
