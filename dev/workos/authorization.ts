/**
 * The query of `GET /user_management/authorize`, read.
 *
 * 1. Without a known `client_id` and a usable `redirect_uri` nobody is sent anywhere: the visitor sees why.
 * 2. Anything else that is wrong goes back to the redirect URI as `error` and `error_description`
 *    ([RFC 6749 §4.1.2.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1)).
 */
import type { Environment } from './environment.ts';
import { Refusal, redirect } from './http.ts';
import { problemPage } from './message_page.ts';

/** A sign-in that a site asks for. */
export interface Authorization {
  redirectUri: string;
  state: string | undefined;
  codeChallenge: string | undefined;
  organizationId: string | null;
  loginHint: string | undefined;
  signUp: boolean;
  invited: boolean;
  /** The person has to sign in again, whatever the browser remembers. */
  again: boolean;
  /** … or if it was longer ago than this. */
  maxAge: number | undefined;
  authenticationMethod: string;
}

const S256_CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

/** Reads the query. */
export function parseAuthorization(
  query: URLSearchParams,
  environment: Environment,
): Authorization {
  const redirectUri = parseClient(query, environment);
  const state = query.get('state') ?? undefined;
  const fault = faultOf(query, environment);
  if (fault !== undefined) throw sentBack({ redirectUri, state }, ...fault);
  const maxAge = query.get('max_age');
  return {
    redirectUri,
    state,
    codeChallenge: query.get('code_challenge') ?? undefined,
    organizationId: query.get('organization_id'),
    loginHint: query.get('login_hint') ?? undefined,
    signUp: query.get('screen_hint') === 'sign-up',
    invited: query.has('invitation_token'),
    again: query.get('prompt') === 'login',
    maxAge: maxAge === null ? undefined : Number(maxAge),
    authenticationMethod: methodOf(query),
  };
}

/** Tells the site that there will be no code. */
export function sentBack(
  to: { redirectUri: string; state: string | undefined },
  error: string,
  description: string,
): Refusal {
  return new Refusal(redirect(returnUrl(to, { error, error_description: description })));
}

/** Returns the redirect URI with what is to be told to the site. */
export function returnUrl(
  { redirectUri, state }: { redirectUri: string; state: string | undefined },
  told: Record<string, string>,
): string {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries(told)) url.searchParams.set(name, value);
  if (state !== undefined) url.searchParams.set('state', state);
  return url.href;
}

function parseClient(query: URLSearchParams, { clientId }: Environment): string {
  if (query.get('client_id') !== clientId) {
    throw problemPage(
      400,
      `The client_id is “${query.get('client_id') ?? ''}”; this double only knows “${clientId}”.`,
    );
  }
  const redirectUri = query.get('redirect_uri') ?? '';
  const url = URL.parse(redirectUri);
  if (!url || !/^https?:$/.test(url.protocol) || url.hash !== '') {
    throw problemPage(
      400,
      `The redirect_uri is “${redirectUri}”; it must be an absolute http(s) URL without a fragment.`,
    );
  }
  return redirectUri;
}

function faultOf(
  query: URLSearchParams,
  { settings, people }: Environment,
): [error: string, description: string] | undefined {
  const repeated = [...query.keys()].find((name) => query.getAll(name).length > 1);
  if (repeated !== undefined) return ['invalid_request', `${repeated} is given more than once.`];
  if (query.get('response_type') !== 'code')
    return ['unsupported_response_type', 'response_type must be code.'];
  if (!['provider', 'connection_id', 'organization_id'].some((name) => query.get(name))) {
    return ['invalid_request', 'One of provider, connection_id and organization_id is required.'];
  }
  const screen = query.get('screen_hint');
  if (screen !== null && !['sign-in', 'sign-up'].includes(screen))
    return ['invalid_request', 'screen_hint must be sign-in or sign-up.'];
  if (screen !== null && query.get('provider') !== 'authkit')
    return ['invalid_request', 'screen_hint goes with provider=authkit only.'];
  if (!/^\d*$/.test(query.get('max_age') ?? ''))
    return ['invalid_request', 'max_age must be a number of seconds.'];
  const organization = query.get('organization_id');
  if (
    organization !== null &&
    !people.some(({ memberships }) => memberships.some((m) => m.organization.id === organization))
  ) {
    return ['organization_invalid', `There is no organization ${organization}.`];
  }
  if (settings.pkce === 'ignored') return undefined;
  if (query.get('code_challenge_method') !== 'S256')
    return ['invalid_request', 'code_challenge_method must be S256.'];
  return S256_CHALLENGE.test(query.get('code_challenge') ?? '')
    ? undefined
    : ['invalid_request', 'code_challenge must be the 43 characters of an S256 challenge.'];
}

function methodOf(query: URLSearchParams): string {
  if (query.get('connection_id')) return 'SSO';
  const provider = query.get('provider') ?? 'authkit';
  return provider === 'authkit' ? 'Password' : provider;
}
