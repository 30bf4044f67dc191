/** Counts, to read. */
import type { Instructions } from '../instructions.ts';
import type { Comparison, Verdict } from './comparison.ts';
import { nameOf } from './toolchain.ts';

const MARKS: Record<Verdict, string> = {
  same: '',
  more: 'more',
  less: 'less',
  regression: 'REGRESSION',
  improvement: 'improvement',
  new: 'new',
  gone: 'gone',
};

/** Draws the table. */
export function instructionTable({ toolchain, before, cases }: Instructions): string {
  const width = Math.max(...cases.map(({ name }) => name.length));
  const line = (name: string, cells: readonly string[], mark: string) =>
    `  ${name.padEnd(width)}${cells.map((cell) => cell.padStart(12)).join('')}  ${mark}`.trimEnd();
  return [
    `Instructions of the core (${nameOf(toolchain)})`,
    ...(before && nameOf(before) !== nameOf(toolchain) ? [`before: ${nameOf(before)}`] : []),
    line('', ['before', 'now', 'change'], ''),
    ...cases.map((one) => line(one.name, cellsOf(one), MARKS[one.verdict])),
  ].join('\n');
}

function cellsOf({ before, now, change }: Comparison): string[] {
  return [grouped(before), grouped(now), change === undefined ? '' : signed(change)];
}

function grouped(count: number | undefined): string {
  return count?.toLocaleString('en') ?? '';
}

const ONE_DIGIT = {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  signDisplay: 'exceptZero',
} as const;

function signed(percent: number): string {
  return `${percent.toLocaleString('en', ONE_DIGIT)} %`;
}
