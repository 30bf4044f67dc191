/** The real runtime, as a child process that is told where to listen and says what it logs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** A running workerd. */
export interface Workerd {
  port: number;
  /** Every line it has written so far. */
  lines: readonly string[];
  /** Resolves to the first line that fits, one already written included. */
  line(fits: (line: string) => boolean): Promise<string>;
  stop(): Promise<void>;
}

const WAIT_MS = 15_000;
const binary = createRequire(import.meta.url).resolve('workerd/bin/workerd');

/** Starts workerd on a configuration, whose one socket is `http`. */
export async function startWorkerd(config: string): Promise<Workerd> {
  const directory = mkdtempSync(join(tmpdir(), 'authkit-gateway-workerd-'));
  writeFileSync(join(directory, 'config.capnp'), config);
  const child = spawn(binary, ['serve', 'config.capnp', '--control-fd=3'], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async () => {
    process.off('exit', kill);
    kill();
    await ended;
    rmSync(directory, { recursive: true, force: true });
  };
  const written = record(child);
  try {
    return { port: await listening(child, written.lines), ...written, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function record(child: ChildProcess): Pick<Workerd, 'lines' | 'line'> {
  const lines: string[] = [];
  const news = new EventEmitter();
  news.setMaxListeners(0);
  for (const stream of [child.stdout, child.stderr] as (Readable | null)[]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      news.emit('line', line);
    });
  }
  const line = async (fits: (line: string) => boolean): Promise<string> => {
    const found = lines.find(fits);
    if (found !== undefined) return found;
    const signal = AbortSignal.timeout(WAIT_MS);
    for (;;) {
      const [next] = (await once(news, 'line', { signal })) as [string];
      if (fits(next)) return next;
    }
  };
  return { lines, line };
}

/** The runtime reports on the control descriptor: `{"event":"listen","socket":"http","port":…}`. */
function listening(child: ChildProcess, lines: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const control = child.stdio[3] as Readable;
    createInterface({ input: control }).on('line', (line) => {
      const message = JSON.parse(line) as { event: string; port?: number };
      if (message.event === 'listen' && message.port !== undefined) resolve(message.port);
    });
    child.once('exit', () => reject(new Error(`workerd has ended:\n${lines.join('\n')}`)));
    child.once('error', reject);
  });
}
