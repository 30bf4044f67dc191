const paths = { signIn: '/login', signUp: '/signup', signOut: '/logout', session: '/auth/session' };

// The gateway's client: who is signed in, in step with the gateway and with the other tabs.
// What each export does is in client.d.ts. The gateway writes its own paths over the first line, and
// leaves out indentation and comments, which have lines of their own.
//
// 1. Signed out is what the gateway says: not a failure, a redirect, or an answer that isn't its own.
// 2. Requests about the session are made one at a time, over all tabs: answers come in order.
// 3. Time is the gateway's, and looked at when it matters: timers sleep when the computer does.
// 4. Tokens stay in this module. Tabs tell each other of sessions, not of tokens.
// 5. The page is left for the gateway's own paths only, and only while it can be seen.

/** @typedef {typeof import('./client.js')} Client */
/** @typedef {import('./client.js').Session} Session */

/** @type {Client['events']} */
export const events = new EventTarget();

export class AuthError extends Error {
  /** @param {string} code @param {number} status @param {string} [message] */
  constructor(code, status, message = code) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** @type {Session | undefined} */
let session;
let sessionDue = 0;
/** @type {{ accessToken: string, expiresAt: number } | undefined} */
let token;
let tokenDue = 0;
// The gateway's clock less ours, in milliseconds.
let ahead = 0;
let signingOut = false;
/** @type {Record<string, Promise<any>>} */
const underWay = {};
const tabs = new BroadcastChannel('authkit-gateway');
/** @type {Promise<never>} */
const forever = new Promise(() => {});

/** @type {Client['getSession']} */
export const getSession = async ({ refresh } = {}) => {
  if (!refresh) return session && now() < sessionDue ? session : check();
  const known = session?.expiresAt;
  return once('/auth/refresh', async (path) =>
    // Another tab may have done it while this one waited.
    known && session?.expiresAt > known ? session : learn(await ask(path, 'POST')),
  );
};

/** @type {Client['refresh']} */
export const refresh = () => getSession({ refresh: true });

/** @type {Client['getAccessToken']} */
export const getAccessToken = async ({ forceRefresh: refresh } = {}) => {
  if (!refresh && token && now() < tokenDue) return token.accessToken;
  try {
    // Who it is comes first, so that the token is theirs.
    if (!(await getSession({ refresh })).user) return null;
    return await once('/auth/token', async (path) => {
      const answer = await ask(path);
      if (!answer.accessToken) return learn(answer).user;
      token = answer;
      tokenDue = due(answer);
      return answer.accessToken;
    });
  } catch (error) {
    if (!refresh && token && now() < token.expiresAt) return token.accessToken;
    throw error;
  }
};

/** @type {Client['switchToOrganization']} */
export const switchToOrganization = (organizationId) =>
  once(
    `/auth/switch-organization?${new URLSearchParams({ organization_id: organizationId })}`,
    async (path) => learn(await ask(path, 'POST')),
  ).catch((error) => {
    if (error.code !== 'step_up_required') throw error;
    return signIn({ organizationId });
  });

/** @type {Client['signIn']} */
export const signIn = (options) => leave(paths.signIn, options);

/** @type {Client['signUp']} */
export const signUp = (options) => leave(paths.signUp, options);

/** @type {Client['signOut']} */
export const signOut = ({ returnTo } = {}) => {
  // A request that is refused meanwhile must not lead to a sign-in, which would stop this.
  signingOut = true;
  setTimeout(() => {
    signingOut = false;
  }, 10_000);
  // The next page comes when the session has ended.
  addEventListener('pagehide', () => tabs.postMessage(null), { once: true });
  const form = document.createElement('form');
  form.method = 'post';
  form.action = paths.signOut;
  if (returnTo) form.action += `?${new URLSearchParams({ return_to: returnTo })}`;
  document.body.append(form);
  form.submit();
  return forever;
};

/** @type {Client['fetch']} */
export const fetch = async (input, init) => {
  const before = session;
  const answer = await globalThis.fetch(input, init);
  if (
    answer.status === 401 &&
    answer.type === 'basic' &&
    answer.headers.get('x-authkit-gateway') === 'intercepted' &&
    // Of several refused at a time, one tells.
    session === before
  )
    check('refused').catch(ignore);
  return answer;
};

tabs.onmessage = ({ data }) => {
  if (data) learn(data, 'told');
  else if (session) check().catch(ignore);
};

for (const type of ['visibilitychange', 'pageshow', 'online'])
  addEventListener(type, ({ persisted }) => {
    if (persisted) signingOut = false;
    if (!session || document.hidden || persisted === false) return;
    check().catch(ignore);
    if (token) getAccessToken().catch(ignore);
  });

const check = (how = '') =>
  once(`${paths.session}#${how}`, async (path) => learn(await ask(path), how));

/** @param {Session} next @param {string} [how] */
const learn = (next, how) => {
  const last = session;
  const changed = facts(last) !== facts(next);
  session = next;
  sessionDue = due(next);
  if (how !== 'told' && (changed || last?.expiresAt !== next.expiresAt)) tabs.postMessage(next);
  if (changed) {
    token = undefined;
    events.dispatchEvent(new CustomEvent('session', { detail: next }));
  }
  if (!next.user && (last?.user || how === 'refused')) events.dispatchEvent(new Event('sessionend'));
  return next;
};

/** @param {Session} [known] */
const facts = (known) => known && JSON.stringify({ ...known, expiresAt: 0 });

const now = () => (Date.now() + ahead) / 1000;

// When to ask again: half a minute before the end, or halfway there.
/** @param {{ expiresAt?: number | undefined }} answer */
const due = ({ expiresAt = Infinity }) => expiresAt - Math.min(30, (expiresAt - now()) / 2);

// One request for all who ask while it is under way.
/** @param {string} path @param {(path: string) => Promise<any>} work */
const once = (path, work) => {
  underWay[path] ??= alone(() => work(path)).finally(() => delete underWay[path]);
  return underWay[path];
};

/** @param {() => Promise<any>} work */
const alone = async (work) => {
  let begun = false;
  try {
    const signal = AbortSignal.timeout(10_000);
    return await navigator.locks.request('authkit-gateway', { signal }, () => {
      begun = true;
      return work();
    });
  } catch (error) {
    if (begun) throw error;
    // There are no locks, or a tab fell asleep with it. The gateway can bear two at a time.
    return work();
  }
};

const ask = async (path, method = 'GET') => {
  let answer;
  let body;
  try {
    answer = await globalThis.fetch(path, {
      method,
      cache: 'no-store',
      redirect: 'error',
      signal: AbortSignal.timeout(30_000),
    });
    body = await answer.json();
  } catch {}
  if (!body) throw new AuthError('unreachable', answer?.status ?? 0);
  ahead = (Date.parse(answer.headers.get('date')) || Date.now()) - Date.now();
  if (answer.ok && (body.user !== undefined || body.accessToken)) return body;
  if (answer.status === 401 && body.error === 'unauthenticated') return { user: null };
  throw new AuthError(body.error ?? 'unreachable', answer.status, body.message);
};

const leave = async (path, { returnTo = location.href, ...options } = {}) => {
  const { pathname, search, hash } = new URL(returnTo, location.href);
  // What browsers leave bare and the gateway refuses in a path to return to.
  const target = (pathname + search + hash).replace(/[\\^`{|}]/g, encodeURIComponent);
  const query = new URLSearchParams({ return_to: target });
  for (const [name, value] of Object.entries(options))
    if (value != null) query.set(name.replace(/[A-Z]/g, '_$&').toLowerCase(), value);
  if (document.hidden)
    await new Promise((shown) => addEventListener('visibilitychange', shown, { once: true }));
  if (!signingOut) location.assign(`${path}?${query}`);
  return forever;
};

const ignore = () => {};
