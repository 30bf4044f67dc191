/** What the gateway may cost, as ratios within one run. */
import type { Findings } from './report.ts';
import { type Result, ratioOf } from './result.ts';
import type { Compared } from './turns.ts';

/** A budget, and whether it was met. */
export interface Verdict {
  title: string;
  limit: number;
  /** Undefined where it wasn't measured. */
  measured: number | undefined;
  verdict: 'met' | 'missed' | 'not measured';
}

interface Budget {
  title: string;
  limit: number;
  measure(findings: Findings): number | undefined;
}

const BUDGETS: readonly Budget[] = [
  { title: 'valid session seen before ÷ (a)', limit: 1.25, measure: versus('valid', 'a') },
  { title: 'the same, what we aim at', limit: 1.15, measure: versus('valid', 'a') },
  { title: 'valid session seen before ÷ (c)', limit: 0.65, measure: versus('valid', 'c') },
  { title: 'first-time session ÷ (c)', limit: 0.8, measure: versus('first-seen', 'c') },
  { title: 'unmatched path ÷ (a)', limit: 1.3, measure: versus('unmatched', 'a') },
  { title: 'redirect to sign-in ÷ (c)', limit: 0.6, measure: versus('redirect', 'c') },
  {
    title: '100 patterns ÷ one',
    limit: 1.05,
    measure: ({ scenarios }) =>
      ratioOf(result('b', 'patterns', scenarios), result('b', 'one-pattern', scenarios))?.median,
  },
  {
    title: 'memory after a million sessions ÷ (a)',
    limit: 1.25,
    measure: ({ held }) => {
      const last = held?.find(({ sessions }) => sessions >= 1_000_000);
      return last?.bytes.a && last.bytes.b && last.bytes.b / last.bytes.a;
    },
  },
  {
    title: 'the whole Worker, kB gzipped',
    limit: 350,
    measure: ({ sizes }) => sizes.b && sizes.b.gzipped / 1000,
  },
  {
    title: 'start, CPU ms beyond (a)',
    limit: 30,
    measure: ({ starts }) => {
      const [gateway, floor] = [starts.b?.startCpuMs, starts.a?.startCpuMs];
      return gateway && floor && gateway.median - floor.median;
    },
  },
];

/** Judges them all. */
export function judge(findings: Findings): Verdict[] {
  return BUDGETS.map(({ title, limit, measure }) => {
    const measured = measure(findings);
    const verdict = measured === undefined ? 'not measured' : measured <= limit ? 'met' : 'missed';
    return { title, limit, measured, verdict };
  });
}

/** The gateway's processor time over another's. */
function versus(scenario: string, letter: string): Budget['measure'] {
  return ({ scenarios }) =>
    ratioOf(result('b', scenario, scenarios), result(letter, scenario, scenarios))?.median;
}

function result(letter: string, scenario: string, all: readonly Compared[]): Result | undefined {
  return all.find(({ name }) => name === scenario)?.results[letter];
}
