/** A site that speaks in bytes: for what Node's own server would not say, or not show. */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { after, afterEach } from 'node:test';

/** How a site answers the head of a request; latin1, the empty line included. */
export type WireAnswer = (socket: Socket, head: string) => void | Promise<void>;

/** A running site of bytes. */
export interface WireSite {
  port: number;
  /** The heads of requests as they came, in order. */
  heads: string[];
  /** What came after each head. */
  bodies: string[];
  answer: WireAnswer;
}

const OK: WireAnswer = (socket) =>
  void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok');

/** Starts one; it closes by itself, and answers `ok` again after each test. */
export async function startWireSite(): Promise<WireSite> {
  const site: WireSite = { port: 0, heads: [], bodies: [], answer: OK };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    serve(site, socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  site.port = (server.address() as AddressInfo).port;
  afterEach(() => {
    Object.assign(site, { heads: [], bodies: [], answer: OK });
  });
  after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return site;
}

/** Answers each head that comes on a connection; what is between two is a body's. */
function serve(site: WireSite, socket: Socket): void {
  let rest = '';
  let index = -1;
  socket.on('data', (chunk: Buffer) => {
    rest += chunk.toString('latin1');
    for (;;) {
      const [head] = /^[A-Z]+ [^ ]+ HTTP\/1\.1\r\n.*?\r\n\r\n/s.exec(rest) ?? [];
      if (head === undefined) break;
      rest = rest.slice(head.length);
      index = site.heads.push(head) - 1;
      site.bodies[index] = '';
      void site.answer(socket, head);
    }
    if (index < 0) return;
    site.bodies[index] += rest;
    rest = '';
  });
}
