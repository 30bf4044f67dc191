/** The tables of how the cost grows. */
import type { Held } from '../growth/memory.ts';
import type { Growth } from '../growth/series.ts';
import { type Result, ratioOf } from '../result.ts';
import { fixed, megabytes, whole } from './figure.ts';
import type { Grid } from './grid.ts';

/** Lays out one series: a row for each size, the processor time of each contestant. */
export function growthGrid({ title, sizes }: Growth): Grid {
  const letters = [...new Set(sizes.flatMap(({ results }) => Object.keys(results)))];
  const [smallest] = sizes;
  return {
    title: `CPU µs for one request, by ${title}`,
    columns: [
      '',
      ...letters.map((letter) => `(${letter})`),
      ...letters.map((letter) => `(${letter}) ÷ first`),
      ...letters.map((letter) => `(${letter}) req/s`),
      ...letters.map((letter) => `(${letter}) p99 µs`),
    ],
    rows: sizes.map(({ title: size, results }) => [
      size,
      ...letters.map((letter) => whole(results[letter]?.cpu?.median)),
      ...letters.map((letter) => growth(results[letter], smallest?.results[letter])),
      ...letters.map((letter) => whole(results[letter]?.perSecond?.median)),
      ...letters.map((letter) => whole(results[letter]?.p99?.median)),
    ]),
  };
}

function growth(result: Result | undefined, smallest: Result | undefined): string {
  return fixed(ratioOf(result, smallest)?.median, 2);
}

/** Lays out what is held after ever more sessions. */
export function heldGrid(all: readonly Held[]): Grid {
  const letters = [...new Set(all.flatMap(({ bytes }) => Object.keys(bytes)))].sort();
  return {
    title: 'MB resident after so many sessions, none of which came twice',
    columns: ['', ...letters.map((letter) => `(${letter})`)],
    rows: all.map(({ sessions, bytes }) => [
      whole(sessions),
      ...letters.map((letter) => megabytes(bytes[letter])),
    ]),
  };
}
