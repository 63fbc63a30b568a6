// The stage's page in Chromium on a phone, in both languages: every column of its tables is on the screen, no word is broken, and a screen reader
// still hears tables. `npm run check:browser` runs it.

import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { browserOfTests, describeInBrowser } from '../../page-kit/testing/in-browser.ts';
import { stageReportHtml } from './page.ts';
import { practiceReport, recordReport } from './testing/page.ts';

/** What is beyond the screen or scrolls, and words of tables that stand on more than one line. */
const faultsIn = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = [];
    for (const one of document.querySelectorAll('body *')) {
      if (one.closest('.hidden, svg, thead, pre, .stick')) continue;
      const { right, width } = one.getBoundingClientRect();
      if (width > 1 && right > innerWidth + 1) found.push(`${one.tagName} ends at ${Math.round(right)}`);
      if (one.matches('.scroll') && one.scrollWidth > one.clientWidth + 1) found.push(`${one.textContent} scrolls`);
    }
    for (const cell of document.querySelectorAll('tbody :is(th, td)')) {
      const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const text = walker.currentNode as Text;
        if (text.parentElement!.closest('.mono')) continue;
        for (const { index, 0: word } of text.data.matchAll(/[\p{L}\p{N}.,%]+/gu)) {
          const range = document.createRange();
          range.setStart(text, index);
          range.setEnd(text, index + word.length);
          if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) found.push(word);
        }
      }
    }
    return found;
  });

describeInBrowser('in a browser', () => {
  const here = browserOfTests();

  const opened = async (html: string, width: number): Promise<Page> => {
    const page = await here.browser.newPage({ viewport: { width, height: 780 } });
    await page.setContent(html);
    return page;
  };

  for (const lang of ['en', 'ko'] as const)
    for (const width of [360, 390])
      test.each([
        ['practice', practiceReport()],
        ['record', recordReport()],
      ])(`${lang}, ${width} px: %s`, async (_, report) => {
        const page = await opened(stageReportHtml(report, lang), width);
        expect(await faultsIn(page)).toEqual([]);
        // Each cell that is beside the name says which column it is of.
        const cells = page.locator('#standings-table').locator('xpath=..').locator('tbody tr').first().locator('td');
        const labels = await cells.evaluateAll((all) =>
          all.map((one) => getComputedStyle(one, '::before').content.replace(/^"|" \/.*$|"$/g, '')),
        );
        expect(labels.length).toBe(report.blocks.length + 3);
        expect(labels.every((label) => label !== '' && label !== 'none')).toBe(true);
        expect(labels).toContain(lang === 'ko' ? '결과' : 'Outcome');
        await page.close();
      });

  test('a screen reader hears a table with heads, rows and cells', async () => {
    const page = await opened(stageReportHtml(recordReport(), 'en'), 360);
    const told = await page.getByRole('table', { name: 'Points by block' }).ariaSnapshot();
    expect(told).toMatch(/columnheader "Total/);
    expect(told).toMatch(/rowheader/);
    expect(told).toMatch(/cell "not published"/);
    await page.close();
  });

  test('on a desk it is a table with a head', async () => {
    const page = await opened(stageReportHtml(recordReport(), 'en'), 1280);
    await expect.poll(() => page.locator('thead').first().isVisible()).toBe(true);
    expect(
      await page
        .locator('tbody tr')
        .first()
        .evaluate((one) => getComputedStyle(one).display),
    ).toBe('table-row');
    await page.close();
  });
});
