/**
 * What every peer's Worker does beside recognizing the visitor: matching the path, forwarding.
 *
 * It judges the path as it stands, and passes on the session's cookie and all headers but those it sets:
 * what the gateway does beyond is its own burden.
 */
import { pathToRegexp } from 'path-to-regexp';

/** What every peer is given. */
export interface SiteVariables {
  ORIGIN: string;
  MATCHER: string[];
  UNAUTHENTICATED_PATHS: string[];
}

/** Headers for the origin, by name in lower case. */
export type Identity = Record<string, string>;

export type Access = 'unmatched' | 'public' | 'protected';

/** The headers that only the Worker may set; nobody may send them from outside. */
const NAMES = [
  'x-authkit-authenticated',
  'x-authkit-user-id',
  'x-authkit-email',
  'x-authkit-session-id',
  'x-authkit-organization-id',
  'x-authkit-role',
  'x-authkit-roles',
  'x-authkit-permissions',
];

let rules: { matched: RegExp[]; open: RegExp[] } | undefined;

/** Whether the visitor matters on this path, and whether anyone may see it. */
export function accessTo({ url }: Request, variables: SiteVariables): Access {
  rules ??= {
    matched: variables.MATCHER.map((pattern) => pathToRegexp(pattern)),
    open: variables.UNAUTHENTICATED_PATHS.map((pattern) => pathToRegexp(pattern)),
  };
  const { pathname } = new URL(url);
  const isOneOf = (patterns: RegExp[]) => patterns.some((pattern) => pattern.test(pathname));
  if (!isOneOf(rules.matched)) return 'unmatched';
  return isOneOf(rules.open) ? 'public' : 'protected';
}

/** Passes a request on, with what is known of the visitor. */
export function forward(
  request: Request,
  { ORIGIN }: SiteVariables,
  identity: Identity = {},
): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const outbound = new Request(`${ORIGIN}${pathname}${search}`, request);
  for (const name of NAMES) outbound.headers.delete(name);
  for (const [name, value] of Object.entries(identity)) outbound.headers.set(name, value);
  return fetch(outbound, { redirect: 'manual' });
}
