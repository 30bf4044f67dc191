/**
 * A small, true double of the WorkOS AuthKit API, for development without an account and for tests.
 *
 * It listens on 127.0.0.1 only and answers what a session gateway asks for: `authorize` (with a
 * sign-in page), `authenticate`, the JWKS, `sessions/logout` and `/health`.
 */

import { Door } from './workos/door.ts';
import { type EnvironmentOptions, newEnvironment } from './workos/environment.ts';
import type { FaultKind } from './workos/fault_kinds.ts';
import { type Fault, Faults } from './workos/faults.ts';
import {
  type MintedSession,
  type MintOptions,
  mintAccessToken,
  mintSession,
} from './workos/mint.ts';
import type { Injected, Misbehaving } from './workos/misbehaviour.ts';
import type { Person } from './workos/people.ts';
import { type SeenRequest, serve } from './workos/server.ts';
import type { Sessions } from './workos/sessions.ts';
import type { Settings } from './workos/settings.ts';
import { keep, restore } from './workos/state.ts';
import type { Signing } from './workos/tokens.ts';

export type { Answer } from './workos/http.ts';
export type { Membership, Organization } from './workos/people.ts';
export { person } from './workos/people.ts';
export type { Rotation } from './workos/refresh_tokens.ts';
export type { Session } from './workos/sessions.ts';
export type { Claims } from './workos/tokens.ts';
export type {
  Fault,
  FaultKind,
  Injected,
  MintedSession,
  MintOptions,
  Misbehaving,
  Person,
  SeenRequest,
  Sessions,
  Settings,
  Signing,
};

/** How to start; every one of {@link Settings} may be given too. */
export interface WorkOSOptions extends EnvironmentOptions {
  /** Default 0: any. */
  port?: number;
  /** A file that keeps people, sessions and the signing key over a restart. */
  stateFile?: string;
}

/** A running double. */
export interface WorkOS {
  /** `http://localhost:<port>`, the default issuer. */
  url: string;
  port: number;
  clientId: string;
  apiKey: string;
  /** May be changed while it runs. */
  people: Person[];
  /** May be changed while it runs. */
  settings: Settings;
  sessions: Sessions;
  /** The last 20,000 requests. Empty it with `requests.length = 0`. */
  requests: SeenRequest[];
  fault(fault: Fault): void;
  /** Lets requests that no fault is arranged for meet faults by chance; `undefined` stops it. */
  misbehave(
    ways: Misbehaving | readonly Misbehaving[] | undefined,
    tell?: (injected: Injected) => void,
  ): void;
  /** How many requests have met which fault by chance, since the start. */
  injected: Readonly<Record<FaultKind, number>>;
  /** Stops misbehaving, too. */
  clearFaults(): void;
  /** Ends every connection and refuses more, until it accepts them again on the same port. */
  refuse(): Promise<void>;
  accept(): Promise<void>;
  /** Signs a token; what `claims` leaves out is a good token's, and `undefined` removes a claim. */
  mintAccessToken(claims?: Record<string, unknown>, how?: Signing): string;
  /** Starts a live session as a sign-in would; for the first person, where none is named. */
  mintSession(person?: Person, options?: MintOptions): MintedSession;
  /**
   * Signs with another key from here on; the old one is no longer published, unless `kept`. Returns
   * the `kid`: the one given, which may be the old one's, or one of its own.
   */
  rotateKeys(old?: 'kept' | 'dropped', kid?: string): string;
  close(): Promise<void>;
}

/** Starts a double. */
export async function startWorkOS(options: WorkOSOptions = {}): Promise<WorkOS> {
  const { stateFile } = options;
  const kept = stateFile === undefined ? undefined : restore(stateFile);
  const environment = newEnvironment(options, kept);
  const { people, settings, sessions, signer, clientId, apiKey } = environment;
  const faults = new Faults();
  const requests: SeenRequest[] = [];
  const changed = () => stateFile !== undefined && keep(environment, stateFile);
  const door = await Door.at(options.port ?? 0, serve(environment, faults, requests, changed));
  const url = `http://localhost:${door.port}`;
  settings.issuer ||= url;
  return {
    url,
    port: door.port,
    clientId,
    apiKey,
    people,
    settings,
    sessions,
    requests,
    fault: (fault) => faults.add(fault),
    misbehave: (ways, tell) =>
      faults.misbehaviour.begin(ways === undefined ? [] : [ways].flat(), tell),
    injected: faults.misbehaviour.injected,
    clearFaults: () => faults.clear(),
    refuse: () => door.close(),
    accept: () => door.reopen(),
    mintAccessToken: (claims, how) => mintAccessToken(environment, claims, how),
    mintSession: (someone, how) => mintSession(environment, someone, how),
    rotateKeys: (old = 'dropped', kid) => signer.rotate(old, kid),
    close: () => door.close(),
  };
}
