/** How long answers may take that WorkOS delays. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Reply } from './http.ts';

/** No wait for WorkOS that failed is longer, nor what follows it. */
const RECOVERY_MS = 25_000;

/** Awaits an answer that a visitor would not wait for much longer. */
export async function within<T>(seconds: number, answer: Promise<T>): Promise<T> {
  const began = Date.now();
  const told = await answer;
  assert.ok(Date.now() - began < seconds * 1000, `${Date.now() - began} ms`);
  return told;
}

/** Asks until the answer is no longer `status`. */
export async function recovered(ask: () => Promise<Reply>, status: number): Promise<Reply> {
  const deadline = Date.now() + RECOVERY_MS;
  for (;;) {
    const reply = await ask();
    if (reply.status !== status || Date.now() > deadline) return reply;
    await sleep(200);
  }
}
