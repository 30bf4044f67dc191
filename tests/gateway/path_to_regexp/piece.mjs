/**
 * A piece of a pattern: its text, and a way to make what it matches, more often than not: of what it
 * looks ahead at it knows nothing.
 *
 * @typedef {{ text: string, example: () => string }} Piece
 */

/** A piece that is matched by what it says. @param {string} text @param {string} [matched] @returns {Piece} */
export function literal(text, matched = text) {
  return { text, example: () => matched };
}

/** @param {Piece[]} pieces @returns {Piece} */
export function sequence(pieces) {
  return {
    text: pieces.map((piece) => piece.text).join(''),
    example: () => pieces.map((piece) => piece.example()).join(''),
  };
}

/** A piece with something around its text. @param {string} before @param {Piece} piece @param {string} after @returns {Piece} */
export function wrapped(before, { text, example }, after) {
  return { text: before + text + after, example };
}
