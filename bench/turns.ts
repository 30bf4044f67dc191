/** The comparison: all take their turns, A B C A B C …, so that the machine's moods meet all alike. */
import type { Entrant } from './entrant.ts';
import { type Result, resultOf } from './result.ts';
import type { Scenario } from './scenario.ts';
import { type Figures, Stint } from './stint.ts';

/** How much is done. */
export interface Effort {
  turns: number;
  /** Of a scenario's requests, the share that is sent in a turn. */
  share: number;
  connections: number;
}

/** One scenario's results, by the contestants' letters. */
export interface Compared {
  name: string;
  title: string;
  results: Record<string, Result>;
}

/** Scenarios that are compared with each other, too; each has processes of its own. */
export type Round = readonly Scenario[];

/** As often do the contestants alternate within a turn. */
const PIECES = 10;
/** Fewer requests aren't worth the connections. */
const SMALLEST_PIECE = 50;

/** Runs the rounds; tells what it is at. */
export async function takeTurns(
  entrants: readonly Entrant[],
  rounds: readonly Round[],
  effort: Effort,
  tell: (what: string) => void,
): Promise<Compared[]> {
  const all = rounds.map((round) => ({ round, turns: [] as Turn[] }));
  for (const { round } of all) {
    tell(`warm-up: ${titleOf(round)}`);
    // The first turn doesn't count: code becomes warm, and sessions become known.
    const cold = round.map((scenario) => ({ ...scenario, ...scenario.warmUp }));
    await takeTurn(entrants, cold, effort);
  }
  for (let turn = 1; turn <= effort.turns; turn += 1) {
    for (const { round, turns } of all) {
      tell(`turn ${turn} of ${effort.turns}: ${titleOf(round)}`);
      turns.push(await takeTurn(entrants, round, effort));
    }
  }
  return all.flatMap(({ round, turns }) => round.map((scenario) => compared(scenario, turns)));
}

/** The figures of one turn, by the scenario's name and the contestant's letter. */
type Turn = Map<string, Map<string, Figures>>;

async function takeTurn(entrants: readonly Entrant[], round: Round, effort: Effort): Promise<Turn> {
  const stints: Stint[] = [];
  for (const scenario of round)
    for (const entrant of entrants)
      if (!(scenario.name in entrant.contestant.without))
        stints.push(await Stint.begin(entrant, scenario, effort));
  for (let piece = 0; piece < PIECES; piece += 1)
    for (const stint of stints) await stint.work(PIECES - piece, SMALLEST_PIECE);
  const turn: Turn = new Map(round.map(({ name }) => [name, new Map()]));
  for (const stint of stints) turn.get(stint.scenario)?.set(stint.letter, stint.figures());
  return turn;
}

function compared({ name, title }: Scenario, turns: readonly Turn[]): Compared {
  const letters = [...(turns[0]?.get(name)?.keys() ?? [])];
  const figuresOf = (letter: string) =>
    turns.map((turn) => turn.get(name)?.get(letter)).filter((figures) => figures !== undefined);
  const results = letters.map((letter) => [letter, resultOf(figuresOf(letter))]);
  return { name, title, results: Object.fromEntries(results) };
}

function titleOf(round: Round): string {
  return round.map(({ title }) => title).join(', ');
}
