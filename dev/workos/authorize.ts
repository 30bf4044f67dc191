/**
 * `/user_management/authorize`: GET asks who is signing in, POST is the answer given on the page.
 *
 * The page's form posts to the very URL it was opened with, so nothing has to be remembered in between.
 */
import { type Authorization, parseAuthorization, returnUrl, sentBack } from './authorization.ts';
import { type Environment, now } from './environment.ts';
import { type Answer, oauthError, page, type Received, redirect } from './http.ts';
import { findByEmail, membershipIn, type Person } from './people.ts';
import type { Authentication } from './sessions.ts';
import { readForm } from './sign_in_form.ts';
import { signInPage } from './sign_in_page.ts';

/** Lets a visitor sign in and sends them back with a code. */
export function authorize(received: Received, environment: Environment): Answer {
  const wanted = parseAuthorization(received.query, environment);
  if (received.method === 'POST') return answered(wanted, received, environment);
  if (received.method !== 'GET')
    throw oauthError(
      405,
      'invalid_request',
      'This endpoint takes GET, and POST from its own page.',
    );
  if (!environment.settings.interactive)
    return signedIn(wanted, whoeverFits(wanted, environment), null, environment);
  const remembered = environment.browsers.recognize(received);
  if (remembered && suffices(remembered, wanted, environment))
    return passed(wanted, remembered, environment);
  return page(200, signInPage(wanted, received.query, environment));
}

function answered(wanted: Authorization, received: Received, environment: Environment): Answer {
  const form = received.body ?? {};
  if (form.cancel !== undefined) {
    throw sentBack(wanted, 'access_denied', 'The visitor cancelled the sign-in.');
  }
  const choice = readForm(form, wanted, environment);
  if ('problem' in choice) {
    return page(422, signInPage(wanted, received.query, environment, choice));
  }
  return signedIn(wanted, choice.person, choice.organizationId, environment);
}

function whoeverFits(
  { loginHint, organizationId, redirectUri, state }: Authorization,
  { people }: Environment,
): Person {
  const fitting =
    organizationId === null
      ? people
      : people.filter((someone) => membershipIn(someone, organizationId));
  const found = loginHint === undefined ? fitting[0] : findByEmail(people, loginHint);
  if (!found)
    throw sentBack(
      { redirectUri, state },
      'user_not_found',
      `Nobody here is ${loginHint ?? 'known'}.`,
    );
  return found;
}

function suffices(
  { personId, authenticatedAt }: Authentication,
  wanted: Authorization,
  environment: Environment,
): boolean {
  const someone = environment.people.find(({ id }) => id === personId);
  if (!someone || wanted.again || wanted.signUp || wanted.invited) return false;
  if (wanted.maxAge !== undefined && now(environment) - authenticatedAt > wanted.maxAge)
    return false;
  if (wanted.organizationId !== null && !membershipIn(someone, wanted.organizationId)) return false;
  return (
    wanted.loginHint === undefined || wanted.loginHint.toLowerCase() === someone.email.toLowerCase()
  );
}

function passed(
  wanted: Authorization,
  remembered: Authentication,
  environment: Environment,
): Answer {
  const organizationId = wanted.organizationId ?? remembered.organizationId;
  return withCode(wanted, { ...remembered, organizationId }, environment);
}

function signedIn(
  wanted: Authorization,
  someone: Person,
  chosen: string | null,
  environment: Environment,
): Answer {
  const organizationId = wanted.organizationId ?? chosen;
  if (organizationId !== null && !membershipIn(someone, organizationId)) {
    throw sentBack(
      wanted,
      'access_denied',
      `${someone.email} is not a member of the organization ${organizationId}.`,
    );
  }
  const { authenticationMethod } = wanted;
  const authentication = {
    personId: someone.id,
    organizationId,
    authenticationMethod,
    authenticatedAt: now(environment),
  };
  return withCode(wanted, authentication, environment, {
    'set-cookie': environment.browsers.remember(authentication),
  });
}

function withCode(
  wanted: Authorization,
  authentication: Authentication,
  { codes }: Environment,
  headers: Record<string, string> = {},
): Answer {
  return redirect(
    returnUrl(wanted, { code: codes.issue(authentication, wanted.codeChallenge) }),
    headers,
  );
}
