/** The memory of the processes that have worked all the time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Entrant } from './entrant.ts';
import { residentMemory } from './process.ts';

/** One process's. */
export interface Resident {
  /** How long it has lived. */
  seconds: number;
  bytes: number | undefined;
}

/** Looks at all of them, once the youngest has lived so long. */
export async function residents(
  entrants: readonly Entrant[],
  leastSeconds: number,
): Promise<Record<string, Resident>> {
  const all: Record<string, Resident> = {};
  for (const entrant of entrants) {
    const { pid, startedAt } = await entrant.runtime();
    const age = () => (performance.now() - startedAt) / 1000;
    await sleep(Math.max(0, leastSeconds - age()) * 1000);
    all[entrant.contestant.letter] = { seconds: Math.round(age()), bytes: residentMemory(pid) };
  }
  return all;
}
