/** WorkOS answers wrongly, or not at all, for as long as the test wants. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { Fault } from '../../../dev/workos.ts';
import { startEchoSite } from '../support/echo.ts';
import { assertRecovered, assertWeathered, cast } from '../support/fault.ts';
import { openWorld } from '../support/world.ts';

const HTML = '<!doctype html><title>Bad gateway</title><h1>Bad gateway</h1>';
const html = (status: number): Omit<Fault, 'endpoint'> => ({ status, body: HTML });

/** Sent elsewhere, WorkOS' clients would carry our key there. */
const elsewhere = await startEchoSite();
after(() => elsewhere.close());

const WAYS: [name: string, fault: Omit<Fault, 'endpoint'>][] = [
  ['FI-03: WorkOS answers 500 with HTML', html(500)],
  ['FI-03: WorkOS answers 502 with HTML', html(502)],
  ['FI-03: WorkOS answers 503 with HTML', html(503)],
  ['FI-03: WorkOS answers 504 with HTML', html(504)],
  ['FI-12: WorkOS answers 50 MB', { body: {}, padBytes: 50 * 1024 * 1024 }],
  ['FI-16: a captive portal answers 200', { body: HTML }],
  [
    'FI-16: a captive portal answers 302',
    { status: 302, headers: { location: `http://127.0.0.1:${elsewhere.port}/` } },
  ],
];

describe('WorkOS is in trouble', { concurrency: 4 }, () => {
  test('FI-01: WorkOS refuses connections', async () => {
    const world = await openWorld();
    const everybody = await cast(world);
    await world.workos.refuse();
    await assertWeathered(everybody);
    await world.workos.accept();
    await assertRecovered(everybody);
  });

  for (const [name, fault] of WAYS) {
    test(name, async () => {
      const world = await openWorld();
      const everybody = await cast(world);
      world.workos.fault({ endpoint: 'authenticate', ...fault, times: Infinity });
      await assertWeathered(everybody);
      assert.ok(everybody.near.exchanges > 0, 'their token was to be renewed');
      assert.equal(elsewhere.arrivals.length, 0);
      world.workos.clearFaults();
      await assertRecovered(everybody);
    });
  }
});
