/**
 * The browser's side of authkit-gateway, which serves it at `/auth/client.js`:
 *
 * ```html
 * <script type="module">
 *   import { events, getSession, signIn, signOut } from '/auth/client.js';
 *
 *   events.addEventListener('session', ({ detail }) => {
 *     greeting.textContent = detail.user ? `Hello ${detail.user.firstName}` : 'Hello';
 *   });
 *   await getSession();
 *   signInButton.onclick = () => signIn();
 *   signOutButton.onclick = () => signOut();
 * </script>
 * ```
 *
 * Nothing is asked of the gateway before you ask, and nothing is polled. From then on the session is
 * looked at again whenever the page is shown, or back online.
 */

/** Who is signed in, or that nobody is. */
export type Session = SignedIn | SignedOut;

/** Somebody is signed in. */
export interface SignedIn {
  user: User;
  organizationId: string | null;
  role: string | null;
  roles: string[] | null;
  permissions: string[] | null;
  entitlements: string[] | null;
  featureFlags: string[] | null;
  /** Who acts as the user, if somebody does. */
  impersonator: { email: string; reason: string | null } | null;
  /** When the access token ends, in unix seconds; the gateway renews it. Not the session's end. */
  expiresAt: number;
  /** When the user last signed in, in unix seconds. */
  authTime: number | null;
}

/** Nobody is signed in. */
export interface SignedOut {
  user: null;
  expiresAt?: undefined;
}

/** AuthKit's user. Only `id` is always there. */
export interface User {
  id: string;
  email?: string;
  emailVerified?: boolean;
  firstName?: string | null;
  lastName?: string | null;
  profilePictureUrl?: string | null;
  [field: string]: unknown;
}

/** How to sign in. What isn't named here goes along in `snake_case`, as the gateway's login path takes it. */
export interface SignInOptions {
  /** The page of this site to end on. Default: this one, with query and fragment. */
  returnTo?: string | undefined;
  organizationId?: string | undefined;
  /** The e-mail address to fill in. */
  loginHint?: string | undefined;
  screenHint?: 'sign-in' | 'sign-up' | undefined;
  prompt?: string | undefined;
  /** Asks for a sign-in again where the last is longer ago, in seconds. */
  maxAge?: number | undefined;
  invitationToken?: string | undefined;
  [parameter: string]: string | number | undefined;
}

/** What {@link events} tells. */
export interface AuthEvents {
  /** The session isn't what it was: signed in or out, another user, organization, role, … */
  session: CustomEvent<Session>;
  /**
   * The session has ended, here or in another tab, or {@link fetch} was refused because nobody is
   * signed in. To go and sign in: `events.addEventListener('sessionend', () => signIn())`.
   */
  sessionend: Event;
}

/** Tells of {@link AuthEvents}. */
export const events: Omit<EventTarget, 'addEventListener' | 'removeEventListener'> & {
  addEventListener<Type extends keyof AuthEvents>(
    type: Type,
    listener: (event: AuthEvents[Type]) => void,
    options?: AddEventListenerOptions | boolean,
  ): void;
  removeEventListener<Type extends keyof AuthEvents>(
    type: Type,
    listener: (event: AuthEvents[Type]) => void,
    options?: EventListenerOptions | boolean,
  ): void;
};

/** Why something can't be told or done. That nobody is signed in is an answer, not an error. */
export class AuthError extends Error {
  /**
   * `unreachable`: offline, too slow, or not the gateway's answer. Otherwise the gateway's word, like
   * `temporarily_unavailable` or `access_token_endpoint_off`. Neither means signed out.
   */
  readonly code: string;
  /** The HTTP status; 0 where there was no answer. */
  readonly status: number;
}

/**
 * Returns the session. It is asked for once and again shortly before its access token ends.
 *
 * @param options `refresh`: as {@link refresh}.
 * @throws {AuthError}
 */
export function getSession(options?: { refresh?: boolean | undefined }): Promise<Session>;

/**
 * Has the session renewed, so that it has the roles and permissions of this moment. A refresh that
 * another tab makes meanwhile counts.
 *
 * @throws {AuthError}
 */
export function refresh(): Promise<Session>;

/**
 * Returns an access token that is good for some seconds at least, or `null` where nobody is signed in.
 * Ask each time you need one; it is kept in memory until shortly before its end. The gateway must have
 * `ACCESS_TOKEN_ENDPOINT` on.
 *
 * @param options `forceRefresh`: a new one; for when an API has refused the last.
 * @throws {AuthError}
 */
export function getAccessToken(options?: {
  forceRefresh?: boolean | undefined;
}): Promise<string | null>;

/**
 * Returns the session in another organization. Where AuthKit wants a sign-in there, goes and signs in.
 *
 * @throws {AuthError}
 */
export function switchToOrganization(organizationId: string): Promise<Session>;

/**
 * Goes and signs in. In a tab that is hidden, waits until it is shown. The promise stays open: the page
 * is about to go.
 */
export function signIn(options?: SignInOptions): Promise<never>;

/** As {@link signIn}, on the sign-up page. */
export function signUp(options?: SignInOptions): Promise<never>;

/**
 * Signs out, here and at WorkOS, by posting a form. A `form-action` in the site's
 * Content-Security-Policy must allow `'self'` and WorkOS' API host, which the answer leads to.
 *
 * @param options `returnTo`: one of `LOGOUT_RETURN_TO`, as it is written there.
 */
export function signOut(options?: { returnTo?: string | undefined }): Promise<never>;

/**
 * The browser's `fetch`. If the gateway refuses because nobody is signed in, `sessionend` tells. The
 * answer is yours in any case.
 */
export function fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
