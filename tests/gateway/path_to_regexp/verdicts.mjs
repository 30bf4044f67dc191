/** What path-to-regexp says of a pattern, the way Next.js compiles it: `source` without the `i` flag. */
import { createContext, Script } from 'node:vm';
import { pathToRegexp } from 'path-to-regexp';

/** JavaScript has no limit to the steps of a match: what it takes this long over stays without a verdict. */
const MOST_MILLISECONDS = 250;

/** @type {() => void} */
let work = () => {};
const context = createContext({ run: () => work() });
const script = new Script('run()');

/**
 * The expressions a pattern means: with regard to case, and without.
 *
 * @param {string} pattern
 * @returns {[RegExp, RegExp] | undefined} nothing where it is refused
 */
export function compiled(pattern) {
  if (!pattern.startsWith('/')) return undefined; // Next.js does
  try {
    const { source } = pathToRegexp(pattern);
    return [new RegExp(source), new RegExp(source, 'i')];
  } catch {
    return undefined;
  }
}

/**
 * For each path `1` for matched, `0` for not, or `?` for no verdict in time.
 *
 * @param {RegExp} expression @param {string[]} paths
 */
export function verdicts(expression, paths) {
  /** @type {string[]} */
  const found = [];
  work = () => paths.forEach((path) => found.push(expression.test(path) ? '1' : '0'));
  try {
    script.runInContext(context, { timeout: MOST_MILLISECONDS });
  } catch (error) {
    if (!isTimeout(error)) throw error;
  }
  return found.join('').padEnd(paths.length, '?');
}

/** Of whichever context. @param {unknown} error */
function isTimeout(error) {
  return /** @type {{ code?: string }} */ (error).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}
