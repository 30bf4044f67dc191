/** How the cost of a request grows with something: one scenario, in several sizes. */
import type { Entrant } from '../entrant.ts';
import { type Compared, type Effort, type Round, takeTurns } from '../turns.ts';

/** What grows; of each scenario the title says how large it is. */
export interface Series {
  name: string;
  title: string;
  /** The contestants it says something of. */
  letters: readonly string[];
  sizes: Round;
}

/** What that costs. */
export interface Growth {
  name: string;
  title: string;
  sizes: Compared[];
}

/** Measures a series, in processes of its own. */
export async function grow(
  { name, title, letters, sizes }: Series,
  entrants: readonly Entrant[],
  effort: Effort,
  tell: (what: string) => void,
): Promise<Growth> {
  const taking = entrants.filter(({ contestant }) => letters.includes(contestant.letter));
  const rest = () => Promise.all(taking.map((entrant) => entrant.rest()));
  // Each size has processes of its own.
  const round = sizes
    .filter(({ isLong }) => effort.share === 1 || !isLong)
    .map((size) => ({ ...size, variables: { ...size.variables, BENCH_SIZE: size.name } }));
  await rest();
  const grown = await takeTurns(taking, [round], effort, (what) => tell(`by ${title}: ${what}`));
  await rest();
  return { name, title, sizes: grown };
}
