/** The levels above the core: `node --test` on the built Worker, counted by a reporter of ours. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumPath } from '../setup/chromium.mjs';
import { fromRoot, root } from '../setup/files.mjs';
import { broken } from './result.mjs';

/** @typedef {import('./result.mjs').Result} Result */

/** A test that hangs fails after this long; a level that does all the same is ended. */
const SECONDS_PER_TEST = 60;
const MINUTES_PER_LEVEL = 10;
/** Test files side by side: most of their time they wait, but a browser is busy. */
const FILES_AT_ONCE = { browser: 1, worker: 4 };

/** @param {'worker' | 'browser'} level @param {string[]} names @returns {Promise<Result>} */
export async function nodeTest(level, names) {
  const build = spawnSync(process.execPath, [fromRoot('dev/build.mjs')], { stdio: 'inherit' });
  if (build.status !== 0) return broken('the Worker was not built');
  const files = testsOf(level);
  if (files.length === 0) return broken(`there are no tests/${level}/*.test.ts`);
  const directory = mkdtempSync(join(tmpdir(), 'authkit-gateway-'));
  try {
    return run(level, files, names, join(directory, 'counts.json'));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** @param {string} level */
function testsOf(level) {
  const directory = join('tests', level);
  if (!existsSync(fromRoot(directory))) return [];
  const names = readdirSync(fromRoot(directory), { encoding: 'utf8', recursive: true });
  return names
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .map((name) => join(directory, name));
}

/** @param {'worker' | 'browser'} level @param {string[]} files @param {string[]} names @param {string} counts @returns {Result} */
function run(level, files, names, counts) {
  const reporters = [
    ['--test-reporter=spec', '--test-reporter-destination=stdout'],
    [`--test-reporter=${fromRoot('dev/test/counts.mjs')}`, `--test-reporter-destination=${counts}`],
  ].flat();
  const patterns = names.map((name) => `--test-name-pattern=${name}`);
  const { status, error } = spawnSync(
    process.execPath,
    [
      '--test',
      `--test-concurrency=${FILES_AT_ONCE[level]}`,
      `--test-timeout=${SECONDS_PER_TEST}000`,
      // A file whose tests are all filtered out never ends what it has opened.
      ...(names.length > 0 ? ['--test-force-exit'] : []),
      ...reporters,
      ...patterns,
      ...files,
    ],
    {
      cwd: root,
      env: environment(level),
      stdio: 'inherit',
      timeout: MINUTES_PER_LEVEL * 60_000,
    },
  );
  if (error) return broken(`node --test was ended: ${error.message}`);
  try {
    return { ok: status === 0, ...JSON.parse(readFileSync(counts, 'utf8')) };
  } catch {
    return broken('node --test did not finish');
  }
}

/** @param {string} level */
function environment(level) {
  const chromium = level === 'browser' ? chromiumPath() : undefined;
  return { ...process.env, ...(chromium ? { CHROME_PATH: chromium } : {}) };
}
