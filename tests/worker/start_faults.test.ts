/** `npm start -- --faults`: what can be asked for, and what a person is told. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { failAsPlanned } from '../../dev/start/failing.ts';
import { faultLine } from '../../dev/start/fault_line.ts';
import { listOfFaults } from '../../dev/start/fault_list.ts';
import { parseFaults, presets } from '../../dev/start/fault_plan.ts';
import { help, parseOptions } from '../../dev/start/options.ts';
import { chooseWorld } from '../../dev/start/world.ts';
import { deedOf, faultKinds } from '../../dev/workos/fault_kinds.ts';
import { startWorkOS } from '../../dev/workos.ts';
import { keysOf, outcomeOf } from './support/api.ts';
import { until } from './support/until.ts';

describe('what can be asked for', () => {
  const always = (...kinds: string[]) => ({ rate: 1, kinds });
  const rows: [text: string, ways: object[], rotation?: string][] = [
    ['500', [always('500')]],
    ['500,hang', [always('500', 'hang')]],
    [' 500 , hang ', [always('500', 'hang')]],
    ['lost-reply:20%', [{ rate: 0.2, kinds: ['lost-reply'] }]],
    ['429:100%', [always('429')]],
    ['429:0.5%', [{ rate: 0.005, kinds: ['429'] }]],
    ['500,429:20%', [{ rate: 0.2, kinds: ['429'] }, always('500')]],
    ['outage', [always('down')]],
    ['revoked', [always('invalid-grant')]],
    ['strict', [], 'strict'],
    ['strict,cut:20%', [{ rate: 0.2, kinds: ['cut'] }], 'strict'],
    ['cut,strict', [always('cut')], 'strict'],
  ];
  for (const [text, ways, rotation = 'replay'] of rows) {
    test(text, () => assert.deepEqual(parseFaults(text), { ways, rotation, text }));
  }

  test('flaky: a fifth of the requests, and nothing that ends a session', () => {
    const [way, ...others] = parseFaults('flaky').ways;
    assert.deepEqual([way?.rate, others], [0.2, []]);
    const left = faultKinds.filter((kind) => !way?.kinds.includes(kind));
    assert.deepEqual(left.sort(), ['down', 'invalid-grant']);
  });

  test('every kind, always and at a rate', () => {
    for (const kind of faultKinds) {
      assert.deepEqual(parseFaults(kind).ways, [always(kind)]);
      assert.deepEqual(parseFaults(`${kind}:30%`).ways, [{ rate: 0.3, kinds: [kind] }]);
    }
  });

  test('by the option, beside the others', () => {
    assert.deepEqual(
      parseOptions(['--faults', '500,hang', '--port', '1']).faults,
      parseFaults('500,hang'),
    );
    assert.deepEqual(parseOptions(['--faults=500']).faults, parseFaults('500'));
    assert.equal(parseOptions([]).faults, undefined);
  });
});

describe('what can’t', () => {
  const rows: [text: string, message: RegExp][] = [
    ['nonsense', /^There is no fault “nonsense”\. --faults takes .*lost-reply.*outage.*strict\.$/],
    ['', /no fault “”/],
    ['500,,hang', /no fault “”/],
    ['500 hang', /no fault “500 hang”/],
    ['LOST-REPLY', /no fault “LOST-REPLY”/],
    ['__proto__', /no fault “__proto__”/],
    ['nonsense:20%', /no fault “nonsense”/],
    ['429:20', /^--faults 429 takes a rate up to 100%, like 429:20%, and not “20”\.$/],
    ['429:', /and not “”/],
    ['429:%', /and not “%”/],
    ['429:0%', /and not “0%”/],
    ['429:101%', /and not “101%”/],
    ['429:-5%', /and not “-5%”/],
    ['429:5%%', /and not “5%%”/],
    ['429:1e1%', /and not “1e1%”/],
    ['429:5%:5%', /and not “5%:5%”/],
    ['outage:20%', /^--faults outage takes no rate: write outage instead of “outage:20%”\.$/],
    ['strict:', /takes no rate/],
  ];
  for (const [text, message] of rows) {
    test(text || 'nothing at all', () => assert.throws(() => parseFaults(text), { message }));
  }

  test('a wrong name names every right one', () => {
    assert.throws(
      () => parseFaults('x'),
      ({ message }: Error) =>
        [...faultKinds, ...presets.keys()].every((name) => message.includes(name)),
    );
  });

  test('anything, where .dev.vars leads to WorkOS itself', () => {
    const devVars = {
      WORKOS_API_KEY: 'sk_test_of_somebody',
      WORKOS_CLIENT_ID: 'client_x',
      WORKOS_COOKIE_PASSWORD: 'x',
      WORKOS_REDIRECT_URI: 'x',
    };
    const problemsWith = (args: string[]) =>
      chooseWorld(parseOptions(args), devVars, {}, 'unused').problems;
    assert.deepEqual(problemsWith([]), []);
    const [problem = '', ...others] = problemsWith(['--faults', '500']);
    assert.match(problem, /--faults .* WORKOS_API_KEY, .* leave out --faults/);
    assert.deepEqual(others, []);
  });
});

describe('what a person is told', () => {
  const start = fileURLToPath(new URL('../../dev/start.ts', import.meta.url));
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [start, ...args], {
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };

  test('each fault, what WorkOS does, and each preset, once', () => {
    const rows = listOfFaults()
      .split('\n')
      .flatMap((line) => /^ {4}(\S+) +(.*)$/.exec(line)?.slice(1, 3).join(': ') ?? []);
    assert.deepEqual(
      rows.sort(),
      [
        ...faultKinds.map((kind) => `${kind}: ${deedOf(kind)}`),
        ...[...presets].map(([name, { about }]) => `${name}: ${about}`),
      ].sort(),
    );
  });

  test('all that by --help, and by --faults without a value', () => {
    const list = listOfFaults();
    assert.ok(help().includes(list));
    const shown = { status: 0, stdout: list, stderr: '' };
    assert.deepEqual(run('--faults'), shown);
    assert.deepEqual(run('--faults', '--verbose'), shown);
  });

  test('that there is no such fault, before anything starts', () => {
    const { status, stdout, stderr } = run('--faults', 'nonsense');
    assert.deepEqual([status, stdout], [1, '']);
    assert.match(stderr, /^There is no fault “nonsense”\. --faults takes .+\.\n$/);
  });

  test('a fault as it happens: when, where, which, and what that means', () => {
    const line = faultLine(
      { kind: 'cut', endpoint: 'authenticate', grantType: 'refresh_token' },
      new Date(2026, 0, 2, 3, 4, 5),
    );
    assert.match(
      stripVTControlCharacters(line),
      /^03:04:05 {2}fault {2}refresh of a session +cut +WorkOS does what is asked, and cuts/,
    );
    for (const endpoint of ['authenticate', 'authorize', 'jwks', 'logout'] as const) {
      const injected = { kind: 'down', endpoint, grantType: undefined } as const;
      assert.match(stripVTControlCharacters(faultLine(injected, new Date())), /fault {2}[a-z]/);
    }
  });
});

test('the double fails until Enter is pressed, and again after the next; each fault is told', async (t) => {
  const workos = await startWorkOS();
  const keyboard = new PassThrough();
  const told: string[] = [];
  const plan = parseFaults('strict,500');
  const failing = failAsPlanned(workos, plan, (line) => told.push(line), keyboard);
  t.after(() => failing.close());
  const presses = async () => {
    const before = told.length;
    keyboard.write('\n');
    await until(() => told.length > before || undefined, 'the answer to a key');
  };
  assert.equal(await outcomeOf(keysOf(workos)), 500);
  assert.equal(workos.settings.rotation, 'strict');
  await presses();
  assert.equal(await outcomeOf(keysOf(workos)), 200);
  assert.equal(workos.settings.rotation, 'replay');
  await presses();
  assert.equal(await outcomeOf(keysOf(workos)), 500);
  assert.equal(workos.settings.rotation, 'strict');
  assert.deepEqual(
    told.map((line) => /keys|well|again: strict,500/.exec(line)?.[0]),
    ['keys', 'well', 'again: strict,500', 'keys'],
  );
});
