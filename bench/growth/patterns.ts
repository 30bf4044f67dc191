/** Ever more patterns in the matcher; the last one matches. */
import { matching } from '../scenario.ts';
import type { Series } from './series.ts';

export const patterns: Series = {
  name: 'patterns',
  title: 'patterns in the matcher',
  letters: ['b', 'c'],
  sizes: [1, 10, 100, 1000, 10_000].map((count) => ({
    ...matching(count),
    name: `${count}-patterns`,
    title: count.toLocaleString('en'),
    amount: 1500,
    isLong: count > 1000,
  })),
};
