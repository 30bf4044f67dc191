/** What a person does with a browser, again and again. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Outcome } from './browser.ts';
import type { Dice, Weighted } from './dice.ts';
import {
  asset,
  type Errand,
  leftPage,
  olderTab,
  page,
  post,
  refresh,
  script,
  session,
} from './errands.ts';
import { leaveForGood, signIn } from './journey.ts';
import type { Losses } from './loss.ts';
import type { Tally } from './tally.ts';
import type { Violations } from './violations.ts';
import type { Sky } from './weather.ts';

/** What a person depends on. */
export interface Life {
  dice: Dice;
  tally: Tally;
  losses: Losses;
  violations: Violations;
  sky: () => Sky;
  /** Ends a session at WorkOS, as an administrator does. */
  endSession: (sessionId: string) => void;
  /** Aborted when it is time to look in for the last time. */
  over: AbortSignal;
}

type Habit = (person: Habits) => Promise<unknown>;

const HABITS: readonly [Weighted<Habit>, ...Weighted<Habit>[]] = [
  [(person) => person.openPage(), 300],
  [(person) => person.runScript(), 250],
  [(person) => person.askSession(), 80],
  [(person) => person.loadAssets(), 120],
  [(person) => person.leave(), 80],
  [(person) => person.post(), 60],
  [(person) => person.refresh(), 40],
  [(person) => person.useOlderTab(), 30],
  [(person) => person.rest(), 8],
  [(person) => person.signOut(), 6],
  [(person) => person.beSignedOut(), 3],
];
const THINK_MS = [20, 500] as const;
const RETRY_MS = [500, 3000] as const;
const LEAVE_MS = [1, 60] as const;
const REST_MS = [1000, 10_000] as const;
const ASSETS = [5, 10] as const;
const POST_BYTES = [1, 4000] as const;
/** A request may have been under way for as long when its cookie was renewed. */
const IN_FLIGHT_MS = 3000;
const LAST_TRIES = 15;

/** One person's habits. */
export class Habits {
  readonly #browser: Browser;
  readonly #life: Life;
  #isSignedIn = false;
  /** An exchange that was asked for may have happened, and its answer is lost. */
  #owesRefresh = false;
  #errands = 0;

  constructor(browser: Browser, life: Life) {
    this.#browser = browser;
    this.#life = life;
  }

  /** Lives until it is over. */
  async live(): Promise<void> {
    const { dice, over } = this.#life;
    while (!over.aborted) {
      if (!this.#isSignedIn) await this.signIn();
      // A front end asks again: its token is good, and the refresh token beside it is spent.
      else if (this.#owesRefresh) await this.refresh();
      else await dice.choose(HABITS)(this);
      await this.#wait(dice.between(...THINK_MS));
    }
  }

  /** Looks in for the last time: everything works again. */
  async lookIn(interrupted: AbortSignal): Promise<void> {
    for (let tries = 1; !interrupted.aborted; tries += 1) {
      if (!this.#isSignedIn) await this.signIn();
      const { verdict, visit } = await this.#do(page(this.#name()));
      if (verdict === 'good') return;
      if (tries === LAST_TRIES)
        return this.#life.violations.add('no recovery', visit, `${tries} tries`);
      await sleep(1000, undefined, { signal: interrupted }).catch(() => {});
    }
  }

  async signIn(): Promise<void> {
    const { events } = this.#life.tally;
    const end = page(this.#name());
    this.#isSignedIn = await signIn(this.#browser, end);
    this.#owesRefresh = false;
    events[this.#isSignedIn ? 'signIns' : 'failedSignIns'] += 1;
    await (this.#isSignedIn ? this.#do(end) : this.#waitLonger());
  }

  openPage(): Promise<Outcome> {
    return this.#do(page(this.#name()));
  }

  runScript(): Promise<Outcome> {
    return this.#do(script(this.#name()));
  }

  askSession(): Promise<Outcome> {
    return this.#do(session());
  }

  async loadAssets(): Promise<void> {
    const count = this.#life.dice.between(...ASSETS);
    const errands = Array.from({ length: count }, (_, index) => asset(this.#name(), index));
    await Promise.all(errands.map((errand) => this.#do(errand)));
  }

  /** Clicks a link, and another one before the page is there. */
  async leave(): Promise<void> {
    const { dice, sky } = this.#life;
    // Tokens that are on their way when an outage begins may not be asked for again in time.
    if (sky() === 'showers') await this.#do(leftPage(this.#name(), dice.between(...LEAVE_MS)));
  }

  post(): Promise<Outcome> {
    return this.#do(post(this.#name(), this.#life.dice.between(...POST_BYTES)));
  }

  async refresh(): Promise<void> {
    const { verdict } = await this.#do(refresh());
    this.#owesRefresh = verdict !== 'good';
    if (this.#owesRefresh) await this.#waitLonger();
  }

  /** A request that was under way when the cookie was renewed; or an old copy of the browser. */
  async useOlderTab(): Promise<void> {
    const { older, held } = this.#browser;
    if (!older || !held) return;
    const isOurs = Date.now() - older.since < IN_FLIGHT_MS;
    const { verdict, visit } = await this.#browser.visit(
      olderTab(this.#name(), older.value, isOurs),
    );
    if (verdict === 'nobody') this.#life.losses.weighOlder(visit);
  }

  /** Does nothing until the token has run out, having seen to it that nothing is on its way. */
  async rest(): Promise<void> {
    const { verdict } = await this.openPage();
    if (verdict !== 'good') return;
    const left = (this.#browser.held?.expiresAt ?? 0) - Date.now();
    await this.#wait(Math.max(0, left) + this.#life.dice.between(...REST_MS));
  }

  async signOut(): Promise<void> {
    const visit = await leaveForGood(this.#browser);
    if (!visit) return;
    this.#isSignedIn = false;
    this.#life.tally.events.signOuts += 1;
    if (this.#browser.held)
      this.#life.violations.add('still signed in', visit, 'the cookie is there');
  }

  /** An administrator ends the session. */
  async beSignedOut(): Promise<void> {
    const { held } = this.#browser;
    if (held) this.#life.endSession(held.sessionId);
  }

  async #do(errand: Errand): Promise<Outcome> {
    const outcome = await this.#browser.visit(errand);
    // Of several requests at once that are refused, the first one tells.
    if (outcome.verdict === 'nobody' && this.#isSignedIn) {
      this.#isSignedIn = false;
      this.#life.losses.weigh(outcome.visit);
    }
    return outcome;
  }

  /** A path's end that is nobody else's, to find it in the log. */
  #name(): string {
    this.#errands += 1;
    return `${this.#browser.name}/${this.#errands}`;
  }

  /** Doesn't ask at once again. */
  #waitLonger(): Promise<unknown> {
    return this.#wait(this.#life.dice.between(...RETRY_MS));
  }

  /** Waits, but not beyond the end. */
  #wait(ms: number): Promise<unknown> {
    return sleep(ms, undefined, { signal: this.#life.over }).catch(() => {});
  }
}
