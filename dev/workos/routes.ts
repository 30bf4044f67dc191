/** Which path is which endpoint, and who answers there. */
import { authenticate } from './authenticate.ts';
import { authorize } from './authorize.ts';
import type { Environment } from './environment.ts';
import type { Endpoint } from './faults.ts';
import { type Answer, apiError, json, type Received, Refusal } from './http.ts';
import { logout } from './logout.ts';

/** Names the endpoint a path belongs to. */
export function endpointOf(path: string): Endpoint | undefined {
  if (path.startsWith('/sso/jwks/')) return 'jwks';
  if (path === '/user_management/authorize') return 'authorize';
  if (path === '/user_management/authenticate') return 'authenticate';
  return path === '/user_management/sessions/logout' ? 'logout' : undefined;
}

/** Answers a request; a refusal is an answer too. */
export function routed(
  received: Received,
  endpoint: Endpoint | undefined,
  environment: Environment,
): Answer {
  try {
    return route(received, endpoint, environment);
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}

function route(
  received: Received,
  endpoint: Endpoint | undefined,
  environment: Environment,
): Answer {
  switch (endpoint) {
    case 'authorize':
      return authorize(received, environment);
    case 'authenticate':
      return authenticate(received, environment);
    case 'jwks':
      return jwks(received.path, environment);
    case 'logout':
      return logout(received, environment);
    case undefined:
      if (received.path === '/health') return json(200, { status: 'ok' });
      throw apiError(404, 'not_found', `This double has no ${received.method} ${received.path}.`);
  }
}

function jwks(path: string, { clientId, signer }: Environment): Answer {
  if (path !== `/sso/jwks/${clientId}`)
    throw apiError(
      404,
      'not_found',
      `There is no such client; this double only knows '${clientId}'.`,
    );
  return json(200, signer.jwks());
}
