import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COOKIE } from '../../dev/soak/held.ts';
import { Judge, type Verdict } from '../../dev/soak/judge.ts';
import { Ledger } from '../../dev/soak/ledger.ts';
import { Losses } from '../../dev/soak/loss.ts';
import { run } from '../../dev/soak/run.ts';
import { Tally } from '../../dev/soak/tally.ts';
import { Violations, type Wrong } from '../../dev/soak/violations.ts';
import { type Kind, Past, type Visit } from '../../dev/soak/visit.ts';
import type { SeenRequest } from '../../dev/workos.ts';
import { seal } from './support/seal.ts';
import { ADDRESS, PASSWORD } from './support/world.ts';

test('a short soak finds nothing wrong', async () => {
  const never = new AbortController().signal;
  const report = await run(
    {
      seconds: 5,
      browsers: 8,
      isolates: 2,
      seed: 1,
      rate: 0.1,
      // Nothing that takes time, and nothing that is done and not answered: five seconds are short.
      kinds: ['429', '500', '502-html', 'refused'],
      tokenSeconds: [4, 8],
    },
    { progress: () => {}, interrupted: never },
  );
  assert.deepEqual(report.violations, { total: 0, counts: {}, first: [] });
  assert.equal(report.unexpectedSignOuts, 0);
  assert.equal(report.events.lostPairs, 0);
  assert.ok(report.events.signIns >= 8, `${report.events.signIns} sign-ins`);
  assert.ok((report.requests.page?.[200] ?? 0) > 8, 'pages were opened');
  assert.ok((report.workosCalls['authenticate refresh_token'] ?? 0) > 0, 'tokens were refreshed');
});

const AUTHORIZE = 'https://workos.example/authorize';
const NOW = 1_800_000_000_000;

/** A session's cookie, and what it holds. */
function cookieOf(userId: string): string {
  const claims = { sid: `session of ${userId}`, exp: NOW / 1000 + 60 };
  const accessToken = `.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;
  const session = { accessToken, refreshToken: `token of ${userId}`, user: { id: userId } };
  const place = { purpose: 'session', cookie: COOKIE, host: new URL(ADDRESS).hostname } as const;
  return `${COOKIE}=${seal(session, place, PASSWORD)}`;
}

interface Answer {
  kind?: Kind;
  status?: number;
  fields?: Record<string, string>;
  body?: unknown;
  failed?: Visit['failed'];
  /** Seconds the access token has left; default 60. */
  left?: number;
}

function visitOf({
  kind = 'page',
  status = 200,
  fields = {},
  body = ADA,
  failed,
  left = 60,
}: Answer) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const lines = Object.entries(fields);
  const reply = { status, lines, body: Buffer.from(text), text, complete: true };
  const visit: Visit = {
    kind,
    browser: { name: 1, userId: 'ada', past: new Past() },
    method: 'GET',
    path: '/p/1/1',
    held: {
      userId: 'ada',
      sessionId: 'session of ada',
      refreshToken: 'token of ada',
      expiresAt: NOW + left * 1000,
      isVerified: true,
    },
    began: NOW - 5,
    ended: NOW,
    reply: failed ? undefined : reply,
    failed,
  };
  return visit;
}

const ADA = { authenticated: 'true', user: 'ada', session: 'session of ada' };
const WAIT = { 'retry-after': '5' };
const GONE = { 'set-cookie': `${COOKIE}=; Path=/; Max-Age=0` };

const ROWS: [name: string, answer: Answer, weather: 'fine' | 'foul', verdict: Verdict, Wrong?][] = [
  ['one’s own page', {}, 'fine', 'good'],
  ['another’s page', { body: { ...ADA, user: 'eve' } }, 'fine', 'wrong', 'cross-user'],
  ['a session of before', { body: { ...ADA, session: 'x' } }, 'fine', 'wrong', 'wrong session'],
  ['a page for nobody', { body: { authenticated: 'false' } }, 'fine', 'wrong', 'anonymous passage'],
  ['a page of the gateway', { body: '<h1>' }, 'fine', 'wrong', 'anonymous passage'],
  ['one’s own cookie', { fields: { 'set-cookie': cookieOf('ada') } }, 'fine', 'good'],
  ['another’s cookie', { fields: { 'set-cookie': cookieOf('eve') } }, 'fine', 'good', 'cross-user'],
  [
    'a cookie nobody can read',
    { fields: { 'set-cookie': `${COOKIE}=v1.x` } },
    'fine',
    'good',
    'unreadable cookie',
  ],
  ['a cookie removed', { fields: GONE }, 'fine', 'good', 'deleted cookie'],
  ['a sign-out', { kind: 'sign-out', status: 303, fields: GONE }, 'fine', 'good'],
  ['a sign-in page', { status: 302, fields: { location: AUTHORIZE } }, 'fine', 'nobody'],
  ['a 401', { kind: 'script', status: 401 }, 'fine', 'nobody'],
  ['nobody in the session', { kind: 'session', body: { user: null } }, 'fine', 'nobody'],
  [
    'another in the session',
    { kind: 'session', body: { user: { id: 'eve' } } },
    'fine',
    'wrong',
    'cross-user',
  ],
  [
    'somebody after a sign-out',
    { kind: 'after sign-out', body: { user: {} } },
    'fine',
    'wrong',
    'still signed in',
  ],
  [
    'a redirect elsewhere',
    { status: 302, fields: { location: '/' } },
    'fine',
    'wrong',
    'unexpected status',
  ],
  ['an outage', { status: 503, fields: WAIT, left: -1 }, 'foul', 'not now'],
  [
    'an outage of nothing',
    { status: 503, fields: WAIT, left: -1 },
    'fine',
    'wrong',
    'needless 503',
  ],
  [
    'an outage, the token being good',
    { status: 503, fields: WAIT },
    'foul',
    'wrong',
    'needless 503',
  ],
  ['an outage for ever', { status: 503, left: -1 }, 'foul', 'wrong', 'no Retry-After'],
  ['a crash', { status: 500 }, 'foul', 'wrong', 'server error'],
  ['a site that is down', { status: 502 }, 'foul', 'wrong', 'server error'],
  ['a sign-in broken off', { kind: 'callback', status: 502 }, 'foul', 'not now'],
  [
    'a sign-in broken off for nothing',
    { kind: 'callback', status: 502 },
    'fine',
    'wrong',
    'server error',
  ],
  ['somebody who left', { failed: 'left' }, 'fine', 'not now'],
  ['a connection that broke', { failed: 'lost' }, 'fine', 'wrong', 'connection lost'],
  ['silence', { failed: 'silent' }, 'foul', 'wrong', 'no answer'],
];

for (const [name, answer, weather, verdict, wrong] of ROWS) {
  test(`the soak's judge: ${name} is ${wrong ?? 'nothing wrong'}`, () => {
    const violations = new Violations(() => []);
    const circumstances = {
      wasFoul: () => weather === 'foul',
      hasLostSince: () => false,
      authorizeUrl: AUTHORIZE,
    };
    const judge = new Judge(circumstances, violations, new Tally());
    assert.equal(judge.judge(visitOf(answer)), verdict);
    assert.deepEqual(violations.counts, wrong ? { [wrong]: 1 } : {});
  });
}

/** An exchange of the token so many seconds ago. */
function exchange(secondsAgo: number, status: number | undefined): SeenRequest {
  return {
    time: Date.now() - secondsAgo * 1000,
    endpoint: 'authenticate',
    method: 'POST',
    path: '/user_management/authenticate',
    query: {},
    headers: {},
    body: { grant_type: 'refresh_token', refresh_token: 'token of ada' },
    status,
  };
}

test('a session that is gone is WorkOS’ doing, lost beyond repair, or lost by accident', async (t) => {
  type Row = [
    name: string,
    world: { ended?: boolean; exchanges?: SeenRequest[]; served?: number },
    event: string,
  ];
  const rows: Row[] = [
    ['WorkOS ended it', { ended: true }, 'endedByWorkOS'],
    ['it was never exchanged', {}, 'unexpected'],
    ['it can still be replayed', { exchanges: [exchange(20, 200)] }, 'unexpected'],
    ['no answer reached the browser', { exchanges: [exchange(40, 200)] }, 'lostPairs'],
    ['the browser was served', { exchanges: [exchange(40, 200)], served: 30 }, 'unexpected'],
    ['the browser was served before', { exchanges: [exchange(40, 200)], served: 50 }, 'lostPairs'],
  ];
  for (const [name, { ended = false, exchanges = [], served }, event] of rows) {
    await t.test(name, () => {
      const [violations, tally] = [new Violations(() => []), new Tally()];
      const sessions = { inspect: () => ({ ended }) } as never;
      const witnesses = { ledger: new Ledger(exchanges), sessions, replaySeconds: 30 };
      const visit = { ...visitOf({ status: 401 }), ended: Date.now() };
      if (served !== undefined) {
        const before = { ...visit, began: Date.now() - served * 1000 };
        visit.browser.past.note(before, true, visit.held);
      }
      new Losses(witnesses, violations, tally).weigh(visit);
      const { endedByWorkOS, lostPairs } = tally.events;
      const counted = { endedByWorkOS, lostPairs, unexpected: violations.total };
      assert.deepEqual(counted, { endedByWorkOS: 0, lostPairs: 0, unexpected: 0, [event]: 1 });
    });
  }
});
