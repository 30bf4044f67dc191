/** Regular expressions by chance: what JavaScript's grammar has, rarities and faults included. */
import { literal, sequence, wrapped } from './piece.mjs';
import { RARITIES } from './rarities.mjs';

/** @typedef {import('./chance.mjs').Chance} Chance @typedef {import('./piece.mjs').Piece} Piece */
/** Where a part stands: how deep, and whether it is repeated without end. @typedef {{ depth: number, repeats: boolean }} Place */

const own = String.raw;
export const WORDS = 'a b ab aa admin api Admin x1 _next static png 0'.split(' ');
const SIGNS = own`\. \/ \- \+ \( \) \\ / - , % = : @ ~ } ]`.split(' ');
const MEMBERS =
  own`a b A Z 0 _ / . + ^ (?: a-c A-C Z-a 0-2 +-- \d \D \w \W \s \S \] \\ \- \b \.`.split(' ');
const SETS = own`. \d \D \w \W \s \S [^/] [^?#] [] [^]`.split(' ');
const ASSERTIONS = own`\b \B ^ $`.split(' ');

/** @param {Chance} chance @param {Place} [place] @returns {Piece} */
export function expression(chance, place = { depth: 0, repeats: false }) {
  const ways = chance.several(1, chance.happens(30) ? 3 : 1, () => terms(chance, place));
  if (chance.happens(3)) ways.push(literal(''));
  return {
    text: ways.map((way) => way.text).join('|'),
    example: () => chance.of(ways).example(),
  };
}

/** @param {Chance} chance @param {Place} place */
function terms(chance, place) {
  return sequence(chance.several(1, place.depth > 0 ? 2 : 3, () => term(chance, place)));
}

/** @param {Chance} chance @param {Place} place @returns {Piece} */
function term(chance, place) {
  if (chance.happens(50)) return atom(chance, place);
  if (chance.happens(20)) return assertion(chance, place);
  const [sign, least, most] = times(chance, place);
  const repeated = atom(chance, { ...place, repeats: place.repeats || most === Infinity });
  const lazy = chance.happens(15) ? '?' : '';
  const example = () => chance.several(least, Math.min(most, least + 3), repeated.example).join('');
  return { text: repeated.text + sign + lazy, example };
}

/** How often: nothing without end inside what already repeats, but seldom, since JavaScript may take for ever over it. @param {Chance} chance @param {Place} place @returns {[string, number, number]} */
function times(chance, { repeats }) {
  const from = chance.below(3);
  const to = from + chance.below(3);
  const isEndless = repeats ? chance.happens(4) : chance.happens(65);
  /** @type {[string, number, number][]} */
  const endless = [
    ['*', 0, Infinity],
    ['+', 1, Infinity],
    [`{${from},}`, from, Infinity],
  ];
  /** @type {[string, number, number][]} */
  const ended = [
    ['?', 0, 1],
    [`{${from}}`, from, from],
    [`{${from},${to}}`, from, to],
  ];
  return chance.of(isEndless ? endless : ended);
}

/** @param {Chance} chance @param {Place} place @returns {Piece} */
function atom(chance, place) {
  const inside = { ...place, depth: place.depth + 1 };
  const isDeep = place.depth >= 3;
  /** @type {[number, () => Piece][]} */
  const kinds = [
    [30, () => literal(chance.of(WORDS))],
    [12, () => sign(chance.of(SIGNS))],
    [16, () => set(chance, chance.of(SETS))],
    [14, () => set(chance, members(chance))],
    [1, () => literal(...chance.of(RARITIES))],
    [isDeep ? 0 : 12, () => wrapped('(?:', expression(chance, inside), ')')],
  ];
  return chance.weighted(kinds)();
}

/** @param {string} text */
function sign(text) {
  return literal(text, text.length > 1 ? text.slice(1) : text);
}

/** @param {Chance} chance */
function members(chance) {
  return `[${chance.happens(35) ? '^' : ''}${chance.several(1, 3, () => chance.of(MEMBERS)).join('')}]`;
}

const CHARACTERS = Array.from('abcxyzABCZ0129_-.~!$%()*+,;=:@/[]|^');

/** A set of characters, matched by any of them that a path may hold. @param {Chance} chance @param {string} text @returns {Piece} */
function set(chance, text) {
  const found = CHARACTERS.filter((character) => isIn(character, text));
  return { text, example: () => (found.length > 0 ? chance.of(found) : '') };
}

/** @param {string} character @param {string} text */
function isIn(character, text) {
  try {
    return new RegExp(`^${text}$`).test(character);
  } catch {
    return false;
  }
}

/** What looks, and takes nothing. @param {Chance} chance @param {Place} place @returns {Piece} */
function assertion(chance, place) {
  if (place.depth >= 3 || chance.happens(30)) return literal(chance.of(ASSERTIONS), '');
  const { text, example } = expression(chance, { ...place, depth: place.depth + 1 });
  return {
    text: `(?${chance.of(['=', '!', '!'])}${text})`,
    example: () => (chance.happens(10) ? example() : ''),
  };
}
