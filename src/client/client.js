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

/** @type {any} */
export const events = new EventTarget();

export class AuthError extends Error {}

/** @type {Session | undefined} */
let session;
/** @type {any} */
let token;
// The gateway's clock less ours, in milliseconds.
let ahead = 0;
// Until when a sign-out is under way.
let signOutEnds = 0;
/** @type {Record<string, Promise<any>>} */
const underWay = {};
const tabs = new BroadcastChannel('authkit-gateway');
/** @type {Promise<never>} */
const forever = new Promise(() => {});

/** @type {Client['getSession']} */
export const getSession = async ({ refresh } = {}) => {
  if (!refresh) return isFresh(session) ? session : check();
  const known = session?.expiresAt;
  return once('/auth/refresh', async (path) => {
    // Another tab may have done it while this one waited.
    learn(await ask(paths.session));
    return known && session?.expiresAt !== known ? session : learn(await ask(path, 'POST'));
  });
};

/** @type {Client['refresh']} */
export const refresh = () => getSession({ refresh: true });

/** @type {Client['getAccessToken']} */
export const getAccessToken = async ({ forceRefresh: refresh } = {}) => {
  if (!refresh && isFresh(token)) return token.accessToken;
  try {
    // Who it is comes first, so that the token is theirs.
    if (!(await getSession({ refresh })).user) return null;
    return await once('/auth/token', async (path) => {
      const answer = await ask(path);
      if (!answer.accessToken) return learn(answer).user;
      token = answer;
      return answer.accessToken;
    });
  } catch (error) {
    if (!refresh && isFresh(token, 0)) return token.accessToken;
    throw error;
  }
};

/** @type {Client['switchToOrganization']} */
export const switchToOrganization = async (organizationId) => {
  const query = new URLSearchParams({ organization_id: organizationId });
  return once(`/auth/switch-organization?${query}`, async (path) =>
    learn(await ask(path, 'POST')),
  ).catch((error) => {
    if (error.code === 'step_up_required') return signIn({ organizationId });
    throw error;
  });
};

/** @type {Client['signIn']} */
export const signIn = (options) => leave(paths.signIn, options);

/** @type {Client['signUp']} */
export const signUp = (options) => leave(paths.signUp, options);

/** @type {Client['signOut']} */
export const signOut = ({ returnTo } = {}) => {
  // A request that is refused meanwhile must not lead to a sign-in, which would stop this.
  signOutEnds = now() + 10;
  // The next page comes when the session has ended.
  addEventListener('pagehide', () => tabs.postMessage(null), { once: true });
  const form = document.createElement('form');
  form.method = 'post';
  form.action = location.origin + paths.signOut;
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
    answer.headers.has('x-authkit-gateway') &&
    // Of several refused at a time, one tells.
    (session === before || session?.user)
  )
    check('refused').catch(ignore);
  return answer;
};

tabs.onmessage = ({ data }) => {
  if (data) learn(data, 'told');
  else if (session) check().catch(ignore);
};

/** @param {any} event */
const lookAgain = ({ persisted }) => {
  if (persisted) signOutEnds = 0;
  if (!session || document.hidden || persisted === false) return;
  // What was under way when the page was put aside may answer for the time before.
  check(persisted && 'restored').catch(ignore);
  if (token) getAccessToken().catch(ignore);
};

for (const type of ['visibilitychange', 'pageshow', 'online']) addEventListener(type, lookAgain);

const check = (how = '') =>
  once(`${paths.session}#${how}`, async (path) => learn(await ask(path), how));

/** @param {Session} next @param {string} [how] */
const learn = (next, how) => {
  const last = session;
  const changed = facts(last) !== facts(next);
  session = next;
  if (how !== 'told' && (changed || last?.expiresAt !== next.expiresAt)) tabs.postMessage(next);
  if (changed) {
    token = undefined;
    events.dispatchEvent(new CustomEvent('session', { detail: next }));
  }
  if (!next.user && (last?.user || how === 'refused'))
    events.dispatchEvent(new Event('sessionend'));
  return next;
};

/** @param {Session} [known] */
const facts = (known) => known && JSON.stringify({ ...known, expiresAt: 0 });

const now = () => (Date.now() + ahead) / 1000;

// The gateway renews what has less than 30 seconds left.
/** @param {any} known */
const isFresh = (known, margin = 20) => known && !(known.expiresAt < now() + margin);

// One request for all who ask while it is under way.
/** @param {string} path @param {(path: string) => Promise<any>} work */
const once = (path, work) => {
  underWay[path] ??= alone(() => work(path)).finally(() => delete underWay[path]);
  return underWay[path];
};

/** @param {() => Promise<any>} work */
const alone = async (work) => {
  try {
    const signal = AbortSignal.timeout(10_000);
    return await navigator.locks.request('authkit-gateway', { signal }, work);
  } catch (error) {
    if (error instanceof AuthError) throw error;
    // There are no locks, or a tab fell asleep with it. The gateway can bear two at a time.
    return work();
  }
};

/** @param {string} path */
const ask = async (path, method = 'GET') => {
  /** @type {any} */
  let answer;
  /** @type {any} */
  let body;
  try {
    const signal = AbortSignal.timeout(30_000);
    answer = await globalThis.fetch(location.origin + path, { method, redirect: 'error', signal });
    ahead = Date.parse(answer.headers.get('date')) - Date.now() || 0;
    body = await answer.json();
    if (answer.ok && (body.user !== undefined || body.accessToken)) return body;
    if (answer.status === 401 && body.error === 'unauthenticated') return { user: null };
  } catch {}
  const { error: code = 'unreachable', message = code } = body ?? {};
  throw Object.assign(new AuthError(message), { code, status: answer?.status ?? 0 });
};

/** @param {string} path @param {any} [options] */
const leave = async (path, { returnTo = location.href, ...options } = {}) => {
  const { pathname, search, hash } = new URL(returnTo, location.href);
  // What browsers leave bare and the gateway refuses in a path to return to.
  const target = (pathname + search + hash).replace(/[\\^`{|}]/g, encodeURIComponent);
  const query = new URLSearchParams({ return_to: target });
  for (const [name, value] of Object.entries(options))
    if (value != null) query.set(name.replace(/[A-Z]/g, '_$&').toLowerCase(), value);
  if (document.hidden)
    await new Promise((shown) => addEventListener('visibilitychange', shown, { once: true }));
  if (now() > signOutEnds) location.assign(`${location.origin}${path}?${query}`);
  return forever;
};

const ignore = () => {};
