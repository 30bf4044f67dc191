/** What `npm run bench` runs. */
import { constants } from 'node:os';
import { judge } from './budget.ts';
import { thisMachine } from './machine.ts';
import { HELP, isWhole, type Options, parseOptions } from './options.ts';
import type { Report } from './report.ts';
import { keep, RESULTS } from './results.ts';
import { run } from './run.ts';
import { tableOf } from './table.ts';

// An exit ends the runtimes; a signal alone would leave them.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => process.exit(128 + constants.signals[signal]));

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options.help) process.stdout.write(HELP);
    else await bench(options, args);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    return 1;
  }
}

async function bench(options: Options, args: string[]): Promise<void> {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const stream = options.json ? process.stderr : process.stdout;
  const findings = await run(options, (what) =>
    stream.write(`${seconds().toFixed(0).padStart(5)} s  ${what}\n`),
  );
  const report: Report = {
    date: new Date().toISOString().slice(0, 10),
    command: ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
    machine: thisMachine(),
    turns: options.turns,
    isWhole: isWhole(options),
    minutes: Math.round(seconds() / 6) / 10,
    ...findings,
    budgets: judge(findings),
  };
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `\n${tableOf(report)}\n`);
  const directory = options.results ?? (report.isWhole ? RESULTS : undefined);
  for (const path of directory === undefined ? [] : keep(report, directory))
    stream.write(`written: ${path}\n`);
}
