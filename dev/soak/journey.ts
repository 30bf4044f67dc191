/** A sign-in: to WorkOS, and back. */
import { header } from '../../tests/worker/support/http.ts';
import { ADDRESS } from '../../tests/worker/support/world.ts';
import type { Browser } from './browser.ts';
import { callback, type Errand, login, session, signOut } from './errands.ts';
import type { Visit } from './visit.ts';

/** Signs in, and ends just before a page; says whether there is a session then. */
export async function signIn(browser: Browser, end: Errand): Promise<boolean> {
  const { verdict, visit } = await browser.visit(login(browser.person.email, end));
  const away = locationOf(visit);
  if (verdict !== 'good' || !away) return false;
  const back = await browser.visitWorkOS(away);
  if (!back) return false;
  const arrival = await browser.visit(callback(back));
  return arrival.verdict === 'good' && browser.held !== undefined;
}

/** Signs out, here and at WorkOS; returns the request that did it, if it did. */
export async function leaveForGood(browser: Browser): Promise<Visit | undefined> {
  const { verdict, visit } = await browser.visit(signOut());
  if (verdict !== 'good') return undefined;
  const away = locationOf(visit);
  if (away) await browser.visitWorkOS(away);
  await browser.visit(session('after sign-out'));
  return visit;
}

function locationOf({ reply }: Visit): URL | undefined {
  const location = reply && header(reply, 'location');
  return location === undefined ? undefined : new URL(location, ADDRESS);
}
