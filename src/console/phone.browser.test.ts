// Every page at a phone's width, in both languages: nothing is cut and nothing scrolls sideways, not inside tables either; a table that is laid
// out as blocks is still a table to a screen reader, and each cell has its label; no page in Korean has English of its own. `npm run
// check:browser` runs it.

import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describeInBrowser } from '../page-kit/testing/in-browser.ts';
import { englishIn } from './testing/english.ts';
import { inBrowser } from './testing/in-browser.ts';
import { PAGES } from './testing/looked-at.ts';

/** What may scroll by itself: code, texts of files, and fields. */
const MAY_SCROLL = 'pre, code, textarea, input, select';

/** What scrolls or is cut, and what is beyond the edge of the screen. */
const faultsIn = (page: Page): Promise<string[]> =>
  page.evaluate((mayScroll) => {
    const found: string[] = [];
    const nameOf = (one: Element) => `${one.tagName.toLowerCase()}.${one.getAttribute('class') ?? ''}`;
    for (const one of document.querySelectorAll('body *')) {
      if (one.matches(mayScroll) || one.closest('.hidden, svg, thead') !== null) continue;
      const { overflowX } = getComputedStyle(one);
      if (/auto|scroll/.test(overflowX) && one.scrollWidth > one.clientWidth + 1)
        found.push(`${nameOf(one)} scrolls: ${one.scrollWidth} in ${one.clientWidth}, ${one.textContent.slice(0, 40)}`);
      const { right, width } = one.getBoundingClientRect();
      if (width > 1 && right > innerWidth + 1 && one.closest(mayScroll) === null && one.closest('.skip') === null)
        found.push(`${nameOf(one)} ends at ${Math.round(right)}`);
    }
    return found;
  }, MAY_SCROLL);

/** Tables whose rows or cells have lost their role or their label. */
const brokenTables = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLTableElement>('.scroll > table')].flatMap((table) => {
      const roles = [...table.querySelectorAll('*')].filter((one) => /^(THEAD|TBODY|TR|TH|TD)$/.test(one.tagName));
      const bare = roles
        .filter((one) => !one.hasAttribute('role'))
        .map((one) => `${table.caption?.textContent}: ${one.tagName}`);
      const first = table.tBodies[0]?.rows[0];
      const visible = (head: Element) => head.textContent !== '' && head.querySelector('.hidden') === null;
      const heads = [...(table.tHead?.rows[0]?.cells ?? [])].filter(visible).length;
      const labels = [...(first?.cells ?? [])].filter((one) => one.hasAttribute('data-label')).length;
      const spans = table.querySelector('[colspan], [rowspan]') !== null;
      return first && !spans && heads !== labels
        ? [...bare, `${table.caption?.textContent}: ${labels} labels, ${heads} heads`]
        : bare;
    }),
  );

describeInBrowser('in a browser, 360 px wide', () => {
  const here = inBrowser();

  interface Walk {
    /** What is cut or scrolls, and tables that are none to a screen reader. */
    faults: string[];
    tables: number;
    /** English sentences that a page in Korean shows as its own. */
    english: string[];
    /** Texts that are marked as English. */
    marked: number;
  }
  const walks = new Map<string, Promise<Walk>>();

  /** Opens every page once, in one tab. */
  async function walkThrough(locale: string): Promise<Walk> {
    const context = await here.browser.newContext({ locale, viewport: { width: 360, height: 740 } });
    const walk: Walk = { faults: [], tables: 0, english: [], marked: 0 };
    const page = await context.newPage();
    for (const [name, path, role] of PAGES) {
      here.server.role = role;
      await page.goto(`${here.server.url}${path}`);
      await page.waitForSelector('main h1');
      await page.waitForFunction(() => !document.querySelector('.spinner'));
      await page.evaluate(() => {
        for (const fold of document.querySelectorAll('details')) fold.open = true;
      });
      // Pictures are drawn for the width that they find.
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      for (const fault of [...(await faultsIn(page)), ...(await brokenTables(page))])
        walk.faults.push(`${name}: ${fault}`);
      walk.tables += await page.locator('.scroll > table').count();
      walk.english.push(...(await englishIn(page)).map((text) => `${name}: ${text}`));
      walk.marked += await page.locator('main [lang=en]').count();
      await page.evaluate(() => sessionStorage.clear()); // the next page is opened as in a new tab
    }
    return walk;
  }
  const walkOf = (locale: string): Promise<Walk> => {
    const walk = walks.get(locale) ?? walkThrough(locale);
    walks.set(locale, walk);
    return walk;
  };

  test.each(['en-GB', 'ko-KR'])('%s', async (locale) => {
    const { faults, tables } = await walkOf(locale);
    expect(faults).toEqual([]);
    expect(tables).toBeGreaterThan(40);
  });

  test('in Korean no page shows an English sentence as its own; what people wrote is marked', async () => {
    const { english, marked } = await walkOf('ko-KR');
    expect(english).toEqual([]);
    expect(marked).toBeGreaterThan(10);
  });

  test('a screen reader still hears a table, with rows, heads and cells', async () => {
    const { page } = here;
    await page.setViewportSize({ width: 360, height: 740 });
    await here.open('/people');
    const told = await page.getByRole('table', { name: 'Users' }).ariaSnapshot();
    expect(told).toMatch(/columnheader "User"/);
    expect(told).toMatch(/row .*Park/);
    expect(told).toMatch(/rowheader .*Park/);
    expect(told).toMatch(/cell .*auditor/);
    // The label is seen, and not said a second time.
    const cell = page.getByRole('cell', { name: 'auditor' }).first();
    expect(await cell.evaluate((one) => getComputedStyle(one, '::before').content)).toMatch(/Role/);
  });
});
