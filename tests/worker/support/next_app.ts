/** The Next.js example, installed and built where it isn't yet, and started as a site. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A running Next.js app. */
export interface NextApp {
  /** Its base URL. */
  url: string;
  close(): Promise<void>;
}

const directory = fileURLToPath(new URL('../../../examples/nextjs/', import.meta.url));
const next = join(directory, 'node_modules/next/dist/bin/next');
const QUIET = { NEXT_TELEMETRY_DISABLED: '1' };
const WAIT_MS = 30_000;

/** Installs and builds the app, where what is there isn't the one that is wanted. */
export function prepareNextApp(): void {
  install();
  build();
}

/** Starts the app on any port, with these variables. */
export async function startNextApp(variables: Record<string, string>): Promise<NextApp> {
  const child = spawn(process.execPath, [next, 'start', '-H', '127.0.0.1', '-p', '0'], {
    cwd: directory,
    env: { ...process.env, ...QUIET, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  const close = async () => {
    process.off('exit', kill);
    kill();
    await ended;
  };
  const output: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => output.push(line));
  try {
    return { url: await listening(createInterface({ input: child.stdout }), output), close };
  } catch (error) {
    await close();
    throw new Error(`the Next.js app did not start:\n${output.join('\n')}`, { cause: error });
  }
}

async function listening(
  lines: ReturnType<typeof createInterface>,
  output: string[],
): Promise<string> {
  lines.on('line', (line) => output.push(line));
  const signal = AbortSignal.timeout(WAIT_MS);
  for (;;) {
    const found = output.find((line) => line.includes('Local:'));
    const isReady = output.some((line) => line.includes('Ready in'));
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(found ?? '')?.[0];
    if (isReady && url) return url;
    await Promise.race([
      once(lines, 'line', { signal }),
      once(lines, 'close', { signal }).then(gone),
    ]);
  }
}

function gone(): never {
  throw new Error('it has ended');
}

/** Installs what the lock file names, once. */
function install(): void {
  const made = stamp(['package-lock.json']);
  const mark = join(directory, 'node_modules/.authkit-gateway');
  if (isMarked(mark, made)) return;
  console.log('Installing the Next.js example: 350 MB, about 15 s …');
  run('npm', ['ci', '--loglevel=error', '--no-audit', '--no-fund']);
  writeFileSync(mark, made);
}

/** Builds what is there now, once. */
function build(): void {
  const pages = readdirSync(join(directory, 'app'), { encoding: 'utf8', recursive: true });
  const sources = pages.filter((name) => /\.jsx?$/.test(name)).map((name) => join('app', name));
  const made = stamp(['package-lock.json', 'next.config.mjs', ...sources.sort()]);
  const mark = join(directory, '.next/authkit-gateway');
  if (isMarked(mark, made)) return;
  console.log('Building the Next.js example: about 15 s …');
  run(process.execPath, [next, 'build']);
  writeFileSync(mark, made);
}

function stamp(files: string[]): string {
  const hash = createHash('sha256').update(process.version);
  for (const file of files) hash.update(`\n${file}\n`).update(readFileSync(join(directory, file)));
  return hash.digest('hex');
}

function isMarked(mark: string, made: string): boolean {
  return existsSync(mark) && readFileSync(mark, 'utf8') === made;
}

function run(program: string, args: string[]): void {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: directory,
    env: { ...process.env, ...QUIET },
    encoding: 'utf8',
    shell: process.platform === 'win32' && program === 'npm',
  });
  if (status !== 0)
    throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? ''}\n${stdout}${stderr}`);
}
