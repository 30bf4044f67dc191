/** Where this project is, and what its manifests say. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** @param {string[]} parts */
export function fromRoot(...parts) {
  return join(root, ...parts);
}

/** The text of a file of the project; undefined where there is none. @param {string} path */
export function text(path) {
  try {
    return readFileSync(fromRoot(path), 'utf8');
  } catch {
    return undefined;
  }
}

/** A JSON file of the project; undefined where there is none, or where it was cut short. @param {string} path */
export function json(path) {
  try {
    return JSON.parse(text(path) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

/** Whether version `a` is at least `b`; both like `1.91` or `1.95.0`. @param {string} a @param {string} b */
export function isAtLeast(a, b) {
  const [x, y] = [a, b].map((version) => version.split(/[.-]/).map(Number));
  for (const [i, part] of (y ?? []).entries()) {
    const other = x?.[i] ?? 0;
    if (other !== part) return other > part;
  }
  return true;
}
