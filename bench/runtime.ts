/** A workerd process whose cost can be measured. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** A running workerd. */
export interface Runtime {
  port: number;
  pid: number;
  /** When it was started, by `performance.now()`. */
  startedAt: number;
  /** The last it has complained of, and how it ended if it has. */
  complaints(): string;
  stop(): Promise<void>;
}

const MOST_COMPLAINTS = 4000;
const binary = createRequire(import.meta.url).resolve('workerd/bin/workerd');

/** What ends each of them that runs, and removes its files. */
const running = new Set<() => void>();
process.on('exit', () => {
  for (const remove of running) remove();
});

/** Files that a configuration embeds, by name. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Starts one on a configuration, whose one socket is `http`. */
export async function startRuntime(config: string, files: Files = {}): Promise<Runtime> {
  const directory = mkdtempSync(join(tmpdir(), 'authkit-gateway-bench-'));
  for (const [name, content] of Object.entries({ ...files, 'config.capnp': config }))
    writeFileSync(join(directory, name), content);
  const file = join(directory, 'stderr');
  const stderr = openSync(file, 'w');
  const startedAt = performance.now();
  const child = spawn(binary, ['serve', 'config.capnp', '--control-fd=3'], {
    cwd: directory,
    // What it logs is written, as everywhere, and kept nowhere.
    stdio: ['ignore', 'ignore', stderr, 'pipe'],
  });
  closeSync(stderr);
  const ended = once(child, 'exit');
  const remove = () => {
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  };
  running.add(remove);
  const complaints = () => `${endOf(child)}${readFileSync(file, 'utf8').slice(-MOST_COMPLAINTS)}`;
  const stop = async () => {
    running.delete(remove);
    child.kill('SIGKILL');
    await ended;
    remove();
  };
  try {
    const port = await listening(child, complaints);
    return { port, pid: child.pid as number, startedAt, complaints, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The runtime reports on the control descriptor: `{"event":"listen","socket":"http","port":…}`. */
function listening(child: ChildProcess, complaints: () => string): Promise<number> {
  return new Promise((resolve, reject) => {
    const control = child.stdio[3] as Readable;
    createInterface({ input: control }).on('line', (line) => {
      const message = JSON.parse(line) as { event: string; port?: number };
      if (message.event === 'listen' && message.port !== undefined) resolve(message.port);
    });
    child.once('exit', () => reject(new Error(complaints())));
    child.once('error', reject);
  });
}

function endOf({ exitCode, signalCode }: ChildProcess): string {
  const how = signalCode ?? exitCode;
  return how === null ? '' : `workerd has ended: ${how}\n`;
}
