/** Runs other programs: quietly to ask them something, or with progress where they take a while. */
import { spawn, spawnSync } from 'node:child_process';
import { Failure } from './failure.mjs';
import { root } from './files.mjs';

/**
 * A program's standard output, trimmed; undefined where it is missing or fails.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {Record<string, string | undefined>} [env] beside the usual environment
 */
export function ask(program, args, env = {}) {
  const { status, stdout } = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * Runs a program that takes a while, saying what for. Its output is shown only if it fails.
 *
 * @param {string} what for example "Installing npm packages"
 * @param {number} seconds roughly how long it takes
 * @param {string} program
 * @param {string[]} args
 * @param {{ env?: Record<string, string | undefined>, shell?: boolean, cwd?: string }} [options]
 * @returns {Promise<{ ok: boolean, tail: string }>} the end of its output
 */
export async function run(
  what,
  seconds,
  program,
  args,
  { env = {}, shell = false, cwd = root } = {},
) {
  const stop = showProgress(what, seconds);
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    shell,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (/** @type {Buffer} */ chunk) => {
    output = (output + chunk).slice(-20_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const resume = outlive(child);
  /** @type {boolean} */
  const ok = await new Promise((resolve) => {
    child.on('error', (error) => {
      keep(Buffer.from(error.message));
      resolve(false);
    });
    child.on('close', (code) => resolve(code === 0));
  });
  stop(ok);
  resume();
  return { ok, tail: lastLines(output, 25) };
}

/**
 * As {@link run}, but a failure ends set-up with `cure`.
 *
 * @param {string} cure
 * @param {Parameters<typeof run>} args
 */
export async function runOrFail(cure, ...args) {
  const { ok, tail } = await run(...args);
  if (!ok) throw new Failure(`${args[0]} failed.`, cure, tail);
}

/**
 * Has us stay until the child has ended when both are interrupted: npm still puts things in order
 * then, and the next run should find it done. The function returned ends us if it came to that.
 *
 * @param {import('node:child_process').ChildProcess} child
 */
function outlive(child) {
  let interrupted = false;
  // Ctrl-C reaches the child from the terminal; SIGTERM comes to us alone.
  const onInterrupt = () => {
    if (interrupted) process.exit(130);
    interrupted = true;
    console.log('\nStopping; Ctrl-C again to leave at once…');
  };
  const onTerminate = () => {
    interrupted = true;
    child.kill('SIGTERM');
  };
  process.on('SIGINT', onInterrupt).on('SIGTERM', onTerminate);
  return () => {
    process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate);
    if (interrupted) process.exit(130);
  };
}

/** @param {string} what @param {number} seconds @returns {(ok: boolean) => void} */
function showProgress(what, seconds) {
  const started = Date.now();
  const passed = () => Math.round((Date.now() - started) / 1000);
  const onTerminal = process.stdout.isTTY;
  process.stdout.write(`${what} (about ${inWords(seconds)})…${onTerminal ? '' : '\n'}`);
  const timer = setInterval(
    () =>
      process.stdout.write(
        onTerminal ? `\r${what} (about ${inWords(seconds)})… ${passed()} s` : `  … ${passed()} s\n`,
      ),
    onTerminal ? 1_000 : 30_000,
  );
  return (ok) => {
    clearInterval(timer);
    process.stdout.write(
      `${onTerminal ? '\n' : ''}  ${ok ? 'done' : 'stopped'} after ${passed()} s\n`,
    );
  };
}

/** @param {number} seconds */
function inWords(seconds) {
  return seconds < 60 ? `${seconds} s` : `${Math.round(seconds / 30) / 2} min`;
}

/** @param {string} text @param {number} count */
function lastLines(text, count) {
  return text.trim().split('\n').slice(-count).join('\n');
}
