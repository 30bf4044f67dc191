/** What a run needs: the double of WorkOS, a site, and gateways between them and the browsers. */
import { ADDRESS, usual } from '../../tests/worker/support/world.ts';
import { person, startWorkOS, type WorkOS } from '../workos.ts';
import { Fleet } from './fleet.ts';
import { type Site, startSite } from './site.ts';

/** How to start it. */
export interface WorldPlan {
  /** Each has a person of its own. */
  browsers: number;
  isolates: number;
  /** How long access tokens live, at least and at most. */
  tokenSeconds: readonly [least: number, most: number];
}

/** As long as WorkOS answers an exchanged refresh token once more. */
export const REPLAY_SECONDS = 30;

/** Everything that was started. */
export class World {
  readonly workos: WorkOS;
  readonly fleet: Fleet;
  readonly #site: Site;

  private constructor(workos: WorkOS, site: Site, fleet: Fleet) {
    this.workos = workos;
    this.fleet = fleet;
    this.#site = site;
  }

  static async start({ browsers, isolates, tokenSeconds: [least] }: WorldPlan): Promise<World> {
    const workos = await startWorkOS({
      interactive: false,
      people: Array.from({ length: browsers }, (_, index) =>
        person({ email: `browser-${index + 1}@example.com` }),
      ),
      replaySeconds: REPLAY_SECONDS,
      accessTokenSeconds: least,
    });
    const site = await startSite();
    const variables = {
      ...usual(workos, new URL(ADDRESS)),
      ORIGIN: `http://127.0.0.1:${site.port}`,
      LOG_LEVEL: 'info',
    };
    try {
      return new World(workos, site, await Fleet.start(variables, isolates));
    } catch (error) {
      await Promise.all([workos.close(), site.close()]);
      throw error;
    }
  }

  async stop(): Promise<void> {
    await Promise.all([this.fleet.stop(), this.#site.close(), this.workos.close()]);
  }
}
