/** What several turns come to. */

/** The median, and how far the turns lie apart. */
export interface Spread {
  median: number;
  least: number;
  most: number;
}

/** Returns the spread of some numbers; undefined of none. */
export function spreadOf(numbers: readonly (number | undefined)[]): Spread | undefined {
  const sorted = numbers.filter((number) => number !== undefined).sort((a, b) => a - b);
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least === undefined || most === undefined) return undefined;
  const [low, high] = [Math.floor, Math.ceil].map((to) => sorted[to((sorted.length - 1) / 2)]);
  return { median: ((low ?? least) + (high ?? most)) / 2, least, most };
}
