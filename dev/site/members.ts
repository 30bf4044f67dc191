/**
 * Who is in which organization: the site's own data, as every site has some that its app lists.
 *
 * The demo site knows the people of the WorkOS double; of anybody else it knows nothing.
 */
import { seededPeople } from '../workos/seed.ts';

/** An organization, as the app shows it. */
export interface Organization {
  id: string;
  name: string;
}

/** Returns the organizations somebody is in. */
export function organizationsOf(userId: string): Organization[] {
  const someone = seededPeople().find(({ id }) => id === userId);
  return someone?.memberships.map(({ organization }) => organization) ?? [];
}
