/** `wrangler dev` as a child that leaves nothing behind. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const MOST_LINES = 500;

/** How to run it. */
export interface WranglerOptions {
  /** The checkout, where wrangler is installed. */
  root: string;
  configFile: string;
  /** Variables that win over the configuration. */
  envFile: string | undefined;
  /** Variables that win over everything. */
  vars: Record<string, string>;
  port: number;
  /** Gets every line wrangler or the gateway prints. */
  onLine: (line: string) => void;
}

/** A running `wrangler dev`. */
export interface Wrangler {
  /** Resolves once it has ended, for whatever reason. */
  ended: Promise<void>;
  /** Returns what it printed last. */
  output(): string;
  close(): Promise<void>;
}

/** Starts it. */
export function startWrangler({ onLine, ...options }: WranglerOptions): Wrangler {
  const child = spawn(process.execPath, wranglerArguments(options), {
    cwd: options.root,
    env: { ...process.env, ...quiet(options.root) },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own: Ctrl-C reaches us alone, and we end the whole group.
    detached: process.platform !== 'win32',
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (lines.length > MOST_LINES) lines.shift();
      onLine(line);
    });
  }
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => lines.push(String(error))).once('close', () => resolve());
  });
  return { ended, output: () => lines.join('\n'), close: () => stop(child, ended) };
}

function wranglerArguments({
  root,
  configFile,
  envFile,
  vars,
  port,
}: Omit<WranglerOptions, 'onLine'>): string[] {
  return [
    `${root}/node_modules/wrangler/bin/wrangler.js`,
    'dev',
    ...['--config', configFile],
    ...(envFile === undefined ? [] : ['--env-file', envFile]),
    ...['--port', String(port)],
    ...['--ip', '127.0.0.1'],
    '--show-interactive-dev-session=false',
    ...Object.entries(vars).flatMap(([name, value]) => ['--var', `${name}:${value}`]),
  ];
}

/** Keeps wrangler from asking the network and from writing outside the checkout. */
function quiet(root: string): Record<string, string> {
  return {
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    WRANGLER_HIDE_BANNER: 'true',
    WRANGLER_REGISTRY_PATH: `${root}/.wrangler/registry`,
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_WRITE_LOGS: 'false',
  };
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  signal(child, 'SIGTERM');
  await Promise.race([ended, sleep(3000, undefined, { ref: false })]);
  signal(child, 'SIGKILL');
  await ended;
}

function signal({ pid }: ChildProcess, name: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    if (process.platform === 'win32')
      execFileSync('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' });
    else process.kill(-pid, name);
  } catch {
    // It has ended already.
  }
}
