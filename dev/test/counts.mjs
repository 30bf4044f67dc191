/**
 * A reporter for `node --test` that writes only the totals, as JSON. Suites don't count as tests; a
 * file that breaks off, and a test that was cancelled, count as failed.
 *
 * @param {AsyncIterable<import('node:test/reporters').TestEvent>} events
 */
export default async function* counts(events) {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for await (const { type, data } of events) {
    // Node reports a file in which no test ran as a test that passed.
    if (type === 'test:pass' && isFile(data)) totals.passed -= 1;
    if (type !== 'test:summary' || data.file !== undefined) continue;
    const { tests, passed, skipped, todo } = data.counts;
    totals.passed += passed;
    totals.failed += tests - passed - skipped - todo;
    totals.skipped += skipped + todo;
  }
  yield JSON.stringify(totals);
}

/** @param {{ name: string, file?: string }} test */
function isFile({ name, file }) {
  return name.endsWith('.test.ts') && file?.endsWith(name);
}
