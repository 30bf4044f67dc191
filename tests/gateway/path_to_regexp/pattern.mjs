/** Patterns by chance, in path-to-regexp's own grammar, some of them spoiled. */
import { expression, WORDS } from './expression.mjs';
import { literal, sequence, wrapped } from './piece.mjs';

/** @typedef {import('./chance.mjs').Chance} Chance @typedef {import('./piece.mjs').Piece} Piece */

const own = String.raw;
const TEXTS = [
  ...WORDS,
  ...own`v1.0 favicon.ico caf%C3%A9 a%20b %2F a%2fb x-y ~u @me a,b a=b;c $x! &' [a] ^ |`.split(' '),
];
/** What no URL's path holds as it stands. */
const STRANGE_TEXTS = ['é', '日本', '😀', 'a b', '#', 'a<b>', '..'];
const ESCAPES = own`\( \) \* \+ \? \: \{ \} \\ \/ \a \. \é`.split(' ');
const SEGMENTS = 'a b users 7 x.png a-b Admin %20 é .x'.split(' ');
/** What Next.js' guides leave out. */
const BARRED = [
  ...WORDS,
  ...own`api/auth login$ _next/static favicon\.ico .*\.(?:svg|png|ico)$ .*\.png$`.split(' '),
  own`[^?]*\.(?:html?|js(?!on))`,
];
/** What a spoiled pattern gains. */
const SYNTAX = Array.from(own`/:(){}?*+\|[]^$.,-!=ab0é`);

/** @param {Chance} chance @returns {Piece} */
export function pattern(chance) {
  const parts = sequence(chance.several(1, 3, () => part(chance)));
  const start = parts.text.startsWith('/') || chance.happens(3) ? '' : '/';
  const end = chance.happens(10) ? '/' : '';
  const whole = sequence([literal(start), parts, literal(end)]);
  return chance.happens(20) ? { ...whole, text: spoiled(chance, whole.text) } : whole;
}

/** @param {Chance} chance @returns {Piece} */
function part(chance) {
  /** @type {[number, () => Piece][]} */
  const kinds = [
    [30, () => sequence([literal('/'), text(chance)])],
    [35, () => parameter(chance, '/')],
    [8, () => parameter(chance, '.')],
    [8, () => sequence([text(chance), parameter(chance, '')])],
    [14, () => braces(chance)],
    [7, () => allBut(chance)],
  ];
  return chance.weighted(kinds)();
}

/** @param {Chance} chance @returns {Piece} */
function text(chance) {
  if (chance.happens(85)) return literal(chance.of(TEXTS));
  if (chance.happens(40)) return literal(chance.of(STRANGE_TEXTS));
  const escaped = chance.of(ESCAPES);
  return literal(escaped, escaped.slice(1));
}

/** A name, an expression, or both. @param {Chance} chance @returns {Piece} */
function body(chance) {
  const name = `:${chance.of(['a', 'b', 'path', 'Id_7'])}`;
  const segment = { text: name, example: () => chance.of(SEGMENTS) };
  if (chance.happens(50)) return segment;
  return wrapped(`${chance.happens(50) ? name : ''}(`, expression(chance), ')');
}

/** @param {Chance} chance @param {string} prefix @returns {Piece} */
function parameter(chance, prefix) {
  return modified(chance, sequence([literal(prefix), body(chance)]), prefix !== '');
}

/** @param {Chance} chance @returns {Piece} */
function braces(chance) {
  const affix = () =>
    chance.happens(55) ? literal(chance.of(['/', '-', '.', 'a', '', '/a'])) : text(chance);
  const inside = chance.happens(75) ? [affix(), body(chance), affix()] : [affix()];
  return modified(chance, wrapped('{', sequence(inside), '}'), true);
}

/** With a modifier, or without; one that needs something to repeat stands where there is nothing but seldom. @param {Chance} chance @param {Piece} piece @param {boolean} isRepeatable @returns {Piece} */
function modified(chance, { text, example }, isRepeatable) {
  /** @type {[number, [string, number, number]][]} */
  const modifiers = [
    [50, ['', 1, 1]],
    [20, ['?', 0, 1]],
    [isRepeatable ? 20 : 1, ['*', 0, 3]],
    [isRepeatable ? 10 : 1, ['+', 1, 3]],
  ];
  const [sign, least, most] = chance.weighted(modifiers);
  return { text: text + sign, example: () => chance.several(least, most, example).join('') };
}

/** All but some paths, as Next.js' guides write it. @param {Chance} chance @returns {Piece} */
function allBut(chance) {
  const barred = chance.several(1, 4, () => chance.of(BARRED)).join('|');
  const rest = chance.of(['.*', '.+', '[^/]+', own`[\w-]*`]);
  const segment = () => chance.of([...SEGMENTS, 'api', 'logo.png']);
  const example = () => `/${chance.several(0, 3, segment).join(chance.of(['/', '/', '', '.']))}`;
  return { text: `/((?!${barred})${rest})`, example };
}

/** @param {Chance} chance @param {string} text */
function spoiled(chance, text) {
  const signs = Array.from(text);
  for (let edits = 1 + chance.below(2); edits > 0; edits -= 1) {
    const at = chance.below(signs.length + 1);
    const sign = chance.of(SYNTAX);
    /** @type {[number, () => unknown][]} */
    const kinds = [
      [4, () => signs.splice(at, 1)],
      [5, () => signs.splice(at, 0, sign)],
      [3, () => signs.splice(at, 1, sign)],
      [1, () => signs.splice(at)],
    ];
    chance.weighted(kinds)();
  }
  return signs.join('');
}
