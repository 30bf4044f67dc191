/** How much memory the runtimes take, as the operating system tells. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Fleet } from './fleet.ts';

/** One runtime's memory in bytes; `warm` once it has worked for a while. */
export interface Footprint {
  gateway: number;
  /** How often it had been restarted. */
  restarts: number;
  /** Seconds it has lived. */
  seconds: number;
  start: number;
  warm: number | undefined;
  most: number;
  end: number;
}

const WARM_S = 120;

/** Watches the memory of a fleet; of each place, of the process that is there now. */
export class Memory {
  readonly footprints: Footprint[] = [];
  readonly #fleet: Fleet;
  readonly #began = new Map<Footprint, number>();

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  /** Takes a sample. */
  async sample(): Promise<void> {
    const bytes = await memoryOfRuntimes();
    for (const [index, { gateway, restarts }] of this.#fleet.berths.entries()) {
      const now = gateway?.pid === undefined ? undefined : bytes.get(gateway.pid);
      if (now !== undefined) this.#note(index, restarts, now);
    }
  }

  #note(index: number, restarts: number, now: number): void {
    let footprint = this.footprints[index];
    if (footprint?.restarts !== restarts) {
      footprint = {
        gateway: index + 1,
        restarts,
        seconds: 0,
        start: now,
        warm: undefined,
        most: 0,
        end: 0,
      };
      this.footprints[index] = footprint;
      this.#began.set(footprint, Date.now());
    }
    footprint.seconds = Math.round((Date.now() - (this.#began.get(footprint) ?? 0)) / 1000);
    if (footprint.seconds >= WARM_S) footprint.warm ??= now;
    footprint.most = Math.max(footprint.most, now);
    footprint.end = now;
  }
}

const run = promisify(execFile);

/** The resident bytes of every workerd this process has started, by process id; empty where `ps` is missing. */
export async function memoryOfRuntimes(): Promise<Map<number, number>> {
  const found = new Map<number, number>();
  for (const line of (await processes()).split('\n')) {
    const [pid, parent, kibibytes, command = ''] = line.trim().split(/\s+/);
    if (Number(parent) === process.pid && command.endsWith('workerd'))
      found.set(Number(pid), Number(kibibytes) * 1024);
  }
  return found;
}

async function processes(): Promise<string> {
  try {
    const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,rss=,comm=']);
    return stdout;
  } catch {
    return '';
  }
}
