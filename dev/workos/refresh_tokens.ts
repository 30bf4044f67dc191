/**
 * Refresh tokens, and what becomes of one that is exchanged:
 *
 * - `replay`: spent, but for a while the very same pair is answered again, whatever was asked for.
 * - `strict`: spent at once.
 * - `revoke`: spent at once, and using it again ends the session.
 * - `none`: stays good for ever.
 */
import { newUlid } from './id.ts';

export type Rotation = 'replay' | 'strict' | 'revoke' | 'none';

/** What an exchange yields. */
export interface TokenPair {
  accessToken: string;
  refreshToken: string;
}

/** What is known of one refresh token. */
export interface RefreshToken {
  token: string;
  sessionId: string;
  /** Set by the exchange: when, in milliseconds, and what was answered. */
  spent?: { at: number; pair: TokenPair };
}

/** All refresh tokens of one environment. */
export class RefreshTokens {
  #all: Map<string, RefreshToken>;

  constructor(kept: readonly RefreshToken[] = []) {
    this.#all = new Map(kept.map((known) => [known.token, known]));
  }

  /** Makes a token for a session. */
  issue(sessionId: string): string {
    const token = newUlid();
    this.#all.set(token, { token, sessionId });
    return token;
  }

  /** Returns every token, spent ones too. */
  all(): RefreshToken[] {
    return [...this.#all.values()];
  }

  /** Returns what is known of a token. */
  find(token: string): RefreshToken | undefined {
    return this.#all.get(token);
  }
}
