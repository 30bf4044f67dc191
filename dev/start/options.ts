/** The command line of `npm start`. */
import { parseArgs } from 'node:util';
import { type Example, exampleNamed, listOfExamples } from './example.ts';
import { listOfFaults } from './fault_list.ts';
import { type FaultPlan, parseFaults } from './fault_plan.ts';

/** What was asked for. */
export interface Options {
  port: number;
  workosPort: number;
  sitePort: number;
  tokenSeconds: number;
  /** What stands behind the gateway in place of the demo site. */
  example: Example | undefined;
  /** What the double does wrong. */
  faults: FaultPlan | undefined;
  verbose: boolean;
  help: boolean;
}

/** What `--help` shows. */
export const help = () => `Usage: npm start -- [options]

Runs the gateway in front of a demo site, signing in with a local double of WorkOS.
Needs no account, no Docker and no network. Where .dev.vars holds a WORKOS_API_KEY,
the gateway signs in with WorkOS itself.

  --port N           the gateway's port (8787)
  --site-port N      the port of the site (8788)
  --workos-port N    the port of the WorkOS double (4100)
  --token-seconds N  how long access tokens of the double live (60)
  --example NAME     a site of examples/ instead of the demo site:
${listOfExamples()}  --faults NAMES     make the double of WorkOS fail, in one of the ways below
  --verbose          show all that wrangler says
  --help             show this

${listOfFaults()}`;

/** Says whether it is only asked which faults there are: `--faults` without a value. */
export function asksForFaults(args: readonly string[]): boolean {
  const index = args.indexOf('--faults');
  return index >= 0 && (args[index + 1] ?? '-').startsWith('-');
}

/**
 * Reads the arguments.
 *
 * Throws an error that says what is wrong with them.
 */
export function parseOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string', default: '8787' },
      'workos-port': { type: 'string', default: '4100' },
      'site-port': { type: 'string', default: '8788' },
      'token-seconds': { type: 'string', default: '60' },
      example: { type: 'string' },
      faults: { type: 'string' },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return {
    port: portIn(values.port, '--port'),
    workosPort: portIn(values['workos-port'], '--workos-port'),
    sitePort: portIn(values['site-port'], '--site-port'),
    tokenSeconds: numberIn(values['token-seconds'], '--token-seconds', 31_536_000),
    example: values.example === undefined ? undefined : exampleNamed(values.example),
    faults: values.faults === undefined ? undefined : parseFaults(values.faults),
    verbose: values.verbose,
    help: values.help,
  };
}

function portIn(text: string, flag: string): number {
  return numberIn(text, flag, 65_535);
}

function numberIn(text: string, flag: string, most: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > most)
    throw new Error(`${flag} takes a number from 1 to ${most}, not “${text}”`);
  return number;
}
