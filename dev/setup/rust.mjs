/** Rust itself, and its formatter and linter. */
import { ask, runOrFail } from './command.mjs';
import { Failure } from './failure.mjs';
import { isAtLeast, text } from './files.mjs';

export async function ensureRust() {
  const version = ask('rustc', ['--version'])?.split(' ')[1];
  if (!version || !ask('cargo', ['--version'])) {
    throw new Failure(
      'Rust is not installed (no `rustc` and `cargo` in PATH).',
      "Get it from https://rustup.rs:\n  curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh\n" +
        'then open a new terminal and run this again.',
    );
  }
  const least = text('Cargo.toml')?.match(/^rust-version\s*=\s*"([\d.]+)"/m)?.[1] ?? '0';
  if (!isAtLeast(version, least)) {
    throw new Failure(
      `Rust ${least} or newer is needed; this is ${version}.`,
      'Update it:\n  rustup update stable',
    );
  }
}

/** rustfmt and clippy, for `npm run check`. */
export async function ensureComponents() {
  const missing = ['rustfmt', 'clippy'].filter(
    (name) => !ask('cargo', [name === 'rustfmt' ? 'fmt' : name, '--version']),
  );
  if (missing.length === 0) return;
  await runOrFail(
    `Install ${missing.join(' and ')} as you installed Rust; with rustup:\n  rustup component add ${missing.join(' ')}`,
    `Adding ${missing.join(' and ')} to Rust`,
    10,
    'rustup',
    ['component', 'add', ...missing],
  );
}
