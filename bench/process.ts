/** What a process has cost so far, as Linux tells; elsewhere nobody tells us. */
import { readdirSync, readFileSync } from 'node:fs';

/** Ticks of the times in `/proc/<pid>/stat`: 100 a second on every Linux. */
const TICK_US = 10_000;

/**
 * Returns the processor time of all threads, user and system, in microseconds; undefined where there
 * is no `/proc`.
 *
 * The scheduler's own count is exact, but leaves out threads that have ended; `stat` leaves out what
 * isn't a whole tick. Neither ever says too much.
 */
export function processorTime(pid: number): number | undefined {
  const rounded = roundedTime(pid);
  return rounded === undefined ? undefined : Math.max(rounded, exactTime(pid));
}

/** Returns the resident memory in bytes; undefined where there is no `/proc`. */
export function residentMemory(pid: number): number | undefined {
  const [, kibibytes] = /^VmRSS:\s*(\d+) kB/m.exec(text(`/proc/${pid}/status`) ?? '') ?? [];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}

function exactTime(pid: number): number {
  const nanoseconds = threads(pid).map((thread) => {
    const [ran] = text(`/proc/${pid}/task/${thread}/schedstat`)?.split(' ') ?? [];
    return Number(ran ?? 0);
  });
  return nanoseconds.reduce((sum, ran) => sum + ran, 0) / 1000;
}

function roundedTime(pid: number): number | undefined {
  const stat = text(`/proc/${pid}/stat`);
  // The program's name, in parentheses, may hold spaces.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields && (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

function threads(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function text(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
