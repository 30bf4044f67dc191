/** Sends a visitor to sign in; what the callback will need is sealed in a cookie of its own. */
import { getIronSession } from 'iron-session';
import { base64url } from 'jose';
import type { Variables } from './iron_worker.ts';

interface Flow {
  state: string;
  codeVerifier: string;
  returnTo: string;
}

const FLOW_SECONDS = 600;

export async function signIn(request: Request, variables: Variables): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const [state, codeVerifier] = [randomText(), randomText()];
  const response = new Response(null, {
    status: 302,
    headers: { location: await authorizationUrl(state, codeVerifier, variables) },
  });
  const flow = await getIronSession<Flow>(request, response, {
    cookieName: 'flow',
    password: variables.SESSION_PASSWORD,
    ttl: FLOW_SECONDS,
  });
  Object.assign(flow, { state, codeVerifier, returnTo: `${pathname}${search}` });
  await flow.save();
  return response;
}

async function authorizationUrl(
  state: string,
  codeVerifier: string,
  { WORKOS_URL, WORKOS_CLIENT_ID, WORKOS_REDIRECT_URI }: Variables,
): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(codeVerifier));
  const parameters = new URLSearchParams({
    response_type: 'code',
    provider: 'authkit',
    client_id: WORKOS_CLIENT_ID,
    redirect_uri: WORKOS_REDIRECT_URI,
    state,
    code_challenge: base64url.encode(new Uint8Array(hash)),
    code_challenge_method: 'S256',
  });
  return `${WORKOS_URL}/user_management/authorize?${parameters}`;
}

function randomText(): string {
  return base64url.encode(crypto.getRandomValues(new Uint8Array(32)));
}
