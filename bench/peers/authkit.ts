/** `@workos/authkit-session`: AuthKit's own way to do this job in JavaScript. */
import { sessionEncryption } from '@workos/authkit-session';
import { PASSWORD } from '../../tests/worker/support/world.ts';
import type { Peer } from '../peer.ts';

export const authkit: Peer = {
  letter: 'c',
  name: 'authkit-session',
  packages: ['@workos/authkit-session'],
  source: 'peers/authkit_worker.ts',
  supplies: ({ workos, address }) => ({
    variables: {
      WORKOS_CLIENT_ID: workos.clientId,
      WORKOS_API_KEY: workos.apiKey,
      WORKOS_COOKIE_PASSWORD: PASSWORD,
      WORKOS_REDIRECT_URI: `${address.origin}/callback`,
      WORKOS_API_PORT: workos.port,
    },
  }),
  cookie: async ({ accessToken, refreshToken, user }) => {
    const session = { accessToken, refreshToken, user };
    const sealed = await sessionEncryption.sealData(session, { password: PASSWORD, ttl: 0 });
    return `wos-session=${sealed}`;
  },
};
