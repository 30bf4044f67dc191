/** Where a run took place: figures of two machines can't be compared. */
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { processorTime } from './process.ts';

/** The machine and its programs. */
export interface Machine {
  processor: string;
  cores: number;
  memoryGB: number;
  system: string;
  workerd: string;
  node: string;
  /** Whether it tells what a process costs. */
  tellsProcessorTime: boolean;
}

/** Describes this one. */
export function thisMachine(): Machine {
  const manifest = new URL('../node_modules/workerd/package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGB: Math.round(totalmem() / 1e9),
    system: `${type()} ${release()} ${arch()}`,
    workerd: version,
    node: process.versions.node,
    tellsProcessorTime: processorTime(process.pid) !== undefined,
  };
}

/** Says so in a line. */
export function machineLine({ processor, cores, memoryGB, ...rest }: Machine): string {
  const { system, workerd, node } = rest;
  return `${processor}, ${cores} cores, ${memoryGB} GB; ${system}; workerd ${workerd}, Node ${node}`;
}
