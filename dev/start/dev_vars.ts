/** `.dev.vars`: the developer's own variables, and whether they lead to WorkOS itself. */
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/** The key the double knows; WorkOS has no such key. */
export const DOUBLE_API_KEY = 'sk_test_local';

/** Variables by name. */
export type Variables = Record<string, string>;

/** Reads the file; undefined where there is none. */
export function readDevVars(file: string): Variables | undefined {
  try {
    return parseEnv(readFileSync(file, 'utf8')) as Variables;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Says whether there is a key for WorkOS itself. */
export function hasWorkOSKey(variables: Variables | undefined): boolean {
  const key = variables?.WORKOS_API_KEY ?? '';
  return key.startsWith('sk_') && key !== DOUBLE_API_KEY;
}

/** Returns what is missing to talk to WorkOS, and how to get it. */
export function missingFor(variables: Variables, port: number): string[] {
  const cures: Variables = {
    WORKOS_CLIENT_ID: 'copy the client ID, client_…, from the WorkOS dashboard under API Keys',
    WORKOS_COOKIE_PASSWORD: 'make one with `openssl rand -base64 32`',
    WORKOS_REDIRECT_URI: `set http://localhost:${port}/callback, and add the same in the WorkOS dashboard under Redirects`,
  };
  return Object.entries(cures)
    .filter(([name]) => !variables[name])
    .map(([name, cure]) => `${name}: ${cure}`);
}
