/** Figures as they stand in tables. */
import type { Spread } from '../spread.ts';

/** What stands where nothing was measured. */
export const NOTHING = '–';

/** A whole number. */
export function whole(number: number | undefined): string {
  return number === undefined ? NOTHING : Math.round(number).toLocaleString('en');
}

/** A number with so many decimals. */
export function fixed(number: number | undefined, decimals: number): string {
  return number === undefined ? NOTHING : number.toFixed(decimals);
}

/** Bytes as megabytes. */
export function megabytes(bytes: number | undefined): string {
  return fixed(bytes && bytes / 1e6, 0);
}

/** Bytes as kilobytes. */
export function kilobytes(bytes: number | undefined): string {
  return fixed(bytes && bytes / 1e3, 1);
}

/** The median, and how far the turns lie apart. */
export function spread(figures: Spread | undefined, decimals: number): string {
  if (!figures) return NOTHING;
  const [median, least, most] = [figures.median, figures.least, figures.most].map((figure) =>
    decimals === 0 ? whole(figure) : fixed(figure, decimals),
  );
  return `${median} (${least}–${most})`;
}
