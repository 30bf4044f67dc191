/** What a successful authentication hands out. */
import { claimsOf } from './claims.ts';
import type { Environment } from './environment.ts';
import { apiUser, type Person } from './people.ts';
import type { TokenPair } from './refresh_tokens.ts';
import type { Session } from './sessions.ts';

/** The body of a 200 from `/user_management/authenticate`. */
export interface AuthenticateAnswer {
  user: ReturnType<typeof apiUser>;
  organization_id: string | null;
  access_token: string;
  refresh_token: string;
  authentication_method: string;
  impersonator?: { email: string; reason: string | null };
}

/** Makes an access token for a session as it is at this moment. */
export function accessToken(session: Session, person: Person, environment: Environment): string {
  return environment.signer.sign({ ...claimsOf(session, person, environment) });
}

/** Makes an access token, and a refresh token to go with it. */
export function tokenPair(session: Session, person: Person, environment: Environment): TokenPair {
  return {
    accessToken: accessToken(session, person, environment),
    refreshToken: environment.refreshTokens.issue(session.id),
  };
}

/** Words the answer. */
export function authenticateAnswer(
  session: Session,
  person: Person,
  pair: TokenPair,
): AuthenticateAnswer {
  return {
    user: apiUser(person),
    organization_id: session.organizationId,
    access_token: pair.accessToken,
    refresh_token: pair.refreshToken,
    authentication_method: session.authenticationMethod,
    ...(session.impersonator && { impersonator: session.impersonator }),
  };
}
