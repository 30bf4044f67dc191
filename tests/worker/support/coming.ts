/** Somebody who has been to AuthKit, and is about to come back. */
import assert from 'node:assert/strict';
import { Browser } from './browser.ts';
import { assertPage, headingOf } from './expect.ts';
import type { Reply } from './http.ts';
import { recovered } from './patience.ts';
import type { Visit, World } from './world.ts';

const SIGN_IN_DOWN = "Sign-in isn't working right now";

/** A sign-in under way. */
export class Coming {
  readonly browser: Browser;
  readonly callback: URL;
  /** Where they come back to. */
  at: World;

  private constructor(at: World, browser: Browser, callback: URL) {
    this.at = at;
    this.browser = browser;
    this.callback = callback;
  }

  /** Begins a sign-in. */
  static async to(world: World): Promise<Coming> {
    const { address, workos } = world;
    const place: { coming?: Coming } = {};
    const ask = (visit: Visit) => (place.coming?.at ?? world).ask(visit);
    const browser = new Browser({ address, workos, ask });
    const callback = await browser.goAsFarAsCallback('/x?y=1');
    place.coming = new Coming(world, browser, callback);
    return place.coming;
  }

  /** Comes back, and follows nothing. */
  async arrive(): Promise<Reply> {
    const { reply } = await this.browser.step(this.callback, { initiator: 'cross-site' });
    return reply;
  }

  /** Is told that signing in doesn't work, and that it may be tried again. */
  async assertSentAway(): Promise<void> {
    const reply = await this.arrive();
    assertPage(reply, 502, SIGN_IN_DOWN);
    assert.match(reply.text, /href="\/login\?return_to=%2Fx%3Fy%3D1">Try again</);
    assert.equal(this.browser.hasSession, false);
    assert.equal(this.browser.flows.length, 1, 'the sign-in is kept: its code may not be spent');
  }

  /** The very same callback ends the sign-in. */
  async assertSignsIn(): Promise<void> {
    const reply = await recovered(() => this.arrive(), 502);
    assert.equal(reply.status, 303, headingOf(reply));
    assert.ok(this.browser.hasSession);
    assert.equal((await this.browser.step('/x')).reply.status, 200);
  }

  /** A new sign-in does, for which WorkOS may remember the person. */
  async assertSignsInAnew(): Promise<void> {
    const signIn = async () => (await this.browser.go('/login?return_to=/x')).reply;
    const reply = await recovered(signIn, 502);
    assert.equal(reply.status, 200, headingOf(reply));
    assert.ok(this.browser.hasSession);
  }
}
