/** The chart of a report: bars, in SVG, light or dark as whoever looks at it likes it. */
import type { Entry, Report } from './report.ts';
import { ratioOf } from './result.ts';
import type { Compared } from './turns.ts';

/** The scenarios it shows: those of one order of magnitude, all on one scale. */
const SHOWN = ['valid', 'first-seen', 'redirect', 'public', 'unmatched'];
const WIDTH = 760;
const MARGIN = 24;
/** Where the bars begin, and what they leave for their figures. */
const BARS = 170;
const FIGURES = 110;
const ROW = 22;
const GROUP = 40;
const TOP = 74;

const STYLE = `
    text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328; }
    .background { fill: #ffffff; stroke: #d1d9e0; }
    .title { font-size: 16px; font-weight: 600; }
    .group { font-weight: 600; }
    .quiet { fill: #59636e; font-size: 12px; }
    .name { text-anchor: end; }
    .bar { fill: #aab4be; }
    .bar.b { fill: #0969da; }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc; }
      .background { fill: #0d1117; stroke: #3d444d; }
      .quiet { fill: #9198a1; }
      .bar { fill: #59636e; }
      .bar.b { fill: #4493f8; }
    }`;

/** Draws it; undefined where no processor time was measured. */
export function chartOf({ scenarios, contestants, ...report }: Report): string | undefined {
  const shown = scenarios.filter(({ name }) => SHOWN.includes(name));
  const most = Math.max(0, ...shown.flatMap(barsOf).map(({ cpu }) => cpu));
  if (most === 0) return undefined;
  let y = TOP;
  const groups = shown.map((scenario) => {
    const drawing = group(scenario, y, most, contestants);
    y += GROUP + barsOf(scenario).length * ROW;
    return drawing;
  });
  const height = y + 2 * MARGIN;
  const subtitle = 'Shorter is better; the figure in parentheses is the ratio to a bare forward.';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">
  <title>Processor time for one request</title>
  <style>${STYLE}
  </style>
  <rect class="background" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="6"/>
  ${text(MARGIN, 34, 'title', 'Processor time for one request, in microseconds')}
  ${text(MARGIN, 54, 'quiet', subtitle)}
${groups.join('\n')}
  ${text(MARGIN, height - 16, 'quiet', footer(report))}
</svg>
`;
}

interface Bar {
  letter: string;
  cpu: number;
  /** Over the floor's. */
  ratio: number | undefined;
}

function barsOf({ results }: Compared): Bar[] {
  return Object.entries(results).flatMap(([letter, result]) => {
    const ratio = letter === 'a' ? undefined : ratioOf(result, results.a)?.median;
    return result.cpu ? [{ letter, cpu: result.cpu.median, ratio }] : [];
  });
}

function group(scenario: Compared, y: number, most: number, entries: readonly Entry[]): string {
  const rows = barsOf(scenario).map((bar, index) => row(bar, y + 32 + index * ROW, most, entries));
  return [`  ${text(MARGIN, y + 20, 'group', scenario.title)}`, ...rows].join('\n');
}

function row({ letter, cpu, ratio }: Bar, y: number, most: number, entries: readonly Entry[]) {
  const width = Math.max(1, (cpu / most) * (WIDTH - BARS - FIGURES - MARGIN));
  const name = entries.find((entry) => entry.letter === letter)?.name ?? letter;
  const figure = `${Math.round(cpu)}${ratio === undefined ? '' : ` (${ratio.toFixed(2)})`}`;
  return [
    `  ${text(BARS - 10, y + 11, 'name', name)}`,
    `  <rect class="bar ${letter}" x="${BARS}" y="${y}" width="${width.toFixed(1)}" height="14" rx="2"/>`,
    `  ${text(BARS + width + 8, y + 11, '', figure)}`,
  ].join('\n');
}

function footer({ date, command, machine, turns }: Omit<Report, 'scenarios' | 'contestants'>) {
  const { processor, cores, workerd } = machine;
  return `${date} · ${command} · ${turns} turns · workerd ${workerd} · ${processor}, ${cores} cores`;
}

function text(x: number, y: number, name: string, content: string): string {
  const escaped = content.replace(/[&<>]/g, (letter) => `&#${letter.charCodeAt(0)};`);
  const style = name && ` class="${name}"`;
  return `<text x="${x.toFixed(0)}" y="${y}"${style}>${escaped}</text>`;
}
