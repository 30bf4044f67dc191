/** `tests/FAULTS.md` names the tests there are. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../../../', import.meta.url);
const table = readFileSync(new URL('tests/FAULTS.md', root), 'utf8');
const sources = ['src', 'tests']
  .flatMap((folder) => files(new URL(`${folder}/`, root)))
  .filter((path) => /\.(test\.ts|rs)$/.test(path))
  .map((path) => readFileSync(path, 'utf8'))
  .join('\n')
  .replaceAll("\\'", "'");

function files(folder: URL): string[] {
  const names = readdirSync(folder, { encoding: 'utf8', recursive: true });
  return names.map((name) => new URL(name, folder).pathname);
}

test('every test that the table names is there', () => {
  const names = table.split('\n').flatMap((line) => {
    const last = line.startsWith('| ') ? (line.split(' | ').at(-1) ?? '') : '';
    return [...last.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
  });
  const tests = names.filter((name) => !/^(src|tests|node)\b/.test(name));
  assert.ok(tests.length > 60, `${tests.length} names`);
  assert.deepEqual(
    tests.filter((name) => !sources.includes(name)),
    [],
  );
});

test('every test of a fault is in the table', () => {
  const named = [...sources.matchAll(/\b((?:FI|K|RF)-\d\d): /g)].map(([, id = '']) => id);
  assert.ok(named.length > 50);
  for (const id of new Set(named)) assert.ok(table.includes(`| ${id} |`) || id === 'RF-26', id);
});
