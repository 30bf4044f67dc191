/** A fault that has just been injected, as a line beside the gateway's. */
import { styleText } from 'node:util';
import { deedOf } from '../workos/fault_kinds.ts';
import type { Injected } from '../workos.ts';

/** Returns the line. */
export function faultLine({ kind, endpoint, grantType }: Injected, time: Date): string {
  return [
    styleText('dim', time.toTimeString().slice(0, 8)),
    styleText('magenta', 'fault'),
    (GRANTS[grantType ?? ''] ?? ENDPOINTS[endpoint]).padEnd(23),
    styleText('magenta', kind.padEnd(12)),
    `WorkOS ${deedOf(kind)}`,
  ].join('  ');
}

const ENDPOINTS: Record<Injected['endpoint'], string> = {
  authenticate: 'authentication',
  authorize: 'sign-in page',
  jwks: 'keys',
  logout: 'sign-out',
};

const GRANTS: Record<string, string> = {
  authorization_code: 'exchange of a code',
  refresh_token: 'refresh of a session',
};
