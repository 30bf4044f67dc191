/** What a run came to, to read. */
import type { Footprint } from './memory.ts';
import type { Report } from './report.ts';
import type { Violation } from './violations.ts';

type Row = readonly [name: string, value: unknown];

/** Draws the table, and tells what was wrong. */
export function tableOf(report: Report): string {
  return [
    section('Run', run(report)),
    section('Requests', Object.entries(report.requests).sort().map(row)),
    section('Faults', Object.entries(report.faults)),
    section('Calls to WorkOS', Object.entries(report.workosCalls).sort()),
    section('Memory, MB', [...report.memory.map(footprint), ['soak', megabytes(report.ownMemory)]]),
    section('What may happen', allowed(report)),
    section('What must not happen', forbidden(report)),
    ...report.lostPairs.map((lost) => `Pair lost: ${Object.values(lost).join(', ')}`),
    ...report.violations.first.map(told),
  ].join('\n');
}

function run({ seconds, wasInterrupted, build, total, latencyMs }: Report): Row[] {
  const { median, p99, worst } = latencyMs;
  const pace = Math.round(total / Math.max(1, seconds));
  return [
    ['minutes', `${(seconds / 60).toFixed(1)}${wasInterrupted ? ', interrupted' : ''}`],
    ['wasm', build],
    ['requests', `${total}, ${pace} a second`],
    ['latency', `median ${median} ms, 99 % ${p99} ms, worst ${worst} ms`],
  ];
}

function allowed({ events }: Report): Row[] {
  return [
    ['sign-ins', `${events.signIns}, and ${events.failedSignIns} that a fault broke off`],
    ['sign-outs', `${events.signOuts}, and ${events.endedByWorkOS} by WorkOS`],
    ['cookies renewed', events.renewals],
    ['older cookies refused', `${events.refusedOlderCookies}, beyond the replay window`],
    ['pairs lost', `${events.lostPairs}, beyond the replay window`],
  ];
}

function forbidden({ unexpectedSignOuts, crossUser, deletedCookies, violations }: Report): Row[] {
  return [
    ['unexpected sign-outs', unexpectedSignOuts],
    ['cross-user responses', crossUser],
    ['deleted cookies', deletedCookies],
    ['violations', [violations.total, counts(violations.counts)].filter(Boolean).join(': ') || 0],
  ];
}

function section(title: string, rows: readonly Row[]): string {
  return `${title}\n${rows.map(([name, value]) => `  ${name.padEnd(36)} ${value}\n`).join('')}`;
}

function row([name, value]: [string, Record<string, number>]): Row {
  return [name, counts(value)];
}

function counts(all: Record<string, number>): string {
  return Object.entries(all)
    .map(([name, count]) => `${name}: ${count}`)
    .join(', ');
}

function footprint({ gateway, restarts, seconds, start, warm, most, end }: Footprint): Row {
  const steps = [
    `start ${megabytes(start)}`,
    ...(warm === undefined ? [] : [`after warm-up ${megabytes(warm)}`]),
    `most ${megabytes(most)}`,
    `end ${megabytes(end)}`,
  ];
  const age = `${seconds} s old, restarted ${restarts} times`;
  return [`gateway ${gateway}`, `${steps.join(', ')} (${age})`];
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

function told(violation: Violation): string {
  const { wrong, time, second, browser, request, detail, reply, before, log } = violation;
  return [
    `✗ ${wrong}: browser ${browser}, ${time} (${second} s)`,
    `  ${request}`,
    ...detail.split('\n').map((line) => `  ${line}`),
    '  reply:',
    ...reply.map((line) => `    ${line}`),
    '  what the browser did, this included:',
    ...before.map((line) => `    ${line}`),
    '  log:',
    ...log.map((line) => `    ${line}`),
    '',
  ].join('\n');
}
