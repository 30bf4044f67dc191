/** `tests/TRACEABILITY.md` has every requirement once, and the tests that it names are there. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../../', import.meta.url);

/** A row of the table. */
interface Row {
  id: string;
  status: string;
  last: string;
  /** The tests it names. */
  named: string[];
}

const STATUSES = ['met', 'read differently', 'later', 'not applicable'];

/** The ids there are, by their letters. */
const NUMBERS: [letters: string, ranges: string][] = [
  ['R-0', '01-13 20-25 30-37 40-45 50-57 60-67 80-84'],
  ['N', '1-9'],
  ['A-', '01-66'],
  ['P-', '01-35'],
  ['H-', '01-27'],
  ['RD-', '01-13'],
  ['O-', '01-34'],
  ['S-', '01-24'],
  ['RF-', '01-31'],
  ['J-', '01-26'],
  ['K-', '01-12'],
  ['C-', '01-15'],
  ['M-', '01-18'],
  ['L-', '01-12'],
  ['E-', '01-10'],
  ['W-', '01-16'],
  ['X-', '01-12'],
  ['G-', '01-10'],
  ['Y-', '01-10'],
  ['FI-', '01-16 20-23 30-32 40-42 50-58 60-63'],
];

const rows = readFileSync(new URL('tests/TRACEABILITY.md', root), 'utf8')
  .split('\n')
  .map((line) => /^\| ([A-Z]+-?\d+) \| .+? \| ([a-z ]+) \| (.*) \|$/.exec(line))
  .filter((match) => match !== null)
  .map(([, id = '', status = '', last = '']): Row => {
    const named = [...last.matchAll(/`([^`]+ › [^`]+)`/g)].map(([, name = '']) => name);
    return { id, status, last, named };
  });

test('every requirement stands in the table once', () => {
  const expected = NUMBERS.flatMap(([letters, ranges]) =>
    ranges.split(' ').flatMap((range) => idsOf(letters, range)),
  );
  assert.deepEqual(
    rows.map(({ id }) => id),
    expected,
  );
});

test('what is met names a test, and what is not says why', () => {
  for (const { id, status, last, named } of rows) {
    assert.ok(STATUSES.includes(status), `${id}: ${status}`);
    if (status === 'met') assert.ok(named.length > 0, `${id} is met, and no test shows it`);
    else assert.ok(last.replaceAll(/`[^`]*`/g, '').length > 10, `${id} is ${status}, but why?`);
  }
});

test('every test that the table names is there', () => {
  const names = new Set(rows.flatMap(({ named }) => named));
  const missing = [...names].filter((name) => !isThere(name));
  assert.deepEqual(missing, []);
});

/** The ids of a range, as wide as its ends are written. */
function idsOf(letters: string, range: string): string[] {
  const [first = '', last = ''] = range.split('-');
  return Array.from(
    { length: Number(last) - Number(first) + 1 },
    (_, index) => `${letters}${String(Number(first) + index).padStart(first.length, '0')}`,
  );
}

/** Whether a file has a test of that name: `worker/chunks › all of it …`. */
function isThere(named: string): boolean {
  const [place = '', name = ''] = named.split(' › ', 2);
  const path = pathOf(place);
  if (name === '' || !existsSync(new URL(path, root))) return false;
  const source = readFileSync(new URL(path, root), 'utf8');
  if (path.endsWith('.rs'))
    return new RegExp(`#\\[test\\]\\s+(#\\[[^\\]]*\\]\\s+)*fn ${name}\\(`).test(source);
  return ["'", '"', '`'].some((quote) => source.includes(`${quote}${name}${quote}`));
}

function pathOf(place: string): string {
  if (place === 'check') return 'dev/check.mjs';
  if (place.startsWith('src/')) return `${place}.rs`;
  return `tests/${place}${place.startsWith('gateway/') ? '.rs' : '.test.ts'}`;
}
