/** Paths by chance for a pattern: some it is made to match, near misses, and strangers. */

/** @typedef {import('./chance.mjs').Chance} Chance @typedef {import('./piece.mjs').Piece} Piece */

const SEGMENTS = [
  '',
  ...'a b ab aa A admin Admin api x1 _next static logo.png favicon.ico 0'.split(' '),
  ...'.x caf%C3%A9 %2f a;b=1 - é'.split(' '),
];
const SIGNS = Array.from("/ab0A.-_%:*+?#()[]{}|^$,;=!~@&'\\ ");
/** A path that JavaScript could take for ever over is short. */
const LONGEST = 48;

/** @param {Chance} chance @param {Piece} pattern @param {number} count */
export function paths(chance, pattern, count) {
  const words = [...pattern.text.matchAll(/[\w.%-]+/g)].map(([word]) => word);
  /** @type {[number, () => string][]} */
  const kinds = [
    [45, pattern.example],
    [35, () => missed(chance, pattern.example(), words)],
    [20, () => chance.several(1, 3, () => `/${chance.of([...SEGMENTS, ...words])}`).join('')],
  ];
  const made = Array.from({ length: count }, () => shaped(chance, chance.weighted(kinds)()));
  return [...new Set(made)];
}

/** A path with a change or two. @param {Chance} chance @param {string} path @param {string[]} words */
function missed(chance, path, words) {
  const signs = Array.from(path);
  for (let changes = 1 + chance.below(2); changes > 0; changes -= 1) {
    const at = chance.below(signs.length + 1);
    const sign = signs[at] ?? 'a';
    const end = chance.of(['/', '//', '/x', '.json', '#', '?', '\n']);
    /** @type {[number, () => unknown][]} */
    const kinds = [
      [3, () => signs.splice(at, 1)],
      [3, () => signs.splice(at, 0, chance.of(SIGNS))],
      [2, () => signs.splice(at, 1, chance.of(SIGNS))],
      [2, () => signs.splice(at, 1, inOtherCase(sign))],
      [1, () => signs.splice(at, 0, sign)],
      [1, () => signs.splice(at, 1, encodeURIComponent(sign))],
      [2, () => signs.splice(at, 0, chance.of([...SEGMENTS, ...words]))],
      [2, () => signs.push(end)],
    ];
    chance.weighted(kinds)();
  }
  return signs.join('');
}

/** @param {string} sign */
function inOtherCase(sign) {
  const upper = sign.toUpperCase();
  return sign === upper ? sign.toLowerCase() : upper;
}

/** As a URL parser leaves it, mostly; else as a view of it may be, which is judged too: decoded, in ASCII. @param {Chance} chance @param {string} text */
function shaped(chance, text) {
  const path = `/${text.replace(/^\//, '').slice(0, LONGEST)}`;
  if (chance.happens(25) && /^[\x20-\x7e]*$/.test(path)) return path;
  return new URL(`https://app.example.com${path.toWellFormed()}`).pathname;
}
