/** Columns of text. */

/** A table: a title, the columns' names, and rows of as many cells. */
export interface Grid {
  title: string;
  columns: readonly string[];
  rows: readonly (readonly string[])[];
}

const NARROWEST = 8;

/** Draws it; the first column stands left, all others right. */
export function drawn({ title, columns, rows }: Grid): string {
  const widths = columns.map((name, index) =>
    Math.max(
      index > 0 ? NARROWEST : 0,
      ...[name, ...rows.map((row) => row[index] ?? '')].map(width),
    ),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => {
        const padding = ' '.repeat((widths[index] ?? 0) - width(cell));
        return index === 0 ? `${cell}${padding}` : `${padding}${cell}`;
      })
      .join('  ')
      .trimEnd();
  return [title, ...[columns, ...rows].map((cells) => `  ${line(cells)}`), ''].join('\n');
}

function width(text: string): number {
  return [...text].length;
}
