/** A run: everything is started, goes on for as long as it should, and is drawn up. */
import { faultKinds } from '../workos/fault_kinds.ts';
import type { FaultKind } from '../workos.ts';
import { Crowd } from './crowd.ts';
import { Dice } from './dice.ts';
import { Notes } from './notes.ts';
import { type Report, reportOf } from './report.ts';
import type { Climate } from './weather.ts';
import { World, type WorldPlan } from './world.ts';

/** What to run. */
export interface Plan extends Climate, WorldPlan {}

/** Who looks on. */
export interface Onlooker {
  /** Told now and then how it goes. */
  progress(line: string): void;
  /** Ends the run early. */
  interrupted: AbortSignal;
}

/** Every way in which WorkOS fails that leaves a session what it was. */
export const HARMLESS: readonly FaultKind[] = faultKinds.filter((kind) => kind !== 'invalid-grant');

const PROGRESS_MS = 10_000;

/** Runs. */
export async function run(plan: Plan, onlooker: Onlooker): Promise<Report> {
  const world = await World.start(plan);
  try {
    return await observed(world, plan, onlooker);
  } finally {
    await world.stop();
  }
}

async function observed(world: World, plan: Plan, onlooker: Onlooker): Promise<Report> {
  const { interrupted } = onlooker;
  const notes = new Notes(world, plan);
  const crowd = new Crowd(world, notes, plan.seed);
  await notes.memory.sample();
  const watching = watch(notes, world, plan, onlooker);
  try {
    await crowd.live((over) => notes.weather.run(over), interrupted);
  } finally {
    for (const timer of watching) clearInterval(timer);
  }
  await notes.memory.sample();
  await notes.violations.settled();
  return reportOf(notes, world, interrupted.aborted);
}

/** Lets tokens live as long as they like, and tells how it goes. */
function watch(
  notes: Notes,
  { workos }: World,
  { seed, tokenSeconds }: Plan,
  { progress }: Onlooker,
): NodeJS.Timeout[] {
  const dice = new Dice(seed);
  const changeLifetime = () => {
    workos.settings.accessTokenSeconds = dice.between(...tokenSeconds);
    notes.ledger.read();
  };
  const tell = () => void notes.memory.sample().then(() => progress(notes.line()));
  return [setInterval(changeLifetime, 1000), setInterval(tell, PROGRESS_MS)];
}
