/** The gateway's log, a line of JSON a decision, as a line a person can read. */
import { styleText } from 'node:util';

type Colour = Parameters<typeof styleText>[0];

/**
 * Returns the readable form: empty for what is not worth a line, undefined for a line that is none
 * of the gateway's.
 */
export function readableLogLine(text: string, time: Date): string | undefined {
  const line = parsed(text);
  if (line === undefined) return undefined;
  if (line.path === '/auth/health' && line.level === 'info') return '';
  const say = (name: string) => (line[name] === undefined ? '' : String(line[name]));
  const outcome = [say('verdict'), say('status')].filter(Boolean).join(' ');
  const columns = [
    styleText('dim', time.toTimeString().slice(0, 8)),
    say('method').padEnd(4),
    say('path').padEnd(24),
    styleText(colourOf(say('level')), outcome.padEnd(12)),
    say('reason').replaceAll('_', ' '),
    line.refresh === undefined ? '' : styleText('cyan', `token ${say('refresh')}`),
    styleText('dim', `${say('ms')} ms`),
    say('detail'),
  ];
  return columns.filter(Boolean).join('  ');
}

function parsed(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const line = JSON.parse(text) as Record<string, unknown>;
    return 'verdict' in line ? line : undefined;
  } catch {
    return undefined;
  }
}

function colourOf(level: string): Colour {
  if (level === 'error') return 'red';
  return level === 'warn' ? 'yellow' : 'green';
}
