/** What a run came to, as data. */
import type { LostPair } from './loss.ts';
import type { Footprint } from './memory.ts';
import type { Notes } from './notes.ts';
import type { Events } from './tally.ts';
import type { Violation } from './violations.ts';
import type { World } from './world.ts';

/** The data. */
export interface Report {
  seconds: number;
  wasInterrupted: boolean;
  /** The beginning of a hash of the wasm. */
  build: string;
  total: number;
  /** By kind and status. */
  requests: Record<string, Record<string, number>>;
  faults: Record<string, number>;
  unexpectedSignOuts: number;
  crossUser: number;
  deletedCookies: number;
  events: Events;
  lostPairs: LostPair[];
  latencyMs: { median: number; p99: number; worst: number };
  workosCalls: Record<string, number>;
  /** In bytes, as everything about memory. */
  memory: Footprint[];
  ownMemory: number;
  violations: { total: number; counts: Record<string, number>; first: Violation[] };
}

/** Draws it up. */
export function reportOf(notes: Notes, { workos, fleet }: World, wasInterrupted: boolean): Report {
  const { tally, ledger, losses, memory, violations, weather, seconds, build } = notes;
  const { counts, first, total } = violations;
  ledger.read();
  return {
    seconds,
    wasInterrupted,
    build,
    total: tally.total,
    requests: tally.requests,
    faults: {
      ...Object.fromEntries(Object.entries(workos.injected).filter(([, times]) => times > 0)),
      'full outage': weather.outages,
      'keys rotated': weather.keyRotations,
      'gateway killed': fleet.restarts,
    },
    unexpectedSignOuts: counts['unexpected sign-out'] ?? 0,
    crossUser: (counts['cross-user'] ?? 0) + (counts['wrong session'] ?? 0),
    deletedCookies: counts['deleted cookie'] ?? 0,
    events: tally.events,
    lostPairs: losses.lost,
    latencyMs: { median: tally.latency(0.5), p99: tally.latency(0.99), worst: tally.latency(1) },
    workosCalls: ledger.calls,
    memory: memory.footprints.filter(Boolean),
    ownMemory: process.memoryUsage.rss(),
    violations: { total, counts, first },
  };
}
