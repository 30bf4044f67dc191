/** Waits for something that announces itself to nobody. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

const LONGEST_MS = 10_000;

/** Looks again and again until there is something to see. */
export async function until<T>(
  look: () => T | undefined | Promise<T | undefined>,
  what: string,
): Promise<T> {
  const deadline = Date.now() + LONGEST_MS;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    assert.ok(Date.now() < deadline, `waited in vain for ${what}`);
    await sleep(10);
  }
}
