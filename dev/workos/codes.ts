/** What a sign-in hands out to be exchanged once: authorization codes and pending authentications. */
import { createHash } from 'node:crypto';
import { newUlid } from './id.ts';
import { Recent } from './recent.ts';
import type { Authentication } from './sessions.ts';

const LIFETIME_MS = 10 * 60 * 1000;
const MOST_REMEMBERED = 10_000;

/** A sign-in on its way back to the site. */
export interface Grant extends Authentication {
  /** S256 challenge (RFC 7636 §4.2). */
  codeChallenge?: string;
  expiresAt: number;
}

/** Grants by the secret that redeems them. */
export class Codes {
  #grants = new Recent<Grant>(MOST_REMEMBERED);

  /** Keeps a sign-in and returns the secret it can be redeemed with. */
  issue(authentication: Authentication, codeChallenge?: string): string {
    const code = newUlid();
    this.#grants.set(code, {
      ...authentication,
      ...(codeChallenge && { codeChallenge }),
      expiresAt: Date.now() + LIFETIME_MS,
    });
    return code;
  }

  /** Returns what a code stands for, while it is good. */
  find(code: string): Grant | undefined {
    const grant = this.#grants.get(code);
    return grant && grant.expiresAt > Date.now() ? grant : undefined;
  }

  /** Uses a code up. */
  spend(code: string): void {
    this.#grants.delete(code);
  }
}

/** Says whether a verifier is the one a challenge was made of (RFC 7636 §4.6). */
export function answers(codeVerifier: string, codeChallenge: string): boolean {
  return createHash('sha256').update(codeVerifier).digest('base64url') === codeChallenge;
}
