/** The table of what a Worker takes up, and how it starts. */
import type { Findings } from '../report.ts';
import { fixed, kilobytes, megabytes, whole } from './figure.ts';
import type { Grid } from './grid.ts';
import { nameOf } from './scenarios.ts';

const COLUMNS = [
  '',
  'kB',
  'kB gzipped',
  'MB resident',
  'first answer ms',
  'start CPU ms',
  '1st session CPU ms',
];

/** Lays it out. */
export function footprintGrid({ contestants, sizes, starts, residents }: Findings): Grid {
  const seconds = Math.min(...Object.values(residents).map((resident) => resident.seconds));
  return {
    title: `Size; memory after ${whole(seconds)} s of work; start of the process, and its first session`,
    columns: COLUMNS,
    rows: contestants.map(({ letter }) => [
      nameOf(letter, contestants),
      kilobytes(sizes[letter]?.raw),
      kilobytes(sizes[letter]?.gzipped),
      megabytes(residents[letter]?.bytes),
      whole(starts[letter]?.firstAnswerMs?.median),
      fixed(starts[letter]?.startCpuMs?.median, 1),
      fixed(starts[letter]?.firstSessionCpuMs?.median, 1),
    ]),
  };
}
