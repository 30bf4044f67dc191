/** The table of the budgets. */
import type { Verdict } from '../budget.ts';
import { fixed } from './figure.ts';
import type { Grid } from './grid.ts';

/** Lays it out. */
export function budgetGrid(verdicts: readonly Verdict[]): Grid {
  return {
    title: 'Budgets of (b)',
    columns: ['', 'at most', 'measured', ''],
    rows: verdicts.map(({ title, limit, measured, verdict }) => {
      const decimals = limit < 10 ? 2 : 0;
      return [title, fixed(limit, decimals), fixed(measured, decimals), verdict];
    }),
  };
}
