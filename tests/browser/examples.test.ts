/** Every site of `examples/`, started as `npm start -- --example NAME` starts it, behind the gateway. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Page } from 'playwright-core';
import { type Listening, listen } from '../../dev/listen.ts';
import { type Example, examples } from '../../dev/start/example.ts';
import { startExample } from '../../dev/start/origin.ts';
import { prepare, Unavailable } from '../../dev/start/runtime.ts';
import { person } from '../../dev/workos.ts';
import { heading, openTown, signInAs, type Town } from './support/town.ts';

/** What a site gets wrong that decodes not at all, twice, or like a form, or that doesn't escape. */
const EMAIL = 'zoë+notes%41@example.com';
const ROLE = 'Größte & <Erste>';

const zoe = person({
  email: EMAIL,
  firstName: 'Zoë',
  lastName: 'Müller-Sørensen',
  memberships: [{ organization: { id: 'org_1', name: 'Orbits' }, role: ROLE }],
});

/** Next.js with its own SDK kept has tests of its own. */
const tested = examples().filter(({ name }) => name !== 'nextjs');

// Before any test, since what is opened ends when the tests there are have ended; and one after the
// other, since each may keep the whole machine busy.
const opened: (Town | Error)[] = [];
for (const example of tested) opened.push(await open(example));

for (const [index, example] of tested.entries()) {
  test(`${example.name}: signs in from a deep link, shows who it is, signs out`, async (context) => {
    const town = opened[index];
    if (town instanceof Unavailable) return context.skip(town.message);
    if (town === undefined || town instanceof Error) throw town;
    const page = await (await town.visitor()).newPage();
    if (example.assets) await visitFiles(town, page);
    else await visitServer(town, page);
  });
}

async function visitServer(town: Town, page: Page): Promise<void> {
  await page.goto(`${town.url}/`);
  assert.match(await page.locator('main').innerText(), /You are not signed in\./);
  const link = `${town.url}/account?tab=a%2Fb&q=1+2`;
  await page.goto(link);
  await signInAs(page, 'Zoë Müller-Sørensen');
  await page.waitForURL(link);
  assert.equal(await heading(page), 'Your account');
  const greeting = `You are ${EMAIL}, ${ROLE}.`;
  assert.ok((await page.locator('main').innerText()).includes(greeting), greeting);
  await page.goto(`${town.url}/`);
  assert.ok((await page.locator('main').innerText()).includes(greeting), 'on a public page too');
  await signOut(town, page);
}

async function visitFiles(town: Town, page: Page): Promise<void> {
  await page.goto(`${town.url}/`);
  await page.getByText('You are not signed in.').waitFor();
  const link = `${town.url}/reports?week=12`;
  await page.goto(link);
  await signInAs(page, 'Zoë Müller-Sørensen');
  await page.waitForURL(link);
  await page.getByText('You are Zoë Müller-Sørensen.').waitFor();
  await page.goto(`${town.url}/`);
  await page.getByText('You are Zoë Müller-Sørensen.').waitFor();
  await signOut(town, page);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await signInAs(page, 'Zoë Müller-Sørensen');
  await page.waitForURL(`${town.url}/reports`);
}

async function signOut(town: Town, page: Page): Promise<void> {
  const ended = page.waitForResponse((response) => response.url().includes('/sessions/logout'));
  await page.getByRole('button', { name: 'Sign out' }).click();
  await ended;
  await page.getByText('You are not signed in.').waitFor();
  assert.equal(page.url(), `${town.url}/`);
  assert.ok(town.workos.sessions.all().every((session) => session.ended));
}

/** Starts an example and what it stands behind; a test tells what went wrong. */
async function open(example: Example): Promise<Town | Error> {
  try {
    const command = await prepare(example);
    const origin = command
      ? await startExample(example, command, await freePort())
      : await startFiles(join(example.directory, example.assets ?? ''));
    after(() => origin.close());
    const address = `http://127.0.0.1:${origin.port}`;
    const variables = { FORWARD_USER: undefined, ...example.variables, ORIGIN: address };
    return await openTown({ variables, workos: { people: [zoe] } });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Serves files as an assets binding does, without their `.html`. */
function startFiles(directory: string): Promise<Listening> {
  const types = { html: 'text/html', css: 'text/css', js: 'text/javascript' };
  return listen(0, ({ url = '/' }, response) => {
    const path = new URL(url, 'http://localhost').pathname.replace(/\/$/, '/index');
    const file = [path, `${path}.html`].map((name) => join(directory, name)).find(existsSync);
    const type = types[file?.split('.').at(-1) as keyof typeof types];
    response.writeHead(file ? 200 : 404, { 'content-type': `${type}; charset=utf-8` });
    response.end(file && readFileSync(file));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
