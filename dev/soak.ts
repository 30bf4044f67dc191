/**
 * What `npm run soak` runs: many browsers use the gateway for a long time while WorkOS misbehaves,
 * and every answer is checked.
 */
import { HELP, type Options, parseOptions } from './soak/options.ts';
import { HARMLESS, run } from './soak/run.ts';
import { tableOf } from './soak/table.ts';

const TOKEN_SECONDS = [20, 60] as const;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options.help) {
      process.stdout.write(HELP);
      return 0;
    }
    return await soak(options);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    return 2;
  }
}

async function soak({ minutes, rate, json, ...options }: Options): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => interrupted.abort());
  const plan = {
    ...options,
    seconds: minutes * 60,
    rate: rate / 100,
    kinds: HARMLESS,
    tokenSeconds: TOKEN_SECONDS,
  };
  const stream = json ? process.stderr : process.stdout;
  const report = await run(plan, {
    progress: (line) => stream.write(`${line}\n`),
    interrupted: interrupted.signal,
  });
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : `\n${tableOf(report)}\n`);
  return report.violations.total > 0 ? 1 : 0;
}
