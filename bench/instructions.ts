/**
 * How many instructions the core spends on what it does, beside how many it spent before.
 *
 * A wall clock can't see a change of a few percent; a count can, on a busy machine too. The counts are
 * those of the host's build, of `instructions/core`, under callgrind.
 */
import { count, isValgrindThere } from './instructions/callgrind.ts';
import { type Comparison, comparisonsOf } from './instructions/comparison.ts';
import { type Counts, keep, kept } from './instructions/kept.ts';
import { builtProgram, casesOf } from './instructions/program.ts';
import { type Toolchain, toolchain } from './instructions/toolchain.ts';

export { instructionTable } from './instructions/table.ts';

/** What a run came to. */
export interface Instructions {
  toolchain: Toolchain;
  /** What the counts before were made with. */
  before: Toolchain | undefined;
  cases: Comparison[];
}

export interface InstructionOptions {
  /** Whether later runs are compared with this one. */
  update: boolean;
  /** Is told what is going on. */
  tell(what: string): void;
}

/** Counts, and compares with the counts that were kept; nothing where valgrind is missing. */
export async function instructions({
  update,
  tell,
}: InstructionOptions): Promise<Instructions | undefined> {
  if (!(await isValgrindThere())) {
    tell("valgrind isn't installed: instruction counts left out");
    return undefined;
  }
  tell('building the core, to count its instructions');
  const program = await builtProgram();
  const counts: Counts = {};
  for (const name of await casesOf(program)) {
    tell(`counting instructions: ${name}`);
    counts[name] = await count(program, name);
  }
  const now = { toolchain: toolchain(), counts };
  const before = kept();
  if (update) keep(now);
  return {
    toolchain: now.toolchain,
    before: before?.toolchain,
    cases: comparisonsOf(now, before),
  };
}
