/** A double that fails as it was told to, until somebody at the keyboard says otherwise. */
import { createInterface } from 'node:readline';
import type { WorkOS } from '../workos.ts';
import { faultLine } from './fault_line.ts';
import type { FaultPlan } from './fault_plan.ts';

/** Begins to fail, and tells every fault as it happens; Enter stops it and starts it again. */
export function failAsPlanned(
  workos: WorkOS,
  plan: FaultPlan,
  tell: (line: string) => void,
  keys: NodeJS.ReadableStream | undefined = keyboard(),
): { close(): Promise<void> } {
  const set = (failing: boolean) => {
    workos.settings.rotation = failing ? plan.rotation : 'replay';
    workos.misbehave(failing ? plan.ways : undefined, (injected) =>
      tell(faultLine(injected, new Date())),
    );
  };
  set(true);
  if (!keys) return workos;
  let failing = true;
  const lines = createInterface({ input: keys }).on('line', () => {
    failing = !failing;
    set(failing);
    tell(
      failing ? `WorkOS fails again: ${plan.text}` : 'WorkOS is well. Enter makes it fail again.',
    );
  });
  return {
    close: () => {
      lines.close();
      return workos.close();
    },
  };
}

/** What a person has to know, line by line. */
export function adviceOn({ text }: FaultPlan): string[] {
  const told = `WorkOS fails on purpose: ${text}. You see below whenever it does.`;
  if (!keyboard()) return [told];
  return [told, 'Enter makes it well, so that you can sign in, and Enter again makes it fail.'];
}

/** The keyboard, where somebody sits at one. */
function keyboard(): NodeJS.ReadableStream | undefined {
  return process.stdin.isTTY ? process.stdin : undefined;
}
