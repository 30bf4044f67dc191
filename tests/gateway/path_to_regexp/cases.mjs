/**
 * Writes patterns made by chance, a line of JSON each, with what path-to-regexp 6.3.0 says of them on
 * paths made for them: `node cases.mjs <seed> <patterns> <paths>`.
 */
import { Chance } from './chance.mjs';
import { paths } from './path.mjs';
import { pattern } from './pattern.mjs';
import { compiled, verdicts } from './verdicts.mjs';

const [seed = 0, patterns = 10, pathsEach = 10] = process.argv.slice(2).map(Number);
const chance = new Chance(seed);

let lines = '';
for (let made = 0; made < patterns; made += 1) {
  lines += `${JSON.stringify(oneCase())}\n`;
  if (lines.length > 1 << 16) await written();
}
await written();

function oneCase() {
  const piece = pattern(chance);
  const [exact, folded] = compiled(piece.text) ?? [];
  const made = paths(chance, piece, pathsEach);
  if (!exact || !folded) return { pattern: piece.text };
  return {
    pattern: piece.text,
    verdicts: { paths: made, exact: verdicts(exact, made), folded: verdicts(folded, made) },
  };
}

/** Hands over what is there, and waits until it is taken. */
async function written() {
  const text = lines;
  lines = '';
  await new Promise((resolve) => process.stdout.write(text, resolve));
}
