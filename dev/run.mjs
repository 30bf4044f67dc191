/**
 * Runs one task of this project, after setting up what the task needs:
 * `node dev/run.mjs start|test|soak|bench|build|check|deploy [arguments]`.
 *
 * The npm scripts call this instead of chaining commands with `&&`, because a shell remembers where
 * it found `node` and wouldn't notice the newer one that set-up has just installed. This file and
 * `dev/setup/` run on Node 20 and need no packages; the tasks themselves run on the newer Node.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter } from 'node:path';
import { fromRoot, root } from './setup/files.mjs';
import { newestNode } from './setup/node.mjs';
import { setUpFor } from './setup.mjs';

/** @type {Record<string, (args: string[]) => { purpose: string, steps: string[][] }>} */
const TASKS = {
  start: (args) => ({
    purpose: onlyTells(args) ? 'node' : 'build',
    steps: [...(onlyTells(args) ? [] : [['dev/build.mjs', '--quick']]), ['dev/start.ts', ...args]],
  }),
  test: (args) => ({
    purpose: isHelp(args) ? 'nothing' : levelOf(args),
    steps: [['dev/test.mjs', ...args]],
  }),
  soak: (args) => ({
    purpose: isHelp(args) ? 'node' : 'build',
    steps: [...(isHelp(args) ? [] : [['dev/build.mjs']]), ['dev/soak.ts', ...args]],
  }),
  bench: (args) => ({
    purpose: isHelp(args) ? 'node' : 'build',
    steps: [...(isHelp(args) ? [] : [['dev/build.mjs']]), ['bench/bench.ts', ...args]],
  }),
  build: (args) => ({
    purpose: isHelp(args) ? 'nothing' : 'build',
    steps: [['dev/build.mjs', ...args]],
  }),
  check: (args) => ({
    purpose: isHelp(args) ? 'nothing' : 'check',
    steps: [['dev/check.mjs', ...args]],
  }),
  deploy: (args) => ({
    purpose: isHelp(args) ? 'node' : 'build',
    steps: [
      ...(isHelp(args) ? [] : [['dev/build.mjs']]),
      ['node_modules/wrangler/bin/wrangler.js', 'deploy', ...args],
    ],
  }),
};

process.exitCode = await main(process.argv.slice(2));

/** @param {string[]} argv */
async function main([name = '', ...args]) {
  const task = TASKS[name];
  if (!task) {
    console.error(`Tasks: ${Object.keys(TASKS).join(', ')}.  For example: npm test, npm run build`);
    return 2;
  }
  const { purpose, steps } = task(args);
  if (!(await setUpFor(purpose))) return 1;
  for (const step of steps) {
    const code = await node(step);
    if (code !== 0) return code;
  }
  return 0;
}

/** @param {string[]} args */
function isHelp(args) {
  return args.includes('--help') || args.includes('-h');
}

/** Bare `--faults` lists them. @param {string[]} args */
function onlyTells(args) {
  return isHelp(args) || args.at(-1) === '--faults';
}

/** `npm test core` needs no browser. @param {string[]} args */
function levelOf([level = '']) {
  return ['core', 'worker', 'browser'].includes(level) ? level : 'test';
}

/**
 * Runs a script on the newest Node there is; resolves to its exit code.
 *
 * @param {string[]} args
 * @returns {Promise<number>}
 */
function node(args) {
  const PATH = [fromRoot('node_modules/.bin'), process.env.PATH].join(delimiter);
  const child = spawn(newestNode() ?? process.execPath, args, {
    cwd: root,
    env: { ...process.env, PATH },
    stdio: 'inherit',
  });
  // Ctrl-C reaches the child from the terminal: stay until it has cleaned up.
  const wait = () => {};
  const pass = () => void child.kill('SIGTERM');
  process.on('SIGINT', wait).on('SIGTERM', pass);
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`Could not run node: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (code, signal) => {
      process.off('SIGINT', wait).off('SIGTERM', pass);
      resolve(signal ? 128 + constants.signals[signal] : (code ?? 1));
    });
  });
}
