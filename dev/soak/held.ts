/** What a session's cookie holds, read the way only its owner can. */
import { open } from '../../tests/worker/support/seal.ts';
import { ADDRESS, PASSWORD } from '../../tests/worker/support/world.ts';

/** A session as a browser holds it. */
export interface Held {
  userId: string;
  sessionId: string;
  refreshToken: string;
  /** When the access token runs out, in milliseconds. */
  expiresAt: number;
  /** Whether the access token was verified before it was sealed. */
  isVerified: boolean;
}

export const COOKIE = 'wos-session';

const PLACE = { purpose: 'session', cookie: COOKIE, host: new URL(ADDRESS).hostname } as const;

/** Opens a cookie's value; undefined where it isn't one of the gateway's. */
export function heldIn(value: string): Held | undefined {
  try {
    const { accessToken, refreshToken, user, unverified } = open(value, PLACE, PASSWORD);
    const { sid, exp } = claimsOf(String(accessToken));
    const { id } = user as { id: string };
    return {
      userId: id,
      sessionId: String(sid),
      refreshToken: String(refreshToken),
      expiresAt: Number(exp) * 1000,
      isVerified: unverified !== true,
    };
  } catch {
    return undefined;
  }
}

function claimsOf(accessToken: string): Record<string, unknown> {
  const [, payload = ''] = accessToken.split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
}
