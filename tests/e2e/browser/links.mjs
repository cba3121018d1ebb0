// Links to scopes that the signed-in person does not see, and to the docs, in the browser. Prints one JSON object; exit 1
// if a step failed.
//
//   node tests/e2e/browser/links.mjs --url http://127.0.0.1:7070 --mail M --password P [--shots DIR]
import { parseArgs } from 'node:util';
import { DESK, PHONE, shot, sideways, signIn, theme, withConsole } from './console.mjs';

const { values } = parseArgs({
  options: { url: { type: 'string' }, mail: { type: 'string' }, password: { type: 'string' }, shots: { type: 'string' } },
});
const results = { ok: false, steps: [] };
const check = (holds, what) => {
  if (!holds) throw new Error(what);
};

async function looks(console_, name) {
  for (const [look, size, scheme] of [['light', DESK, 'light'], ['dark', DESK, 'dark'], ['phone', PHONE, 'dark']]) {
    await console_.page.setViewportSize(size);
    await theme(console_.page, scheme);
    await shot(console_, `${name}-${look}`);
    check(!(await sideways(console_.page)), `${name} scrolls sideways: ${look}`);
  }
  await console_.page.setViewportSize(DESK);
  await theme(console_.page, 'light');
}

async function notSeen(console_, path, named) {
  const { page, url } = console_;
  await page.goto(url + path);
  await page.getByRole('heading', { name: 'Not here, or not for you', level: 1 }).waitFor();
  check(page.url() === url + path, `the address became ${page.url()}`);
  check(await page.locator('main code', { hasText: named }).count(), `does not name ${named}`);
  check((await page.locator('aside .tree a[aria-current]').count()) === 0, 'another scope is marked as the current one');
}

async function links(console_) {
  const { page, url } = console_;
  const gone = '/s/prj_00000000000000000000000001';
  await signIn(console_, values.mail, values.password);
  for (const name of ['instances', 'launch', 'cost']) await notSeen(console_, `${gone}/${name}`, 'prj_00000000000000000000000001');
  await notSeen(console_, '/s/acme/instances', 'acme');
  await looks(console_, 'not-here');
  await page.locator('main').getByRole('link', { name: 'acme', exact: true }).click();
  await page.getByRole('heading', { name: 'Instances', level: 1 }).waitFor();
  results.steps.push('a scope that is seen is one click away');

  await notSeen(console_, `${gone}/instances`, 'prj_00000000000000000000000001');
  await page.getByRole('button', { name: 'Sign in as somebody else' }).click();
  await page.getByLabel('Email').fill(values.mail);
  await page.getByLabel('Password').fill(values.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Not here, or not for you', level: 1 }).waitFor();
  check(page.url() === `${url}${gone}/instances`, `after signing in the address is ${page.url()}`);
  results.steps.push('signing in as somebody else comes back to the address');

  for (const [path, heading] of [['/docs/', 'GPUaaS'], ['/docs/api', 'API'], ['/docs/cli', 'Commands'], ['/docs/problems/', 'Problems'], ['/docs/problems/name_taken', 'name_taken']]) {
    await page.goto(url + path);
    await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
    await looks(console_, `docs${path.slice(5).replaceAll('/', '-')}`);
    check((await page.evaluate(() => getComputedStyle(document.body).backgroundColor)) === 'rgb(248, 248, 247)', `${path} is not in the console's colours`);
  }
  results.steps.push("the docs are readable in the console's colours");
}

await withConsole(values, async (console_) => {
  try {
    await links(console_);
    results.ok = console_.mistakes.length === 0;
  } catch (error) {
    results.failed = { message: String(error?.message ?? error).split('\n')[0], url: console_.page.url() };
    await shot(console_, 'failed').catch(() => undefined);
  }
  results.mistakes = console_.mistakes;
});
console.log(JSON.stringify(results, null, 2));
process.exit(results.ok ? 0 : 1);
