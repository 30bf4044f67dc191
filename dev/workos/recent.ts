/** What was used lately. The rest is forgotten, so that a double that runs for days stays small. */
export class Recent<Value> {
  readonly #most: number;
  #values = new Map<string, Value>();

  /** Remembers this many values at most. */
  constructor(most: number, kept: Iterable<[key: string, value: Value]> = []) {
    this.#most = most;
    for (const [key, value] of kept) this.set(key, value);
  }

  /** Returns a value, which counts as using it. */
  get(key: string): Value | undefined {
    const value = this.#values.get(key);
    if (value !== undefined) this.#touch(key, value);
    return value;
  }

  /** Remembers a value, and forgets the one that was not used for longest where there are too many. */
  set(key: string, value: Value): void {
    this.#touch(key, value);
    if (this.#values.size <= this.#most) return;
    const [oldest] = this.#values.keys();
    if (oldest !== undefined) this.#values.delete(oldest);
  }

  delete(key: string): void {
    this.#values.delete(key);
  }

  /** Returns every value, the one used last at the end. */
  all(): Value[] {
    return [...this.#values.values()];
  }

  #touch(key: string, value: Value): void {
    this.#values.delete(key);
    this.#values.set(key, value);
  }
}
