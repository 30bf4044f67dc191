/** A person's browser: keeps cookies, and follows redirects by hand through WorkOS and back. */
import assert from 'node:assert/strict';
import { ask, header, type Reply, setCookies } from './http.ts';
import { type Initiator, Jar } from './jar.ts';
import { NAVIGATION, type Visit } from './world.ts';

/** What a browser can reach. */
export interface Surroundings {
  /** The site's. */
  address: URL;
  workos: { url: string; port: number };
  ask(visit: Visit): Promise<Reply>;
}

/** One step of a journey. */
export interface Step {
  url: URL;
  reply: Reply;
}

/** Where a journey came to its end, and how it got there. */
export interface Journey extends Step {
  steps: Step[];
}

/** How a step differs from typing an address. */
export interface StepOptions {
  method?: string;
  body?: string;
  headers?: Record<string, string>;
  initiator?: Initiator | 'nobody';
}

const MOST_STEPS = 12;
/** Tells for a moment that a sign-in ended well. */
export const ARRIVED = '__Host-authkit-arrived';

/** One browser. */
export class Browser {
  readonly jar = new Jar();
  readonly #workosJar = new Jar();
  readonly #world: Surroundings;

  constructor(world: Surroundings) {
    this.#world = world;
  }

  /** Opens one address and follows nothing. */
  async step(address: string | URL, options: StepOptions = {}): Promise<Step> {
    const url = new URL(address, this.#world.address);
    const { method = 'GET', body, initiator = 'nobody' } = options;
    const isWorkOS = url.host === new URL(this.#world.workos.url).host;
    const jar = isWorkOS ? this.#workosJar : this.jar;
    const cookie = jar.field(url, initiator === 'cross-site' ? 'cross-site' : 'same-site');
    const headers = {
      ...NAVIGATION,
      'sec-fetch-site': SITES[initiator],
      ...options.headers,
    };
    const path = target(url);
    const reply = isWorkOS
      ? await ask({
          port: this.#world.workos.port,
          method,
          path,
          headers: { host: url.host, ...headers, ...(cookie && { cookie }) },
          ...(body !== undefined && { body }),
        })
      : await this.#world.ask({
          address: url.origin,
          method,
          path,
          headers,
          cookie,
          ...(body !== undefined && { body }),
        });
    for (const line of setCookies(reply)) jar.store(line, url);
    return { url, reply };
  }

  /** Opens an address and follows redirects to the end. */
  async go(address: string | URL, options: StepOptions = {}): Promise<Journey> {
    const steps = [await this.step(address, options)];
    for (;;) {
      const { url, reply } = steps.at(-1) as Step;
      const location = header(reply, 'location');
      if (location === undefined || reply.status >= 400) return { url, reply, steps };
      assert.ok(steps.length < MOST_STEPS, `a redirect loop at ${url}`);
      const next = new URL(location, url);
      const left = steps.some((step) => step.url.hostname !== next.hostname);
      steps.push(await this.step(next, { initiator: left ? 'cross-site' : 'same-site' }));
    }
  }

  /** Goes until WorkOS sends the browser back, and stops before it does. */
  async goAsFarAsCallback(address: string | URL, options: StepOptions = {}): Promise<URL> {
    const begun = await this.step(address, options);
    const authorize = header(begun.reply, 'location');
    assert.ok(authorize, `no redirect to AuthKit: ${begun.reply.status} ${begun.reply.text}`);
    const back = await this.step(authorize, { initiator: 'cross-site' });
    return new URL(header(back.reply, 'location') ?? '');
  }

  /** Signs in, and ends on a page of the site. */
  async signIn(path = '/'): Promise<Journey> {
    const journey = await this.go(path);
    assert.equal(journey.reply.status, 200, journey.reply.text);
    assert.equal(journey.url.host, this.#world.address.host);
    assert.ok(this.hasSession, 'the browser has a session');
    return journey;
  }

  /** Presses the button that signs out. */
  signOut(path = '/logout'): Promise<Step> {
    return this.step(path, {
      method: 'POST',
      body: '',
      initiator: 'same-site',
      headers: { origin: this.#world.address.origin },
    });
  }

  get hasSession(): boolean {
    return this.jar.names.some((name) => name.startsWith('wos-session'));
  }

  get flows(): string[] {
    return this.jar.names.filter((name) => name.includes('authkit-flow-'));
  }
}

const SITES = { 'same-site': 'same-origin', 'cross-site': 'cross-site', nobody: 'none' };

/** Path and query, byte for byte as the address had them. */
function target({ pathname, search }: URL): string {
  return `${pathname}${search}`;
}
