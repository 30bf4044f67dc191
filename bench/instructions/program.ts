/** The program whose instructions are counted: the core on the host, with the cases in `core`. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { root } from '../../dev/setup/files.mjs';

const execute = promisify(execFile);

/**
 * As on wasm, no processor's own instructions for AES, GHASH and SHA: the work is the Worker's, and the
 * counts don't follow the machine's model.
 */
const RUSTFLAGS = ['aes', 'polyval', 'sha1', 'sha2']
  .map((crate) => `--cfg ${crate}_backend="soft"`)
  .join(' ');

const BUILD = ['bench', '--no-run', '--locked', '--bench', 'instructions'];

/** Builds it as the Worker is built, and returns where it is. */
export async function builtProgram(): Promise<string> {
  const { stdout } = await execute('cargo', [...BUILD, '--message-format', 'json'], {
    cwd: root,
    env: { ...process.env, RUSTFLAGS },
    maxBuffer: 1 << 28,
  });
  const messages = stdout.trim().split('\n');
  for (const { target, executable } of messages.map((message) => JSON.parse(message)))
    if (target?.name === 'instructions' && executable) return executable;
  throw new Error(`cargo ${BUILD.join(' ')} has built no program.`);
}

/** Returns the names of its cases. */
export async function casesOf(program: string): Promise<string[]> {
  const { stdout } = await execute(program);
  return stdout.trim().split('\n');
}
