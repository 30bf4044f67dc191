/** The double of WorkOS, with users and sessions as large as those of a real customer. */
import {
  type MintedSession,
  type Person,
  person,
  startWorkOS,
  type WorkOS,
} from '../dev/workos.ts';

export type { MintedSession, WorkOS };

const PEOPLE = 2000;

/** Longer than any run, so that no session that should be good runs out. */
const TOKEN_SECONDS = 4 * 60 * 60;

const PERMISSIONS = ['read', 'create', 'update', 'delete', 'export'].flatMap((verb) => [
  `documents:${verb}`,
  `billing:${verb}`,
]);

/** Starts it; a refresh token is good once. */
export function startRealisticWorkOS(): Promise<WorkOS> {
  return startWorkOS({
    interactive: false,
    rotation: 'strict',
    accessTokenSeconds: TOKEN_SECONDS,
    people: Array.from({ length: PEOPLE }, (_, index) => somebody(index)),
  });
}

function somebody(index: number): Person {
  const number = String(index).padStart(5, '0');
  const organization = { id: `org_01K8Z6BENCH000000000${number}`, name: `Customer ${number}` };
  return person({
    email: `firstname.lastname${number}@customer.example.com`,
    firstName: 'Firstname',
    lastName: `Lastname${number}`,
    profilePictureUrl: `https://workoscdn.com/images/v1/${'profile-picture'.repeat(3)}${number}`,
    locale: 'en-US',
    externalId: `external-${number}`,
    metadata: { department: 'engineering', plan: 'enterprise' },
    memberships: [{ organization, role: 'member', permissions: PERMISSIONS }],
  });
}

/** Starts a session of everybody. */
export function everybodysSessions(workos: WorkOS): MintedSession[] {
  return workos.people.map((somebody) => workos.mintSession(somebody));
}

/** Starts sessions whose access token has run out and whose refresh token is good. */
export function expiredSessions(workos: WorkOS, count: number): MintedSession[] {
  const { people } = workos;
  return Array.from({ length: count }, (_, index) =>
    workos.mintSession(people[index % people.length], { accessTokenSeconds: -60 }),
  );
}
