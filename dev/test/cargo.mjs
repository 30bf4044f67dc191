/** The core's tests: `cargo test`, counted by its own `test result:` lines. */
import { spawn } from 'node:child_process';
import { root } from '../setup/files.mjs';
import { broken } from './result.mjs';

const SUMMARY = /^test result: .*? (\d+) passed; (\d+) failed; (\d+) ignored;/gm;

/** @param {string[]} names @returns {Promise<import('./result.mjs').Result>} */
export async function cargoTest(names) {
  const { code, output } = await run(['test', '--locked', '--no-fail-fast', '--', ...names]);
  const summaries = [...output.matchAll(SUMMARY)].map(([, ...counts]) => counts.map(Number));
  const sum = (/** @type {number} */ i) =>
    summaries.reduce((total, counts) => total + (counts[i] ?? 0), 0);
  const [passed, failed, skipped] = [sum(0), sum(1), sum(2)];
  if (code === 0 || failed > 0) return { ok: code === 0, passed, failed, skipped };
  // It didn't compile, or a test ended the whole process.
  return { ...broken('cargo test did not finish'), passed, skipped };
}

/** @param {string[]} args @returns {Promise<{ code: number | null, output: string }>} */
function run(args) {
  return new Promise((resolve) => {
    const child = spawn('cargo', args, {
      cwd: root,
      // The core's tests ask libraries that run in Node.
      env: { ...process.env, CARGO_TERM_PROGRESS_WHEN: 'never', NODE: process.execPath },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      output += chunk;
      process.stdout.write(chunk);
    });
    child.on('error', () => resolve({ code: null, output }));
    child.on('close', (code) => resolve({ code, output }));
  });
}
