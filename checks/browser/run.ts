// `npm run check:browser [-- --screenshots docs/images]`: the console in a real browser, on real runs. An office, two experts and an
// evaluator take a practice stage to its signed decision. Debian's chromium-headless-shell or chromium must be installed, or CHROMIUM must
// name another one. Exit code 1 where something does not hold.

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { ROUTES } from '../../src/console/state/router.ts';
import { openChromium } from '../../src/page-kit/testing/chromium.ts';
import { Machine, RULES } from './machine.ts';
import { type Day, officersDay } from './officer.ts';
import { type Checking, Person, same } from './person.ts';
import { playground } from './playground.ts';
import { valueChain } from './value-chain.ts';

const PORT = 14_377;
const SCRIPT = '<img src=x onerror=alert(1)>';
/** Compressed script of a first look. */
const MAX_SCRIPT = 80_000;
const LONG = 1_000_000;
const MAX_MS = 1000;

let passed = 0;
let failed = 0;
function report(what: string, wrong: readonly string[]): void {
  if (wrong.length === 0) passed++;
  else failed++;
  console.log(`${wrong.length === 0 ? 'holds  ' : 'FAILS  '} ${what}`);
  for (const line of wrong.slice(0, 8)) console.log(`          ${line}`);
}

/** One thing that must hold: `work` ends without an error. */
async function holds(what: string, person: Pick<Person, 'page'>, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
    report(what, []);
  } catch (error) {
    report(what, [`at ${person.page.url()}`, ...String(error).split('\n').slice(0, 6)]);
    if (pictures) await person.page.screenshot({ path: join(pictures, 'failed.png'), fullPage: true });
    throw new Error(`stopped at: ${what}`);
  }
}

const index = process.argv.indexOf('--screenshots');
const pictures = index < 0 ? undefined : process.argv[index + 1];
if (pictures) mkdirSync(pictures, { recursive: true });
async function picture(person: Person, name: string, fullPage = false): Promise<void> {
  if (pictures) await person.page.screenshot({ path: join(pictures, `${name}.png`), fullPage });
}

async function check(machine: Machine, browser: Browser): Promise<void> {
  machine.prepare();
  const keys = { azalea: machine.run('azalea', 1), bellflower: machine.run('bellflower', 2) };
  machine.jikji('bundle', 'bellflower', '--out', 'bellflower.tar');
  machine.jikji('program', 'example', 'practice', '--database', 'practice');
  machine.jikji('program', 'example', 'korea-2025', '--database', 'korea');
  const databases = ['practice', 'korea'];
  const served = await machine.serve(PORT, ...databases);
  const checking: Checking = { url: served.url, holds, picture };

  const visitors = [];
  for (const locale of ['en-GB', 'ko-KR']) {
    const visitor = await Person.in(browser, `visitor, ${locale}`, checking, locale);
    visitors.push(visitor);
    await visitor.at('');
    await visitor.page.getByRole('heading', { level: 1 }).waitFor();
    await visitor.page.waitForLoadState('networkidle');
    const bytes = [...visitor.scripts.values()].reduce((sum, one) => sum + one, 0);
    report(
      `${locale}: a first look loads ${bytes} bytes of compressed script, under ${MAX_SCRIPT}`,
      bytes > 0 && bytes < MAX_SCRIPT ? [] : [`${bytes}`],
    );
  }

  const office = await Person.in(browser, 'han', checking);
  await office.accept(served.first!);
  const people = await playStage(machine, office, keys);
  await everyPage(office);
  await valueChain(office);
  await longCurve(machine, office);
  await korean(office);
  await gone(machine, office, databases);
  for (const how of ['mouse', 'keyboard'] as const) {
    await machine.kill();
    await wholeProgramme(machine, browser, { keys, how });
  }
  for (const person of [...visitors, office, ...people])
    report(`${person.name}'s browser: no error, nothing asked from elsewhere, no policy broken`, person.wrongs);
}

/** A programme from its foundation, without a terminal. */
async function wholeProgramme(
  machine: Machine,
  browser: Browser,
  { keys, how }: Pick<Day, 'keys' | 'how'>,
): Promise<void> {
  const served = await machine.serve(PORT + 1, `officer-${how}`);
  const part = (what: string, hand: { page: Page }, work: () => Promise<unknown>) => holds(what, hand, work);
  const counts = await officersDay({ machine, browser, served, keys, how, part });
  for (const { part, clicks, fields } of counts) console.log(`          ${part}: ${clicks} clicks, ${fields} fields`);
  const documented = documentedCounts();
  const made = counts.map(({ part, clicks, fields }) => `${part} | ${clicks} | ${fields}`);
  report(`officer, by ${how}: clicks and fields as docs/console.md says`, [
    ...made.filter((row) => !documented.includes(row)),
    ...documented.filter((row) => !made.includes(row)),
  ]);
}

/** Rows of the table of an officer's day in the documentation: part, clicks, fields. */
function documentedCounts(): string[] {
  const text = readFileSync(join(import.meta.dirname, '../../docs/console.md'), 'utf8');
  const [, table = ''] = text.split('| part | clicks | fields |\n|---|---|---|\n');
  return [...table.split('\n\n')[0]!.matchAll(/^\| (.+) \|$/gm)].map(([, row]) => row!);
}

/** A stage from its rule book to its decision. */
async function playStage(machine: Machine, office: Person, keys: Record<string, string>): Promise<Person[]> {
  await openStage(office, keys);
  await tryRuns(machine, office);
  await playground(machine, office);
  await submitModels(machine, office);
  const invited = await judgeModels(office);
  await decideStage(office);
  await invited[0]!.holds('kim, an expert: sees the decision too, as soon as it is made', async () => {
    await invited[0]!.see(/^1 team goes on/);
  });
  return invited;
}

async function openStage(office: Person, keys: Record<string, string>): Promise<void> {
  const { page } = office;
  await office.holds('office: registers a rule book; a mistake is shown at its line', async () => {
    await office.at('/p/practice/rule-books');
    await office.fill(/Text of the rule book/, RULES.replace('kept: 1', 'kept: two'));
    await office.press('Check and register');
    await office.see(/Line 10/);
    await office.fill(/Text of the rule book/, RULES);
    await office.press('Check and register');
    await page.getByRole('link', { name: /Small/ }).waitFor();
  });
  await office.holds('office: names the key of each team', async () => {
    for (const [team, key] of Object.entries(keys)) {
      await office.at(`/p/practice/consortia/${team}`);
      await office.press('Name the key');
      await office.fill(/Key its runs are signed with/, key);
      await office.confirm('Name the key');
      await page.getByText(key.slice(0, 8)).first().waitFor();
    }
  });
  await office.holds('script in a name stays text', async () => {
    await office.at('/p/practice');
    await office.press('Add an organisation');
    const { dialog } = office;
    await dialog.getByLabel('Name in English').fill(SCRIPT);
    await dialog.getByLabel('Id', { exact: true }).fill('evil');
    await dialog.getByRole('combobox', { name: 'Country' }).fill('South Korea');
    await dialog.getByRole('option').first().click();
    await office.confirm('Add an organisation');
    await dialog.waitFor({ state: 'hidden' });
    await office.press('Form a consortium');
    await dialog.getByLabel('Name in English').fill(SCRIPT);
    await dialog.getByLabel('Id', { exact: true }).fill('evil');
    await dialog.getByRole('combobox', { name: /^Lead/ }).fill('evil');
    await dialog.getByRole('option').first().click();
    await office.confirm('Form a consortium');
    await page.getByRole('link', { name: SCRIPT, exact: true }).first().click();
    await page.getByRole('heading', { name: SCRIPT }).waitFor(); // a script that ran would be among the wrongs
  });
  await office.holds('office: opens a stage', async () => {
    await office.at('/p/practice');
    await office.press('Open a stage');
    const { dialog } = office;
    await dialog.getByLabel('Id').fill('s1');
    await dialog.getByLabel('Title in English').fill('First stage');
    await dialog.getByLabel(/Title in Korean/).fill('첫 단계');
    for (const team of [/Azalea/, /Bellflower/]) await dialog.getByRole('checkbox', { name: team }).check();
    await office.confirm('Open a stage');
    await page.waitForURL('**/stages/s1');
  });
}

/** The runs of this machine: views them, and audits one. */
async function tryRuns(machine: Machine, office: Person): Promise<void> {
  const { page } = office;
  await office.holds('office: a run that begins in a terminal appears by itself, and its curve grows', async () => {
    await office.at('/runs');
    await page.getByRole('link', { name: 'azalea' }).waitFor();
    const made = machine.begin('appearing', 4000);
    try {
      await page.getByRole('link', { name: 'appearing' }).waitFor();
      await page.getByRole('link', { name: 'appearing' }).click();
      await page.waitForURL('**/runs/appearing-*');
      const steps = async () =>
        Number(
          /([\d,]+) of/
            .exec(
              (await page
                .getByText(/of 4,000 steps/)
                .first()
                .textContent())!,
            )![1]!
            .replace(',', ''),
        );
      const before = await steps();
      await page.waitForFunction(
        (least) => Number(/([\d,]+) of 4,000 steps/.exec(document.body.textContent)?.[1]?.replace(',', '')) > least,
        before,
      );
      await office.picture('run');
    } finally {
      made.kill('SIGKILL');
    }
  });
  await office.holds('office: audits a run and sees the verdict', async () => {
    await office.at('/runs');
    await office.follow('azalea');
    await office.press('Audit this run');
    await page.locator('dialog form .primary').click();
    await office.see('Audit: Holds');
    await page.keyboard.press('Escape');
    await office.picture('audit', true);
  });
}

async function submitModels(machine: Machine, office: Person): Promise<void> {
  const { page } = office;
  await office.holds('office: submits the model just made, and a bundle; both are audited and measured', async () => {
    await office.at('/p/practice/stages/s1');
    await office.press('Submit a model');
    const teams = await page.getByLabel('For', { exact: true }).locator('option').allTextContents();
    same('teams', teams.length, 2);
    await office.choose('For', 'azalea');
    const runs = page.getByLabel('A run of this machine');
    const option = await runs
      .last()
      .locator('option', { hasText: /^azalea/ })
      .getAttribute('value');
    await runs.last().selectOption(option!);
    await office.press('Submit');
    await office.see('Received. Its audit begins by itself.');
    await office.choose('For', 'bellflower');
    await office.choose('What is submitted', 'file');
    await page.locator('input[type=file]').last().setInputFiles(machine.at('bellflower.tar'));
    await office.press('Submit');
    await page.waitForFunction(() => document.body.textContent.match(/Holds/g)?.length === 2, undefined, {
      timeout: 120_000,
    });
  });
}

/** Experts and an evaluator log in and do their work. */
async function judgeModels(office: Person): Promise<Person[]> {
  const { page } = office;
  const invited: Person[] = [];
  await office.holds('office: invites two experts and an evaluator by links', async () => {
    for (const [name, role] of [
      ['kim', 'expert'],
      ['lee', 'expert'],
      ['park', 'evaluator'],
    ] as const) {
      await office.at('/people');
      await office.choose('Role', role);
      await office.press('Make the link');
      const link = (await page.locator('code', { hasText: '/invitation#' }).textContent())!;
      const person = await office.another(name);
      await person.accept(link);
      invited.push(person);
    }
  });
  await office.holds('office: assigns both experts, from the list of what is due', async () => {
    await office.at('/p/practice');
    await office.follow(/experts’ forms/);
    for (const name of ['kim', 'lee']) {
      if (name !== 'kim') await office.press('Assign an expert');
      await office.choose('Expert', name);
      await office.confirm('Assign an expert');
      await page.getByRole('rowheader', { name }).waitFor();
    }
  });
  for (const [i, expert] of invited.slice(0, 2).entries())
    await expert.holds(`${expert.name}, an expert: fills in a form and seals it`, async () => {
      await expert.at('/p/practice');
      await expert.follow(/your form is not given yet/);
      await expert.press('Declare that you have none');
      await expert.confirm('Declare');
      const fields = expert.page.locator('input[type=number]');
      await fields.first().waitFor();
      same('fields', await fields.count(), 4);
      for (const [k, mark] of [15 - i, 8, 7, 6 + i].entries()) await fields.nth(k).fill(String(mark));
      await expert.press('Seal the form');
      await expert.confirm('Seal the form');
      await expert.see('Your form is sealed.');
      const text = await expert.page.locator('main').textContent();
      for (const other of invited.slice(0, 2))
        if (other !== expert && new RegExp(`\\b${other.name}\\b`).test(text ?? ''))
          throw new Error(`sees ${other.name}`);
      if (i === 0) await expert.picture('form');
    });
  const evaluator = invited[2]!;
  await evaluator.holds('park, an evaluator: compares two answers without names', async () => {
    await evaluator.at('/p/practice/stages/s1');
    await evaluator.fill('Text for both', 'The licence ');
    await evaluator.press('Ask both');
    await evaluator.button('A is better').waitFor({ timeout: 60_000 });
    const text = await evaluator.page.getByText('Answer A').locator('xpath=ancestor::section[1]').textContent();
    if (/azalea|bellflower/i.test(text ?? '')) throw new Error('a name is shown');
    await evaluator.picture('judge');
    await evaluator.press('A is better');
    await evaluator.see('Your judgement is counted.');
  });
  return invited;
}

async function decideStage(office: Person): Promise<void> {
  const { page } = office;
  await office.holds('office: enters a figure, sees what is lacking, closes the stage', async () => {
    await office.at('/p/practice/stages/s1');
    for (const [team, points] of [
      ['azalea', '7.5'],
      ['bellflower', '6'],
    ] as const) {
      await office.press('Enter a figure');
      const form = page.locator('form').filter({ has: page.getByLabel('Who published it') });
      await form.getByLabel('Team', { exact: true }).selectOption(team);
      await form.getByLabel(/^Points \(/).fill(points);
      await form.getByLabel('Who published it').fill('made up');
      await office.press('Enter the figure');
      await office.see('The figure is in the log.');
      await page.reload();
    }
    await office.press('Close the stage');
    await office.see('Nothing is lacking.');
    await page.locator('section, div').getByRole('button', { name: 'Close the stage', exact: true }).last().click();
    await office.confirm('Close the stage');
    await office.see(/The stage is closed/);
  });
  await office.holds('office: has it decided, and sees the decision with its standings', async () => {
    await office.press('Work out and sign the decision');
    await office.see(/^1 team goes on/);
    await page.getByRole('table', { name: /Totals by team/ }).waitFor();
    await page.evaluate(() => scrollTo(0, 0));
    await office.picture('stage', true);
  });
}

/** Every page, light and dark, on a desktop and on a phone. */
async function everyPage(office: Person): Promise<void> {
  const { page } = office;
  const runs: string[] = (await office.read('/runs')).map(({ id }: { id: string }) => id);
  const books = await office.read('/programmes/practice/rule-books');
  const stage = await office.read('/programmes/practice/stages/s1');
  const fill = (pattern: string, parameters: Record<string, string>): string =>
    pattern.replace(/:(\w+)/g, (_, name: string) => parameters[name]!);
  const patterns = Object.values(ROUTES);
  const practice = {
    programme: 'practice',
    consortium: 'azalea',
    application: 'azalea',
    stage: 's1',
    chip: 'nvidia-h200',
  };
  const ids = { run: runs[1]!, digest: books[0].digest, submission: stage.submissions[0].id, sweep: 'unknown' };
  const korea = {
    ...practice,
    programme: 'korea-2025',
    consortium: 'sk-telecom',
    application: 'sk-telecom',
    stage: 'stage-1',
  };
  const paths = [
    ...patterns.map((pattern) => fill(pattern, { ...practice, ...ids })),
    ...patterns.filter((p) => p.includes(':programme') && !/:(digest|submission)/.test(p)).map((p) => fill(p, korea)),
    ...['/nowhere', `/runs/${runs[0]}`, '/p/practice/reliance?supplier=northgate&country=QZ'],
    '/p/korea-2025/reliance?of=consortium&id=sk-telecom&supplier=nvidia',
  ];
  for (const path of paths) {
    await office.at(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForFunction(() => document.querySelector('.busy') === null);
    report(`${path}: nothing serious for axe, no sideways scroll at 360 px`, await office.faults());
  }
  await office.at('/p/korea-2025');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForFunction(() => document.querySelector('.busy') === null);
  await office.picture('overview');
}

/** A million steps: drawn from a thinned series, down to single steps. */
async function longCurve(machine: Machine, office: Person): Promise<void> {
  const { page } = office;
  machine.long('long', LONG);
  await office.holds(`a curve of ${LONG} steps is drawn within ${MAX_MS} ms, and shows single steps`, async () => {
    await office.at('/runs');
    const link = page.getByRole('link', { name: 'long', exact: true });
    await link.waitFor();
    // The server reads the transcript once; the later requests are timed.
    await office.read(`${new URL((await link.getAttribute('href'))!, page.url()).pathname}/curve`);
    const from = performance.now();
    await link.click();
    await page.getByText(/About one in [\d,]+ steps is drawn/).waitFor();
    const taken = Math.round(performance.now() - from);
    console.log(`          drawn in ${taken} ms`);
    if (taken > MAX_MS) throw new Error(`it took ${taken} ms`);
    const exact = page.getByText('Every single step is drawn.');
    for (let i = 0; i < 14 && !(await exact.isVisible()); i++) {
      const answered = page.waitForResponse((response) => response.url().includes('/curve?from='));
      await office.press('Closer');
      await answered;
    }
    await office.see('Every single step is drawn.');
  });
}

async function korean(office: Person): Promise<void> {
  const { page } = office;
  await office.holds('office: switches to Korean, and a screen reader hears so', async () => {
    await office.at('/p/practice/stages/s1');
    await office.see(/^1 team goes on/);
    await office.press('한국어');
    await page.waitForFunction(() => document.documentElement.lang === 'ko');
    await page.getByRole('heading', { name: '첫 단계' }).waitFor();
    await page.evaluate(() => scrollTo(0, 0));
    await office.picture('stage-ko', true);
    await office.faultless();
    await office.press('English');
  });
}

async function gone(machine: Machine, office: Person, databases: string[]): Promise<void> {
  const { page } = office;
  await office.holds('a page says when the server is gone, and mends itself when it is back', async () => {
    await office.see(/^1 team goes on/);
    await machine.kill();
    await office.see(/The server does not answer/);
    await machine.serve(PORT, ...databases);
    await page.getByText(/The server does not answer/).waitFor({ state: 'hidden', timeout: 60_000 });
    await office.see(/^1 team goes on/);
  });
}

const machine = new Machine();
const browser = await openChromium();
try {
  await check(machine, browser);
} catch (error) {
  failed++;
  console.log(error instanceof Error && /^stopped at/.test(error.message) ? error.message : error);
} finally {
  await browser.close();
  await machine.kill();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
