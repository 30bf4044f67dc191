/** The command line of `npm run soak`. */
import { parseArgs } from 'node:util';

/** What was asked for. */
export interface Options {
  minutes: number;
  browsers: number;
  seed: number;
  /** How many requests to WorkOS meet a fault, in percent. */
  rate: number;
  /** Gateways side by side, none of which knows what another remembers. */
  isolates: number;
  json: boolean;
  help: boolean;
}

/** What `--help` shows. */
export const HELP = `Usage: npm run soak -- [options]

Lets virtual browsers use the gateway while WorkOS misbehaves, and checks every answer: nobody is
signed out who didn't sign out, nobody gets another's identity, nothing fails but for a while.
Ends with a table; exit code 1 where anything was wrong. Ctrl-C ends it early.

  --minutes N    how long (20); the last 30 seconds have no faults
  --browsers N   how many browsers (50)
  --seed N       what the choices follow from (1)
  --rate P       percent of requests to WorkOS that meet a fault (10)
  --isolates N   gateways behind a round robin (2)
  --json         the report as JSON, on the last line; progress to stderr
  --help         show this
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
      minutes: { type: 'string', default: '20' },
      browsers: { type: 'string', default: '50' },
      seed: { type: 'string', default: '1' },
      rate: { type: 'string', default: '10' },
      isolates: { type: 'string', default: '2' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return {
    minutes: numberIn(values.minutes, '--minutes', 0.1, 10_000),
    browsers: wholeIn(values.browsers, '--browsers', 1, 10_000),
    seed: wholeIn(values.seed, '--seed', 0, 2 ** 32 - 1),
    rate: numberIn(values.rate, '--rate', 0, 100),
    isolates: wholeIn(values.isolates, '--isolates', 1, 64),
    json: values.json,
    help: values.help,
  };
}

function wholeIn(text: string, flag: string, least: number, most: number): number {
  const number = numberIn(text, flag, least, most);
  if (!Number.isInteger(number)) throw new Error(`${flag} takes a whole number, not “${text}”`);
  return number;
}

function numberIn(text: string, flag: string, least: number, most: number): number {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new Error(`${flag} takes a number from ${least} to ${most}, not “${text}”`);
}
