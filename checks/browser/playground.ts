// The playground with real small models: a text, its probabilities, stop, another seed, two side by side, and the commands that give the
// same answer from `jikji serve`.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { LAUNCHER, type Machine } from './machine.ts';
import type { Person } from './person.ts';
import { receipts } from './receipts.ts';

/** `jikji serve` on a free port, until `end`. */
async function served(machine: Machine, args: string[]): Promise<{ url: string; server: ChildProcess }> {
  const all = ['serve', ...args, '--port', '0', '--json', '--threads', '1'];
  const server = spawn(LAUNCHER, all, { cwd: machine.folder, env: machine.env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface(server.stdout!), 'line');
  return { url: JSON.parse(String(line)).url, server };
}

const answers = (person: Person) => person.page.locator('.reply .written');
const ended = /Ended (by the model|at the limit)|The context is full/;

async function generated(person: Person, count = 1): Promise<string[]> {
  await person.page.waitForFunction(
    ([many, source]) =>
      [...document.querySelectorAll('.reply-foot')].filter((foot) => new RegExp(source).test(foot.textContent))
        .length === many,
    [count, ended.source] as const,
  );
  return answers(person).allTextContents();
}

export async function playground(machine: Machine, office: Person): Promise<void> {
  const { page } = office;
  await office.holds('office: one key press has the model go on with a sentence', async () => {
    await office.at('/runs');
    await office.follow('azalea');
    await office.follow('Open the playground');
    await page.getByRole('heading', { name: 'Playground: azalea' }).waitFor();
    await page.waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA');
    await page.keyboard.press('Enter');
    const [text] = await generated(office);
    if (!text!.startsWith('The people of the United States')) throw new Error(`it says ${text}`);
  });
  await office.holds('office: sees the probability of each token; nothing serious for axe', async () => {
    await office.labelled('Probabilities').check();
    await page.locator('.token').nth(3).hover();
    await page.getByRole('table', { name: 'Likeliest here' }).waitFor();
    await office.picture('playground');
    await office.faultless();
  });
  await receipts(machine, office);
  await office.holds('office: the command that the page prints gives the same answer from jikji serve', async () => {
    await office.labelled('Probabilities').uncheck();
    const [text] = await answers(office).allTextContents();
    await office.press('As curl');
    await page.locator('dialog[open]').waitFor();
    await office.picture('curl');
    const [serve, curl] = await page.locator('dialog pre').allTextContents();
    await page.keyboard.press('Escape');
    const { url: at, server } = await served(machine, serve!.split(' ').slice(2));
    try {
      const answer = execFileSync('sh', ['-c', curl!.replace('http://localhost:8080', at)], { encoding: 'utf8' });
      const again = `The people of the United States${JSON.parse(answer).choices[0].text}`;
      if (again !== text) throw new Error(`the page says ${text}\nthe server says ${again}`);
    } finally {
      server.kill();
      await once(server, 'exit');
    }
  });
  await office.holds('office: another seed, a stop in the middle, and a reload lose nothing', async () => {
    await office.press('Regenerate');
    await office.see('seed 1378');
    await generated(office);
    await page.locator('summary', { hasText: 'Settings' }).click();
    await office.fill(/Tokens at most/, '4096');
    await office.fill('Text to continue', '가');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => (document.querySelector('.reply .written')?.textContent ?? '').length > 1);
    await page.keyboard.press('Escape');
    await page.locator('.reply-foot', { hasText: /Stopped by you|The context is full|Ended/ }).waitFor();
    await page.reload();
    await page.locator('.reply-foot').waitFor();
    if ((await office.labelled('Text to continue').inputValue()) !== '가') throw new Error('the text is lost');
  });
  await office.holds('office: a text longer than the context is refused in words, and stays', async () => {
    const long = 'the licence '.repeat(2000);
    await office.fill('Text to continue', long);
    await office.press('Generate');
    await office.see(/the prompt has \d+ tokens, the model's maximum context length is \d+ tokens/i);
    if ((await office.labelled('Text to continue').inputValue()) !== long) throw new Error('the text is lost');
  });
  await office.holds('office: two models side by side; nothing serious for axe', async () => {
    await office.fill('Text to continue', 'You may ');
    const beside = office.labelled('Beside it');
    await beside.selectOption({ label: 'bellflower' });
    await office.press('Generate');
    const texts = await generated(office, 2);
    if (texts[0] === texts[1]) throw new Error(`both say ${texts[0]}`);
    await office.labelled('Probabilities').check();
    await page.locator('.token').first().hover();
    await office.picture('side-by-side');
    await office.faultless();
  });
}
