/** What counts depend on beside the code: who compiled it, who moves memory for it, who counts. */
import { ask } from '../../dev/setup/command.mjs';

export interface Toolchain {
  target: string;
  rustc: string;
  libc: string;
  valgrind: string;
}

/** Returns what is on this machine. */
export function toolchain(): Toolchain {
  const rustc = ask('rustc', ['-vV']) ?? '';
  return {
    target: rustc.match(/^host: (.*)$/m)?.[1] ?? 'unknown',
    rustc: rustc.match(/^release: (.*)$/m)?.[1] ?? 'unknown',
    libc: ask('getconf', ['GNU_LIBC_VERSION']) ?? 'unknown',
    valgrind: ask('valgrind', ['--version']) ?? 'unknown',
  };
}

/** Names it. */
export function nameOf({ target, rustc, libc, valgrind }: Toolchain): string {
  return `Rust ${rustc} for ${target}, ${libc}, ${valgrind}`;
}
