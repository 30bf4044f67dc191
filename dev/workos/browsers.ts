/** The double's own sign-on: browsers that need not sign in again, told apart by a cookie. */
import { cookie, type Received } from './http.ts';
import { newUlid } from './id.ts';
import { Recent } from './recent.ts';
import type { Authentication } from './sessions.ts';

/** Only the double's paths: cookies don't know ports, so the site on the same host would see it. */
const COOKIE = {
  name: 'workos_double_browser',
  attributes: 'Path=/user_management; HttpOnly; SameSite=Lax',
};

const MOST_REMEMBERED = 10_000;

/** Browsers somebody signed in with. */
export class Browsers {
  #known = new Recent<Authentication>(MOST_REMEMBERED);

  /** Returns who signed in with this browser. */
  recognize(received: Received): Authentication | undefined {
    return this.#known.get(cookie(received, COOKIE.name) ?? '');
  }

  /** Remembers a sign-in, and returns the `Set-Cookie` for it. */
  remember(authentication: Authentication): string {
    const id = newUlid();
    this.#known.set(id, authentication);
    return `${COOKIE.name}=${id}; ${COOKIE.attributes}`;
  }

  /** Forgets a browser, and returns the `Set-Cookie` that clears its cookie. */
  forget(received: Received): string {
    this.#known.delete(cookie(received, COOKIE.name) ?? '');
    return `${COOKIE.name}=; Max-Age=0; ${COOKIE.attributes}`;
  }
}
