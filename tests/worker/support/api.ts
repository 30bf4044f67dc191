/** Asks the double of WorkOS what a gateway would ask, over plain HTTP. */
import { request as httpRequest } from 'node:http';
import type { WorkOS } from '../../../dev/workos.ts';
import { type Ask, ask, jsonOf, linesOf, type Reply } from './http.ts';

const HOST = ['host', 'localhost'] as const;

/** A request that exchanges a refresh token. */
export function refreshOf({ port, clientId, apiKey }: WorkOS, refreshToken: string): Ask {
  return {
    port,
    method: 'POST',
    path: '/user_management/authenticate',
    headers: [HOST, ['content-type', 'application/json']],
    body: JSON.stringify({
      grant_type: 'refresh_token',
      client_id: clientId,
      client_secret: apiKey,
      refresh_token: refreshToken,
    }),
  };
}

/** A request for the keys. */
export function keysOf({ port, clientId }: WorkOS): Ask {
  return { port, path: `/sso/jwks/${clientId}`, headers: [HOST] };
}

/** Exchanges a refresh token. */
export function refresh(workos: WorkOS, refreshToken: string): Promise<Reply> {
  return ask(refreshOf(workos, refreshToken));
}

/** The published keys. */
export async function keys(workos: WorkOS): Promise<Record<string, unknown>[]> {
  return jsonOf(await ask(keysOf(workos))).keys as Record<string, unknown>[];
}

/** What had come of an answer when whoever asked went away. */
export interface Glimpse {
  status: number;
  /** As announced; undefined where it wasn't. */
  length: number | undefined;
  bytes: Buffer;
}

/** Asks, and goes away as soon as the answer's first bytes have come. */
export function glimpse({ port, method = 'GET', path, headers = {}, body }: Ask): Promise<Glimpse> {
  const length = body === undefined ? [] : ['content-length', String(Buffer.byteLength(body))];
  const lines = [...linesOf(headers).flat(), ...length];
  return new Promise((resolve, reject) => {
    const where = { host: '127.0.0.1', port, method, path, headers: lines, agent: false as const };
    const request = httpRequest(where, (response) => {
      response.once('data', (bytes: Buffer) => {
        const announced = response.headers['content-length'];
        const length = announced === undefined ? undefined : Number(announced);
        resolve({ status: response.statusCode ?? 0, length, bytes });
        request.destroy();
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Asks, and says how it ended: with a status, with an answer cut short, or with the socket's error. */
export async function outcomeOf(how: Ask): Promise<number | string> {
  try {
    const { status, complete } = await ask(how);
    return complete ? status : 'cut';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}
