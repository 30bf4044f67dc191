/** A request read, and an answer written: all the double needs of HTTP. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Html } from '../html.ts';

const MOST_BODY_BYTES = 1024 * 1024;

/** Parameters of a JSON object or a form. */
export type Params = Record<string, unknown>;

/** A request, wholly read. */
export interface Received {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** The body's parameters; undefined where it is neither a JSON object nor a form. */
  body: Params | undefined;
}

/** What is sent back. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Ends the handling of a request with an answer that says what is wrong with it. */
export class Refusal extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`refused with ${answer.status}`);
    this.answer = answer;
  }
}

/** Answers with JSON. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  };
}

/** Answers with a page that may load nothing from anywhere. */
export function page(status: number, content: Html): Answer {
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
    },
    body: content.markup,
  };
}

/** Sends the browser elsewhere with a GET. */
export function redirect(location: string, headers: Record<string, string> = {}): Answer {
  return { status: 302, headers: { location, 'cache-control': 'no-store', ...headers }, body: '' };
}

/** The error shape of OAuth (RFC 6749 §5.2). */
export function oauthError(status: number, error: string, description: string): Refusal {
  return new Refusal(json(status, { error, error_description: description }));
}

/** The error shape of WorkOS' own failures. */
export function apiError(status: number, code: string, message: string): Refusal {
  return new Refusal(json(status, { message, code }));
}

/** Reads a request to its end. */
export async function read(request: IncomingMessage): Promise<Received> {
  const target = request.url ?? '/';
  const cut = target.indexOf('?');
  const text = await readBody(request);
  return {
    method: request.method ?? 'GET',
    path: cut < 0 ? target : target.slice(0, cut),
    query: new URLSearchParams(cut < 0 ? '' : target.slice(cut)),
    headers: request.headers,
    body: parseBody(text, request.headers['content-type'] ?? ''),
  };
}

/** Writes an answer. */
export function write(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, headersOf(headers, Buffer.byteLength(body)));
  response.end(body);
}

/** Returns the header fields of a body of this length, unless they say another or that it is chunked. */
export function headersOf(
  headers: Answer['headers'],
  length: number,
): Record<string, string | number> {
  return 'transfer-encoding' in headers ? headers : { 'content-length': length, ...headers };
}

/** Returns the value of one of the request's cookies. */
export function cookie({ headers }: Received, name: string): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MOST_BODY_BYTES)
      throw oauthError(413, 'invalid_request', 'The body is larger than 1 MiB.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseBody(text: string, contentType: string): Params | undefined {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/x-www-form-urlencoded')
    return Object.fromEntries(new URLSearchParams(text));
  return type === 'application/json' ? parseObject(text) : undefined;
}

function parseObject(text: string): Params | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Params)
      : undefined;
  } catch {
    return undefined;
  }
}
