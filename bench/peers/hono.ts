/**
 * `@hono/oidc-auth`: a session of its own, signed with a shared secret, and any OpenID Connect issuer.
 *
 * It knows of the visitor who they are and their address. Where it asks the issuer for something, it
 * asks for the issuer's metadata first, each time.
 */
import { sign } from 'hono/jwt';
import { decodeJwt } from 'jose';
import { PASSWORD } from '../../tests/worker/support/world.ts';
import type { Peer } from '../peer.ts';
import { CLIENT_ID, startIssuer } from './hono_issuer.ts';

const SESSION_SECONDS = 24 * 60 * 60;

export const hono: Peer = {
  letter: 'd',
  name: 'hono oidc-auth',
  packages: ['@hono/oidc-auth', 'hono'],
  remark: 'verifies no access token; knows an id and an e-mail address, no roles',
  source: 'peers/hono_worker.ts',
  supplies: async () => {
    const issuer = await startIssuer();
    return {
      variables: {
        OIDC_AUTH_SECRET: PASSWORD,
        OIDC_ISSUER: issuer.url,
        OIDC_CLIENT_ID: CLIENT_ID,
        OIDC_CLIENT_SECRET: 'not checked',
      },
      close: issuer.close,
    };
  },
  // As the package makes it after a sign-in; it is due for a refresh when the access token runs out.
  cookie: async ({ accessToken, refreshToken, user: { id, email } }) => {
    const { iat = 0, exp } = decodeJwt(accessToken);
    const session = {
      sub: id,
      email,
      rtk: refreshToken,
      rtkexp: exp,
      ssnexp: iat + SESSION_SECONDS,
    };
    return `oidc-auth=${await sign(session, PASSWORD, 'HS256')}`;
  },
};
