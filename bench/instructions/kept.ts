/** The counts that later runs are compared with: `bench/instructions.json`. */
import { writeFileSync } from 'node:fs';
import { fromRoot, json } from '../../dev/setup/files.mjs';
import type { Toolchain } from './toolchain.ts';

/** Instructions, by the name of the case. */
export type Counts = Record<string, number>;

/** Counts, and what made them. */
export interface Counted {
  toolchain: Toolchain;
  counts: Counts;
}

const FILE = 'bench/instructions.json';

/** Returns what was kept, if anything was. */
export function kept(): Counted | undefined {
  return json(FILE);
}

export function keep(counted: Counted): void {
  writeFileSync(fromRoot(FILE), `${JSON.stringify(counted, null, 2)}\n`);
}
