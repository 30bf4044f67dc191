import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { judge } from '../../bench/budget.ts';
import { chartOf } from '../../bench/chart.ts';
import { Client } from '../../bench/client.ts';
import { Entrant } from '../../bench/entrant.ts';
import { floor } from '../../bench/floor.ts';
import { send, WrongAnswer } from '../../bench/load.ts';
import { thisMachine } from '../../bench/machine.ts';
import { isWhole, parseOptions } from '../../bench/options.ts';
import { NotDone, prove } from '../../bench/proof.ts';
import type { Findings } from '../../bench/report.ts';
import { ratioOf, resultOf } from '../../bench/result.ts';
import { run } from '../../bench/run.ts';
import { spreadOf } from '../../bench/spread.ts';
import { tableOf } from '../../bench/table.ts';
import { openWorld } from '../../bench/world.ts';

test('everybody does the work, and there is a figure for everything', async () => {
  const options = parseOptions(['--quick', '--turns', '1', '--only', 'refresh,large']);
  const findings = await run(options, () => {});
  const letters = findings.contestants.map(({ letter }) => letter);
  assert.deepEqual(letters, ['a', 'b', 'c', 'd', 'e']);
  const [refresh, large] = findings.scenarios;
  assert.deepEqual(Object.keys(refresh?.results ?? {}), ['b', 'c', 'd', 'e']);
  assert.deepEqual(Object.keys(large?.results ?? {}), letters);
  for (const { results } of findings.scenarios)
    for (const { perSecond } of Object.values(results)) assert.ok((perSecond?.median ?? 0) > 0);
  const report = {
    ...findings,
    date: '2026-01-01',
    command: 'npm run bench',
    machine: thisMachine(),
    turns: 1,
    isWhole: false,
    minutes: 1,
    budgets: judge(findings),
  };
  for (const drawing of [tableOf(report), chartOf(report) ?? ''])
    assert.doesNotMatch(drawing, /NaN|undefined|\[object/);
});

test('whoever lets everybody through is found out', async () => {
  const world = await openWorld();
  const entrant = await Entrant.enter({ ...floor, recognizes: true }, world);
  try {
    await assert.rejects(prove(entrant), NotDone);
  } finally {
    await entrant.leave();
    await world.close();
  }
});

/** Answers each request on a connection with the next of these texts, in pieces; null: closes it. */
async function talker(answers: (readonly string[] | null)[]) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('data', async () => {
      const pieces = answers.shift();
      if (!pieces) return void socket.destroy();
      for (const piece of pieces) {
        socket.write(piece);
        await new Promise(setImmediate);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { port: (server.address() as { port: number }).port, close };
}

const OK = 'HTTP/1.1 200 OK\r\n';

test('an answer is read to its end, however it is framed and cut', async () => {
  const rows: [answer: readonly string[], text: string][] = [
    [[`${OK}Content-Length: 5\r\n\r\nhello`], 'hello'],
    [[`${OK}content-length: 5\r\n`, '\r\nhe', 'llo'], 'hello'],
    [['HTTP/1.1 204 No Content\r\n\r\n'], ''],
    [[`${OK}Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n`], 'hello'],
    [[...`${OK}Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n`], 'hello'],
    [[`${OK}Transfer-Encoding: chunked\r\n\r\n`, '0\r\n', '\r\n'], ''],
  ];
  const server = await talker(rows.map(([answer]) => answer));
  const client = await Client.at(server.port);
  try {
    for (const [answer, text] of rows) {
      const reply = await client.ask('GET / HTTP/1.1\r\n\r\n');
      assert.equal(reply.text(), text, answer.join('|'));
      assert.equal(reply.bytes, text.length);
    }
  } finally {
    client.close();
    server.close();
  }
});

test('who meets a closed connection asks once more, and no oftener', async () => {
  const server = await talker([null, [`${OK}Content-Length: 0\r\n\r\n`], null, null]);
  const client = await Client.at(server.port);
  try {
    assert.equal((await client.ask('GET / HTTP/1.1\r\n\r\n')).status, 200);
    await assert.rejects(client.ask('GET / HTTP/1.1\r\n\r\n'), /closed without an answer/);
  } finally {
    client.close();
    server.close();
  }
});

/** Sends two requests to a server that answers with these statuses. */
async function sendTwo(...statuses: number[]) {
  const server = await talker(statuses.map((status) => [`HTTP/1.1 ${status} \r\n\r\n`]));
  const { port } = server;
  const next = () => 'GET / HTTP/1.1\r\n\r\n';
  const wrong = ({ status }: { status: number }) => (status === 200 ? undefined : 'not 200');
  try {
    return await send({ port, connections: 1, amount: 2, next, wrong });
  } finally {
    server.close();
  }
}

test('an answer that must not be ends the load', async () => {
  assert.equal((await sendTwo(200, 200)).repeated, 0);
  await assert.rejects(sendTwo(200, 302), WrongAnswer);
});

test('an origin that is lost is asked once more for each connection', async () => {
  assert.equal((await sendTwo(502, 200, 200)).repeated, 1);
  await assert.rejects(sendTwo(502, 502), WrongAnswer);
  await assert.rejects(sendTwo(502, 200, 502), WrongAnswer);
});

/** Turns with this processor time. */
function turnsOf(...cpus: (number | undefined)[]) {
  return resultOf(cpus.map((cpu) => ({ cpu, perSecond: 1, p50: 1, p99: 1, repeated: 0 })));
}

test('a ratio is that of each turn', () => {
  assert.deepEqual(spreadOf([3, 1, 2]), { median: 2, least: 1, most: 3 });
  assert.deepEqual(spreadOf([1, 2]), { median: 1.5, least: 1, most: 2 });
  assert.equal(spreadOf([]), undefined);
  const ratio = ratioOf(turnsOf(100, 400, 90), turnsOf(50, 200, 60));
  assert.deepEqual(ratio, { median: 2, least: 1.5, most: 2 });
  assert.equal(ratioOf(turnsOf(100, undefined), turnsOf(50, 50)), undefined);
});

test('a budget is met up to its limit, and missed beyond', () => {
  const findings = (cpu: number): Findings => ({
    contestants: [],
    sizes: {},
    starts: {},
    residents: {},
    scenarios: [{ name: 'unmatched', title: '', results: { a: turnsOf(100), b: turnsOf(cpu) } }],
  });
  const verdictOn = (cpu: number) =>
    judge(findings(cpu)).find(({ title }) => title.startsWith('unmatched'))?.verdict;
  assert.equal(verdictOn(130), 'met');
  assert.equal(verdictOn(131), 'missed');
  const others = judge(findings(100)).filter(({ title }) => !title.startsWith('unmatched'));
  for (const { verdict } of others) assert.equal(verdict, 'not measured');
});

test('only a run of everything, at length, is a whole one', () => {
  const rows: [args: string[], isWhole: boolean][] = [
    [[], true],
    [['--turns', '9', '--json'], true],
    [['--turns', '4'], false],
    [['--quick'], false],
    [['--only', 'valid'], false],
    [['--contestants', 'a,b'], false],
    [['--growth'], false],
    [['--sessions', '10'], false],
  ];
  for (const [args, whole] of rows)
    assert.equal(isWhole(parseOptions(args)), whole, args.join(' '));
  assert.throws(() => parseOptions(['--only', 'everything']), /--only takes valid, .*“everything”/);
  assert.throws(() => parseOptions(['--turns', '0']), /--turns/);
});
