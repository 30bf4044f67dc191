/**
 * Refresh tokens, and what becomes of one that is exchanged:
 *
 * - `replay`: spent, but for a while the very same pair is answered again, whatever was asked for.
 * - `strict`: spent at once.
 * - `revoke`: spent at once, and using it again ends the session.
 * - `none`: stays good for ever.
 */
import { newUlid } from './id.ts';
import { Recent } from './recent.ts';

const MOST_REMEMBERED = { live: 50_000, spent: 20_000 };

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

/** The refresh tokens of one environment. */
export class RefreshTokens {
  #live: Recent<RefreshToken>;
  #spent = new Recent<RefreshToken>(MOST_REMEMBERED.spent);

  constructor(kept: readonly RefreshToken[] = []) {
    this.#live = new Recent(
      MOST_REMEMBERED.live,
      kept.map((known) => [known.token, known]),
    );
  }

  /** Makes a token for a session. */
  issue(sessionId: string): string {
    const token = newUlid();
    this.#live.set(token, { token, sessionId });
    return token;
  }

  /** Returns every token that is not spent. */
  live(): RefreshToken[] {
    return this.#live.all();
  }

  /** Returns what is known of a token, a spent one too. */
  find(token: string): RefreshToken | undefined {
    return this.#live.get(token) ?? this.#spent.get(token);
  }

  /** Notes what a token was exchanged for. */
  spend({ token, sessionId }: RefreshToken, pair: TokenPair): void {
    this.#live.delete(token);
    this.#spent.set(token, { token, sessionId, spent: { at: Date.now(), pair } });
  }
}
