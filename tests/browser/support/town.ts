/** The gateway, the demo site behind it, the double of WorkOS with its sign-in page, and Chromium. */
import { after, before } from 'node:test';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { chromiumPath } from '../../../dev/setup/chromium.mjs';
import { type Site, startSite } from '../../../dev/site.ts';
import { startWorkOS, type WorkOS, type WorkOSOptions } from '../../../dev/workos.ts';
import type { Variables } from '../../worker/support/capnp.ts';
import { type Gateway, startGateway } from '../../worker/support/gateway.ts';
import { usual } from '../../worker/support/world.ts';
import { startFront } from './front.ts';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Another name for this machine, which the gateway is not told of.
  '--host-resolver-rules=MAP other.test 127.0.0.1',
];

/** What differs from the usual. */
export interface TownOptions {
  variables?: Variables;
  workos?: WorkOSOptions;
}

/** Everything a journey meets. */
export interface Town {
  /** Where the site is, `http://localhost:…`. */
  url: string;
  workos: WorkOS;
  site: Site;
  gateway: Gateway;
  /** A browser nobody has used, closed with the town. */
  visitor(options?: BrowserContextOptions): Promise<BrowserContext>;
}

let browser: Promise<Browser> | undefined;

before(() => {
  const executablePath = chromiumPath();
  browser = chromium.launch({ args: FLAGS, ...(executablePath && { executablePath }) });
});
after(async () => (await browser)?.close());

/** Opens a town that closes at the end of the test or file it is opened in. */
export async function openTown({
  variables = {},
  workos: wishes = {},
}: TownOptions = {}): Promise<Town> {
  const [front, workos, site] = await Promise.all([startFront(), startWorkOS(wishes), startSite()]);
  const url = `http://localhost:${front.port}`;
  const gateway = await startGateway({
    variables: {
      ...usual(workos, new URL(url)),
      ORIGIN: site.url,
      UNAUTHENTICATED_PATHS: '/, /assets/:path*',
      LOGOUT_RETURN_TO: `${url}/`,
      FORWARD_USER: true,
      ...variables,
    },
    behind: { kind: 'network' },
    workosHost: `localhost:${workos.port}`,
  });
  front.to = gateway.port;
  const contexts: BrowserContext[] = [];
  after(async () => {
    await Promise.all(contexts.map((context) => context.close()));
    await Promise.all([
      front.close(),
      gateway.stop(),
      workos.close(),
      site.close().catch(() => {}),
    ]);
  });
  const visitor: Town['visitor'] = async (options = {}) => {
    const context = await (await browser)?.newContext(options);
    if (!context) throw new Error('there is no browser');
    context.setDefaultTimeout(10_000);
    contexts.push(context);
    return context;
  };
  return { url, workos, site, gateway, visitor };
}

/** Presses a person's button on the double's sign-in page. */
export async function signInAs(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name }).first().click();
}

/** The page's heading. */
export async function heading(page: Page): Promise<string> {
  return (await page.locator('h1').first().innerText()).trim();
}
