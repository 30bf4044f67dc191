/** The app's script: all it knows of signing in it has from the gateway's own module. */
import {
  AuthError,
  events,
  fetch as gatewayFetch,
  getAccessToken,
  getSession,
  refresh,
  signIn,
  signOut,
  signUp,
  switchToOrganization,
} from '/auth/client.js';

/** @typedef {import('/auth/client.js').Session} Session @typedef {{ id: string, name: string }} Organization */

/** @type {Session} */
let session = { user: null };
/** The organizations of the person who is there, as the site's own data has them. @type {Organization[]} */
let organizations = [];
/** When the access token began and ends, in seconds. */
let [begun, ends] = [0, 0];
let signingOut = false;
let lastToken = '';

events.addEventListener('session', async ({ detail }) => {
  const before = session.user?.id;
  show(detail);
  if (detail.user && detail.user.id !== before) await whileBusy(null, loadOrganizations);
  tell(detail.user ? `A session: ${words(detail)}` : 'Nobody is signed in');
});
events.addEventListener('sessionend', () => {
  if (!signingOut) notice('You have been signed out, in another tab or by WorkOS.');
});

on('sign-in', () => signIn());
on('sign-up', () => signUp());
on('sign-out', () => {
  signingOut = true;
  return signOut();
});
on('refresh', async () => {
  show(await refresh());
  tell('refresh(): the session is as WorkOS has it at this moment');
});
on('get-token', async () => {
  const token = (await getAccessToken()) ?? '';
  tell(`getAccessToken(): ${token && token === lastToken ? 'the same, from memory' : 'a new one'}`);
  lastToken = token;
  show(await getSession());
});
byId('organization').addEventListener('change', ({ currentTarget }) => {
  const select = /** @type {HTMLSelectElement} */ (currentTarget);
  whileBusy(select, async () => {
    show(await switchToOrganization(select.value));
    tell(`switchToOrganization(): in ${nameOf(session.user && session.organizationId)} now`);
  });
});
// Back from another page, just as it was left.
addEventListener('pageshow', () => {
  signingOut = false;
  for (const control of document.querySelectorAll('[aria-busy]'))
    control.removeAttribute('aria-busy');
});
setInterval(showLife, 500);
whileBusy(null, async () => show(await getSession()));

async function loadOrganizations() {
  const answer = await gatewayFetch('/app/organizations');
  organizations = answer.ok ? await answer.json() : [];
  show(session);
}

/** @param {Session} next */
function show(next) {
  session = next;
  byId('nobody').hidden = next.user !== null;
  byId('somebody').hidden = next.user === null;
  if (next.user === null) {
    organizations = [];
    return;
  }
  const { firstName, lastName, email, id } = next.user;
  const name = [firstName, lastName].filter(Boolean).join(' ') || email || id;
  byId('name').textContent = name;
  byId('initial').textContent = ([...name][0] ?? '').toUpperCase();
  byId('email').textContent = next.impersonator
    ? `${email}: really ${next.impersonator.email}, acting as this person`
    : (email ?? '');
  byId('role').textContent = next.roles?.join(', ') || next.role || 'none';
  byId('permissions').replaceChildren(chips(next.permissions ?? []));
  showOrganization(next.organizationId);
  if (next.expiresAt !== ends) [begun, ends] = [Date.now() / 1000, next.expiresAt];
  showLife();
}

/** A choice for who is in several organizations. @param {string | null} current */
function showOrganization(current) {
  const select = /** @type {HTMLSelectElement} */ (byId('organization'));
  select.hidden = organizations.length < 2;
  select.replaceChildren(
    ...organizations.map(({ id, name }) => new Option(name, id, false, id === current)),
  );
  const name = byId('organization-id');
  name.hidden = !select.hidden;
  name.textContent = nameOf(current);
}

function showLife() {
  const left = Math.max(0, Math.round(ends - Date.now() / 1000));
  const life = /** @type {HTMLProgressElement} */ (byId('life'));
  life.value = left / Math.max(1, ends - begun);
  byId('left').textContent = left > 0 ? `${left} s left` : 'spent; the next call brings a new one';
}

/** @param {string[]} texts */
function chips(texts) {
  if (texts.length === 0) return 'none';
  const list = document.createElement('ul');
  list.className = 'chips';
  list.append(...texts.map((text) => item(text)));
  return list;
}

/** @param {...(string | Node)} content */
function item(...content) {
  const element = document.createElement('li');
  element.append(...content);
  return element;
}

/** @param {string | null} id */
function nameOf(id) {
  return organizations.find((organization) => organization.id === id)?.name ?? id ?? 'none';
}

/** @param {Extract<Session, { user: object }>} somebody */
function words({ user, organizationId, role }) {
  const where = organizationId ? `, ${role ?? 'without a role'} in ${nameOf(organizationId)}` : '';
  return `${user.email ?? user.id}${where}`;
}

/** @param {string} text */
function tell(text) {
  const time = document.createElement('time');
  time.textContent = new Date().toLocaleTimeString();
  byId('log').prepend(item(time, ' ', text));
}

/** @param {string} text */
function notice(text) {
  byId('notice').textContent = text;
  byId('notice').hidden = text === '';
}

/** @param {string} id @param {() => Promise<unknown>} work */
function on(id, work) {
  const button = /** @type {HTMLButtonElement} */ (byId(id));
  button.addEventListener('click', () => whileBusy(button, work));
}

/**
 * Says what went wrong: not being able to tell is not being signed out.
 *
 * @param {HTMLButtonElement | HTMLSelectElement | null} control @param {() => Promise<unknown>} work
 */
async function whileBusy(control, work) {
  control?.setAttribute('aria-busy', 'true');
  try {
    notice('');
    await work();
  } catch (error) {
    const reason = error instanceof AuthError ? `${error.message} (${error.code})` : String(error);
    tell(`Not done: ${reason}`);
    notice(`${reason} ${session.user ? 'You are still signed in.' : ''}`);
    show(session);
  } finally {
    control?.removeAttribute('aria-busy');
  }
}

/** @param {string} id @returns {HTMLElement} */
function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`there is no #${id}`);
  return element;
}
