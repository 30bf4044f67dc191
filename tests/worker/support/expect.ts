/** What every answer of the gateway's own has in common. */
import assert from 'node:assert/strict';
import { header, jsonOf, type Reply } from './http.ts';

/** A page for people. */
export function assertPage(reply: Reply, status: number, title: string | RegExp): void {
  const heading = headingOf(reply);
  assert.equal(reply.status, status, heading);
  assert.match(header(reply, 'content-type') ?? '', /^text\/html; *charset=utf-8$/i);
  if (typeof title === 'string') assert.equal(heading, title);
  else assert.match(heading, title);
  assertGuarded(reply);
  const csp = header(reply, 'content-security-policy') ?? '';
  assert.match(csp, /default-src 'none'/);
  assert.match(csp, /frame-ancestors 'none'/);
  assert.match(csp, /base-uri 'none'/);
  assert.doesNotMatch(csp, /script-src|unsafe-eval/);
  assert.equal(header(reply, 'x-frame-options'), 'DENY');
  assert.ok(header(reply, 'referrer-policy'));
  assert.match(reply.text, /<html lang="en">/);
  assert.doesNotMatch(
    reply.text,
    /<script|https?:\/\/(?!localhost|app\.example\.com)[^"']*\.(css|js|png|svg)/i,
  );
}

/** A page's heading, as people read it. */
export function headingOf({ text }: Reply): string {
  const heading = /<h1>(.*?)<\/h1>/s.exec(text)?.[1] ?? text;
  return heading.replaceAll('&#39;', "'").replaceAll('&amp;', '&');
}

/** The page's request id, which the log has too. */
export function requestId(reply: Reply): string {
  const id = /Request <code>([0-9a-f]{16})<\/code>/.exec(reply.text)?.[1];
  assert.ok(id, 'the page names its request');
  return id;
}

/** JSON for programs. */
export function assertError(reply: Reply, status: number, error: string): void {
  assert.equal(reply.status, status, reply.text);
  assert.equal(header(reply, 'content-type'), 'application/json');
  assertGuarded(reply);
  const { error: told, message, request_id: id } = jsonOf(reply);
  assert.equal(told, error);
  assert.equal(typeof message, 'string');
  assert.match(String(id), /^[0-9a-f]{16}$/);
}

/** Nobody stores it and nobody takes it for something else. */
export function assertGuarded(reply: Reply): void {
  assert.match(header(reply, 'cache-control') ?? '', /no-store/);
  assert.equal(header(reply, 'x-content-type-options'), 'nosniff');
}

/** The visitor is sent to AuthKit; returns its parameters. */
export function assertToAuthKit(reply: Reply): URLSearchParams {
  assert.equal(reply.status, 302, reply.text);
  const url = new URL(header(reply, 'location') ?? '');
  assert.equal(url.pathname, '/user_management/authorize');
  assertGuarded(reply);
  return url.searchParams;
}
