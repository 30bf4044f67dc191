/** Sessions: one for every sign-in, constant over every refresh. */
import { newId } from './id.ts';
import type { Impersonator, Person } from './people.ts';
import { Recent } from './recent.ts';

const MOST_REMEMBERED = 50_000;

/** Who signed in, and how. */
export interface Authentication {
  personId: string;
  organizationId: string | null;
  authenticationMethod: string;
  /** When the person last proved who they are, in seconds. */
  authenticatedAt: number;
}

/** What WorkOS remembers of one sign-in. */
export interface Session extends Authentication {
  id: string;
  impersonator?: Impersonator;
  /** Once true, nothing can be refreshed any more. */
  ended: boolean;
}

/** All sessions of one environment. */
export class Sessions {
  #all: Recent<Session>;

  constructor(kept: readonly Session[] = []) {
    this.#all = new Recent(
      MOST_REMEMBERED,
      kept.map((session) => [session.id, session]),
    );
  }

  /** Starts a session; an impersonated one where the person is. */
  start(
    { personId, organizationId, authenticationMethod, authenticatedAt }: Authentication,
    { impersonator }: Person,
  ): Session {
    const session: Session = {
      id: newId('session'),
      personId,
      organizationId,
      authenticationMethod: impersonator ? 'Impersonation' : authenticationMethod,
      authenticatedAt,
      ...(impersonator && { impersonator }),
      ended: false,
    };
    this.#all.set(session.id, session);
    return session;
  }

  /** Returns every session that is remembered, ended ones too. */
  all(): Session[] {
    return this.#all.all();
  }

  /** Returns the session of this `sid`. */
  inspect(sid: string): Session | undefined {
    return this.#all.get(sid);
  }

  /** Ends a session: its refresh token is worth nothing from here on. Says whether there was one. */
  revoke(sid: string): boolean {
    const session = this.#all.get(sid);
    if (session) session.ended = true;
    return session !== undefined;
  }
}
