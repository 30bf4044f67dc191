/** The gateway's variables for a run on this machine, and where they have to stand to win. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DOUBLE_API_KEY, type Variables } from './dev_vars.ts';
import type { Options } from './options.ts';

/** What `.dev.vars` may override, and what nothing may. */
export interface GatewaySettings {
  defaults: Variables;
  fixed: Variables;
}

/** Sends visitors to the double. */
export function doubleSettings(options: Options, password: string): GatewaySettings {
  const { port, workosPort } = options;
  const home = `http://localhost:${port}`;
  return {
    defaults: { LOG_LEVEL: 'debug', LOGOUT_RETURN_TO: `${home}/`, ...site(options) },
    fixed: {
      WORKOS_API_HOSTNAME: 'localhost',
      WORKOS_API_HTTPS: 'false',
      WORKOS_API_KEY: DOUBLE_API_KEY,
      WORKOS_API_PORT: String(workosPort),
      WORKOS_CLIENT_ID: 'client_local',
      WORKOS_COOKIE_PASSWORD: password,
      WORKOS_REDIRECT_URI: `${home}/callback`,
    },
  };
}

/** Leaves all but the site behind the gateway to `wrangler.toml` and `.dev.vars`. */
export function workosSettings(options: Options, configured: Variables): GatewaySettings {
  return { defaults: { ...configured, ...site(options) }, fixed: {} };
}

function site({ example, sitePort }: Options): Variables {
  const origin = { ORIGIN: `http://localhost:${sitePort}` };
  if (example) return { ...(example.assets === undefined && origin), ...example.variables };
  return {
    ...origin,
    ACCESS_TOKEN_ENDPOINT: 'true',
    FORWARD_USER: 'true',
    UNAUTHENTICATED_PATHS: '/, /app, /assets/:path*',
  };
}

/** Returns this checkout's cookie password, so that sessions outlive a restart. */
export function keptPassword(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    const password = randomBytes(32).toString('hex');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, password, { mode: 0o600 });
    return password;
  }
}
