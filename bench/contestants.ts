/** Everybody who is compared, in the order of the table. */
import type { Contestant } from './contestant.ts';
import { floor } from './floor.ts';
import { gateway } from './gateway.ts';
import { contestantOf, type Peer } from './peer.ts';
import { authkit } from './peers/authkit.ts';
import { hono } from './peers/hono.ts';
import { iron } from './peers/iron.ts';

const PEERS: readonly Peer[] = [authkit, hono, iron];

/** The letters that can be asked for. */
export const LETTERS: readonly string[] = ['a', 'b', ...PEERS.map(({ letter }) => letter)];

/** Builds those that are asked for. */
export function contestants(letters: readonly string[]): Promise<Contestant[]> {
  const peers = PEERS.filter(({ letter }) => letters.includes(letter));
  return Promise.all([
    ...(letters.includes('a') ? [floor] : []),
    ...(letters.includes('b') ? [gateway()] : []),
    ...peers.map(contestantOf),
  ]);
}
