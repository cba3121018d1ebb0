// The console in a real browser: Debian's chromium, driven over its debugging protocol. Used by the end-to-end tests.
//
// Every page opened here is watched: an error on the page, a message that the Content-Security-Policy refused something, or
// a request to another origin is kept in `mistakes`, and the caller fails on any.
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';

const { chromium } = createRequire(new URL('../../../web/package.json', import.meta.url))('playwright-core');

export const BROWSER = process.env.GPUAAS_CHROMIUM ?? '/usr/bin/chromium';
const WAIT = 20_000;

/** Opens a browser, hands a console to `work`, and closes the browser whatever happens. */
export async function withConsole({ url, shots }, work) {
  if (shots) mkdirSync(shots, { recursive: true });
  const browser = await chromium.launch({ executablePath: BROWSER, args: ['--disable-gpu'] });
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'light', ignoreHTTPSErrors: true, acceptDownloads: true });
    context.setDefaultTimeout(WAIT);
    const page = await context.newPage();
    const mistakes = watch(page, url);
    return await work({ url: url.replace(/\/$/, ''), shots, page, context, mistakes });
  } finally {
    await browser.close();
  }
}

export function watch(page, url) {
  const mistakes = [];
  const origin = new URL(url).origin;
  page.on('pageerror', (error) => mistakes.push(`page error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy|Uncaught|Warning:/i.test(message.text())) mistakes.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const to = request.url();
    if (/^https?:/.test(to) && new URL(to).origin !== origin) mistakes.push(`request to another origin: ${to}`);
  });
  return mistakes;
}

export async function signIn({ page, url }, mail, password) {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel('Email').fill(mail);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(/\/s\/[^/]+\/instances/);
  await page.getByRole('heading', { name: 'Instances', level: 1 }).waitFor();
}

/** Chooses a scope in the left tree by its path. */
export async function chooseScope({ page }, path) {
  await page.locator(`aside .tree a[title$=" ${path}"]`).click();
  await page.locator(`aside .tree a[title$=" ${path}"][aria-current]`).waitFor();
}

/** Chooses a project, and creates it by its form where it is not there. Gives whether it was created. */
export async function chooseProject(console_, path) {
  const { page } = console_;
  await page.locator('aside .tree a[title]').first().waitFor();
  if (await page.locator(`aside .tree a[title="project ${path}"]`).count()) {
    await chooseScope(console_, path);
    return false;
  }
  await chooseScope(console_, path.slice(0, path.lastIndexOf('/')));
  await page.locator('aside').getByRole('link', { name: 'New project' }).click();
  await page.locator('#scope-name').fill(path.slice(path.lastIndexOf('/') + 1));
  await page.getByRole('button', { name: /^Create project/ }).click();
  await page.locator(`aside .tree a[title="project ${path}"][aria-current]`).waitFor();
  return true;
}

/** Fills in the launch form and presses its button; gives the new instance's id. */
export async function launch({ page }, { name, shape, command }) {
  await page.getByRole('link', { name: 'Launch instance' }).first().click();
  await page.getByRole('heading', { name: 'Launch instance' }).waitFor();
  await page.locator('#name').fill(name);
  if (shape) await page.locator(`input[name="shape"][value="${shape}"]`).check();
  if (command) await page.locator('#command').fill(command);
  await page.getByRole('button', { name: /^Launch for up to/ }).click();
  await page.waitForURL(/\/instances\/[^/]+\/terminal/);
  return /\/instances\/([^/]+)\//.exec(page.url())[1];
}

export const tab = (page, name) => page.locator('nav.tabs').getByRole('link', { name, exact: true });

/** What the terminal shows, as text. */
export async function terminalText(page) {
  return (await page.locator('.xterm-rows').innerText()).replaceAll('\u00a0', ' ');
}

/** Waits until the terminal shows `text`; gives milliseconds waited. */
export async function waitForTerminal(page, text, timeout = WAIT) {
  const from = Date.now();
  await page.waitForFunction(
    (wanted) => document.querySelector('.xterm-rows')?.textContent?.replaceAll('\u00a0', ' ').match(new RegExp(wanted)) !== null && document.querySelector('.xterm-rows') !== null,
    text,
    { timeout, polling: 20 },
  );
  return Date.now() - from;
}

export async function type(page, text) {
  await page.locator('.xterm-helper-textarea').focus();
  await page.keyboard.type(text, { delay: 5 });
}

/** Saves a picture once the page stands still; without `shots` it does nothing. */
export async function shot({ page, shots }, name, { full = false } = {}) {
  if (!shots) return;
  await page.waitForTimeout(250);
  await page.screenshot({ path: `${shots}/${name}.png`, fullPage: full });
}

export const theme = (page, scheme) => page.emulateMedia({ colorScheme: scheme });
export const DESK = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** Whether the page can be pushed sideways: it never should. */
export const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1);
