/** Parameters of a token request, read one by one. */
import { oauthError, type Params } from './http.ts';

/** Returns a parameter that must be there. */
export function required(params: Params, name: string): string {
  const value = optional(params, name);
  if (value === undefined) throw oauthError(400, 'invalid_request', `${name} is required.`);
  return value;
}

/** Returns a parameter that may be left out; empty counts as left out. */
export function optional(params: Params, name: string): string | undefined {
  const value = params[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string')
    throw oauthError(400, 'invalid_request', `${name} must be a string.`);
  return value;
}
