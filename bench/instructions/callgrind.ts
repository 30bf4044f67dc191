/**
 * Counts the instructions of one case by callgrind, in a process of its own: no case meets what
 * another left in memory.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** The function that is counted, whatever the compiler makes of its name. */
const COUNTED = '*counted_by_callgrind*';

export function isValgrindThere(): Promise<boolean> {
  return execute('valgrind', ['--version']).then(
    () => true,
    () => false,
  );
}

/** Returns how many instructions a case takes. */
export async function count(program: string, name: string): Promise<number> {
  const options = [
    '--tool=callgrind',
    '--callgrind-out-file=/dev/null',
    `--toggle-collect=${COUNTED}`,
  ];
  const { stderr } = await execute('valgrind', [...options, program, name]);
  const instructions = Number(stderr.match(/Collected : (\d+)/)?.[1]);
  if (instructions > 0) return instructions;
  throw new Error(`callgrind has counted nothing in “${name}”:\n${stderr}`);
}
