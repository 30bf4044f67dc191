/**
 * What `npm start` runs: the gateway, a demo site behind it and a double of WorkOS, as one process.
 *
 * Set-up and build are done before; everything started here ends with it.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { explain, Failure } from './setup/failure.mjs';
import { startSite } from './site.ts';
import { type Config, readConfig, writeConfig } from './start/config.ts';
import { readDevVars, type Variables } from './start/dev_vars.ts';
import { sdkVariables } from './start/example.ts';
import { listOfFaults } from './start/fault_list.ts';
import { healthProblem } from './start/health.ts';
import { readableLogLine } from './start/log_line.ts';
import { asksForFaults, help, type Options, parseOptions } from './start/options.ts';
import { startExample } from './start/origin.ts';
import { portProblems } from './start/ports.ts';
import { type Command, prepare } from './start/runtime.ts';
import { chooseWorld, type World } from './start/world.ts';
import { startWrangler, type Wrangler } from './start/wrangler.ts';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
const keepIn = `${root}/.wrangler/start`;
const devVarsFile = `${root}/.dev.vars`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  try {
    if (asksForFaults(args)) return say(listOfFaults());
    const options = parseOptions(args);
    if (options.help) return say(help());
    return await start(options);
  } catch (error) {
    if (error instanceof Failure) {
      explain(error);
      return 1;
    }
    return refuse([error instanceof Error ? error.message : String(error)]);
  }
}

async function start(options: Options): Promise<number> {
  const config = readConfig(`${root}/wrangler.toml`);
  if (!existsSync(config.main))
    return refuse([`${config.main} is missing: run npm run build first`]);
  const devVars = readDevVars(devVarsFile);
  const world = chooseWorld(options, devVars, config.vars, keepIn);
  if (world.problems.length > 0) return refuse(world.problems);
  const busy = await portProblems([
    { port: options.port, flag: '--port', by: 'the gateway' },
    { port: options.sitePort, flag: '--site-port', by: 'the site' },
    ...world.ports,
  ]);
  if (busy.length > 0) return refuse(busy);
  const command = options.example && (await prepare(options.example));
  return run(options, config, world, devVars, command);
}

async function run(
  options: Options,
  config: Config,
  world: World,
  devVars: Variables | undefined,
  command: Command | undefined,
): Promise<number> {
  const interrupted = interruption();
  const configFile = `${keepIn}/wrangler.json`;
  const { example, sitePort } = options;
  const assets = example?.assets && `${example.directory}/${example.assets}`;
  writeConfig(configFile, config, world.settings.defaults, assets);
  const opened: { close(): Promise<void> }[] = [];
  try {
    if (example && command) {
      const { defaults, fixed } = world.settings;
      const variables = sdkVariables(example, { ...defaults, ...devVars, ...fixed });
      opened.push(await startExample(example, command, sitePort, variables));
    }
    if (!example) opened.push(await startSite({ port: sitePort }));
    opened.push(await world.open((line) => say(`${line}\n`)));
    const wrangler = startWrangler({
      root,
      configFile,
      envFile: devVars ? devVarsFile : undefined,
      vars: world.settings.fixed,
      port: options.port,
      onLine: (line) => show(line, options),
    });
    opened.push(wrangler);
    return await watch(wrangler, interrupted, options, world);
  } finally {
    await Promise.all(opened.map((one) => one.close()));
  }
}

/** Says when it is ready, and stays until it is interrupted or the gateway ends. */
async function watch(
  wrangler: Wrangler,
  interrupted: Promise<void>,
  options: Options,
  world: World,
): Promise<number> {
  const over = new AbortController();
  const either = Promise.race([
    interrupted.then(() => 'interrupted'),
    wrangler.ended.then(() => 'ended'),
  ]);
  void either.then(() => over.abort());
  say('Starting the gateway …\n');
  const problem = await healthProblem(options.port, over.signal);
  if (problem === undefined) say(ready(options, world));
  else if (!over.signal.aborted) return refuse([...printed(wrangler, options), problem]);
  const how = await either;
  return how === 'interrupted'
    ? say('\nStopped.\n')
    : refuse([...printed(wrangler, options), 'wrangler has ended by itself.']);
}

function ready({ port, example }: Options, world: World): string {
  const url = (path: string) => styleText(['bold', 'cyan'], `http://localhost:${port}${path}`);
  const pages = example
    ? [`${url('/')}  ${example.about}, behind the gateway`]
    : [
        `${url('/')}         a demo site, behind the gateway`,
        `${url('/account')}  a page that asks you to sign in`,
        `${url('/app')}      a page whose script asks the gateway who is there`,
      ];
  return `
Ready.

${pages.map((line) => `  ${line}\n`).join('')}
${world
  .advice()
  .map((line) => `  ${line}\n`)
  .join('')}  Ctrl-C stops everything.

`;
}

function show(line: string, { verbose }: Options): void {
  const isNews = verbose || line.startsWith('[wrangler:error]');
  const text = readableLogLine(line, new Date()) ?? (isNews ? line : '');
  if (text !== '') say(`${text}\n`);
}

/** What wrangler said, unless it was all shown already. */
function printed(wrangler: Wrangler, { verbose }: Options): string[] {
  return verbose ? [] : [wrangler.output()];
}

function interruption(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => resolve());
  });
}

function say(text: string): 0 {
  process.stdout.write(text);
  return 0;
}

function refuse(lines: string[]): 1 {
  process.stderr.write(`${lines.join('\n')}\n`);
  return 1;
}
