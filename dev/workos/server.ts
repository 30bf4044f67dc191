/** Serves requests, by way of whatever fault is arranged for them. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from './environment.ts';
import { type Endpoint, type Fault, type Faults, substitute } from './faults.ts';
import { type Answer, json, type Params, type Received, Refusal, read, write } from './http.ts';
import { endpointOf, routed } from './routes.ts';

const MOST_REMEMBERED = 100_000;

/** A request as it arrived, for tests to count. */
export interface SeenRequest {
  /** In milliseconds. */
  time: number;
  endpoint: Endpoint | undefined;
  method: string;
  path: string;
  query: Record<string, string>;
  headers: IncomingMessage['headers'];
  body: Params | undefined;
  /** The status answered; undefined while there is no answer. */
  status: number | undefined;
}

/** Serves one environment. */
export function serve(
  environment: Environment,
  faults: Faults,
  requests: SeenRequest[],
  changed: () => unknown,
): RequestListener {
  return (request, response) => {
    handle(request, response).catch((error: unknown) => fail(response, error));
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = await read(request);
    const endpoint = endpointOf(received.path);
    const seen = remember(received, endpoint, requests);
    const fault = faults.take(endpoint, received);
    if (fault?.hang) return;
    if (fault?.reset === 'before') return void request.socket.resetAndDestroy();
    const answer = altered(fault && substitute(fault), fault, () =>
      routed(received, endpoint, environment),
    );
    if (received.method === 'POST' || endpoint === 'logout') changed();
    if (fault?.delayMs) await sleep(fault.delayMs);
    if (fault?.reset === 'after-commit') return void request.socket.resetAndDestroy();
    seen.status = answer.status;
    if (fault?.cutAfterBytes !== undefined) return cut(response, answer, fault.cutAfterBytes);
    write(response, answer);
  }
}

function remember(
  { method, path, query, headers, body }: Received,
  endpoint: Endpoint | undefined,
  requests: SeenRequest[],
): SeenRequest {
  const seen = {
    time: Date.now(),
    endpoint,
    method,
    path,
    query: Object.fromEntries(query),
    headers,
    body,
    status: undefined,
  };
  requests.push(seen);
  if (requests.length > MOST_REMEMBERED) requests.shift();
  return seen;
}

function altered(
  instead: Answer | undefined,
  fault: Fault | undefined,
  real: () => Answer,
): Answer {
  if (instead) return instead;
  const answer = real();
  const rewritten = fault?.rewrite?.(answer) ?? answer;
  return { ...rewritten, headers: { ...rewritten.headers, ...fault?.headers } };
}

function cut(response: ServerResponse, { status, headers, body }: Answer, bytes: number): void {
  const whole = Buffer.from(body);
  response.writeHead(status, { ...headers, 'content-length': whole.length });
  response.write(whole.subarray(0, bytes), () => response.destroy());
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  if (!(error instanceof Refusal)) console.error(error);
  const crash = json(500, { message: 'Internal Server Error', code: 'server_error' });
  write(response, error instanceof Refusal ? error.answer : crash);
}
