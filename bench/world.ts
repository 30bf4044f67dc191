/** What all contestants share: the double of WorkOS, the origin, and where visitors see the site. */
import { ADDRESS } from '../tests/worker/support/world.ts';
import { startOrigin } from './origin.ts';
import {
  everybodysSessions,
  type MintedSession,
  startRealisticWorkOS,
  type WorkOS,
} from './workos.ts';

/** What stands around the Worker that is measured. */
export interface World {
  workos: WorkOS;
  /** A good session of each of many people. */
  sessions: readonly MintedSession[];
  /** The origin's URL, without a path. */
  origin: string;
  /** Where visitors see the site. */
  address: URL;
  close(): Promise<void>;
}

/** Starts it. */
export async function openWorld(): Promise<World> {
  const [workos, origin] = await Promise.all([startRealisticWorkOS(), startOrigin()]);
  return {
    workos,
    sessions: everybodysSessions(workos),
    origin: `http://127.0.0.1:${origin.port}`,
    address: new URL(ADDRESS),
    close: async () => {
      await Promise.all([workos.close(), origin.stop()]);
    },
  };
}

/** Returns sessions of so many people; from the first again where there are more than people. */
export function sessions({ sessions: all }: World, count: number): MintedSession[] {
  return Array.from({ length: count }, (_, index) => all[index % all.length] as MintedSession);
}
