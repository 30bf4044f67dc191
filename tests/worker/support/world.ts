/** A gateway, the double of WorkOS and a site, started for the tests of one file or block. */
import assert from 'node:assert/strict';
import { after, afterEach } from 'node:test';
import {
  type MintedSession,
  startWorkOS,
  type WorkOS,
  type WorkOSOptions,
} from '../../../dev/workos.ts';
import { Browser } from './browser.ts';
import type { Variables } from './capnp.ts';
import { type Arrival, type EchoSite, startEchoSite } from './echo.ts';
import { type Behind, type Gateway, SCHEME_HEADER, startGateway } from './gateway.ts';
import { type Ask, ask, linesOf, type Reply } from './http.ts';
import { seal } from './seal.ts';

/** What differs from the usual. */
export interface WorldOptions {
  variables?: Variables;
  workos?: WorkOSOptions;
  /** Default `url`: the variable ORIGIN. */
  behind?: 'url' | 'service' | 'same-url' | 'loop' | { assets: string };
  /** Where visitors see the site. */
  address?: string;
  /** The settings are wrong on purpose. */
  faulty?: boolean;
  /** Shares the double and the site of another world, which must outlive this one. */
  beside?: World;
}

/** A request from a visitor; the host and scheme are the site's unless it says otherwise. */
export type Visit = Omit<Ask, 'port'> & { cookie?: string | undefined; address?: string };

/** What a sealed session may differ in from the one that was minted. */
export interface SealOptions {
  password?: string;
  cookie?: string;
  host?: string;
  purpose?: 'session' | 'flow';
  /** Put into the payload. */
  with?: Record<string, unknown>;
}

export const PASSWORD = 'Zk3u9Qd7Lm2xR8vT5nW1yB6cH4jP0sGf';
export const ADDRESS = 'https://app.example.com';
export const LOOPBACK = 'http://localhost:8787';

/** Everything a test needs. */
export class World {
  readonly workos: WorkOS;
  readonly site: EchoSite;
  readonly gateway: Gateway;
  readonly address: URL;

  constructor(workos: WorkOS, site: EchoSite, gateway: Gateway, address: URL) {
    this.workos = workos;
    this.site = site;
    this.gateway = gateway;
    this.address = address;
  }

  /** Sends one request and follows nothing. */
  ask(visit: Visit): Promise<Reply> {
    return askGateway(this.gateway, this.address, visit);
  }

  /** Opens a page the way a browser does where somebody typed the address. */
  open(path: string, visit: Partial<Visit> = {}): Promise<Reply> {
    return this.ask({ path, ...visit, headers: { ...NAVIGATION, ...visit.headers } });
  }

  /** Asks the way a page's script does. */
  fetch(path: string, visit: Partial<Visit> = {}): Promise<Reply> {
    return this.ask({ path, ...visit, headers: { ...SCRIPT, ...visit.headers } });
  }

  /** A browser that has never been here. */
  browser(): Browser {
    return new Browser(this);
  }

  /** The `Cookie` field of a visitor who has this session. */
  cookie(session: MintedSession = this.workos.mintSession(), options: SealOptions = {}): string {
    return `${options.cookie ?? 'wos-session'}=${this.sealed(session, options)}`;
  }

  /** A session as the gateway would seal it. */
  sealed(session: MintedSession, options: SealOptions = {}): string {
    const { accessToken, refreshToken, user, impersonator, authenticationMethod } = session;
    const { password = PASSWORD, cookie = 'wos-session', purpose = 'session' } = options;
    const payload = { accessToken, refreshToken, user, impersonator, authenticationMethod };
    const host = options.host ?? this.address.hostname;
    return seal({ ...payload, ...options.with }, { purpose, cookie, host }, password);
  }

  /** How often WorkOS was asked for something, of one grant where it is named. */
  asked(endpoint: 'authenticate' | 'jwks' | 'authorize' | 'logout', grantType?: string): number {
    return this.workos.requests.filter(
      (seen) =>
        seen.endpoint === endpoint &&
        (grantType === undefined || seen.body?.grant_type === grantType),
    ).length;
  }

  /** The last request that reached the site. */
  arrival(): Arrival {
    const arrival = this.site.arrivals.at(-1);
    assert.ok(arrival, 'nothing reached the site');
    return arrival;
  }
}

/** Sends one request to a gateway, as if it had come to `address`. */
export function askGateway(
  { port }: Gateway,
  address: URL,
  { cookie, address: other, headers = {}, ...rest }: Visit,
): Promise<Reply> {
  const { host, protocol } = new URL(other ?? address);
  const own = [
    ['host', host],
    [SCHEME_HEADER, protocol.slice(0, -1)],
  ] as const;
  const cookies = cookie === undefined ? [] : [['cookie', cookie] as const];
  return ask({ port, headers: [...own, ...cookies, ...linesOf(headers)], ...rest });
}

/** What a browser sends for a page somebody goes to. */
export const NAVIGATION = {
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'sec-fetch-dest': 'document',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-site': 'none',
  'sec-fetch-user': '?1',
};

/** What a browser sends for a script's `fetch`. */
export const SCRIPT = {
  accept: '*/*',
  'sec-fetch-dest': 'empty',
  'sec-fetch-mode': 'cors',
  'sec-fetch-site': 'same-origin',
};

/** Opens a world that closes by itself, after seeing to it that every test left the gateway well. */
export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const { beside } = options;
  const site = beside?.site ?? (await startEchoSite());
  const workos = beside?.workos ?? (await startWorkOS({ interactive: false, ...options.workos }));
  const address = new URL(options.address ?? ADDRESS);
  const gateway = await startGateway({
    variables: { ...usual(workos, address), ...origin(options, site), ...options.variables },
    behind: behind(options, site),
    workosHost: `localhost:${workos.port}`,
  });
  const world = new World(workos, site, gateway, address);
  afterEach(() => reset(world, options.faulty ? 500 : 200));
  after(async () => {
    await Promise.all([gateway.stop(), ...(beside ? [] : [site.close(), workos.close()])]);
    assertDiscreet(world);
  });
  return world;
}

/** The variables every deployment has. */
export function usual(
  { clientId, apiKey, port }: Pick<WorkOS, 'clientId' | 'apiKey' | 'port'>,
  address: URL,
): Variables {
  return {
    WORKOS_CLIENT_ID: clientId,
    WORKOS_API_KEY: apiKey,
    WORKOS_API_HOSTNAME: 'localhost',
    WORKOS_API_HTTPS: false,
    WORKOS_API_PORT: port,
    WORKOS_COOKIE_PASSWORD: PASSWORD,
    WORKOS_REDIRECT_URI: `${address.origin}/callback`,
    LOG_LEVEL: 'debug',
  };
}

function origin({ behind = 'url' }: WorldOptions, site: EchoSite): Variables {
  return behind === 'url' ? { ORIGIN: `http://127.0.0.1:${site.port}` } : {};
}

function behind({ behind: kind = 'url' }: WorldOptions, { port }: EchoSite): Behind {
  if (typeof kind === 'object') return { kind: 'assets', script: kind.assets };
  if (kind === 'url') return { kind: 'network' };
  return kind === 'loop' ? { kind } : { kind, port };
}

/** Everything works again for the next test, and the gateway has survived this one. */
async function reset(world: World, healthy: number): Promise<void> {
  const { workos, site } = world;
  workos.clearFaults();
  workos.requests.length = 0;
  site.arrivals.length = 0;
  site.script = undefined;
  site.down = false;
  const health = await world.ask({ path: '/auth/health' });
  assert.equal(health.status, healthy, 'the gateway is well');
}

/** Nothing broke, and nothing was said that must not be. */
function assertDiscreet({ gateway, workos }: World): void {
  const rows: [what: string, pattern: RegExp][] = [
    ['a crash', /panicked|wasm.*unreachable|RuntimeError|Reinitializing|[Uu]ncaught/],
    ['a token', /eyJ[\w-]{20}/],
    ['a sealed cookie', /v1\.[\w-]{40}/],
    ['an e-mail address', /@example\.com/],
  ];
  for (const line of gateway.output().split('\n')) {
    for (const [what, pattern] of rows)
      assert.doesNotMatch(line, pattern, `${what} in the log: ${line}`);
    assert.ok(!line.includes(PASSWORD), 'the cookie password is in the log');
    assert.ok(!line.includes(workos.apiKey), 'the API key is in the log');
  }
}
