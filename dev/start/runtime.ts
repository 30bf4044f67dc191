/**
 * What runs an example: its runtime, with the packages it names.
 *
 * Installed into the example's own folder, once for each state of its lock file; built once for each
 * state of its sources.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ask, run, runOrFail } from '../setup/command.mjs';
import { installDebianPackages, mayInstallDebianPackages } from '../setup/debian.mjs';
import { Failure } from '../setup/failure.mjs';
import type { Example } from './example.ts';

/** An example can't run here for want of what runs it. */
export class Unavailable extends Failure {}

/** How to run a script of the example. */
export type Command = [program: string, ...args: string[]];

/** What a runtime needs, and how its packages are installed; returns what runs a script. */
type Runtime = (example: Example, installed: Once) => Promise<Command>;

/** Does something unless it was done for this very input. */
type Once = (input: readonly string[], work: () => Promise<void>) => Promise<void>;

const RUNTIMES: Record<NonNullable<Example['runtime']>, Runtime> = { node, python, ruby };

/** Installs and builds what is missing; returns what runs the example. Throws a {@link Failure}. */
export async function prepare(example: Example): Promise<Command | undefined> {
  const { runtime, run: script, build, directory } = example;
  if (!runtime || !script) return undefined;
  const command = await RUNTIMES[runtime](example, once(directory, 'installed'));
  if (build) {
    await once(directory, 'built')(sourcesIn(directory), () => {
      const [program, ...args] = [...command, ...build] as Command;
      const cure = 'Look at what it says above.';
      return runOrFail(cure, `Building examples/${example.name}`, 10, program, args, {
        cwd: directory,
      });
    });
  }
  return [...command, ...script];
}

async function node({ directory, name }: Example, installed: Once): Promise<Command> {
  await installed([join(directory, 'package-lock.json')], async () => {
    const path = process.env.npm_execpath;
    const npm: Command =
      path && basename(path) === 'npm-cli.js' ? [process.execPath, path] : ['npm'];
    const [program, ...args] = [...npm, 'ci', '--loglevel=error', '--no-audit', '--no-fund'];
    await install(name, 10, [program as string, ...args], directory);
  });
  return [process.execPath];
}

async function python({ directory, name }: Example, installed: Once): Promise<Command> {
  const python = ['python3', 'python'].find(
    (program) =>
      ask(program, ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))']) !== undefined,
  );
  const windows = process.platform === 'win32';
  const own = join(directory, '.venv', windows ? 'Scripts/python.exe' : 'bin/python');
  if (python === undefined && ask(own, ['--version']) === undefined)
    throw missing(name, 'Python ≥ 3.10', 'python3 python3-venv', 'https://www.python.org');
  await installed([join(directory, 'requirements.txt')], async () => {
    await install(name, 5, [python ?? own, '-m', 'venv', '.venv'], directory);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
    const [hashed, list] = ['--require-hashes', ['--requirement', 'requirements.txt']];
    await install(name, 10, [own, ...pip, hashed, ...list], directory);
  });
  return [own];
}

/** Debian's packages serve as well as those the lock file names: they are what it was written with. */
async function ruby({ directory, name }: Example, installed: Once): Promise<Command> {
  if (ask('ruby', ['--version']) === undefined && mayInstallDebianPackages())
    await installDebianPackages('Installing Ruby', 20, DEBIAN_RUBY);
  if (ask('ruby', ['--version']) === undefined)
    throw missing(name, 'Ruby ≥ 3.0', DEBIAN_RUBY.join(' '), 'https://www.ruby-lang.org');
  if (ask('ruby', ['-e', 'require "sinatra/base"; require "puma"']) !== undefined) return ['ruby'];
  const env = { BUNDLE_PATH: 'vendor/bundle', BUNDLE_FROZEN: 'true' };
  await installed([join(directory, 'Gemfile.lock')], () =>
    install(name, 30, ['bundle', 'install', '--quiet'], directory, env),
  );
  return ['bundle', 'exec', 'ruby'];
}

const DEBIAN_RUBY = ['ruby', 'ruby-sinatra', 'puma', 'bundler'];

async function install(
  name: string,
  seconds: number,
  [program, ...args]: Command | string[],
  cwd: string,
  env: Record<string, string> = {},
): Promise<void> {
  const what = `Installing what examples/${name} needs`;
  const options = { cwd, env, shell: process.platform === 'win32' && program === 'npm' };
  const { ok, tail } = await run(what, seconds, program ?? '', args, options);
  if (ok) return;
  // npm is here, or nothing of this would run.
  const Kind = args.includes('ci') ? Failure : Unavailable;
  throw new Kind(
    `${what} failed.`,
    'Look at what is said above, and run the same command again: it starts afresh.',
    tail,
  );
}

function missing(name: string, what: string, debian: string, where: string): Unavailable {
  return new Unavailable(
    `The example ${name} needs ${what}, and there is none in PATH.`,
    `Install it, and run the same command again:\n  Debian, Ubuntu     apt-get install ${debian}\n  elsewhere          ${where}`,
  );
}

function once(directory: string, what: string): Once {
  return async (files, work) => {
    const record = join(directory, `.${what}`);
    const hash = createHash('sha256').update(process.version);
    for (const file of files) hash.update(file).update(readFileSync(file));
    const state = hash.digest('hex');
    if (contents(record) === state) return;
    await work();
    writeFileSync(record, state);
  };
}

function contents(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

const MADE = new Set(['node_modules', 'build', 'vendor']);

/** Every file somebody wrote. */
function sourcesIn(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && !MADE.has(name))
    .flatMap((entry) => {
      const path = join(directory, entry.name);
      return entry.isDirectory() ? sourcesIn(path) : [path];
    })
    .sort();
}
