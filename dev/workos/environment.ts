/** Everything one double knows; WorkOS calls such a world an environment. */
import { Browsers } from './browsers.ts';
import { Codes } from './codes.ts';
import type { Person } from './people.ts';
import { RefreshTokens } from './refresh_tokens.ts';
import { seededPeople } from './seed.ts';
import { Sessions } from './sessions.ts';
import { type Settings, settingsFrom } from './settings.ts';
import type { State } from './state.ts';
import { Signer } from './tokens.ts';

/** One double's data. */
export interface Environment {
  clientId: string;
  apiKey: string;
  people: Person[];
  settings: Settings;
  signer: Signer;
  sessions: Sessions;
  refreshTokens: RefreshTokens;
  /** Authorization codes. */
  codes: Codes;
  /** Pending authentication tokens: sign-ins that still lack an organization. */
  pending: Codes;
  browsers: Browsers;
}

/** What an environment can be given. */
export interface EnvironmentOptions extends Partial<Settings> {
  /** Default `client_local`. */
  clientId?: string;
  /** Default `sk_test_local`. */
  apiKey?: string;
  /** Default: a handful of people who stand for the cases a site meets. */
  people?: Person[];
}

/** Makes an environment, or takes one up again from what was kept of it. */
export function newEnvironment(options: EnvironmentOptions, kept?: State): Environment {
  return {
    clientId: options.clientId ?? 'client_local',
    apiKey: options.apiKey ?? 'sk_test_local',
    people: options.people ?? kept?.people ?? seededPeople(),
    settings: settingsFrom(options),
    signer: new Signer(kept?.key),
    sessions: new Sessions(kept?.sessions),
    refreshTokens: new RefreshTokens(kept?.refreshTokens),
    codes: new Codes(),
    pending: new Codes(),
    browsers: new Browsers(),
  };
}

/** The double's clock, in seconds, as its tokens tell it. */
export function now({ settings }: Environment): number {
  return Math.floor(Date.now() / 1000) + settings.clockOffsetSeconds;
}
