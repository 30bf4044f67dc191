/** What a process still holds after ever more sessions, none of which comes twice. */
import type { Entrant } from '../entrant.ts';
import { send } from '../load.ts';
import { residentMemory } from '../process.ts';
import { navigation } from '../request.ts';
import { PAGE_PATH, page } from '../scenario.ts';

/** The resident memory in bytes after so many sessions, by the contestants' letters. */
export interface Held {
  sessions: number;
  bytes: Record<string, number | undefined>;
}

const CONNECTIONS = 8;
const LETTERS = ['a', 'b'];

/** Sends so many sessions; both contestants work at once, since nothing here is timed. */
export async function measureMemory(
  entrants: readonly Entrant[],
  most: number,
  tell: (what: string) => void,
): Promise<Held[]> {
  const taking = entrants.filter(({ contestant }) => LETTERS.includes(contestant.letter));
  const all: Held[] = [];
  await Promise.all(taking.map((entrant) => entrant.rest()));
  let before = 0;
  for (const sessions of stations(most)) {
    tell(`memory: ${sessions.toLocaleString('en')} sessions`);
    const amount = sessions - before;
    const bytes = taking.map(async (entrant) => [
      entrant.contestant.letter,
      await after(amount, entrant),
    ]);
    all.push({ sessions, bytes: Object.fromEntries(await Promise.all(bytes)) });
    before = sessions;
  }
  await Promise.all(taking.map((entrant) => entrant.rest()));
  return all;
}

function stations(most: number): number[] {
  return [1, 1000, 10_000, 100_000].filter((sessions) => sessions < most).concat(most);
}

async function after(amount: number, entrant: Entrant): Promise<number | undefined> {
  const { contestant, world } = entrant;
  const { port, pid } = await entrant.runtime();
  let sent = 0;
  const next = async () => {
    const session = world.sessions[sent++ % world.sessions.length];
    const cookie = session && (await contestant.cookie(session, world));
    return navigation(world.address, { path: PAGE_PATH, cookie });
  };
  await send({ port, connections: CONNECTIONS, amount, next, wrong: page });
  return residentMemory(pid);
}
