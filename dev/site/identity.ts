/**
 * Who is asking, as the gateway tells it: all the site knows of signing in.
 *
 * Values are percent-encoded where they aren't printable ASCII; lists are JSON arrays.
 */
import type { IncomingHttpHeaders } from 'node:http';

/** A visitor who is signed in. */
export interface Identity {
  userId: string;
  email: string | undefined;
  /** Only where the gateway forwards the whole user. */
  name: string | undefined;
  sessionId: string | undefined;
  organizationId: string | undefined;
  role: string | undefined;
  roles: string[];
  permissions: string[];
  /** Who acts in the user's place. */
  impersonator: string | undefined;
}

/** Reads the visitor from a request's headers. */
export function identityOf(headers: IncomingHttpHeaders): Identity | undefined {
  const text = (name: string) => decoded(headers[`x-authkit-${name}`]);
  const userId = text('user-id');
  if (userId === undefined) return undefined;
  return {
    userId,
    email: text('email'),
    name: nameIn(text('user')),
    sessionId: text('session-id'),
    organizationId: text('organization-id'),
    role: text('role'),
    roles: listIn(text('roles')),
    permissions: listIn(text('permissions')),
    impersonator: text('impersonator'),
  };
}

/** Returns the headers themselves, as they came. */
export function identityHeaders(headers: IncomingHttpHeaders): [name: string, value: string][] {
  return Object.entries(headers)
    .filter(([name]) => name.startsWith('x-authkit-'))
    .map(([name, value]) => [name, String(value)]);
}

function decoded(value: string | string[] | undefined): string | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function listIn(text: string | undefined): string[] {
  const value = parsed(text ?? '[]');
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function nameIn(user: string | undefined): string | undefined {
  const value = parsed(Buffer.from(user ?? '', 'base64url').toString('utf8'));
  const hasName = typeof value === 'object' && value !== null && 'name' in value;
  return hasName && typeof value.name === 'string' ? value.name : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
