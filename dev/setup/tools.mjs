/**
 * worker-build and wasm-bindgen, built from crates.io into `.tools/`.
 *
 * worker-build could download a wasm-bindgen by itself, but only where github.com is reachable;
 * cargo works wherever the project's own crates come from. Unoptimized builds: they are there in
 * half the time and need a quarter of a second more per build.
 */
import { rmSync } from 'node:fs';
import { ask, run } from './command.mjs';
import { installDebianPackages, mayInstallDebianPackages } from './debian.mjs';
import { Failure } from './failure.mjs';
import { fromRoot, text } from './files.mjs';

/** Goes with the `worker` crate of the same version in Cargo.toml. */
const WORKER_BUILD = '0.8.7';

/** @typedef {{ crate: string, program: string, version: string, seconds: number, options: string[] }} Tool */

export async function ensureTools() {
  const missing = tools().filter((tool) => !isInstalled(tool));
  if (missing.length === 0) return;
  await ensureOpenSsl();
  for (const tool of missing) await install(tool);
  // Nearly a gigabyte, and of no use any more.
  rmSync(fromRoot('.tools/target'), { recursive: true, force: true });
}

/** The path of an installed tool. @param {'wasm-bindgen' | 'worker-build'} program */
export function toolPath(program) {
  return fromRoot('.tools/bin', program + (process.platform === 'win32' ? '.exe' : ''));
}

/** @returns {Tool[]} */
export function tools() {
  return [
    {
      crate: 'worker-build',
      program: 'worker-build',
      version: WORKER_BUILD,
      seconds: 75,
      options: [],
    },
    {
      crate: 'wasm-bindgen-cli',
      program: 'wasm-bindgen',
      version: wasmBindgenVersion(),
      seconds: 45,
      // Without what its test runner needs to download browsers' drivers.
      options: ['--no-default-features'],
    },
  ];
}

/** The generated JavaScript fits only the very version of the crate that was compiled in. */
function wasmBindgenVersion() {
  const version = text('Cargo.lock')?.match(/name = "wasm-bindgen"\nversion = "([^"]+)"/)?.[1];
  if (version) return version;
  throw new Failure(
    'Cargo.lock is missing, or names no wasm-bindgen.',
    'Restore it from git, or make it:\n  cargo generate-lockfile',
  );
}

/** @param {Tool} tool */
function isInstalled({ program, version }) {
  const path = toolPath(/** @type {'wasm-bindgen' | 'worker-build'} */ (program));
  return ask(path, ['--version'])?.split(' ').at(-1) === version;
}

/** @param {Tool} tool */
async function install(tool) {
  const what = `Building ${tool.program} ${tool.version}`;
  let result = await run(what, tool.seconds, 'cargo', installArguments(tool, ['--locked']), {
    env: CHEAPLY,
  });
  if (!result.ok && result.tail.includes('failed to select a version')) {
    // A mirror may lack the very version of a dependency that the tool's lock file names.
    const again = `${what}, with other versions of what it depends on`;
    result = await run(again, tool.seconds, 'cargo', installArguments(tool, []), { env: CHEAPLY });
  }
  if (result.ok) return;
  throw new Failure(
    `${what} failed.`,
    'Look at what cargo says above. On Linux it needs a C compiler, pkg-config and the headers of OpenSSL:\n' +
      '  Debian, Ubuntu     apt-get install build-essential pkg-config libssl-dev\n' +
      '  Fedora             dnf install gcc pkgconf openssl-devel\n' +
      'Then run the same command again: it goes on where it stopped.',
    result.tail,
  );
}

/** @param {Tool} tool @param {string[]} more */
function installArguments({ crate, program, version, options }, more) {
  const where = ['--root', fromRoot('.tools'), '--target-dir', fromRoot('.tools/target')];
  return [
    'install',
    crate,
    '--version',
    `=${version}`,
    '--bin',
    program,
    '--debug',
    '--force',
    ...where,
    ...options,
    ...more,
  ];
}

const CHEAPLY = {
  CARGO_INCREMENTAL: '0',
  CARGO_PROFILE_DEV_DEBUG: '0',
  CARGO_TERM_COLOR: 'never',
};

/** worker-build links to OpenSSL on Linux. */
async function ensureOpenSsl() {
  if (process.platform !== 'linux' || ask('pkg-config', ['--exists', 'openssl']) !== undefined)
    return;
  if (mayInstallDebianPackages()) {
    await installDebianPackages('Installing the headers of OpenSSL', 10, [
      'pkg-config',
      'libssl-dev',
    ]);
  }
}
