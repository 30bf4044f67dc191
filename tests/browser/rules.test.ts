/** What a person does who isn't let in by the rules: change the organization, or sign in once more. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heading, openTown, signInAs } from './support/town.ts';

const ENGINES = 'org_01ANALYTICALENGINES000000';
const ORBITS = 'org_01ORBITSANDSONS0000000000';

test('the button on the page leads into the organization, and back to the page', async () => {
  const town = await openTown({ variables: { RULES: [`/account org:${ORBITS}`] } });
  const page = await (await town.visitor()).newPage();
  const query = `login_hint=katherine@example.com&organization_id=${ENGINES}`;
  await page.goto(`${town.url}/login?${query}&return_to=/account?tab=1`);
  await signInAs(page, 'Katherine Johnson');
  await page.waitForURL(`${town.url}/account?tab=1`);
  assert.equal(await heading(page), "You can't see this page");
  await page.getByRole('button', { name: 'Switch organization' }).click();
  await page.waitForURL(`${town.url}/account?tab=1`);
  await page.waitForFunction(() => !document.title.startsWith("You can't"));
  assert.notEqual(await heading(page), "You can't see this page");
});

test('an old sign-in leads to AuthKit and back to the page', async () => {
  const town = await openTown({ variables: { RULES: ['/account max_age:15m'] } });
  const { settings } = town.workos;
  settings.templateClaims = { auth_time: Math.floor(Date.now() / 1000) - 3600 };
  const page = await (await town.visitor()).newPage();
  await page.goto(`${town.url}/login?return_to=/`);
  await signInAs(page, 'Ada Lovelace');
  await page.waitForURL(`${town.url}/`);
  settings.templateClaims = {};
  await page.goto(`${town.url}/account?tab=1`);
  assert.equal(page.url(), `${town.url}/account?tab=1`);
  assert.notEqual(await heading(page), 'Sign in', 'AuthKit remembers her of a moment ago');
  const ages = town.workos.requests.filter(({ query }) => query.max_age === '900');
  assert.equal(ages.length, 1);
});

test('a page’s script is told what to do', async () => {
  const rules = ['/save max_age:15m', '/own role:owner'];
  const town = await openTown({ variables: { RULES: rules } });
  town.workos.settings.templateClaims = { auth_time: 1 };
  const page = await (await town.visitor()).newPage();
  await page.goto(`${town.url}/account`);
  await signInAs(page, 'Ada Lovelace');
  await page.waitForURL(`${town.url}/account`);
  const told = await page.evaluate(async () => {
    const answers = await Promise.all([fetch('/save', { method: 'POST' }), fetch('/own')]);
    const [save, own] = await Promise.all(answers.map((answer) => answer.json()));
    const challenge = answers[0]?.headers.get('www-authenticate') ?? '';
    return [answers.map(({ status }) => status), challenge, save.error, own.missing];
  });
  const [statuses, challenge, error, missing] = told;
  assert.deepEqual(statuses, [401, 403]);
  assert.match(challenge, /max_age="900"/);
  assert.equal(error, 'insufficient_user_authentication');
  assert.deepEqual(missing, ['role:owner']);
});
