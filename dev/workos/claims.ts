/** What an access token says of a session. */
import { type Environment, now } from './environment.ts';
import { newUlid } from './id.ts';
import { type Membership, membershipIn, type Person } from './people.ts';
import type { Session } from './sessions.ts';
import type { Claims } from './tokens.ts';

/** Returns the claims of a token made for a session at this moment. */
export function claimsOf(session: Session, person: Person, environment: Environment): Claims {
  const { settings } = environment;
  const issuedAt = now(environment);
  return {
    ...(settings.audience !== null && { aud: settings.audience }),
    client_id: environment.clientId,
    auth_time: session.authenticatedAt,
    ...(session.organizationId !== null && { org_id: session.organizationId }),
    ...membershipClaims(membershipIn(person, session.organizationId)),
    ...settings.templateClaims,
    ...(session.impersonator && { act: { sub: session.impersonator.email } }),
    iss: settings.issuer,
    sub: person.id,
    sid: session.id,
    jti: newUlid(),
    iat: issuedAt,
    exp: issuedAt + settings.accessTokenSeconds,
  };
}

function membershipClaims(membership: Membership | undefined): Partial<Claims> {
  if (!membership) return {};
  const {
    role,
    roles = [role],
    permissions = [],
    entitlements = [],
    featureFlags = [],
  } = membership;
  return {
    role,
    roles,
    permissions,
    ...(entitlements.length > 0 && { entitlements }),
    ...(featureFlags.length > 0 && { feature_flags: featureFlags }),
  };
}
