/** An address that is known before what answers there is started, since it stands in its settings. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A port that passes every connection on. */
export interface Front {
  port: number;
  /** Where to, from here on. */
  to: number | undefined;
  close(): Promise<void>;
}

/** Listens on any port. */
export async function startFront(): Promise<Front> {
  const open = new Set<Socket>();
  const server = createServer((inbound) => {
    if (front.to === undefined) return void inbound.destroy();
    const outbound = connect(front.to, '127.0.0.1');
    for (const [one, other] of [
      [inbound, outbound],
      [outbound, inbound],
    ] as const) {
      open.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const front: Front = {
    port: (server.address() as AddressInfo).port,
    to: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
  return front;
}
