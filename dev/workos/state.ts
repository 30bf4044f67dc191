/** What the double keeps over a restart, so that whoever was signed in still is. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Environment } from './environment.ts';
import type { Person } from './people.ts';
import type { RefreshToken } from './refresh_tokens.ts';
import type { Session } from './sessions.ts';

/** The file's content. */
export interface State {
  /** The private signing key, PEM. */
  key: string;
  people: Person[];
  sessions: Session[];
  refreshTokens: RefreshToken[];
}

/** Writes the state; spent tokens and ended sessions are left out. */
export function keep({ signer, people, sessions, refreshTokens }: Environment, file: string): void {
  const live = sessions.all().filter(({ ended }) => !ended);
  const sids = new Set(live.map(({ id }) => id));
  const state: State = {
    key: signer.pem,
    people,
    sessions: live,
    refreshTokens: refreshTokens.live().filter(({ sessionId }) => sids.has(sessionId)),
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
}

/** Reads the state; whatever cannot be read counts as none. */
export function restore(file: string): State | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as State;
  } catch {
    return undefined;
  }
}
