/** Where reports are kept. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chartOf } from './chart.ts';
import type { Report } from './report.ts';

/** Where whole runs are kept: the README shows the chart that lies there. */
export const RESULTS = fileURLToPath(new URL('results/', import.meta.url));

/** Writes a report and its chart; returns the files. */
export function keep(report: Report, directory: string): string[] {
  mkdirSync(directory, { recursive: true });
  const chart = chartOf(report);
  const files: [name: string, content: string][] = [
    ['bench.json', `${JSON.stringify(report, undefined, 2)}\n`],
    ...(chart === undefined ? [] : [['bench.svg', chart] as [string, string]]),
  ];
  return files.map(([name, content]) => {
    const path = resolve(directory, name);
    writeFileSync(path, content);
    return path;
  });
}
