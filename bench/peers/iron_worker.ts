/** The gateway's job with `iron-session` and `jose`, as their READMEs have it. */
import { getIronSession, type IronSession, type SessionOptions } from 'iron-session';
import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { accessTo, forward, type Identity, type SiteVariables } from './forward.ts';
import { signIn } from './iron_sign_in.ts';

/** What it is given. */
export interface Variables extends SiteVariables {
  SESSION_PASSWORD: string;
  WORKOS_URL: string;
  WORKOS_CLIENT_ID: string;
  WORKOS_API_KEY: string;
  WORKOS_ISSUER: string;
  WORKOS_REDIRECT_URI: string;
}

interface Session {
  accessToken: string;
  refreshToken: string;
  user: { id: string; email: string };
}

interface Claims {
  sub: string;
  sid: string;
  org_id?: string;
  role?: string;
  roles?: string[];
  permissions?: string[];
}

let sessionOptions: SessionOptions | undefined;
let keys: JWTVerifyGetKey | undefined;

export default {
  async fetch(request: Request, variables: Variables): Promise<Response> {
    const access = accessTo(request, variables);
    if (access === 'unmatched') return forward(request, variables);
    sessionOptions ??= { cookieName: 'session', password: variables.SESSION_PASSWORD };
    // Where the package writes its cookie.
    const cookies = new Response();
    const session = await getIronSession<Partial<Session>>(request, cookies, sessionOptions);
    const identity = isWhole(session) ? await identityOf(session, variables) : undefined;
    if (!identity && access === 'protected') return signIn(request, variables);
    return withCookies(await forward(request, variables, identity), cookies);
  },
};

function isWhole(session: IronSession<Partial<Session>>): session is IronSession<Session> {
  return session.accessToken !== undefined;
}

async function identityOf(
  session: IronSession<Session>,
  variables: Variables,
): Promise<Identity | undefined> {
  const claims = await currentClaims(session, variables);
  return (
    claims && {
      'x-authkit-authenticated': 'true',
      'x-authkit-user-id': claims.sub,
      'x-authkit-email': session.user.email,
      'x-authkit-session-id': claims.sid,
      ...(claims.org_id && { 'x-authkit-organization-id': claims.org_id }),
      ...(claims.role && { 'x-authkit-role': claims.role }),
      ...(claims.roles && { 'x-authkit-roles': JSON.stringify(claims.roles) }),
      ...(claims.permissions && { 'x-authkit-permissions': JSON.stringify(claims.permissions) }),
    }
  );
}

/** What the access token says, having been exchanged for another one where it had run out. */
async function currentClaims(
  session: IronSession<Session>,
  variables: Variables,
): Promise<Claims | undefined> {
  try {
    return await claimsOf(session, variables);
  } catch (error) {
    if (!(error instanceof errors.JWTExpired)) return undefined;
    return (await refresh(session, variables)) ? claimsOf(session, variables) : undefined;
  }
}

async function claimsOf({ accessToken }: Session, variables: Variables): Promise<Claims> {
  const { WORKOS_URL, WORKOS_CLIENT_ID, WORKOS_ISSUER: issuer } = variables;
  keys ??= createRemoteJWKSet(new URL(`/sso/jwks/${WORKOS_CLIENT_ID}`, WORKOS_URL));
  const { payload } = await jwtVerify<Claims>(accessToken, keys, { issuer, algorithms: ['RS256'] });
  return payload;
}

/** Returns whether there is a new access token; it is in the session, and the session in its cookie. */
async function refresh(session: IronSession<Session>, variables: Variables): Promise<boolean> {
  const response = await fetch(`${variables.WORKOS_URL}/user_management/authenticate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      grant_type: 'refresh_token',
      refresh_token: session.refreshToken,
      client_id: variables.WORKOS_CLIENT_ID,
      client_secret: variables.WORKOS_API_KEY,
    }),
  });
  if (!response.ok) return false;
  const { access_token: accessToken, refresh_token: refreshToken, user } = await response.json();
  Object.assign(session, { accessToken, refreshToken, user });
  await session.save();
  return true;
}

function withCookies(response: Response, { headers }: Response): Response {
  const cookies = headers.getSetCookie();
  if (cookies.length === 0) return response;
  const changed = new Response(response.body, response);
  for (const cookie of cookies) changed.headers.append('set-cookie', cookie);
  return changed;
}
