/** As much of an OpenID Connect issuer as is asked for while nobody signs in. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { listen } from '../../dev/listen.ts';

export const CLIENT_ID = 'client_of_the_benchmark';

/** A running issuer. */
export interface Issuer {
  url: string;
  close(): Promise<void>;
}

/** Starts it. */
export async function startIssuer(): Promise<Issuer> {
  let url = '';
  const { port, close } = await listen(0, (request, response) => answer(url, request, response));
  url = `http://127.0.0.1:${port}`;
  return { url, close };
}

function answer(issuer: string, { method, url }: IncomingMessage, response: ServerResponse): void {
  const known: Record<string, () => object> = {
    'GET /.well-known/openid-configuration': () => metadata(issuer),
    'POST /token': tokens,
  };
  const answered = known[`${method} ${url}`]?.();
  response.writeHead(answered ? 200 : 404, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answered ?? {}));
}

/** [OpenID Connect Discovery 1.0 §3](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata). */
function metadata(issuer: string) {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'email', 'profile', 'offline_access'],
  };
}

/** Every refresh token is good. There needn't be an ID token (OpenID Connect Core 1.0 §12.2). */
function tokens() {
  return {
    access_token: randomUUID(),
    refresh_token: randomUUID(),
    token_type: 'Bearer',
    expires_in: 300,
  };
}
