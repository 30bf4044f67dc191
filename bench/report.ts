/** What a run found out: the JSON it writes. */
import type { Verdict } from './budget.ts';
import type { Start } from './cold.ts';
import type { Held } from './growth/memory.ts';
import type { Growth } from './growth/series.ts';
import type { Instructions } from './instructions.ts';
import type { Machine } from './machine.ts';
import type { Resident } from './memory.ts';
import type { Size } from './size.ts';
import type { Compared } from './turns.ts';

/** The figures; whatever wasn't asked for is left out. */
export interface Findings {
  contestants: Entry[];
  scenarios: Compared[];
  /** By the contestants' letters. */
  sizes: Record<string, Size>;
  starts: Record<string, Start>;
  residents: Record<string, Resident>;
  growth?: Growth[];
  held?: Held[];
  instructions?: Instructions;
}

/** Who took part. */
export interface Entry {
  letter: string;
  name: string;
  version: string;
  /** What it doesn't do of the gateway's job. */
  remark?: string | undefined;
  /** The scenarios it took no part in, and why. */
  without: Readonly<Record<string, string>>;
}

/** The findings, and what they are worth. */
export interface Report extends Findings {
  date: string;
  command: string;
  machine: Machine;
  turns: number;
  /** Whether everything was measured, as long as it should be. */
  isWhole: boolean;
  minutes: number;
  budgets: Verdict[];
}
