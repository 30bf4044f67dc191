/** What a level of tests came to. */

/**
 * @typedef {object} Result
 * @property {boolean} ok whether the runner itself was content
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {string} [trouble] why the counts don't tell the whole story
 */

/**
 * A level that came to nothing: counted as one failure, so that no sum looks clean.
 *
 * @param {string} trouble
 * @returns {Result}
 */
export function broken(trouble) {
  return { ok: false, passed: 0, failed: 1, skipped: 0, trouble };
}
