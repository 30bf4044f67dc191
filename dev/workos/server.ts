/** Serves requests, by way of whatever fault is arranged for them. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { deliver, wait } from './delivery.ts';
import type { Environment } from './environment.ts';
import { type Endpoint, type Faults, substitute, type Trouble } from './faults.ts';
import { type Answer, json, type Params, type Received, Refusal, read, write } from './http.ts';
import { endpointOf, routed } from './routes.ts';

const MOST_REMEMBERED = 20_000;

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
    const trouble = faults.take(endpoint, received);
    if (trouble?.hang) return;
    if (trouble?.delayBeforeMs) await wait(trouble.delayBeforeMs);
    if (trouble?.reset === 'before') return void request.socket.resetAndDestroy();
    const answer = altered(trouble && substitute(trouble), trouble, () =>
      routed(received, endpoint, environment),
    );
    if (received.method === 'POST' || endpoint === 'logout') changed();
    if (trouble?.delayMs) await wait(trouble.delayMs);
    if (trouble?.reset === 'after-commit') return void request.socket.resetAndDestroy();
    seen.status = answer.status;
    if (trouble) await deliver(response, answer, trouble);
    else write(response, answer);
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
  trouble: Trouble | undefined,
  real: () => Answer,
): Answer {
  if (instead) return instead;
  const answer = real();
  const rewritten = trouble?.rewrite?.(answer) ?? answer;
  return { ...rewritten, headers: { ...rewritten.headers, ...trouble?.headers } };
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  if (!(error instanceof Refusal)) console.error(error);
  const crash = json(500, { message: 'Internal Server Error', code: 'server_error' });
  write(response, error instanceof Refusal ? error.answer : crash);
}
