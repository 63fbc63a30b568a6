// The pages that `npm run look` opens, in which themes, languages and widths, and what is done on them before a picture is taken.

import type { Page } from 'playwright-core';
import type { Me } from '../types.ts';
import { audit } from './made-up.ts';
import type { MadeUp } from './made-up-server.ts';

/** Every page of the console, in the states that are worth a look, and who looks at it. */
export const PAGES: [name: string, path: string, role: Me['viewer']['role']][] = [
  ['overview', '/p/practice', 'office'],
  ['consortium', '/p/practice/consortia/azalea', 'office'],
  ['organisations', '/p/practice/organisations', 'office'],
  ['organisation-new', '/p/practice/organisations', 'office'],
  ['call', '/p/practice/call', 'office'],
  ['call-public', '/p/practice/call', 'public'],
  ['call-expert', '/p/practice/call', 'expert'],
  ['call-new', '/p/practice/call', 'office'],
  ['call-application', '/p/practice/call', 'office'],
  ['call-selection', '/p/practice/call', 'office'],
  ['application', '/p/practice/applications/elm', 'office'],
  ['application-expert', '/p/practice/applications/elm', 'expert'],
  ['application-public', '/p/practice/applications/elm', 'public'],
  ['application-points', '/p/practice/applications/elm', 'office'],
  ['application-result', '/p/practice/applications/elm', 'office'],
  ['stage-open-office', '/p/practice/stages/stage-2', 'office'],
  ['stage-open-expert', '/p/practice/stages/stage-2', 'expert'],
  ['stage-open-evaluator', '/p/practice/stages/stage-2', 'evaluator'],
  ['stage-decided', '/p/practice/stages/stage-1', 'public'],
  ['stage-appeal', '/p/practice/stages/stage-1', 'consortium'],
  ['submission', '/p/practice/submissions/azalea-1', 'office'],
  ['rule-books', '/p/practice/rule-books', 'office'],
  ['rule-book', `/p/practice/rule-books/${'a'.repeat(64)}`, 'public'],
  ['rule-book-new', '/p/practice/rule-books/new', 'office'],
  ['rule-book-begin', '/p/practice/rule-books/new', 'office'],
  ['compute', '/p/practice/compute', 'office'],
  ['catalogue', '/p/practice/catalogue', 'office'],
  ['allotments', '/p/practice/allotments', 'office'],
  ['allotments-public', '/p/practice/allotments', 'public'],
  ['metering', '/p/practice/metering', 'office'],
  ['register', '/p/practice/register', 'office'],
  ['chip', '/p/practice/chips/nw100', 'public'],
  ['reliance', '/p/practice/reliance', 'public'],
  ['what-if', '/p/practice/reliance?supplier=northwind', 'public'],
  ['plan', '/p/practice/plan', 'public'],
  ['log', '/p/practice/log', 'office'],
  ['log-verified', '/p/practice/log', 'auditor'],
  ['access', '/p/practice/access', 'auditor'],
  ['backup', '/p/practice/backup', 'office'],
  ['runs', '/runs', 'office'],
  [
    'runs-selected',
    '/runs?runs=hello-3f9a2c1b,small-77aa21,old-1234,odd-9999,seed-1-5e1f,seed-2-5e2f,llama-4b1d&smooth=0.9',
    'office',
  ],
  ['run', '/runs/small-77aa21', 'office'],
  ['run-witnessed', '/runs/llama-4b1d', 'office'],
  ['run-live', '/runs/hello-3f9a2c1b', 'office'],
  ['run-evidence', '/runs/small-77aa21', 'office'],
  ['run-audit', '/runs/small-77aa21', 'office'],
  ['run-audited', '/runs/small-77aa21', 'office'],
  ['model', '/runs/small-77aa21/model', 'office'],
  ['model-foreign', '/runs/hello-3f9a2c1b/model', 'office'],
  ['playground', '/runs/small-77aa21/playground', 'office'],
  ['playground-text', '/runs/old-1234/playground', 'office'],
  ['playground-two', '/runs/small-77aa21/playground?beside=seed-1-5e1f', 'office'],
  ['playground-receipt', '/runs/small-77aa21/playground', 'office'],
  ['sweep', '/sweeps/small-sweep-88bb', 'office'],
  ['people', '/people', 'office'],
  ['account', '/account', 'office'],
  ['log-in', '/log-in', 'public'],
  ['invitation', '/invitation#token', 'public'],
  ['reset', '/reset#token', 'public'],
  ['openid', '/openid', 'public'],
  ['address', '/address#token', 'public'],
  ['begin', '/begin', 'office'],
  ['search', '/p/practice', 'office'],
  ['search-empty', '/p/practice', 'public'],
  ['keys', '/p/practice', 'office'],
  ['not-found', '/nowhere', 'public'],
];

const THEMES = ['light', 'dark'] as const;
const LANGS = ['en', 'ko'] as const;
const WIDTHS = { wide: 1280, phone: 360 } as const;

export interface View {
  name: string;
  colorScheme: (typeof THEMES)[number];
  lang: (typeof LANGS)[number];
  width: number;
}

/** Every theme, language and width. */
export const VIEWS: View[] = THEMES.flatMap((colorScheme) =>
  LANGS.flatMap((lang) =>
    Object.entries(WIDTHS).map(([name, width]) => ({
      name: `${colorScheme}-${lang}-${name}`,
      colorScheme,
      lang,
      width,
    })),
  ),
);

/** An answer with its probabilities, and a token that is pointed at. */
async function generate(page: Page): Promise<void> {
  const text = page.locator('.playground textarea').first();
  const asked = { en: 'What is a river?', ko: '강은 무엇입니까?' };
  const lang = await page.evaluate(() => document.documentElement.lang as 'en' | 'ko');
  await text.fill((await text.inputValue()) || asked[lang]);
  await text.press('Enter');
  await page.check('.playground .check input');
  await page.locator('.token').nth(9).hover();
}

/** The receipt of the answer, opened and checked. */
async function checkReceipt(page: Page): Promise<void> {
  await page.locator('.receipt-seal').first().click();
  await page.locator('dialog .primary').click();
  await page.locator('dialog .verdict').waitFor();
  await page.locator('dialog details summary').first().click();
}

/** A rule book from a template, with a wrong sum, and rehearsed. */
async function writeRuleBook(page: Page): Promise<void> {
  await page.locator('main select').first().selectOption('template:korea-2026');
  await page.locator('form .primary').first().click();
  await page.locator('.problems').first().waitFor();
  await page.locator('form .primary').last().click();
  await page.locator('.facts').last().waitFor();
}

/** The audit of a run of another program, started and ended. */
async function auditWitnessed(page: Page): Promise<void> {
  await page.locator('#audit button').click();
  await page.locator('dialog form .primary').click();
  await page.locator('dialog .verdict').waitFor();
}

/** The audit of a run, ended, and its dialog closed. */
async function auditRun(page: Page, server: MadeUp): Promise<void> {
  const events = page.waitForRequest(/audit-1\/events/);
  await page.locator('#audit button').click();
  await page.locator('dialog form .primary').click();
  await page.locator('dialog progress').waitFor();
  await events;
  server.tell('/api/audits/audit-1/events', 'audit', audit(1));
  await page.locator('dialog .verdict').waitFor();
  await page.keyboard.press('Escape');
}

/** Opens the dialog of the button at `place` (the first, or of the actions of the page), and a list to choose from where it has one. */
async function openDialog(page: Page, place: string): Promise<void> {
  await page.locator(place).click();
  const field = page.locator('dialog [role=combobox]').first();
  if ((await field.count()) > 0) await field.click();
}

/** The search, with what it finds for a question. */
async function search(page: Page, question: string): Promise<void> {
  await page.locator('.top .search').click();
  const field = page.locator('dialog [role=combobox]');
  await field.fill(question);
  if (question !== '') await page.locator('[role=option]').first().waitFor();
}

/** Dialogs that pages open before they are looked at. */
const DIALOGS: Record<string, (page: Page) => Promise<void>> = {
  search: (page) => search(page, 'a'),
  'search-empty': (page) => search(page, ''),
  async keys(page) {
    await page.locator('.bottom button').first().click();
    await page.locator('dialog kbd').first().waitFor();
  },
  'organisation-new': (page) => openDialog(page, '.actions button'),
  'call-new': (page) => openDialog(page, '.actions button'),
  'call-application': (page) => openDialog(page, 'main .primary >> nth=0'),
  async 'call-selection'(page) {
    for (const box of await page.locator('td input[type=checkbox]').all()) await box.check();
    await openDialog(page, 'main .primary >> nth=1');
  },
  async 'run-evidence'(page) {
    await page.locator('.evidence-row button').first().click();
  },
  async 'run-audit'(page) {
    await page.locator('#audit button').click();
    await page.locator('dialog summary').first().click();
  },
  'application-points': (page) => openDialog(page, 'main .primary'),
  async 'application-result'(page) {
    await openDialog(page, '.buttons button:not(.primary)');
  },
};

/** What the office does on the pages of compute, up to the button that records it. */
const DEEDS: Record<string, (page: Page) => Promise<void>> = {
  async catalogue(page) {
    await page.locator('textarea').fill('formatVersion: 1\nid: practice\nversion: 3\n');
    await page.locator('form .primary').click();
    await page.locator('table.differences').waitFor();
    await page.locator('table.differences summary').first().click();
  },
  async allotments(page) {
    await page.locator('table.editable input[type="number"]').first().fill('80000');
    await page.locator('section').first().locator('p > button').click();
    await page.locator('table.editable input[type="number"]').last().fill('12000');
    await page.locator('.buttons .primary').click();
    await page.locator('h3').first().waitFor();
  },
  async metering(page) {
    await page.locator('input[type="date"]').first().fill('2026-01-01');
    await page.locator('input[type="date"]').last().fill('2026-01-31');
    await page.locator('form .primary').first().click();
    await page.locator('form').nth(1).waitFor();
    await page.locator('form').nth(1).locator('.primary').click();
    await page.locator('section').last().locator('table').waitFor();
    await page.locator('section').last().locator('summary').click();
  },
  async register(page) {
    await page.locator('form input.code').fill('3'.padEnd(64, 'c'));
    await page.locator('form .primary').first().click();
    await page.locator('.notice.good').waitFor();
  },
};

/** Brings an opened page into the state that its name says. */
export async function bringInto(page: Page, name: string, server: MadeUp): Promise<void> {
  if (name.startsWith('playground')) await generate(page);
  await DIALOGS[name]?.(page);
  if (name === 'playground-receipt') await checkReceipt(page);
  if (name === 'rule-book-new') await writeRuleBook(page);
  if (name === 'run-witnessed') await auditWitnessed(page);
  if (name === 'run-audited') await auditRun(page, server);
  await DEEDS[name]?.(page);
}
