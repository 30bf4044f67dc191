/** The gateway's job with `@workos/authkit-session`, as its README has it. */
import {
  type AuthKitConfig,
  type AuthResult,
  type AuthService,
  CookieSessionStorage,
  configure,
  createAuthService,
} from '@workos/authkit-session';
import { accessTo, forward, type Identity, type SiteVariables } from './forward.ts';

interface Variables extends SiteVariables {
  WORKOS_CLIENT_ID: string;
  WORKOS_API_KEY: string;
  WORKOS_COOKIE_PASSWORD: string;
  WORKOS_REDIRECT_URI: string;
  WORKOS_API_PORT: number;
}

class Storage extends CookieSessionStorage<Request, Response> {
  override async getCookie(request: Request, name: string): Promise<string | null> {
    for (const part of request.headers.get('cookie')?.split(';') ?? []) {
      const [key, ...rest] = part.trim().split('=');
      if (key === name) return decodeURIComponent(rest.join('='));
    }
    return null;
  }
}

let service: AuthService<Request, Response> | undefined;

export default {
  async fetch(request: Request, variables: Variables): Promise<Response> {
    service ??= configured(variables);
    const access = accessTo(request, variables);
    if (access === 'unmatched') return forward(request, variables);
    const { auth, refreshedSessionData } = await service.withAuth(request);
    if (!auth.user && access === 'protected') return signIn(request, service);
    const response = await forward(request, variables, auth.user ? identityOf(auth) : {});
    if (!refreshedSessionData) return response;
    const { headers } = await service.saveSession(undefined, refreshedSessionData);
    return withHeaders(response, headers);
  },
};

function configured(variables: Variables): AuthService<Request, Response> {
  configure({
    clientId: variables.WORKOS_CLIENT_ID,
    apiKey: variables.WORKOS_API_KEY,
    redirectUri: variables.WORKOS_REDIRECT_URI,
    cookiePassword: variables.WORKOS_COOKIE_PASSWORD,
    apiHostname: 'localhost',
    apiHttps: false,
    apiPort: variables.WORKOS_API_PORT,
  });
  return createAuthService({
    sessionStorageFactory: (config: AuthKitConfig) => new Storage(config),
  });
}

async function signIn(
  { url }: Request,
  service: AuthService<Request, Response>,
): Promise<Response> {
  const { pathname, search } = new URL(url);
  const returnPathname = `${pathname}${search}`;
  const { url: location, headers } = await service.createSignIn(undefined, { returnPathname });
  return withHeaders(new Response(null, { status: 302, headers: { location } }), headers);
}

function withHeaders(
  response: Response,
  headers: Record<string, string | string[]> = {},
): Response {
  const changed = new Response(response.body, response);
  for (const [name, values] of Object.entries(headers))
    for (const value of [values].flat()) changed.headers.append(name, value);
  return changed;
}

function identityOf({ user, sessionId, ...auth }: Exclude<AuthResult, { user: null }>): Identity {
  return {
    'x-authkit-authenticated': 'true',
    'x-authkit-user-id': user.id,
    'x-authkit-email': user.email,
    'x-authkit-session-id': sessionId,
    ...(auth.organizationId && { 'x-authkit-organization-id': auth.organizationId }),
    ...(auth.role && { 'x-authkit-role': auth.role }),
    ...(auth.roles && { 'x-authkit-roles': JSON.stringify(auth.roles) }),
    ...(auth.permissions && { 'x-authkit-permissions': JSON.stringify(auth.permissions) }),
  };
}
