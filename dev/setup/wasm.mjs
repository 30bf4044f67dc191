/**
 * Rust's standard library for wasm32-unknown-unknown.
 *
 * 1. There already: nothing to do. 2. rustup adds it. 3. Where rustup is missing or can't reach its
 * server, and this is Debian: Debian's own Rust, which builds that library from source. The
 * machine's usual Rust stays as it is; only the wasm build uses Debian's.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ask, run } from './command.mjs';
import { installDebianPackages, mayInstallDebianPackages } from './debian.mjs';
import { Failure } from './failure.mjs';

export const WASM = 'wasm32-unknown-unknown';

const DEBIAN_RUST = '/usr/bin/rustc';
const DEBIAN_LINKER = '/usr/bin/wasm-ld-22';
const DEBIAN_PACKAGES = ['rustc-web', 'cargo-web', 'rust-web-src', 'lld-22'];

export async function ensureWasmTarget() {
  if (hasLibrary('rustc') || prepareDebianRust()) return;
  const added = ask('rustup', ['--version'])
    ? await run('Adding the WebAssembly target to Rust', 10, 'rustup', ['target', 'add', WASM])
    : { ok: false, tail: '' };
  if (added.ok && hasLibrary('rustc')) return;
  if (mayInstallDebianPackages()) {
    await installDebianPackages('Installing a Rust that builds WebAssembly', 60, DEBIAN_PACKAGES);
    if (prepareDebianRust()) return;
  }
  throw new Failure(
    `Rust has no library for ${WASM}.`,
    `With rustup (https://rustup.rs), which is how most people have Rust:\n  rustup target add ${WASM}\n` +
      `Without it, your distribution may have a package:\n` +
      `  Debian, as root    apt-get install ${DEBIAN_PACKAGES.join(' ')}\n` +
      `  Fedora             dnf install rust-std-static-${WASM}\n` +
      `  Arch               pacman -S rust-wasm`,
    added.tail,
  );
}

/** What the environment needs beside the usual for a cargo that builds the wasm. @returns {Record<string, string>} */
export function wasmEnvironment() {
  if (hasLibrary('rustc')) return {};
  return {
    PATH: ['/usr/bin', process.env.PATH].join(delimiter),
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: DEBIAN_LINKER,
    CARGO_UNSTABLE_BUILD_STD: 'std,panic_abort',
    RUSTC_BOOTSTRAP: '1',
  };
}

/**
 * Whether Debian's Rust is there; if so, makes the directory that worker-build looks for, which
 * stays empty since the library is built from source.
 */
function prepareDebianRust() {
  const sysroot = ask(DEBIAN_RUST, ['--print', 'sysroot']);
  if (
    !sysroot ||
    !ask(DEBIAN_LINKER, ['--version']) ||
    !isThere(join(sysroot, 'lib/rustlib/src/rust/library'))
  )
    return false;
  try {
    mkdirSync(join(sysroot, 'lib/rustlib', WASM, 'lib'), { recursive: true });
    return true;
  } catch {
    return false;
  }
}

/** @param {string} rustc */
function hasLibrary(rustc) {
  const directory = ask(rustc, ['--print', 'target-libdir', '--target', WASM]);
  return directory !== undefined && isThere(directory, /^libcore-.*\.rlib$/);
}

/** Whether a directory is there and holds something so named. @param {string} directory @param {RegExp} [name] */
function isThere(directory, name = /./) {
  try {
    return readdirSync(directory).some((entry) => name.test(entry));
  } catch {
    return false;
  }
}
