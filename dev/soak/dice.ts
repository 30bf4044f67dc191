/** Choices that fall the same way for the same seed. */
import { chanceOf } from '../workos/chance.ts';

/** A row of a table to choose from: what, and how often against the others. */
export type Weighted<Value> = readonly [value: Value, weight: number];

/** One sequence of choices. */
export class Dice {
  readonly #chance: () => number;

  constructor(seed: number) {
    this.#chance = chanceOf(seed);
  }

  /** Returns a whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.#chance() * (most - least + 1));
  }

  /** Chooses by weight. */
  choose<Value>(rows: readonly [Weighted<Value>, ...Weighted<Value>[]]): Value {
    let left = this.#chance() * rows.reduce((sum, [, weight]) => sum + weight, 0);
    const chosen = rows.find(([, weight]) => {
      left -= weight;
      return left < 0;
    });
    return (chosen ?? rows[0])[0];
  }
}
