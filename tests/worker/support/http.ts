/**
 * A plain HTTP client. `fetch` won't do: it always says `Sec-Fetch-Mode: cors`, rewrites paths and
 * joins header lines.
 */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';

/** Header lines; a list where order or repetition matters. */
export type HeaderLines = readonly (readonly [string, string])[];
export type Headers = Record<string, string> | HeaderLines;

/** What to ask. */
export interface Ask {
  port: number;
  method?: string;
  /** The request target. */
  path: string;
  headers?: Headers;
  body?: string | Buffer;
}

/** An answer, wholly read. */
export interface Reply {
  status: number;
  /** Every header line, in order, names in lower case. */
  lines: [name: string, value: string][];
  body: Buffer;
  text: string;
  /** Whether the body came to its end. */
  complete: boolean;
}

/** Asks over a connection of its own. */
export function ask({ port, method = 'GET', path, headers = {}, body }: Ask): Promise<Reply> {
  const lines = linesOf(headers);
  const length = body === undefined ? [] : ['content-length', String(Buffer.byteLength(body))];
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        agent: false,
        headers: [...lines.flat(), ...length],
      },
      (response) => void read(response).then(resolve, reject),
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** Header lines as a list. */
export function linesOf(headers: Headers): HeaderLines {
  return Array.isArray(headers) ? (headers as HeaderLines) : Object.entries(headers);
}

/** Sends bytes as they are and returns all that comes back until the other side closes. */
export function exchangeBytes(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.from(bytes, 'latin1')));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
  });
}

/** The value of a header field; its lines joined. */
export function header(reply: Reply, name: string): string | undefined {
  const values = reply.lines.filter(([key]) => key === name).map(([, value]) => value);
  return values.length > 0 ? values.join(', ') : undefined;
}

/** The `Set-Cookie` lines. */
export function setCookies(reply: Reply): string[] {
  return reply.lines.filter(([name]) => name === 'set-cookie').map(([, value]) => value);
}

/** The body as JSON. */
export function jsonOf(reply: Reply): Record<string, unknown> {
  return JSON.parse(reply.text) as Record<string, unknown>;
}

/** Where a redirect leads. */
export function locationOf(reply: Reply): URL {
  const location = header(reply, 'location');
  if (location === undefined) throw new Error(`no Location: ${reply.status} ${reply.text}`);
  return new URL(location);
}

async function read(response: IncomingMessage): Promise<Reply> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch {
    // Cut off: `complete` says so.
  }
  const body = Buffer.concat(chunks);
  const lines: [string, string][] = [];
  for (let index = 0; index < response.rawHeaders.length; index += 2)
    lines.push([
      String(response.rawHeaders[index]).toLowerCase(),
      String(response.rawHeaders[index + 1]),
    ]);
  const { statusCode = 0, complete } = response;
  return { status: statusCode, lines, body, text: body.toString('utf8'), complete };
}
