/** The command line of `npm run bench`. */
import { parseArgs } from 'node:util';
import { LETTERS } from './contestants.ts';
import { ROUNDS } from './scenario.ts';

/** What is measured: the scenarios, with sizes, memory and starts; how the cost grows; the core. */
export type Part = 'scenarios' | 'growth' | 'instructions';

/** What was asked for. */
export interface Options {
  turns: number;
  quick: boolean;
  scenarios: readonly string[];
  contestants: readonly string[];
  parts: readonly Part[];
  /** Whether later runs are compared with the instruction counts of this one. */
  keepsInstructions: boolean;
  /** How many sessions the memory is measured after. */
  sessions: number;
  /** Where the report is kept; undefined: nowhere. */
  results: string | undefined;
  json: boolean;
  help: boolean;
}

const NAMES = ROUNDS.flat().map(({ name }) => name);
const TURNS = { usual: 5, quick: 3 };
const SESSIONS = { usual: 1_000_000, quick: 5000 };

/** What `--help` shows. */
export const HELP = `Usage: npm run bench -- [options]

Compares the gateway with a Worker that only forwards and with Workers that do its job in JavaScript,
side by side on workerd, and checks every answer. A whole run takes about twenty minutes on two cores
that have nothing else to do, ends with tables, and writes bench/results/bench.json and bench.svg.

  --quick              short turns, ${TURNS.quick} of them, to see that it works: the figures are rough
  --turns N            how often each has its turn (${TURNS.usual})
  --only LIST          scenarios: ${NAMES.join(', ')}
  --contestants LIST   letters: ${LETTERS.join(', ')}
  --growth             how the cost grows, and nothing else that isn't asked for
  --instructions       how many instructions the core takes, and nothing else that isn't asked for
  --keep-instructions  the same, and later runs are compared with these counts
  --sessions N         how many sessions the memory is measured after (${SESSIONS.usual})
  --results DIRECTORY  where the report and the chart are written, for runs that aren't whole, too
  --json               the report as JSON; progress to stderr
  --help               show this

Exit code 1: something answered wrongly. A budget that is missed changes nothing about it.
`;

/**
 * Reads the arguments.
 *
 * Throws an error that says what is wrong with them.
 */
export function parseOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      turns: { type: 'string' },
      only: { type: 'string' },
      contestants: { type: 'string' },
      growth: { type: 'boolean', default: false },
      instructions: { type: 'boolean', default: false },
      'keep-instructions': { type: 'boolean', default: false },
      sessions: { type: 'string' },
      results: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { quick, json, help, only, results } = values;
  const usual = quick ? 'quick' : 'usual';
  return {
    quick,
    json,
    help,
    results,
    turns: wholeNumber(values.turns, '--turns', TURNS[usual]),
    scenarios: listed(only, '--only', NAMES),
    contestants: listed(values.contestants, '--contestants', LETTERS),
    parts: partsOf(values),
    keepsInstructions: values['keep-instructions'],
    sessions: wholeNumber(values.sessions, '--sessions', SESSIONS[usual]),
  };
}

/** Whether everything is measured, as long as it should be. */
export function isWhole(options: Options): boolean {
  const { turns, sessions, parts, scenarios, contestants } = options;
  const isLong = turns >= TURNS.usual && sessions >= SESSIONS.usual && !options.quick;
  const everybody = scenarios.length === NAMES.length && contestants.length === LETTERS.length;
  return isLong && everybody && parts.length === PARTS.length;
}

const PARTS: readonly Part[] = ['instructions', 'scenarios', 'growth'];

function partsOf(values: {
  quick: boolean;
  only?: string | undefined;
  growth: boolean;
  instructions: boolean;
  'keep-instructions': boolean;
}): Part[] {
  const asked: Record<Part, boolean> = {
    instructions: values.instructions || values['keep-instructions'],
    scenarios: values.only !== undefined,
    growth: values.growth,
  };
  const some = PARTS.filter((part) => asked[part]);
  if (some.length > 0) return some;
  return PARTS.filter((part) => part !== 'instructions' || !values.quick);
}

function wholeNumber(text: string | undefined, flag: string, usual: number): number {
  if (text === undefined) return usual;
  if (/^[1-9]\d{0,7}$/.test(text)) return Number(text);
  throw new Error(`${flag} takes a whole number from 1 on, not “${text}”`);
}

function listed(text: string | undefined, flag: string, known: readonly string[]): string[] {
  if (text === undefined) return [...known];
  const names = text.split(',').map((name) => name.trim());
  const stranger = names.find((name) => !known.includes(name));
  if (stranger === undefined) return known.filter((name) => names.includes(name));
  throw new Error(`${flag} takes ${known.join(', ')}, between commas; not “${stranger}”`);
}
