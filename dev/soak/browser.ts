/** A virtual browser: one person, one cookie jar, a handful of connections. */
import { SCHEME_HEADER } from '../../tests/worker/support/gateway.ts';
import { header, type Reply, setCookies } from '../../tests/worker/support/http.ts';
import { Jar } from '../../tests/worker/support/jar.ts';
import { ADDRESS, NAVIGATION } from '../../tests/worker/support/world.ts';
import type { Person } from '../workos.ts';
import { Connections } from './connections.ts';
import type { Errand } from './errands.ts';
import { COOKIE, type Held, heldIn } from './held.ts';
import type { Verdict } from './judge.ts';
import { type Failed, Past, type Visit, type Visitor } from './visit.ts';

/** What a browser can reach, and who looks on. */
export interface Surroundings {
  /** The port of the gateway whose turn it is; undefined while there is none. */
  next(): number | undefined;
  workos: { port: number };
  judge(visit: Visit): Verdict;
}

/** A request, and what it came to. */
export interface Outcome {
  verdict: Verdict;
  visit: Visit;
}

/** Longer than the gateway lets anybody wait. */
const LONGEST_MS = 60_000;
const LONGEST_AT_WORKOS_MS = 10_000;
const SITE = new URL(ADDRESS);

/** One browser. */
export class Browser implements Visitor {
  readonly name: number;
  readonly person: Person;
  readonly past = new Past();
  /** The cookie of the same session before the last one, and since when it is that. */
  older: { value: string; since: number } | undefined;
  readonly #jar = new Jar();
  readonly #connections = new Connections();
  readonly #world: Surroundings;
  /** What was read of a cookie, so that it is read once. */
  #read: { value: string | undefined; held: Held | undefined } = {
    value: undefined,
    held: undefined,
  };
  #isClosed = false;

  constructor(name: number, person: Person, world: Surroundings) {
    this.name = name;
    this.person = person;
    this.#world = world;
  }

  get userId(): string {
    return this.person.id;
  }

  /** The session in the jar. */
  get held(): Held | undefined {
    const value = this.#jar.value(COOKIE);
    if (value !== this.#read.value)
      this.#read = { value, held: value === undefined ? undefined : heldIn(value) };
    return this.#read.held;
  }

  /** Makes one request to the site, follows nothing, and has the answer judged. */
  async visit(errand: Errand): Promise<Outcome> {
    const { kind, method = 'GET', path, cookie, isOurs = true } = errand;
    const held = cookie === undefined ? this.held : heldIn(cookie);
    const began = Date.now();
    const sent = await this.#send(errand);
    const visit: Visit = {
      kind,
      browser: this,
      method,
      path,
      held,
      began,
      ended: Date.now(),
      ...sent,
    };
    if (visit.reply && isOurs) this.#keep(visit.reply);
    const verdict = this.#world.judge(visit);
    this.past.note(visit, verdict === 'good', this.held);
    return { verdict, visit };
  }

  /** Opens an address at WorkOS, and returns where that leads. */
  async visitWorkOS(url: URL): Promise<URL | undefined> {
    const { reply } = await this.#connections.send({
      port: this.#world.workos.port,
      path: `${url.pathname}${url.search}`,
      headers: { host: url.host, ...NAVIGATION },
      leaveAfterMs: LONGEST_AT_WORKOS_MS,
    });
    const location = reply && reply.status < 400 ? header(reply, 'location') : undefined;
    return location === undefined ? undefined : new URL(location, url);
  }

  /** Leaves everything that is under way. */
  close(): void {
    this.#isClosed = true;
    this.#connections.close();
  }

  async #send(errand: Errand): Promise<{ reply: Reply | undefined; failed: Failed | undefined }> {
    const port = this.#world.next();
    if (port === undefined) return { reply: undefined, failed: 'lost' };
    const { method = 'GET', path, body, leaveAfterMs } = errand;
    const { reply, ended } = await this.#connections.send({
      port,
      method,
      path,
      headers: {
        host: SITE.host,
        [SCHEME_HEADER]: 'https',
        ...this.#cookies(errand),
        ...errand.headers,
      },
      ...(body !== undefined && { body }),
      leaveAfterMs: leaveAfterMs ?? LONGEST_MS,
    });
    if (ended === undefined) return { reply, failed: undefined };
    if (this.#isClosed) return { reply, failed: 'left' };
    if (ended === 'broken') return { reply, failed: 'lost' };
    return { reply, failed: leaveAfterMs === undefined ? 'silent' : 'left' };
  }

  #cookies({ cookie }: Errand): Record<string, string> {
    const field = this.#jar.field(SITE, 'same-site');
    if (field === undefined) return {};
    const current = this.#jar.value(COOKIE);
    return { cookie: cookie && current ? field.replace(current, cookie) : field };
  }

  #keep(reply: Reply): void {
    const before = this.#jar.value(COOKIE);
    const sessionId = this.held?.sessionId;
    for (const line of setCookies(reply)) this.#jar.store(line, SITE);
    if (before === this.#jar.value(COOKIE)) return;
    // A cookie of another sign-in is nothing a tab of this one could hold.
    const isSame = before !== undefined && sessionId === this.held?.sessionId;
    this.older = isSame ? { value: before, since: Date.now() } : undefined;
  }
}
