/** The refresh grant, with a change of organization where one is asked for. */
import type { Environment } from './environment.ts';
import { apiError, oauthError, type Params } from './http.ts';
import { type AuthenticateAnswer, accessToken, authenticateAnswer, tokenPair } from './issue.ts';
import { optional, required } from './params.ts';
import { membershipIn, type Person } from './people.ts';
import type { RefreshToken, TokenPair } from './refresh_tokens.ts';
import type { Session } from './sessions.ts';

/** Exchanges a refresh token; the session stays the same. */
export function exchangeRefreshToken(body: Params, environment: Environment): AuthenticateAnswer {
  const known = environment.refreshTokens.find(required(body, 'refresh_token'));
  const session = known && environment.sessions.inspect(known.sessionId);
  const person = session && environment.people.find(({ id }) => id === session.personId);
  if (!known || !session || !person)
    throw oauthError(400, 'invalid_grant', 'Invalid refresh token.');
  if (session.ended) throw oauthError(400, 'invalid_grant', 'Session has already ended.');
  if (known.spent)
    return authenticateAnswer(session, person, replayed(known, known.spent, environment));
  const organizationId = optional(body, 'organization_id');
  if (organizationId !== undefined) switchOrganization(session, person, organizationId);
  return authenticateAnswer(session, person, exchanged(known, session, person, environment));
}

/** Refuses an organization the person does not belong to. */
export function checkMember(person: Person, organizationId: string): void {
  if (membershipIn(person, organizationId)) return;
  throw apiError(
    400,
    'organization_membership_not_found',
    `The user is not an active member of the organization '${organizationId}'.`,
  );
}

function replayed(
  known: RefreshToken,
  spent: NonNullable<RefreshToken['spent']>,
  environment: Environment,
): TokenPair {
  const { rotation, replaySeconds } = environment.settings;
  if (rotation === 'replay' && Date.now() - spent.at <= replaySeconds * 1000) return spent.pair;
  if (rotation === 'revoke') environment.sessions.revoke(known.sessionId);
  throw oauthError(400, 'invalid_grant', 'Refresh token already exchanged.');
}

function switchOrganization(session: Session, person: Person, organizationId: string): void {
  checkMember(person, organizationId);
  session.organizationId = organizationId;
}

function exchanged(
  known: RefreshToken,
  session: Session,
  person: Person,
  environment: Environment,
): TokenPair {
  if (environment.settings.rotation === 'none') {
    return { accessToken: accessToken(session, person, environment), refreshToken: known.token };
  }
  const pair = tokenPair(session, person, environment);
  environment.refreshTokens.spend(known, pair);
  return pair;
}
