/**
 * The load: connections that each send the next request as soon as they have their answer.
 *
 * 1. Every answer is checked. 2. A machine that has been asleep wakes up with connections to the origin
 * that are just being closed, and whoever sends into one has lost it: an answer that says so is asked
 * for again, once for each connection there may be, and counted. 3. Latencies are in microseconds: a
 * forwarded request takes a few hundred.
 */
import { Client } from './client.ts';
import type { Reply } from './connection.ts';

/** What to send, and what must come back. */
export interface Load {
  port: number;
  connections: number;
  /** How many requests in all. */
  amount: number;
  /** The next request, as it goes over the wire. */
  next(): string | Promise<string>;
  /** Says what is wrong with an answer; undefined where nothing is. */
  wrong(reply: Reply): string | undefined;
}

/** What came of it. */
export interface Outcome {
  seconds: number;
  /** In microseconds, the quickest first. */
  latencies: Float64Array;
  /** How many answers were asked for again. */
  repeated: number;
}

/** An answer that must not be. */
export class WrongAnswer extends Error {}

/** Sends it. */
export async function send({ port, connections, amount, next, wrong }: Load): Promise<Outcome> {
  const latencies = new Float64Array(amount);
  let [sent, repeated] = [0, 0];
  const mayRepeat = ({ status }: Reply) => status >= 500 && repeated < connections;
  const work = async (): Promise<void> => {
    const client = await Client.at(port);
    try {
      while (sent < amount) {
        const index = sent++;
        const request = await next();
        let reply = await client.ask(request);
        if (mayRepeat(reply)) {
          repeated += 1;
          reply = await client.ask(request);
        }
        latencies[index] = reply.us;
        const reason = wrong(reply);
        if (reason !== undefined) throw new WrongAnswer(`${reason}:\n${reply.head}`);
      }
    } finally {
      client.close();
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: Math.min(connections, amount) }, work));
  const seconds = (performance.now() - began) / 1000;
  return { seconds, latencies: latencies.sort(), repeated };
}
