/** What one contestant's turns come to in one scenario. */
import { type Spread, spreadOf } from './spread.ts';
import type { Figures } from './stint.ts';

/** The spread of each figure. */
export interface Result extends Record<Exclude<keyof Figures, 'repeated'>, Spread | undefined> {
  /** How many answers were asked for again, in all turns. */
  repeated: number;
  /** The processor time of each turn; undefined where the system doesn't tell. */
  cpuByTurn: readonly number[] | undefined;
}

/** Draws it up. */
export function resultOf(figures: readonly Figures[]): Result {
  const cpus = figures.map(({ cpu }) => cpu).filter((cpu) => cpu !== undefined);
  return {
    cpu: spreadOf(cpus),
    perSecond: spreadOf(figures.map(({ perSecond }) => perSecond)),
    p50: spreadOf(figures.map(({ p50 }) => p50)),
    p99: spreadOf(figures.map(({ p99 }) => p99)),
    repeated: figures.reduce((sum, { repeated }) => sum + repeated, 0),
    cpuByTurn: cpus.length === figures.length ? cpus : undefined,
  };
}

/**
 * Returns how much more processor time one takes than another.
 *
 * Two that are compared have taken the same turns: of each turn there is a ratio, which the machine's
 * mood in that turn hardly changes.
 */
export function ratioOf(result: Result | undefined, to: Result | undefined): Spread | undefined {
  const [cpus, others] = [result?.cpuByTurn, to?.cpuByTurn];
  if (!cpus || !others) return undefined;
  return spreadOf(cpus.map((cpu, turn) => cpu / (others[turn] ?? Number.NaN)));
}
