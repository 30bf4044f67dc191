/** SPDX licence expressions, as far as crates use them: `(MIT OR Apache-2.0) AND Unicode-3.0`. */

/**
 * Whether the allowed licences suffice for an expression. `/` is the older way to write OR.
 *
 * @param {string} expression
 * @param {string[]} allowed
 */
export function isLicensed(expression, allowed) {
  const words = expression.replaceAll('/', ' OR ').match(/[()]|[^\s()]+/g) ?? [];
  const fits = either(words, allowed);
  return fits && words.length === 0;
}

/** Takes what it reads off the front of `words`. @param {string[]} words @param {string[]} allowed */
function either(words, allowed) {
  let fits = both(words, allowed);
  while (words[0] === 'OR') {
    words.shift();
    fits = both(words, allowed) || fits;
  }
  return fits;
}

/** AND binds closer than OR. @param {string[]} words @param {string[]} allowed */
function both(words, allowed) {
  let fits = one(words, allowed);
  while (words[0] === 'AND') {
    words.shift();
    fits = one(words, allowed) && fits;
  }
  return fits;
}

/** @param {string[]} words @param {string[]} allowed @returns {boolean} */
function one(words, allowed) {
  const word = words.shift() ?? '';
  if (word !== '(') return allowed.includes(withException(word, words));
  const fits = either(words, allowed);
  return words.shift() === ')' && fits;
}

/** `Apache-2.0 WITH LLVM-exception` is a licence by itself. @param {string} licence @param {string[]} words */
function withException(licence, words) {
  if (words[0] !== 'WITH') return licence;
  return `${licence} ${words.splice(0, 2).join(' ')}`;
}
