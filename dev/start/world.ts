/** Which WorkOS the gateway talks to: the local double, or WorkOS itself. */

import { fullName } from '../workos/people.ts';
import { startWorkOS } from '../workos.ts';
import { hasWorkOSKey, missingFor, type Variables } from './dev_vars.ts';
import { adviceOn, failAsPlanned } from './failing.ts';
import type { Options } from './options.ts';
import type { PortNeeded } from './ports.ts';
import { doubleSettings, type GatewaySettings, keptPassword, workosSettings } from './settings.ts';

/** One of the two. */
export interface World {
  settings: GatewaySettings;
  /** What keeps the gateway from starting, one line each. */
  problems: string[];
  ports: PortNeeded[];
  /** Starts what there is to start; tells what happens there, line by line. */
  open(tell: (line: string) => void): Promise<{ close(): Promise<void> }>;
  /** What a person has to know, line by line. */
  advice(): string[];
}

/** Chooses by whether the developer's variables hold a key for WorkOS. */
export function chooseWorld(
  options: Options,
  devVars: Variables | undefined,
  configured: Variables,
  keepIn: string,
): World {
  return devVars && hasWorkOSKey(devVars)
    ? workosWorld(options, devVars, configured)
    : doubleWorld(options, keepIn);
}

function workosWorld(options: Options, devVars: Variables, configured: Variables): World {
  const settings = workosSettings(options, configured);
  return {
    settings,
    problems: problemsWith(options, { ...settings.defaults, ...devVars }),
    ports: [],
    open: async () => ({ close: async () => {} }),
    advice: () => [
      'Sign-in is at WorkOS, with the keys in .dev.vars. In its dashboard, under Redirects, set',
      `  Redirect URI       ${devVars.WORKOS_REDIRECT_URI}`,
      `  Sign-in endpoint   http://localhost:${options.port}/login`,
      `  Sign-out redirect  http://localhost:${options.port}/`,
    ],
  };
}

function problemsWith({ port, faults }: Options, variables: Variables): string[] {
  const missing = missingFor(variables, port);
  return [
    ...(faults ? [NO_DOUBLE] : []),
    ...(missing.length > 0
      ? ['.dev.vars has a WORKOS_API_KEY, but this is missing:', ...missing]
      : []),
  ];
}

const NO_DOUBLE =
  '--faults is for the double of WorkOS, but .dev.vars has a WORKOS_API_KEY, which leads to WorkOS itself: leave out --faults, or take the key out of .dev.vars.';

function doubleWorld(options: Options, keepIn: string): World {
  const { workosPort, tokenSeconds, faults } = options;
  const settings = doubleSettings(options, keptPassword(`${keepIn}/cookie-password`));
  let names = '';
  return {
    settings,
    problems: [],
    ports: [{ port: workosPort, flag: '--workos-port', by: 'the WorkOS double' }],
    open: async (tell) => {
      const workos = await startWorkOS({
        port: workosPort,
        accessTokenSeconds: tokenSeconds,
        stateFile: `${keepIn}/workos.json`,
      });
      names = workos.people.flatMap((someone) => fullName(someone) ?? []).join(', ');
      return faults ? failAsPlanned(workos, faults, tell) : workos;
    },
    advice: () => [
      `Sign in as ${names}, or with any e-mail. There are no passwords.`,
      `Access tokens live ${tokenSeconds} seconds: stay on a page that knows you, reload, and see one renewed below.`,
      `WorkOS is a double on port ${workosPort}. To use WorkOS itself, put your WORKOS_API_KEY into .dev.vars.`,
      ...(faults ? adviceOn(faults) : []),
    ],
  };
}
