/** Everybody whom a fault meets, and what they meet. */
import assert from 'node:assert/strict';
import type { Fault } from '../../../dev/workos.ts';
import { Coming } from './coming.ts';
import { type Arrival, identityOf } from './echo.ts';
import { assertError, assertPage, headingOf } from './expect.ts';
import { header, jsonOf, type Reply, setCookies } from './http.ts';
import { recovered } from './patience.ts';
import { expired, nearly, type Visitor, visitor } from './visitor.ts';
import type { World } from './world.ts';

/** Everybody whom a fault may meet, having come while all was well. */
export interface Cast {
  /** Their token is good for minutes. */
  valid: Visitor;
  /** Their token is good, but so nearly run out that it is worth renewing. */
  near: Visitor;
  /** Their token has run out. */
  expired: Visitor;
  coming: Coming;
}

/** Lets everybody come; the gateway has the keys thereafter. */
export async function cast(world: World): Promise<Cast> {
  const valid = visitor(world);
  await assertServed(valid.page());
  const coming = await Coming.to(world);
  return { valid, near: nearly(world), expired: expired(world), coming };
}

/** Everything but the keys works. */
export function withoutKeys(
  world: World,
  fault: Omit<Fault, 'endpoint'> = { reset: 'before' },
): void {
  world.workos.fault({ endpoint: 'jwks', ...fault, times: Infinity });
}

/** Everybody who is signed in meets a WorkOS in trouble, and so does a sign-in under way. */
export async function assertWeathered({ valid, near, expired, coming }: Cast): Promise<void> {
  await assertServed(near.page());
  await Promise.all([
    assertServed(valid.page()),
    assertAskedToWait(expired),
    coming.assertSentAway(),
  ]);
  assert.equal(valid.exchanges, 0);
}

/** With the same cookies and the same callback all is well again. */
export async function assertRecovered({ valid, near, expired, coming }: Cast): Promise<void> {
  await assertServed(valid.page());
  assert.equal((await near.page()).status, 200);
  await Promise.all([assertRenewed(expired), coming.assertSignsIn()]);
}

/** The site answers, and nothing changes in the browser. */
export async function assertServed(asked: Promise<Reply>): Promise<void> {
  const reply = await asked;
  assert.equal(reply.status, 200, headingOf(reply));
  assert.deepEqual(setCookies(reply), [], 'the cookie is left alone');
  assert.equal(identityOf(jsonOf(reply) as unknown as Arrival)['x-authkit-authenticated'], 'true');
}

/** People get a page that tries again by itself, programs get JSON; the cookie is left alone. */
export async function assertAskedToWait(visitor: Visitor): Promise<void> {
  const [page, data] = await Promise.all([visitor.page(), visitor.data()]);
  assertPage(page, 503, 'Just a moment');
  assert.match(page.text, /http-equiv="refresh" content="\d+"/);
  assertError(data, 503, 'temporarily_unavailable');
  for (const reply of [page, data]) assert.deepEqual(setCookies(reply), []);
}

/** Nothing is exchanged that could not be verified afterwards. */
export async function assertUntouched(past: Visitor): Promise<void> {
  await assertAskedToWait(past);
  assert.equal(past.exchanges, 0);
}

/** The same cookie leads to a new session, which serves without WorkOS. */
export async function assertRenewed(visitor: Visitor): Promise<void> {
  const reply = await recovered(() => visitor.page(), 503);
  assert.equal(reply.status, 200, headingOf(reply));
  visitor.keep(reply);
  await assertServed(visitor.page());
}

/** People are sent to sign in, programs are told to; no cookie is removed. */
export async function assertChallenged(visitor: Visitor): Promise<void> {
  visitor.isOver = true;
  const [page, data] = await Promise.all([visitor.page(), visitor.data()]);
  assert.equal(page.status, 302, headingOf(page));
  assert.match(header(page, 'location') ?? '', /\/user_management\/authorize\?/);
  assertError(data, 401, 'unauthenticated');
}
