/**
 * The demo site: a plain HTTP server that knows nothing of signing in, cookies or tokens.
 *
 * `/` is for everybody, `/account` for whoever the gateway says is signed in, and `/app` finds out in
 * the browser who is there.
 */
import { readFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { Html } from './html.ts';
import { listen } from './listen.ts';
import { accountPage } from './site/account.ts';
import { appPage } from './site/app.ts';
import { homePage } from './site/home.ts';
import { identityHeaders, identityOf } from './site/identity.ts';
import { organizationsOf } from './site/members.ts';
import { nobodyPage, notFoundPage } from './site/message.ts';

/** A running site. */
export interface Site {
  url: string;
  port: number;
  close(): Promise<void>;
}

/** Starts the site on the loopback interface; without a port on any. */
export async function startSite({ port = 0 }: { port?: number } = {}): Promise<Site> {
  const server = await listen(port, answer);
  return { url: `http://localhost:${server.port}`, port: server.port, close: () => server.close() };
}

interface Answer {
  status: number;
  type: string;
  body: string;
  caching?: string;
}

const answer: RequestListener = (request, response) => {
  const { status, type, body, caching = 'no-cache' } = answerTo(request);
  response.writeHead(status, {
    'cache-control': caching,
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'content-security-policy':
      "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'",
    'x-content-type-options': 'nosniff',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
  request.resume();
};

function answerTo({ method = 'GET', url = '/', headers }: IncomingMessage): Answer {
  const path = url.split('?', 1)[0] ?? '/';
  const visitor = identityOf(headers);
  if (!['GET', 'HEAD'].includes(method))
    return { status: 405, type: 'text/plain', body: 'This site is for reading.\n' };
  switch (path) {
    case '/':
      return page(200, homePage(visitor));
    case '/account':
      return visitor
        ? page(200, accountPage(visitor, identityHeaders(headers)))
        : page(401, nobodyPage());
    case '/app':
      return page(200, appPage);
    case '/app/organizations':
      return data(visitor ? organizationsOf(visitor.userId) : []);
    case '/assets/app.js':
      return asset('text/javascript; charset=utf-8', script);
    case '/assets/style.css':
      return asset('text/css; charset=utf-8', style);
    case '/assets/icon.svg':
      return asset('image/svg+xml', icon);
    default:
      return page(404, notFoundPage(path, visitor));
  }
}

function page(status: number, { markup }: Html): Answer {
  return { status, type: 'text/html; charset=utf-8', body: markup };
}

function data(value: unknown): Answer {
  return { status: 200, type: 'application/json', body: JSON.stringify(value) };
}

/** Kept by the browser for a while: fewer requests in the gateway's log. */
function asset(type: string, body: string): Answer {
  return { status: 200, type, body, caching: 'max-age=300' };
}

const style = file('style.css');
const icon = file('icon.svg');
const script = file('app_script.js');

function file(name: string): string {
  return readFileSync(new URL(`site/${name}`, import.meta.url), 'utf8');
}
