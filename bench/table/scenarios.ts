/** The tables of the comparison, one a scenario. */
import type { Entry } from '../report.ts';
import { type Result, ratioOf } from '../result.ts';
import type { Compared } from '../turns.ts';
import { spread, whole } from './figure.ts';
import type { Grid } from './grid.ts';

const COLUMNS = ['', 'CPU µs', '÷ (a)', '÷ (c)', 'req/s', 'p50 µs', 'p99 µs'];

/** Lays them out. */
export function scenarioGrids(scenarios: readonly Compared[], entries: readonly Entry[]): Grid[] {
  return scenarios.map(({ title, results }) => ({
    title,
    columns: COLUMNS,
    rows: Object.entries(results).map(([letter, result]) => [
      nameOf(letter, entries),
      spread(result.cpu, 0),
      versus(letter, 'a', results),
      versus(letter, 'c', results),
      whole(result.perSecond?.median),
      whole(result.p50?.median),
      whole(result.p99?.median),
    ]),
  }));
}

/** A contestant's letter and name. */
export function nameOf(letter: string, entries: readonly Entry[]): string {
  return `(${letter}) ${entries.find((entry) => entry.letter === letter)?.name ?? ''}`;
}

function versus(letter: string, other: string, results: Record<string, Result>): string {
  return letter === other ? '1' : spread(ratioOf(results[letter], results[other]), 2);
}
