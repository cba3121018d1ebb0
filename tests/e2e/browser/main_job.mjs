// The main job in the browser: sign in, launch by the form, watch it run, type in its terminal, cut and reload, read its
// lineage; then a picture of each page, light, dark and on a phone. Prints one JSON object; exit 1 if a step failed.
//
//   node tests/e2e/browser/main_job.mjs --url http://127.0.0.1:7070 --mail M --password P --project acme/research/vision
//        --name train [--shape sim-h100-1] [--command '…'] [--shots DIR] [--stop]
// or the same as GPUAAS_URL, GPUAAS_MAIL, GPUAAS_PASSWORD, GPUAAS_PROJECT, GPUAAS_INSTANCE, GPUAAS_SHAPE, GPUAAS_SHOTS.
import { parseArgs } from 'node:util';
import { chooseProject, DESK, launch, PHONE, shot, sideways, signIn, tab, terminalText, theme, type, waitForTerminal, withConsole } from './console.mjs';

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: process.env.GPUAAS_URL },
    mail: { type: 'string', default: process.env.GPUAAS_MAIL },
    password: { type: 'string', default: process.env.GPUAAS_PASSWORD },
    project: { type: 'string', default: process.env.GPUAAS_PROJECT },
    name: { type: 'string', default: process.env.GPUAAS_INSTANCE ?? 'train' },
    shape: { type: 'string', default: process.env.GPUAAS_SHAPE },
    command: { type: 'string', default: "sh -c 'while :; do date; sleep 1; done'" }, // reads nothing: the shell is beside it
    shots: { type: 'string', default: process.env.GPUAAS_SHOTS },
    stop: { type: 'boolean', default: false },
  },
});
for (const need of ['url', 'mail', 'password', 'project']) {
  if (values[need]) continue;
  console.error(`main_job: --${need} is missing`);
  process.exit(2);
}

const PROMPT = '[$#]\\s*$';
const results = { ok: false, steps: {} };
let step = 'start';
const at = async (name, work) => {
  step = name;
  const from = Date.now();
  const value = await work();
  results.steps[name] = { ms: Date.now() - from, ...(value ?? {}) };
};

async function job(console_) {
  const { page, url } = console_;
  await at('sign_in', () => signIn(console_, values.mail, values.password));
  await at('choose_project', async () => ({ created: await chooseProject(console_, values.project) }));
  await shot(console_, 'instances-before');
  let clicked = 0;
  await at('launch', async () => {
    results.instance = await launch(console_, values);
    clicked = Date.now();
  });
  await at('running', () => page.locator('h1 .st.ok', { hasText: 'running' }).waitFor());
  await at('terminal', async () => {
    await page.locator('.term[data-state="open"]').waitFor();
    await waitForTerminal(page, PROMPT);
    results.launch_to_prompt_ms = Date.now() - clicked;
  });
  await at('type', async () => {
    await type(page, 'echo mark-$((40+2))\n');
    await waitForTerminal(page, 'mark-42');
  });
  await at('utf8_paste', async () => {
    await page.locator('.xterm-helper-textarea').focus();
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.setData('text/plain', "echo 'pasted-é✓漢'");
      document.querySelector('.xterm-helper-textarea').dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    });
    await page.keyboard.press('Enter');
    await waitForTerminal(page, '\\n?.*pasted-é✓.*pasted-é✓|pasted-é✓漢');
  });
  await at('click_to_prompt', async () => {
    await tab(page, 'Lineage').click();
    await page.locator('.lin').waitFor();
    const from = Date.now();
    await tab(page, 'Terminal').click();
    await page.locator('.term[data-state="open"]').waitFor();
    await waitForTerminal(page, PROMPT);
    results.click_to_prompt_ms = Date.now() - from;
    results.first_bytes_ms = Number(await page.locator('.term').getAttribute('data-first-bytes-ms'));
    return { scrollback: (await terminalText(page)).includes('mark-42') };
  });
  await at('resize', async () => {
    const size = () => page.locator('.tfoot_', { hasText: 'UTF-8' }).innerText();
    const before = await size();
    await page.setViewportSize({ width: 1100, height: 800 });
    await page.waitForFunction((was) => document.querySelector('.tfoot_')?.innerText !== was, before);
    await type(page, 'clear; stty size\n');
    const [, cols, rows] = /(\d+) × (\d+)/.exec(await size());
    await waitForTerminal(page, `${rows} ${cols}`); // the shell's terminal has this size now
    await page.setViewportSize(DESK);
    return { rows: Number(rows), cols: Number(cols) };
  });
  await at('reload', async () => {
    await type(page, 'echo mark-$((40+2))\n');
    await waitForTerminal(page, 'mark-42');
    await page.reload();
    await page.locator('.term[data-state="open"]').waitFor();
    await waitForTerminal(page, 'mark-42');
  });
  await at('own_terminal', async () => {
    const from = Date.now();
    await page.getByRole('button', { name: 'Its own terminal' }).click();
    await page.locator('.term[data-state="open"][data-into="own"]').waitFor();
    await waitForTerminal(page, '\\d\\d:\\d\\d:\\d\\d');
    results.own_terminal_ms = Date.now() - from;
    await page.getByRole('button', { name: 'Shell', exact: true }).click();
    await page.locator('.term[data-state="open"][data-into="shell"]').waitFor();
    await waitForTerminal(page, 'mark-42');
  });
  await at('palette', async () => {
    await tab(page, 'Overview').click();
    await page.locator('.livechart').first().waitFor();
    await page.keyboard.press('Control+k');
    const search = page.getByPlaceholder(/^An instance, a scope/);
    await search.waitFor();
    await page.keyboard.type(values.name);
    await page.locator('.mantine-Spotlight-action', { hasText: values.name }).first().waitFor();
    await page.keyboard.press('Escape');
    await search.waitFor({ state: 'hidden' });
    await tab(page, 'Terminal').click();
    await page.locator('.term[data-state="open"]').waitFor();
  });
  await at('leave_by_keyboard', async () => {
    await page.locator('.xterm-helper-textarea').focus();
    await page.keyboard.press('Control+Shift+Escape');
    return { focused: await page.evaluate(() => document.activeElement?.textContent) };
  });
  await at('lineage', async () => {
    await tab(page, 'Lineage').click();
    await page.locator('.lin > li').first().waitFor();
    return { lines: await page.locator('.lin > li').count(), settled: (await page.locator('.card:has(h2:text("In one line")) .tag').innerText()).trim() };
  });
  if (values.shots) await at('pictures', () => pictures(console_, url));
  if (values.stop) await at('stop', () => stop(console_));
}

async function pictures(console_, url) {
  const { page } = console_;
  const scope = /\/s\/([^/]+)/.exec(await page.locator('aside .tree a[aria-current]').getAttribute('href'))[1];
  const top = /\/s\/([^/]+)/.exec(await page.locator('aside .tree a').first().getAttribute('href'))[1];
  const of = (name) => `${url}/instances/${results.instance}/${name}`;
  const pages = {
    instances: [`${url}/s/${scope}/instances`, 'table.t'],
    launch: [`${url}/s/${scope}/launch`, '.choice'],
    lineage: [of('lineage'), '.lin'],
    overview: [of('overview'), '.livechart'],
    terminal: [of('terminal'), '.term[data-state="open"]'],
    logs: [of('logs'), '.logpane'],
    events: [of('events'), 'table.t'],
    cost: [`${url}/s/${top}/cost`, '.stats'],
  };
  const pushed = [];
  for (const [look, size, scheme] of [['light', DESK, 'light'], ['dark', DESK, 'dark'], ['phone', PHONE, 'dark']]) {
    await page.setViewportSize(size);
    await theme(page, scheme);
    for (const [name, [to, ready]] of Object.entries(pages)) {
      await page.goto(to);
      await page.locator(ready).first().waitFor();
      await page.waitForTimeout(400);
      await shot(console_, `${name}-${look}`);
      if (await sideways(page)) pushed.push(`${name}-${look}`);
    }
  }
  await page.setViewportSize(DESK);
  await theme(page, 'light');
  if (pushed.length) throw new Error(`these scroll sideways: ${pushed.join(', ')}`);
}

async function stop({ page, url }) {
  await page.goto(`${url}/instances/${results.instance}/lineage`);
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByRole('button', { name: `Stop ${values.name}` }).click();
  await page.locator('h1 .st', { hasText: 'stopped' }).waitFor();
}

await withConsole(values, async (console_) => {
  try {
    await job(console_);
    results.ok = console_.mistakes.length === 0;
  } catch (error) {
    results.failed = { step, message: String(error?.message ?? error).split('\n')[0], url: console_.page.url() };
    await shot(console_, `failed-${step}`).catch(() => undefined);
  }
  results.mistakes = console_.mistakes;
});
console.log(JSON.stringify(results, null, 2));
process.exit(results.ok ? 0 : 1);
