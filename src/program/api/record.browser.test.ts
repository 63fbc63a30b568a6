// The record of Korea's programme in Chromium, from a real server: its pages claim no time, no signature and no progress that the record does not hold.
// `npm run check:browser` runs it.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { JikjiError } from '../../base/index.ts';
import { browserOfTests, describeInBrowser } from '../../page-kit/testing/in-browser.ts';
import { emptyDatabase } from '../database/testing/empty.ts';
import { ACTS } from '../office/index.ts';
import { byOffice } from '../office/testing/office.ts';
import { Programme } from '../programme/index.ts';
import { type Server, serve } from './server.ts';

const HOUSE = join(import.meta.dirname, '../../..');
const RECORD = '/p/korea-2025';
const LOCALES = ['en-GB', 'ko-KR'] as const;
/** A time of day, in either language. */
const TIME_OF_DAY = /\d{1,2}:\d{2}/;

describeInBrowser('in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jikji-record-browser-'));
  const here = browserOfTests();
  let server: Server;
  let context: BrowserContext;
  let page: Page;
  /** The office's cookie. */
  let session: { name: string; value: string };
  const noKey = () => Promise.reject(new JikjiError('key-missing', 'no key', 'key', 'none in this test'));
  beforeAll(async () => {
    execFileSync(process.execPath, [join(HOUSE, 'scripts/build-console.mjs'), '--if-stale']);
    const where = { folder: await emptyDatabase(join(folder, 'database')) };
    const programme = await Programme.open(where);
    await ACTS.takeExample.run(programme, { example: 'korea-2025' }, byOffice(null, { signer: noKey }));
    await programme.close();
    server = await serve({
      places: [{ where, files: join(folder, 'files') }],
      office: { signer: noKey, signerAtHand: async () => undefined, newSigner: noKey },
      version: '0.0.0',
      host: '127.0.0.1',
      port: 0,
      orNext: false,
      pages: join(HOUSE, 'dist/console'),
      onTrouble: (error) => {
        throw error;
      },
    });
    const accepted = await fetch(`${server.url}/api/invitations/accept`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: server.url },
      body: JSON.stringify({
        token: server.first!.split('#')[1],
        user: 'lee',
        name: 'Lee',
        password: 'a long enough one',
      }),
    });
    const [name, value] = accepted.headers.get('set-cookie')!.split(';')[0]!.split('=') as [string, string];
    session = { name, value };
  });
  afterAll(async () => {
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => context?.close());

  /** Opens pages west of Greenwich, where midnight in UTC is the day before. */
  async function begin(locale: string, office = true): Promise<void> {
    context = await here.browser.newContext({ locale, timezoneId: 'America/Los_Angeles' });
    if (office) await context.addCookies([{ ...session, url: server.url }]);
    page = await context.newPage();
  }

  /** The text of a page once its content is there. */
  async function textOf(path: string): Promise<string> {
    await page.goto(`${server.url}${RECORD}${path}`);
    await page.locator('main h1').waitFor();
    await expect.poll(() => page.locator('main .busy, main [role=status] .wheel').count()).toBe(0);
    await page.waitForLoadState('networkidle');
    return (await page.locator('main').allInnerTexts()).join('');
  }

  test.each(LOCALES)('no page shows a time of day of an entry, and none the day before: %s', async (locale) => {
    await begin(locale);
    const paths = ['', '/call', '/applications/nc-ai', '/log', '/log?entry=40', '/rule-books', '/reliance'];
    for (const path of [...paths, '/stages/stage-1', '/consortia/motif']) {
      // An address of this test's server may look like a time.
      const text = (await textOf(path)).replace(/https?:\S+/g, '');
      expect([path, TIME_OF_DAY.exec(text)?.[0]]).toEqual([path, undefined]);
    }
    const days = await page
      .goto(`${server.url}${RECORD}/log`)
      .then(() => page.locator('td.when time').first().waitFor())
      .then(() => page.locator('td.when time').evaluateAll((all) => all.map((one) => one.getAttribute('datetime'))));
    expect(new Set(days)).toEqual(new Set(['2026-02-25', '2026-02-20', '2026-01-15', '2025-08-04']));
    const [first] = await page.locator('td.when time').allInnerTexts();
    expect(first).toBe(locale === 'ko-KR' ? '2026. 2. 25.' : 'Feb 25, 2026');
  });

  test('the call agrees with its title, and an application names its lead', async () => {
    await begin('en-GB');
    const call = await textOf('/call');
    expect(call).toContain('Call (applications by 2025-07-21)');
    expect(call).toMatch(/Applications until\s+Jul 21, 2025/);
    expect(call).toContain('Received by');
    expect(call).not.toContain('No time was set');
    const application = await textOf('/applications/nc-ai');
    expect(application).toMatch(/NC AI\s*lead/);
    expect(application).toContain('South Korea (KR)');
    expect(application).toContain('The other members are not recorded.');
    // Files of applications are nothing that a record holds, so it does not say that there were none.
    for (const text of [call, application]) expect(text).not.toMatch(/\bfiles?\b/i);
  });

  test('points by part name their sources, and the decision is not called final', async () => {
    await begin('en-GB');
    const stage = await textOf('/stages/stage-1');
    expect(stage).toMatch(/LG AI Research and partners: Benchmarks?.*, and .* Source: segye, 20260115512329/);
    expect(await textOf('/consortia/upstage')).not.toMatch(/final/i);
  });

  test('nothing is called signed or fixed beforehand', async () => {
    await begin('en-GB');
    for (const path of ['', '/log']) {
      const text = await textOf(path);
      expect(text).toContain('Finding reported, not signed');
      expect(text).not.toContain('Finding signed');
    }
    const books = await textOf('/rule-books');
    expect(books).toContain('does not say when they were fixed');
    expect(books).not.toContain('fixed and signed before');
    await textOf('/log');
    await page.getByRole('button', { name: 'Verify the log' }).click();
    await page
      .getByText('Nothing in this log is signed, and it has no decision that could be computed again.')
      .waitFor();
    await begin('ko-KR');
    expect(await textOf('/log')).toContain('보도된 판정(서명 없음)');
  });

  test('what is not recorded is said to be that, and not to be still to come', async () => {
    await begin('en-GB');
    const compute = await textOf('/compute');
    expect(compute).toContain('No allotment and no usage in device-hours is recorded.');
    const motif = await textOf('/consortia/motif');
    expect(motif).toContain('No stage of it is recorded.');
    expect(motif).toContain('No submission is recorded.');
    for (const text of [compute, motif]) expect(text).not.toMatch(/\byet\b|that you may see/);
  });

  test('both pages of self-reliance say which share they mean', async () => {
    await begin('en-GB');
    const overview = await textOf('');
    expect(overview).toContain(
      'Of the layers that are mostly known, the least is home in chips: 0% – 25%, depending on what is not known.',
    );
    const reliance = await textOf('/reliance');
    expect(reliance).toMatch(/Smallest share known to be home\s+chips, memory, servers, software,? and data, 0%/);
    expect(reliance).toMatch(
      /More may be home in chips, memory, servers, software,? and data: not all of it is known\./,
    );
    expect(reliance).toContain('this would go on, or might: SK Telecom serves.');
  });

  test('a Korean page names months and English editions in Korean, and marks other Latin names', async () => {
    await begin('ko-KR');
    const text = await textOf('/stages/stage-1');
    expect(text).toContain('digitaltoday 영문판');
    expect(text).toContain('2026년 1월');
    expect(text).not.toMatch(/January|English/);
    expect(await page.locator('main small [lang=en]', { hasText: 'zdnet Korea' }).count()).toBeGreaterThan(0);
    expect(text).toContain('결과의 확실성');
  });
});
