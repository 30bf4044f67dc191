/** The people who can sign in at the double, and how the API words a user. */
import { newId } from './id.ts';

/** A customer's organization. */
export interface Organization {
  id: string;
  name: string;
}

/** What a person is in one organization; access tokens scoped to it carry this. */
export interface Membership {
  organization: Organization;
  role: string;
  /** Default: just `role`. */
  roles?: string[];
  permissions?: string[];
  entitlements?: string[];
  featureFlags?: string[];
}

/** The member of staff who acts as somebody else. */
export interface Impersonator {
  email: string;
  reason: string | null;
}

/** Somebody with an account. */
export interface Person {
  id: string;
  email: string;
  emailVerified: boolean;
  firstName: string | null;
  lastName: string | null;
  profilePictureUrl: string | null;
  locale: string | null;
  externalId: string | null;
  metadata: Record<string, string>;
  memberships: Membership[];
  /** Set: every session of this person is an impersonated one. */
  impersonator?: Impersonator;
  lastSignInAt: string | null;
  createdAt: string;
  updatedAt: string;
}

/** Makes a person of an e-mail address and whatever else matters. */
export function person(details: Partial<Person> & { email: string }): Person {
  const createdAt = new Date().toISOString();
  return {
    id: newId('user'),
    emailVerified: true,
    firstName: null,
    lastName: null,
    profilePictureUrl: null,
    locale: null,
    externalId: null,
    metadata: {},
    memberships: [],
    lastSignInAt: null,
    createdAt,
    updatedAt: createdAt,
    ...details,
  };
}

/** Returns first and last name, or nothing where there is neither. */
export function fullName({ firstName, lastName }: Person): string | null {
  return [firstName, lastName].filter((part) => part !== null).join(' ') || null;
}

/** Returns who has this address; letter case does not matter. */
export function findByEmail(people: readonly Person[], email: string): Person | undefined {
  return people.find((someone) => someone.email.toLowerCase() === email.toLowerCase());
}

/** Returns what a person is in an organization. */
export function membershipIn(
  someone: Person,
  organizationId: string | null,
): Membership | undefined {
  return someone.memberships.find(({ organization }) => organization.id === organizationId);
}

/** Returns the user as the API words it. */
export function apiUser(someone: Person) {
  return {
    object: 'user',
    id: someone.id,
    email: someone.email,
    email_verified: someone.emailVerified,
    first_name: someone.firstName,
    last_name: someone.lastName,
    name: fullName(someone),
    profile_picture_url: someone.profilePictureUrl,
    last_sign_in_at: someone.lastSignInAt,
    locale: someone.locale,
    external_id: someone.externalId,
    metadata: someone.metadata,
    created_at: someone.createdAt,
    updated_at: someone.updatedAt,
  };
}

/** Returns the user as AuthKit's SDKs keep it in a sealed session. */
export function sealedUser(someone: Person) {
  const { memberships: _memberships, impersonator: _impersonator, ...user } = someone;
  return { object: 'user', ...user, name: fullName(someone) };
}
