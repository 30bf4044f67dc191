/** What stands behind the gateway: the demo site, or an example as a child that leaves nothing behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Example } from './example.ts';
import type { Command } from './runtime.ts';

const PATIENCE_MS = 30_000;

/** A running example. */
export interface Origin {
  port: number;
  close(): Promise<void>;
}

/** Starts an example and waits until it listens. Throws an error with what it printed otherwise. */
export async function startExample(
  { name, directory }: Example,
  [program, ...args]: Command,
  port: number,
  variables: Record<string, string> = {},
): Promise<Origin> {
  const child = spawn(program, args, {
    cwd: directory,
    env: { ...process.env, ...ENVIRONMENT, ...variables, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  const lines = printedBy(child);
  const ended = once(child, 'close').catch(() => {});
  const close = async () => {
    process.off('exit', kill);
    child.kill('SIGTERM');
    await Promise.race([ended, sleep(2000, undefined, { ref: false })]);
    kill();
    await ended;
  };
  if (await listens(port, child)) return { port, close };
  await close();
  throw new Error(`The example ${name} did not start:\n${lines.join('\n')}`);
}

const ENVIRONMENT = {
  APP_ENV: 'production',
  BUNDLE_PATH: 'vendor/bundle',
  HOST: '127.0.0.1',
  NODE_ENV: 'production',
};

function printedBy({ stdout, stderr }: ChildProcess): string[] {
  const lines: string[] = [];
  for (const stream of [stdout, stderr]) {
    if (stream) createInterface({ input: stream }).on('line', (line) => lines.push(line));
  }
  return lines;
}

async function listens(port: number, child: ChildProcess): Promise<boolean> {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline && child.exitCode === null && child.pid !== undefined) {
    if (await answers(port)) return true;
    await sleep(50);
  }
  return false;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}
