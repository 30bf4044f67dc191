/** How the double behaves. */
import type { Rotation } from './refresh_tokens.ts';

/** May be changed while the double runs. */
export interface Settings {
  /** How long an access token lives. */
  accessTokenSeconds: number;
  /** What becomes of a refresh token once it has been exchanged. */
  rotation: Rotation;
  /** How long an exchanged refresh token may be replayed, with `rotation: 'replay'`. */
  replaySeconds: number;
  /** `false`: signs in without a page, the person named by `login_hint` or the first. */
  interactive: boolean;
  /** The `iss` of access tokens. */
  issuer: string;
  /** The `aud` of access tokens; WorkOS sets none unless a JWT template does. */
  audience: string | string[] | null;
  /** Claims added by a JWT template; they may replace all but who, when and by whom. */
  templateClaims: Record<string, unknown>;
  /** How far the double's clock is ahead of ours, as its tokens tell. */
  clockOffsetSeconds: number;
  /** `ignored`: neither asks for a code challenge nor checks the verifier. */
  pkce: 'enforced' | 'ignored';
  /** Where a browser may go after sign-out, loopback addresses aside. */
  signOutRedirects: string[];
}

/** Fills in what is left out; an empty `issuer` stands for the double's own URL. */
export function settingsFrom(options: Partial<Settings>): Settings {
  return {
    accessTokenSeconds: options.accessTokenSeconds ?? 300,
    rotation: options.rotation ?? 'replay',
    replaySeconds: options.replaySeconds ?? 30,
    interactive: options.interactive ?? true,
    issuer: options.issuer ?? '',
    audience: options.audience ?? null,
    templateClaims: options.templateClaims ?? {},
    clockOffsetSeconds: options.clockOffsetSeconds ?? 0,
    pkce: options.pkce ?? 'enforced',
    signOutRedirects: options.signOutRedirects ?? [],
  };
}
