// What a newcomer stumbled over, in both languages: words broken into letters, a menu wider than a phone, columns beyond their card, an answer out
// of sight, contents that mark another section, a dialog that jumps. `npm run check:browser` runs it.

import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describeInBrowser } from '../page-kit/testing/in-browser.ts';
import { inBrowser } from './testing/in-browser.ts';

const LONG = 'Independent AI foundation model programme of many years and places';
const PHONE = { width: 360, height: 740 };
const WIDE = { width: 1280, height: 900 };

/** Words of a part of the page that stand on more than one line, or leave their box. */
const brokenWords = (page: Page, within: string): Promise<string[]> =>
  page.evaluate((within) => {
    const found: string[] = [];
    for (const part of document.querySelectorAll(within)) {
      const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const text = walker.currentNode as Text;
        if (text.parentElement!.closest('.hidden, code, svg, [role="columnheader"]')) continue;
        for (const { index, 0: word } of text.data.matchAll(/[\p{L}\p{N}.,%]+/gu)) {
          const range = document.createRange();
          range.setStart(text, index);
          range.setEnd(text, index + word.length);
          const tops = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
          if (tops.size > 1) found.push(word);
        }
      }
    }
    return found;
  }, within);

describeInBrowser('in a browser', () => {
  const here = inBrowser();
  const begin = async (locale: string, viewport: typeof PHONE) => {
    await here.context.close();
    here.context = await here.browser.newContext({ locale, viewport });
    here.page = await here.context.newPage();
    here.page.on('pageerror', (error) => here.trouble.push(error.message));
    return here.page;
  };
  const { change } = here;
  const LOCALES = ['en-GB', 'ko-KR'];

  test.each(LOCALES)('a heading never stands under the title of another page: %s', async (locale) => {
    const page = await begin(locale, WIDE);
    await page.addInitScript(() => {
      const seen: string[] = [];
      Object.assign(window, { seen });
      new MutationObserver(() => {
        const heading = document.querySelector('main h1')?.textContent;
        if (heading !== undefined && !document.title.startsWith(`${heading} · `)) seen.push(document.title);
      }).observe(document, { childList: true, subtree: true, characterData: true });
    });
    await here.open('/log-in');
    await here.open('/p/practice');
    await page.locator('nav a[href$="/reliance"]').first().click();
    await page.waitForURL('**/reliance');
    await page.waitForFunction(() => document.title.split(' · ')[0] === document.querySelector('main h1')?.textContent);
    expect(await page.evaluate(() => (window as unknown as { seen: string[] }).seen)).toEqual([]);
  });

  test.each(LOCALES)('on a phone no word of the runs is broken, and nothing covers anything: %s', async (locale) => {
    const page = await begin(locale, PHONE);
    await here.open('/runs');
    await page.waitForSelector('.run-table tbody tr');
    await expect.poll(() => page.locator('.run-table .state').count()).toBeGreaterThan(2);
    await expect.poll(() => page.locator('.run-table .sketched svg').count()).toBeGreaterThan(0);
    expect(await brokenWords(page, '.run-table tbody td:not(:has(.tags))')).toEqual([]);
    const covered = await page.locator('.run-table tbody tr').evaluateAll((rows) =>
      rows.flatMap((row) => {
        const boxes = [...row.children].map((one) => ({ text: one.textContent, box: one.getBoundingClientRect() }));
        return boxes.flatMap(({ text, box }, i) =>
          boxes
            .slice(i + 1)
            .filter(
              ({ box: other }) =>
                box.left < other.right - 1 &&
                other.left < box.right - 1 &&
                box.top < other.bottom - 1 &&
                other.top < box.bottom - 1,
            )
            .map((other) => `${text} / ${other.text}`),
        );
      }),
    );
    expect(covered).toEqual([]);
    const beyond = await page
      .locator('.run-table tbody td')
      .evaluateAll((cells) =>
        cells.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent),
      );
    expect(beyond).toEqual([]);
    // The heads sort, and can be reached.
    await expect.poll(() => page.locator('.run-table thead button').last().isVisible()).toBe(true);
  });

  test.each(LOCALES)('on a phone the open menu is inside the screen, and Escape closes it: %s', async (locale) => {
    for (const programmes of [1, 2]) {
      const page = await begin(locale, PHONE);
      await change('/me', (me) => {
        const [first] = me.programmes;
        me.programmes = [first, { ...first, id: 'other' }].slice(0, programmes);
        for (const one of me.programmes) one.name = { en: LONG, ko: LONG };
      });
      await here.open('/p/practice/log');
      const menu = page.locator('button.menu');
      await menu.click();
      expect(await page.locator('.programme').evaluate((one) => one.tagName)).toBe(programmes > 1 ? 'SELECT' : 'SPAN');
      const rights = await page
        .locator('#navigation, #navigation *')
        .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().right));
      expect(Math.max(...rights)).toBeLessThanOrEqual(PHONE.width);
      // The focus is on the button, outside of the menu.
      await page.keyboard.press('Escape');
      await expect.poll(() => menu.getAttribute('aria-expanded')).toBe('false');
      await expect.poll(() => page.locator('#navigation').isVisible()).toBe(false);
    }
  });

  test.each(LOCALES)('the language is switched in the header, and in the menu of a phone: %s', async (locale) => {
    const other = locale === 'ko-KR' ? 'en' : 'ko';
    for (const viewport of [PHONE, WIDE]) {
      const page = await begin(locale, viewport);
      await here.open('/log-in');
      if (viewport === PHONE) await page.locator('button.menu').click();
      await page.locator(`header button[lang=${other}]`).click();
      await page.waitForSelector(`html[lang=${other}]`);
      await expect.poll(() => page.locator(`header button[lang=${other}]`).count()).toBe(0);
    }
  });

  test.each(LOCALES)('points by part of five teams with long names fit at 1280 px: %s', async (locale) => {
    const page = await begin(locale, WIDE);
    await change('/programmes/practice/stages/stage-1', ({ report }) => {
      const [team] = report.teams;
      const figures = Object.fromEntries(
        Object.entries(team.figures as Record<string, object>).map(([path, one]) => [
          path,
          { ...one, value: 'not published', interval: null },
        ]),
      );
      report.teams = ['SK Telecom', 'LG AI Research', 'Naver Cloud', 'Upstage', 'NC AI'].map((name, i) => ({
        ...team,
        id: `t${i}`,
        name: { en: `${name} and partners`, ko: `${name} 컨소시엄` },
        figures,
      }));
    });
    await here.open('/p/practice/stages/stage-1');
    const table = page.locator('#points .scroll');
    await table.waitFor();
    await expect.poll(() => table.locator('thead th').count()).toBe(6);
    expect(await table.evaluate((one) => one.scrollWidth - one.clientWidth)).toBeLessThanOrEqual(0);
    expect(await brokenWords(page, '#points table')).toEqual([]);
  });

  test('contents mark the section that was followed, and bring a folded one up as far as the page goes', async () => {
    const page = await begin('en-GB', { width: 1280, height: 700 });
    await here.open('/p/practice/stages/stage-1');
    await page.waitForSelector('#points');
    const links = page.locator('.contents a');
    const marked = () => page.locator('.contents a[aria-current]').getAttribute('href');
    for (let i = (await links.count()) - 1; i >= 0; i--) {
      const href = (await links.nth(i).getAttribute('href'))!;
      await links.nth(i).click();
      await expect
        .poll(() =>
          page.evaluate((id) => {
            const { top } = document.querySelector(id)!.getBoundingClientRect();
            const { scrollHeight, clientHeight } = document.documentElement;
            return Math.abs(top - 16) < 2 || scrollY + clientHeight >= scrollHeight - 1;
          }, href),
        )
        .toBe(true);
      await expect.poll(marked).toBe(href);
    }
    // Who scrolls on leaves it: at the end of the page the last one is marked.
    await page.mouse.move(400, 400);
    await page.mouse.wheel(0, 100_000);
    await expect.poll(marked).toBe(await links.last().getAttribute('href'));
  });

  test('the answer comes to who asked: by a link, and by pressing in the picture of a phone', async () => {
    const page = await begin('en-GB', PHONE);
    const top = () => page.locator('#answer').evaluate((one) => one.getBoundingClientRect().top / innerHeight);
    const isInView = () => top().then((at) => at >= 0 && at < 0.7);
    await here.open('/p/practice');
    await page.locator('.what-fails a').first().click();
    await page.waitForSelector('#answer strong');
    await expect.poll(isInView).toBe(true);
    const node = page.locator('.flow-rows button[aria-pressed=false]').last();
    await node.scrollIntoViewIfNeeded();
    expect(await isInView()).toBe(false);
    const before = await page.textContent('#answer');
    await node.click();
    await expect.poll(() => page.textContent('#answer')).not.toBe(before);
    await expect.poll(isInView).toBe(true);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('answer');
    // Who picks several from the list stays there.
    const pick = page.locator('.picks input[type=checkbox]').last();
    await pick.check();
    await page.waitForFunction(() => document.querySelector('#answer')?.getAttribute('aria-busy') === 'false');
    expect(await pick.evaluate((one) => one.getBoundingClientRect().top > 0)).toBe(true);
  });

  test.each(LOCALES)('names in the picture are whole beside the answer at 1280 px: %s', async (locale) => {
    const page = await begin(locale, WIDE);
    await change('/programmes/practice', ({ consortia }) => {
      consortia[0].name = { en: 'LG AI Research and partners', ko: '엘지 인공지능 연구원 컨소시엄' };
    });
    await here.open('/p/practice/reliance?supplier=northwind');
    await page.waitForSelector('.flow .flow-node.fell');
    await page
      .locator('.flow strong', { hasText: locale === 'ko-KR' ? '엘지' : 'LG AI' })
      .first()
      .waitFor();
    const cut = await page
      .locator('.flow .flow-node')
      .evaluateAll((all) =>
        all
          .filter((one) => [one, one.querySelector('strong')!].some((box) => box.scrollHeight > box.clientHeight + 1))
          .map((one) => one.textContent),
      );
    expect(cut).toEqual([]);
  });

  test('bars of the course have both their edges', async () => {
    const page = await begin('en-GB', WIDE);
    await here.open('/p/practice/reliance');
    await page.waitForSelector('.course .shares');
    const [scroll, bars] = await Promise.all([
      page.locator('.scroll:has(> .course)').boundingBox(),
      page
        .locator('.course tr > :last-child .shares')
        .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().right)),
    ]);
    expect(bars.length).toBeGreaterThan(0);
    expect(Math.max(...bars) + 0.5).toBeLessThanOrEqual(scroll!.x + scroll!.width);
  });

  test('the search stays in its place while its hits come and go; the veil reaches the edge of the window', async () => {
    const page = await begin('en-GB', WIDE);
    await here.open('/p/practice/log');
    await page.keyboard.press('Control+k');
    const field = page.locator('dialog [role=combobox]');
    await field.waitFor();
    const first = await field.boundingBox();
    for (const [text, count] of [
      ['a', 10],
      ['northwind', 1],
      ['no such thing', 0],
    ] as const) {
      await field.fill(text);
      await expect.poll(() => page.locator('[role=option]').count()).toBe(count);
      expect(await field.boundingBox()).toEqual(first);
    }
    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    expect(await ground()).not.toBe('rgba(0, 0, 0, 0)');
    await page.keyboard.press('Escape');
    await expect.poll(ground).toBe('rgba(0, 0, 0, 0)');
  });

  test('a stage on paper: every fold is open with its content, and the frame is not there', async () => {
    const page = await begin('en-GB', WIDE);
    await here.open('/p/practice/stages/stage-1');
    await page.waitForSelector('main details');
    expect(await page.locator('main section > details:not([open])').count()).toBeGreaterThan(0);
    // What a browser does before it prints; nothing that comes later is on the paper.
    const folds = await page.evaluate(async () => {
      dispatchEvent(new Event('beforeprint'));
      await Promise.resolve();
      const all = [...document.querySelectorAll<HTMLDetailsElement>('main section > details')];
      return all.map((one) => [one.querySelector('h2')?.textContent, one.open, one.children[1]?.textContent ?? '']);
    });
    expect(folds.filter(([, open, text]) => !open || text === '')).toEqual([]);
    await page.emulateMedia({ media: 'print' });
    for (const hidden of ['.top', '.bottom', 'nav'])
      expect(await page.locator(`${hidden}:visible`).count(), hidden).toBe(0);
  });
});
