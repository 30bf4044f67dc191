/** How large a Worker is. */
import { gzipSync } from 'node:zlib';
import type { Contestant } from './contestant.ts';

/** In bytes. */
export interface Size {
  raw: number;
  gzipped: number;
}

/** Returns the size of all its modules. */
export function sizeOf({ modules }: Contestant): Size {
  const all = modules.map((module) =>
    'script' in module ? Buffer.from(module.script) : module.wasm,
  );
  return {
    raw: sum(all.map(({ length }) => length)),
    gzipped: sum(all.map((bytes) => gzipSync(bytes, { level: 9 }).length)),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
