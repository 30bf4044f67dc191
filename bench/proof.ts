/** Sees to it that a contestant does its work, before anybody measures how quickly. */
import { Client } from './client.ts';
import type { Reply } from './connection.ts';
import type { Entrant } from './entrant.ts';
import { ECHO_PATH } from './origin.ts';
import { navigation, type Visit } from './request.ts';
import { expiredSessions } from './workos.ts';
import { sessions } from './world.ts';

/** What it does wrong. */
export class NotDone extends Error {}

const FORGED = { 'x-authkit-user-id': 'user_forged', 'x-authkit-role': 'forged' };

/** Throws {@link NotDone} where it doesn't. */
export async function prove(entrant: Entrant): Promise<void> {
  const { contestant, world } = entrant;
  const { port, complaints } = await entrant.runtime();
  const client = await Client.at(port);
  const ask = (visit: Visit) => client.ask(navigation(world.address, visit));
  const check = (good: boolean, what: string, { head, text }: Reply) => {
    if (good) return;
    const name = `(${contestant.letter}) ${contestant.name}`;
    throw new NotDone(`${name}: ${what}\n${head}\n\n${text()}\n${complaints()}`);
  };
  try {
    if (contestant.recognizes) await proveGate(entrant, ask, check);
    const [session] = sessions(world, 1);
    const cookie = session && (await contestant.cookie(session, world));
    const unmatched = await ask({ path: `/_next/static${ECHO_PATH}`, cookie });
    check(echoed(unmatched) !== undefined, 'an unmatched path is forwarded', unmatched);
  } finally {
    client.close();
  }
}

type Ask = (visit: Visit) => Promise<Reply>;
type Check = (good: boolean, what: string, reply: Reply) => void;

async function proveGate(entrant: Entrant, ask: Ask, check: Check): Promise<void> {
  const { contestant, world } = entrant;
  const [session] = sessions(world, 1);
  if (!session) return;
  const cookie = await contestant.cookie(session, world);

  const known = await ask({ path: ECHO_PATH, cookie, headers: FORGED });
  const told = echoed(known);
  check(told?.['x-authkit-user-id'] === session.user.id, 'the origin learns who asks', known);
  check(told?.['x-authkit-role'] !== FORGED['x-authkit-role'], 'nobody else tells it', known);

  const forged = await ask({ path: ECHO_PATH, cookie: changed(cookie) });
  check(isRedirect(forged), 'a changed cookie is refused', forged);
  const nobody = await ask({ path: ECHO_PATH, headers: FORGED });
  check(isRedirect(nobody), 'nobody is sent to sign in', nobody);
  const open = await ask({ path: `/about${ECHO_PATH}`, headers: FORGED });
  const isNobody = echoed(open)?.['x-authkit-user-id'] === undefined;
  check(open.status === 200 && isNobody, 'a public path is open to nobody in particular', open);
  if (!('refresh' in contestant.without)) await proveRefresh(entrant, ask, check);
}

async function proveRefresh({ contestant, world }: Entrant, ask: Ask, check: Check): Promise<void> {
  const [session] = expiredSessions(world.workos, 1);
  if (!session) return;
  const cookie = await contestant.cookie(session, world);
  const renewed = await ask({ path: ECHO_PATH, cookie });
  const isKnown = echoed(renewed)?.['x-authkit-user-id'] === session.user.id;
  const isKept = /\r\nset-cookie: /i.test(renewed.head);
  check(isKnown && isKept, 'an expired session is refreshed, and kept', renewed);
}

function isRedirect({ status, head }: Reply): boolean {
  return status === 302 && /\r\nlocation: http/i.test(head);
}

/** The header that reached the origin; undefined where none did. */
function echoed({ status, text }: Reply): Record<string, string> | undefined {
  return status === 200 ? (JSON.parse(text()) as Record<string, string>) : undefined;
}

/** A cookie with another letter in its middle. */
function changed(cookie: string): string {
  const middle = Math.floor(cookie.length / 2);
  return cookie.slice(0, middle) + (cookie[middle] === 'A' ? 'B' : 'A') + cookie.slice(middle + 1);
}
