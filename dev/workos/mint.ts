/** Tokens and sessions made without a sign-in, for tests. */
import { claimsOf } from './claims.ts';
import { type Environment, now } from './environment.ts';
import { newId } from './id.ts';
import { type AuthenticateAnswer, authenticateAnswer } from './issue.ts';
import { type Impersonator, type Person, sealedUser } from './people.ts';
import type { Session } from './sessions.ts';
import type { Signing } from './tokens.ts';

/** How a minted session differs from the usual. */
export interface MintOptions {
  /** Default: the person's first; null: none. */
  organizationId?: string | null;
  authenticationMethod?: string;
  /** How long the access token lives; negative: it has expired. */
  accessTokenSeconds?: number;
  /** Put into the access token in place of what would be there; `undefined` removes a claim. */
  claims?: Record<string, unknown>;
  /** How the access token is signed. */
  signing?: Signing;
}

/** A live session: as AuthKit's SDKs keep it, and as the API answered it. */
export interface MintedSession {
  sid: string;
  organizationId: string | null;
  accessToken: string;
  refreshToken: string;
  user: ReturnType<typeof sealedUser>;
  authenticationMethod: string;
  impersonator?: Impersonator;
  answer: AuthenticateAnswer;
}

/** Signs a token for nobody's session. */
export function mintAccessToken(
  environment: Environment,
  claims: Record<string, unknown> = {},
  how?: Signing,
): string {
  const person = firstPerson(environment);
  const session: Session = {
    id: newId('session'),
    ended: false,
    ...usualSignIn(person, environment),
  };
  return environment.signer.sign({ ...claimsOf(session, person, environment), ...claims }, how);
}

/** Starts a session. */
export function mintSession(
  environment: Environment,
  person = firstPerson(environment),
  options: MintOptions = {},
): MintedSession {
  if (!environment.people.includes(person)) environment.people.push(person);
  const { organizationId, authenticationMethod } = {
    ...usualSignIn(person, environment),
    ...options,
  };
  const session = environment.sessions.start(
    { ...usualSignIn(person, environment), organizationId, authenticationMethod },
    person,
  );
  const refreshToken = environment.refreshTokens.issue(session.id);
  const accessToken = signed(session, person, environment, options);
  return {
    sid: session.id,
    organizationId: session.organizationId,
    accessToken,
    refreshToken,
    user: sealedUser(person),
    authenticationMethod: session.authenticationMethod,
    ...(session.impersonator && { impersonator: session.impersonator }),
    answer: authenticateAnswer(session, person, { accessToken, refreshToken }),
  };
}

function signed(
  session: Session,
  person: Person,
  environment: Environment,
  { accessTokenSeconds, claims, signing }: MintOptions,
): string {
  const lifetime = accessTokenSeconds !== undefined && {
    exp: now(environment) + accessTokenSeconds,
  };
  return environment.signer.sign(
    { ...claimsOf(session, person, environment), ...lifetime, ...claims },
    signing,
  );
}

function usualSignIn(person: Person, environment: Environment) {
  return {
    personId: person.id,
    organizationId: person.memberships[0]?.organization.id ?? null,
    authenticationMethod: 'Password',
    authenticatedAt: now(environment),
  };
}

function firstPerson({ people }: Environment): Person {
  const [first] = people;
  if (!first) throw new Error('The double has no people; name some in `people`.');
  return first;
}
