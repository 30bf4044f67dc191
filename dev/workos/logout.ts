/** `GET /user_management/sessions/logout`: ends a session, and the browser's sign-on with it. */
import type { Environment } from './environment.ts';
import { type Answer, apiError, page, type Received, redirect } from './http.ts';
import { messagePage } from './message_page.ts';

const LOOPBACK = /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/;

/** Signs the visitor out and sends them to `return_to`, where that is a registered place. */
export function logout(received: Received, { sessions, browsers, settings }: Environment): Answer {
  const sessionId = received.query.get('session_id');
  if (!sessionId) throw apiError(422, 'invalid_request', 'session_id is required.');
  sessions.revoke(sessionId);
  const headers = { 'set-cookie': browsers.forget(received) };
  const returnTo = received.query.get('return_to');
  return returnTo === null
    ? farewell(headers)
    : sendBack(returnTo, settings.signOutRedirects, headers);
}

function farewell(headers: Record<string, string>): Answer {
  const answer = page(200, messagePage('You are signed out', 'You can close this page.'));
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

function sendBack(
  returnTo: string,
  registered: readonly string[],
  headers: Record<string, string>,
): Answer {
  const url = URL.parse(returnTo);
  const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (url && isWeb && (LOOPBACK.test(url.hostname) || registered.includes(returnTo)))
    return redirect(url.href, headers);
  const answer = page(
    400,
    messagePage(
      'You are signed out',
      `“${returnTo}” is not among the sign-out redirects, so you stay here.`,
    ),
  );
  return { ...answer, headers: { ...answer.headers, ...headers } };
}
