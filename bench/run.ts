/** A run: everything is started, proved and measured. */
import { measureStarts } from './cold.ts';
import { contestants } from './contestants.ts';
import { Entrant } from './entrant.ts';
import { SERIES } from './growth/all.ts';
import { measureMemory } from './growth/memory.ts';
import { type Growth, grow } from './growth/series.ts';
import { instructions } from './instructions.ts';
import { residents } from './memory.ts';
import type { Options } from './options.ts';
import { prove } from './proof.ts';
import type { Findings } from './report.ts';
import { ROUNDS } from './scenario.ts';
import { sizeOf } from './size.ts';
import { type Effort, takeTurns } from './turns.ts';
import { openWorld } from './world.ts';

const CONNECTIONS = 8;
const QUICK_SHARE = 0.25;
const MOST_GROWTH_TURNS = 3;
const STARTS = { usual: 7, quick: 2 };
const RESIDENT_SECONDS = 60;

/** Is told what is being done. */
type Tell = (what: string) => void;

/** Runs. */
export async function run(options: Options, tell: Tell): Promise<Findings> {
  const { keepsInstructions: update, parts } = options;
  // Before all else: a compiler would disturb what is timed.
  const counted = parts.includes('instructions') && (await instructions({ update, tell }));
  const timed = parts.some((part) => part !== 'instructions');
  return {
    ...(timed ? await measured(options, tell) : NOTHING),
    ...(counted && { instructions: counted }),
  };
}

const NOTHING = { contestants: [], scenarios: [], sizes: {}, starts: {}, residents: {} };

async function measured(options: Options, tell: Tell): Promise<Findings> {
  tell('bundling the contestants');
  const all = await contestants(options.contestants);
  const world = await openWorld();
  const entrants: Entrant[] = [];
  try {
    for (const contestant of all) {
      tell(`(${contestant.letter}) ${contestant.name}: does it do its work?`);
      const entrant = await Entrant.enter(contestant, world);
      entrants.push(entrant);
      await prove(entrant);
    }
    return await findings(entrants, options, tell);
  } finally {
    await Promise.all(entrants.map((entrant) => entrant.leave()));
    await world.close();
  }
}

async function findings(entrants: Entrant[], options: Options, tell: Tell): Promise<Findings> {
  const { turns, quick, parts } = options;
  const effort = { turns, share: quick ? QUICK_SHARE : 1, connections: CONNECTIONS };
  const scenarios = parts.includes('scenarios');
  const compared = scenarios && (await compare(entrants, options, effort, tell));
  const grown = parts.includes('growth') && (await growAll(entrants, options, effort, tell));
  return {
    ...NOTHING,
    contestants: entrants.map(({ contestant }) => {
      const { letter, name, version, remark, without } = contestant;
      return { letter, name, version, remark, without };
    }),
    sizes: Object.fromEntries(
      entrants.map(({ contestant }) => [contestant.letter, sizeOf(contestant)]),
    ),
    ...compared,
    ...grown,
  };
}

async function compare(
  entrants: Entrant[],
  { quick, scenarios: names }: Options,
  effort: Effort,
  tell: Tell,
): Promise<Pick<Findings, 'scenarios' | 'starts' | 'residents'>> {
  const rounds = ROUNDS.map((round) => round.filter(({ name }) => names.includes(name)));
  const asked = rounds.filter((round) => round.length > 0);
  const taken = await takeTurns(entrants, asked, effort, tell);
  const held = await residents(entrants, quick ? 0 : RESIDENT_SECONDS);
  const starts = await measureStarts(entrants, quick ? STARTS.quick : STARTS.usual, tell);
  return { scenarios: taken, residents: held, starts };
}

async function growAll(
  entrants: Entrant[],
  { sessions }: Options,
  effort: Effort,
  tell: Tell,
): Promise<Required<Pick<Findings, 'growth' | 'held'>>> {
  const less = { ...effort, turns: Math.min(effort.turns, MOST_GROWTH_TURNS) };
  const growth: Growth[] = [];
  for (const series of SERIES) growth.push(await grow(series, entrants, less, tell));
  return { growth, held: await measureMemory(entrants, sessions, tell) };
}
