/** Counts beside the counts before. */
import type { Counted } from './kept.ts';

/** From `more` and `less` on a change deserves a look; a regression or an improvement, a reason. */
export type Verdict = 'same' | 'more' | 'less' | 'regression' | 'improvement' | 'new' | 'gone';

/** A case, before and now. */
export interface Comparison {
  name: string;
  before: number | undefined;
  now: number | undefined;
  /** In percent. */
  change: number | undefined;
  verdict: Verdict;
}

const NOTABLE_PERCENT = 2;
const LARGE_PERCENT = 5;

/** Compares; counts for another processor are no counts before. */
export function comparisonsOf(now: Counted, kept: Counted | undefined): Comparison[] {
  const isComparable = kept?.toolchain.target === now.toolchain.target;
  const before = isComparable ? kept.counts : {};
  const names = new Set([...Object.keys(now.counts), ...Object.keys(before)]);
  return [...names].map((name) => comparisonOf(name, before[name], now.counts[name]));
}

function comparisonOf(
  name: string,
  before: number | undefined,
  now: number | undefined,
): Comparison {
  if (before === undefined) return { name, before, now, change: undefined, verdict: 'new' };
  if (now === undefined) return { name, before, now, change: undefined, verdict: 'gone' };
  const change = (now / before - 1) * 100;
  return { name, before, now, change, verdict: verdictOn(change) };
}

function verdictOn(change: number): Verdict {
  if (change > LARGE_PERCENT) return 'regression';
  if (change < -LARGE_PERCENT) return 'improvement';
  if (change > NOTABLE_PERCENT) return 'more';
  if (change < -NOTABLE_PERCENT) return 'less';
  return 'same';
}
