/** Ever more sessions that have all been seen before, as far as they are still remembered. */
import type { Entrant } from '../entrant.ts';
import { PAGE_PATH, page, type Scenario, visits } from '../scenario.ts';
import { sessions } from '../world.ts';
import type { Series } from './series.ts';

export const crowds: Series = {
  name: 'sessions',
  title: 'sessions seen before',
  letters: ['b'],
  sizes: [1, 100, 1000, 10_000, 100_000].map(crowd),
};

function crowd(count: number): Scenario {
  let everybody: Promise<string[]> | undefined;
  const all = (entrant: Entrant) => {
    everybody ??= visits(PAGE_PATH, sessions(entrant.world, count), entrant);
    return everybody;
  };
  return {
    name: `${count}-sessions`,
    title: count.toLocaleString('en'),
    amount: 3000,
    requests: async (entrant, amount) => some(await all(entrant), amount),
    // Everybody has been there once.
    warmUp: { amount: Math.max(count, 1000), isWhole: true, requests: all },
    wrong: page,
    isLong: count > 1000,
  };
}

function some(all: readonly string[], amount: number): string[] {
  return Array.from({ length: amount }, () => {
    return all[Math.floor(Math.random() * all.length)] as string;
  });
}
