/** What WorkOS may say of when to come back, and what a visitor is told. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertServed } from '../support/fault.ts';
import { header } from '../support/http.ts';
import { expired, visitor } from '../support/visitor.ts';
import { openWorld } from '../support/world.ts';

const DAY = 86_400_000;
const usual: [least: number, most: number] = [1, 10];
/** A third of a visitor's wait is there to keep visitors apart. */
const FORMS: [value: string, seconds: [least: number, most: number]][] = [
  ['7', [7, 11]],
  [' 7 ', [7, 11]],
  ['86400', [10, 90]],
  ['99999999999999999999999999', [1, 90]],
  ['0', usual],
  ['-1', usual],
  ['1e9', usual],
  ['NaN', usual],
  ['', usual],
  ['7, 8', usual],
  [new Date(Date.now() + 40_000).toUTCString(), usual],
  [new Date(Date.now() + DAY).toUTCString(), usual],
  [new Date(Date.now() - DAY).toUTCString(), usual],
  ['Wed, 99 Foo 99999 99:99:99 GMT', usual],
  [`Wed, 21 Oct 2015 07:28:00 ${'('.repeat(4000)}${')'.repeat(4000)}`, usual],
  ['x'.repeat(10_000), usual],
  ['\u00e9\u00ff', usual],
];

describe('Retry-After', { concurrency: 8 }, () => {
  for (const [value, [least, most]] of FORMS) {
    test(`RF-08: ${JSON.stringify(value.slice(0, 40))}`, async () => {
      const world = await openWorld();
      const headers = { 'retry-after': value };
      world.workos.fault({ endpoint: 'authenticate', status: 503, headers, times: Infinity });
      const reply = await expired(world).data();
      assert.equal(reply.status, 503);
      const seconds = Number(header(reply, 'retry-after'));
      assert.ok(seconds >= least && seconds <= most, `${seconds} s`);
      await assertServed(visitor(world).page());
    });
  }
});
