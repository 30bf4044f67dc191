/** Ever more browsers at once. */
import { PAGE_PATH, page, visits } from '../scenario.ts';
import { sessions } from '../world.ts';
import type { Series } from './series.ts';

export const connections: Series = {
  name: 'connections',
  title: 'connections at once, valid session',
  letters: ['a', 'b', 'c'],
  sizes: [1, 4, 16, 64].map((count) => ({
    name: `${count}-connections`,
    title: String(count),
    amount: 1500,
    connections: count,
    requests: (entrant) => visits(PAGE_PATH, sessions(entrant.world, 20), entrant),
    wrong: page,
  })),
};
