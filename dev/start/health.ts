/** Waits until the gateway answers. */
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 60_000;
/** A gateway that answers, but not well, is given this long to come round. */
const PATIENCE_WITH_ERRORS_MS = 5_000;

/** Resolves once `/auth/health` is 200, or to what it says where it doesn't become so. */
export async function healthProblem(port: number, ended: AbortSignal): Promise<string | undefined> {
  let deadline = Date.now() + PATIENCE_MS;
  let problem = 'The gateway did not answer.';
  while (Date.now() < deadline && !ended.aborted) {
    const answer = await ask(port);
    if (answer?.status === 200) return undefined;
    if (answer) {
      deadline = Math.min(deadline, Date.now() + PATIENCE_WITH_ERRORS_MS);
      problem = `The gateway answers ${answer.status}: ${answer.text}`;
    }
    await sleep(answer ? 1000 : 100);
  }
  return problem;
}

async function ask(port: number): Promise<{ status: number; text: string } | undefined> {
  try {
    const response = await fetch(`http://localhost:${port}/auth/health`, {
      signal: AbortSignal.timeout(5000),
    });
    return { status: response.status, text: (await response.text()).trim() };
  } catch {
    return undefined;
  }
}
