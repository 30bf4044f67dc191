/** `iron-session` and `jose`: the parts that sites put together themselves. */
import { sealData } from 'iron-session';
import { PASSWORD } from '../../tests/worker/support/world.ts';
import type { Peer } from '../peer.ts';

export const iron: Peer = {
  letter: 'e',
  name: 'iron-session + jose',
  packages: ['iron-session', 'jose'],
  source: 'peers/iron_worker.ts',
  supplies: ({ workos, address }) => ({
    variables: {
      SESSION_PASSWORD: PASSWORD,
      WORKOS_URL: workos.url,
      WORKOS_CLIENT_ID: workos.clientId,
      WORKOS_API_KEY: workos.apiKey,
      WORKOS_ISSUER: workos.settings.issuer,
      WORKOS_REDIRECT_URI: `${address.origin}/callback`,
    },
  }),
  cookie: async ({ accessToken, refreshToken, user }) => {
    const session = { accessToken, refreshToken, user };
    return `session=${await sealData(session, { password: PASSWORD })}`;
  },
};
