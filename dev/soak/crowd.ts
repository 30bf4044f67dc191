/** All the browsers of a run, and the people who use them. */
import { Browser } from './browser.ts';
import { Dice } from './dice.ts';
import { Habits, type Life } from './habits.ts';
import { Judge } from './judge.ts';
import type { Notes } from './notes.ts';
import type { World } from './world.ts';

/** Everybody. */
export class Crowd {
  readonly #browsers: Browser[];
  readonly #people: Habits[];
  readonly #over = new AbortController();

  /** Each person's choices follow from the seed. */
  constructor(world: World, notes: Notes, seed: number) {
    const { workos, fleet } = world;
    const { tally, losses, violations, weather } = notes;
    const circumstances = {
      wasFoul: (from: number) => weather.wasFoul(from),
      hasLostSince: (from: number) => fleet.hasLostSince(from),
      authorizeUrl: `${workos.url}/user_management/authorize`,
    };
    const judge = new Judge(circumstances, violations, tally);
    this.#browsers = workos.people.map(
      (someone, index) =>
        new Browser(index + 1, someone, {
          next: () => fleet.next(),
          workos,
          judge: (visit) => judge.judge(visit),
        }),
    );
    const life: Omit<Life, 'dice'> = {
      tally,
      losses,
      violations,
      sky: () => weather.sky,
      endSession: (sessionId) => workos.sessions.revoke(sessionId),
      over: this.#over.signal,
    };
    this.#people = this.#browsers.map(
      (browser) => new Habits(browser, { ...life, dice: new Dice(seed + browser.name) }),
    );
  }

  /** Lives until `end`, and looks in once more; not where it is interrupted. */
  async live(end: (over: AbortSignal) => Promise<void>, interrupted: AbortSignal): Promise<void> {
    interrupted.addEventListener('abort', () => this.#leave());
    if (interrupted.aborted) this.#leave();
    try {
      const living = Promise.all(this.#people.map((someone) => someone.live()));
      await Promise.race([end(this.#over.signal), living]);
      this.#over.abort();
      await living;
      await Promise.all(this.#people.map((someone) => someone.lookIn(interrupted)));
    } finally {
      this.#leave();
    }
  }

  #leave(): void {
    this.#over.abort();
    for (const browser of this.#browsers) browser.close();
  }
}
