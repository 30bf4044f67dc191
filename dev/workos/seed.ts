/** The people the double knows when nobody names others. */
import { type Organization, type Person, person } from './people.ts';

const engines: Organization = { id: 'org_01ANALYTICALENGINES000000', name: 'Analytical Engines' };
const orbits: Organization = { id: 'org_01ORBITSANDSONS0000000000', name: 'Orbits & Sons' };

/** Returns fresh copies; each stands for one case a site meets. */
export function seededPeople(): Person[] {
  return [
    person({
      id: 'user_01ADALOVELACE0000000000000',
      email: 'ada@example.com',
      firstName: 'Ada',
      lastName: 'Lovelace',
      locale: 'en-GB',
      externalId: 'crm-1815',
      metadata: { team: 'Notes' },
      memberships: [
        {
          organization: engines,
          role: 'admin',
          permissions: ['engines:read', 'engines:write', 'members:manage', 'billing:read'],
          entitlements: ['punched-cards'],
          featureFlags: ['difference-engine-2'],
        },
      ],
    }),
    person({
      id: 'user_01GRACEHOPPER0000000000000',
      email: 'grace@example.com',
      firstName: 'Grace',
      lastName: 'Hopper',
      locale: 'en-US',
      memberships: [{ organization: engines, role: 'member', permissions: ['engines:read'] }],
    }),
    person({
      id: 'user_01ZOEMUELLERSORENSEN000000',
      email: 'zoe@example.com',
      firstName: 'Zoë',
      lastName: 'Müller-Sørensen',
      locale: 'de-DE',
    }),
    person({
      id: 'user_01KATHERINEJOHNSON00000000',
      email: 'katherine@example.com',
      firstName: 'Katherine',
      lastName: 'Johnson',
      memberships: [
        { organization: engines, role: 'member', permissions: ['engines:read'] },
        { organization: orbits, role: 'admin', permissions: ['orbits:read', 'orbits:write'] },
      ],
    }),
    person({
      id: 'user_01ALANTURING00000000000000',
      email: 'alan@example.com',
      firstName: 'Alan',
      lastName: 'Turing',
      memberships: [{ organization: engines, role: 'member', permissions: ['engines:read'] }],
      impersonator: { email: 'support@example.com', reason: 'Ticket 1936: cannot halt' },
    }),
  ];
}
