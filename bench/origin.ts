/** The site behind every contestant: a Worker that answers as a site would, and costs little. */
import { quoted } from '../tests/worker/support/capnp.ts';
import { type Runtime, startRuntime } from './runtime.ts';

/** Answered with {@link LARGE_BYTES}. */
export const LARGE_PATH = '/files/large';
export const LARGE_BYTES = 1024 * 1024;
/** Answered with the header of the request, as JSON. */
export const ECHO_PATH = '/echo';
/** What every other path is answered with, in bytes. */
export const PAGE_BYTES = 1200;

const SCRIPT = `
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'private, no-cache',
  'vary': 'accept-encoding',
  'etag': '"5f3a-18c9"',
  'x-frame-options': 'SAMEORIGIN',
};
const page = '<!doctype html>'.padEnd(${PAGE_BYTES}, '.');
const large = new Uint8Array(${LARGE_BYTES}).fill(46);
export default {
  fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === '${LARGE_PATH}') return new Response(large, { headers: HEADERS });
    if (pathname.endsWith('${ECHO_PATH}')) return Response.json(Object.fromEntries(request.headers));
    return new Response(page, { headers: HEADERS });
  },
};
`;

/** Starts it. */
export function startOrigin(): Promise<Runtime> {
  return startRuntime(`using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "site", worker = (
    modules = [(name = "site.js", esModule = ${quoted(SCRIPT)})],
    compatibilityDate = "2026-10-01",
  ))],
  sockets = [(name = "http", address = "127.0.0.1:0", service = "site", http = ())],
);
`);
}
