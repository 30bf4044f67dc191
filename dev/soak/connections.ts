/** A browser's connections: kept alive, and given up where somebody leaves. */
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { type Ask, linesOf, type Reply } from '../../tests/worker/support/http.ts';

/** What to ask, and how long to stay. */
export interface Sending extends Ask {
  leaveAfterMs: number;
}

/** What came of it. */
export interface Received {
  /** Undefined where not even the header came. */
  reply: Reply | undefined;
  /** Why the reply isn't whole: the browser left, or the connection broke. */
  ended?: 'broken' | 'left';
}

/** As many as browsers open to one host. */
const MOST_SOCKETS = 6;

/** The connections of one browser. */
export class Connections {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: MOST_SOCKETS });

  /** Sends a request, once more where a connection was closed that had been idle: browsers do. */
  async send(sending: Sending): Promise<Received> {
    const first = await this.#try(sending, this.#agent);
    const received = first === 'stale' ? await this.#try(sending, false) : first;
    return received === 'stale' ? { reply: undefined, ended: 'broken' } : received;
  }

  /** Breaks every connection. */
  close(): void {
    this.#agent.destroy();
  }

  #try(sending: Sending, agent: Agent | false): Promise<Received | 'stale'> {
    const { port, method = 'GET', path, headers = {}, body, leaveAfterMs } = sending;
    const length = body === undefined ? [] : ['content-length', String(Buffer.byteLength(body))];
    return new Promise((resolve) => {
      const request = httpRequest({
        host: '127.0.0.1',
        port,
        method,
        path,
        agent,
        headers: [...linesOf(headers).flat(), ...length],
      });
      let hasLeft = false;
      const leaving = setTimeout(() => {
        hasLeft = true;
        request.destroy();
      }, leaveAfterMs);
      const end = (received: Received | 'stale') => {
        clearTimeout(leaving);
        resolve(received);
      };
      const ended = () => (hasLeft ? 'left' : 'broken');
      request.once('response', (response) => {
        void read(response).then((reply) =>
          end(reply.complete ? { reply } : { reply, ended: ended() }),
        );
      });
      request.on('error', () => {
        end(request.reusedSocket && !hasLeft ? 'stale' : { reply: undefined, ended: ended() });
      });
      request.end(body);
    });
  }
}

async function read(response: IncomingMessage): Promise<Reply> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch {
    // Cut off: `complete` says so.
  }
  const { statusCode: status = 0, rawHeaders, complete } = response;
  const lines: [string, string][] = [];
  for (let index = 0; index < rawHeaders.length; index += 2)
    lines.push([String(rawHeaders[index]).toLowerCase(), String(rawHeaders[index + 1])]);
  const body = Buffer.concat(chunks);
  return { status, lines, body, text: body.toString('utf8'), complete };
}
