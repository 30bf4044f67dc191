/** `POST /user_management/authenticate`: the three grants a gateway uses. */
import { answers } from './codes.ts';
import type { Environment } from './environment.ts';
import {
  type Answer,
  apiError,
  json,
  oauthError,
  type Params,
  type Received,
  type Refusal,
} from './http.ts';
import { authenticateAnswer, tokenPair } from './issue.ts';
import { required } from './params.ts';
import { apiUser, type Person } from './people.ts';
import { checkMember, exchangeRefreshToken } from './refresh.ts';
import type { Authentication } from './sessions.ts';

/** Exchanges a code, a refresh token or a pending authentication for a session's tokens. */
export function authenticate({ method, body }: Received, environment: Environment): Answer {
  if (method !== 'POST') throw oauthError(405, 'invalid_request', 'This endpoint takes POST.');
  if (!body)
    throw oauthError(
      400,
      'invalid_request',
      'The body must be a JSON object or a form, named by its Content-Type.',
    );
  const grantType = required(body, 'grant_type');
  checkClient(body, environment);
  switch (grantType) {
    case 'authorization_code':
      return exchangeCode(body, environment);
    case 'refresh_token':
      return json(200, exchangeRefreshToken(body, environment));
    case 'urn:workos:oauth:grant-type:organization-selection':
      return selectOrganization(body, environment);
    default:
      throw oauthError(400, 'invalid_request', `The grant type is not supported: ${grantType}`);
  }
}

function checkClient(body: Params, { clientId, apiKey }: Environment): void {
  if (required(body, 'client_id') !== clientId)
    throw oauthError(401, 'invalid_client', 'Invalid client ID.');
  if (required(body, 'client_secret') !== apiKey)
    throw oauthError(401, 'invalid_client', 'Invalid client secret.');
}

function exchangeCode(body: Params, environment: Environment): Answer {
  const code = required(body, 'code');
  const grant = environment.codes.find(code);
  const person = grant && personOf(grant, environment);
  if (!grant || !person) throw badCode(code);
  if (environment.settings.pkce === 'enforced' && grant.codeChallenge !== undefined) {
    if (!answers(required(body, 'code_verifier'), grant.codeChallenge)) throw badCode(code);
  }
  environment.codes.spend(code);
  return signIn(grant, person, environment);
}

function badCode(code: string): Refusal {
  return oauthError(400, 'invalid_grant', `The code '${code}' has expired or is invalid.`);
}

/** Settles the organization: the one asked for, else the only one, else the visitor has to choose. */
function signIn(authentication: Authentication, person: Person, environment: Environment): Answer {
  const organizations = person.memberships.map(({ organization }) => organization);
  if (authentication.organizationId === null && organizations.length > 1) {
    return json(403, {
      code: 'organization_selection_required',
      message: 'The user must choose an organization to finish their authentication.',
      pending_authentication_token: environment.pending.issue(authentication),
      organizations,
      user: apiUser(person),
    });
  }
  const organizationId = authentication.organizationId ?? organizations[0]?.id ?? null;
  return startSession({ ...authentication, organizationId }, person, environment);
}

function selectOrganization(body: Params, environment: Environment): Answer {
  const token = required(body, 'pending_authentication_token');
  const organizationId = required(body, 'organization_id');
  const grant = environment.pending.find(token);
  const person = grant && personOf(grant, environment);
  if (!grant || !person)
    throw apiError(
      400,
      'invalid_pending_authentication_token',
      'Invalid pending authentication token.',
    );
  checkMember(person, organizationId);
  environment.pending.spend(token);
  return startSession({ ...grant, organizationId }, person, environment);
}

function startSession(
  authentication: Authentication,
  person: Person,
  environment: Environment,
): Answer {
  person.lastSignInAt = person.updatedAt = new Date().toISOString();
  const session = environment.sessions.start(authentication, person);
  return json(200, authenticateAnswer(session, person, tokenPair(session, person, environment)));
}

function personOf({ personId }: Authentication, { people }: Environment): Person | undefined {
  return people.find(({ id }) => id === personId);
}
