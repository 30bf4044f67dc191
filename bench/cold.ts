/** What a start costs: of the process, and of the first visitor in an isolate that knows nothing yet. */
import { Client } from './client.ts';
import type { Reply } from './connection.ts';
import type { Entrant } from './entrant.ts';
import { processorTime } from './process.ts';
import { navigation, type Visit } from './request.ts';
import { PAGE_PATH, page } from './scenario.ts';
import { type Spread, spreadOf } from './spread.ts';
import { sessions } from './world.ts';

/** Times of several starts. */
export interface Start {
  /** From the start of the process to the end of its first answer, in milliseconds. */
  firstAnswerMs: Spread | undefined;
  /** Processor time until then, in milliseconds: the runtime's, too. */
  startCpuMs: Spread | undefined;
  /** Processor time of the first request with a session, in milliseconds. */
  firstSessionCpuMs: Spread | undefined;
}

/** Starts every contestant as often; they take turns. */
export async function measureStarts(
  entrants: readonly Entrant[],
  tries: number,
  tell: (what: string) => void,
): Promise<Record<string, Start>> {
  const all = new Map<string, Once[]>(entrants.map(({ contestant }) => [contestant.letter, []]));
  for (let turn = 1; turn <= tries; turn += 1) {
    tell(`starts: ${turn} of ${tries}`);
    for (const entrant of entrants) all.get(entrant.contestant.letter)?.push(await once(entrant));
  }
  return Object.fromEntries(
    [...all].map(([letter, starts]) => [
      letter,
      {
        firstAnswerMs: spreadOf(starts.map(({ firstAnswerMs }) => firstAnswerMs)),
        startCpuMs: spreadOf(starts.map(({ startCpuMs }) => startCpuMs)),
        firstSessionCpuMs: spreadOf(starts.map(({ firstSessionCpuMs }) => firstSessionCpuMs)),
      },
    ]),
  );
}

interface Once {
  firstAnswerMs: number;
  startCpuMs: number | undefined;
  firstSessionCpuMs: number | undefined;
}

async function once(entrant: Entrant): Promise<Once> {
  const { contestant, world } = entrant;
  const [cookie = ''] = await Promise.all(
    sessions(world, 1).map((session) => contestant.cookie(session, world)),
  );
  const runtime = await entrant.start();
  try {
    const client = await Client.at(runtime.port);
    const ask = (visit: Visit) => client.ask(navigation(world.address, visit));
    // Nothing but the Worker's own code runs for somebody unknown on a public path.
    checked(await ask({ path: '/about/us' }), entrant);
    const firstAnswerMs = performance.now() - runtime.startedAt;
    const started = processorTime(runtime.pid);
    checked(await ask({ path: PAGE_PATH, cookie }), entrant);
    const known = processorTime(runtime.pid);
    client.close();
    return {
      firstAnswerMs,
      startCpuMs: started && started / 1000,
      firstSessionCpuMs: started && known && (known - started) / 1000,
    };
  } finally {
    await runtime.stop();
  }
}

function checked(reply: Reply, { contestant: { letter, name } }: Entrant): void {
  const reason = page(reply);
  if (reason !== undefined) throw new Error(`(${letter}) ${name}, at its start: ${reason}`);
}
