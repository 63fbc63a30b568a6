// The search and the keys in a real browser, against made-up responses: by keyboard alone, slow answers, fields that keys must not reach; the
// header at every width, and tables on a phone. `npm run check:browser` runs it.

import type { Browser, Page } from 'playwright-core';
import { beforeEach, expect, test, vi } from 'vitest';
import { describeInBrowser } from '../page-kit/testing/in-browser.ts';
import { inBrowser } from './testing/in-browser.ts';
import type { MadeUp } from './testing/made-up-server.ts';

describeInBrowser('in a browser', () => {
  const here = inBrowser();
  let browser: Browser;
  let server: MadeUp;
  let page: Page;
  const { open } = here;
  beforeEach(() => {
    ({ browser, server, page } = here);
  });
  const field = () => page.getByRole('combobox', { name: 'Find anything' });
  const options = () => page.locator('dialog [role=option]').allTextContents();
  const active = async () =>
    page.locator(`[id="${await field().getAttribute('aria-activedescendant')}"]`).textContent();
  const searches = () => server.asked.filter((one) => one.includes('/api/search'));
  const path = () => page.evaluate(() => location.pathname + location.search + location.hash);
  const isOpen = () => page.locator('dialog[open]').count();

  test('by keyboard: opens, finds in groups, chooses, and opens a deed with its form', async () => {
    await open('/p/practice/log');
    await page.keyboard.press('Control+k');
    await field().waitFor();
    await page.waitForSelector('dialog >> text=Programmes, stages, teams'); // what can be found
    await expect.poll(() => field().getAttribute('aria-expanded')).toBe('false');
    await page.keyboard.type('a');
    await vi.waitFor(async () => expect((await options()).length).toBe(10));
    await expect.poll(() => page.getByRole('group', { name: 'Consortia, the first 1 of 41' }).count()).toBe(1);
    await page.waitForSelector('[role=status]:has-text("50 hits")');
    expect(await active()).toContain('Overview');
    await page.keyboard.press('ArrowUp'); // from the first to the last
    expect(await active()).toContain('small');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    expect(await active()).toContain('Close the stage');
    await expect.poll(() => page.locator('[role=option][aria-selected=true]').count()).toBe(1);
    await page.keyboard.press('Enter');
    await page.waitForSelector('h1:has-text("Second stage")');
    expect(await path()).toBe('/p/practice/stages/stage-2?act=close');
    expect(
      await page.getByRole('button', { name: 'Close the stage', exact: true }).first().getAttribute('aria-pressed'),
    ).toBe('true');
    expect(await isOpen()).toBe(0);
  });

  test('whoever is not logged in reads what only the office finds; the example is of a programme that exists', async () => {
    server.role = 'public';
    await open('/p/practice');
    await page.getByText('You are not logged in.').waitFor();
    await expect.poll(() => page.locator('main .notice a').getAttribute('href')).toBe('/log-in?next=/runs');
    await page.keyboard.press('Control+k');
    await page.waitForSelector('dialog >> text=ㅇㅅ finds names with 연습');
    await page.keyboard.type('hello');
    await page.waitForSelector('dialog >> text=Nothing that you may see has “hello” in its name.');
    await page.waitForSelector('dialog [role=status] >> text=found by the programme office after log-in');
    server.role = 'office';
    await open('/p/practice');
    await expect.poll(() => page.getByText('You are not logged in.').count()).toBe(0);
    await page.keyboard.press('Control+k');
    await page.waitForSelector('dialog >> text=ㅇㅅ finds names with 연습');
    await page.keyboard.type('hello');
    await page.waitForSelector('dialog >> text=Nothing that you may see');
    await expect.poll(() => page.getByText('after log-in').count()).toBe(0);
  });

  test('the log-in says where the link of the office stands, and how a new one is made', async () => {
    server.role = 'public';
    await open('/log-in');
    expect(await page.locator('main').textContent()).toContain(
      'stands in the terminal in which the server was started',
    );
    await expect.poll(() => page.locator('main pre').textContent()).toContain('jikji program password-link');
  });

  test('Escape closes, and the focus is where it was', async () => {
    await open('/p/practice/log');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await field().waitFor();
    await page.keyboard.press('Escape');
    await vi.waitFor(async () => expect(await isOpen()).toBe(0));
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('search');
  });

  test('many letters ask once; an answer that comes late does not replace a newer one', async () => {
    await open('/p/practice/log');
    const held: (() => void)[] = [];
    await page.route('**/api/search?q=second*', async (route) => {
      await new Promise<void>((resolve) => held.push(resolve));
      await route.continue().catch(() => {}); // it was given up
    });
    await page.keyboard.press('Control+k');
    await field().waitFor();
    await page.keyboard.type('second');
    await vi.waitFor(() => expect(held.length).toBeGreaterThan(0));
    await field().fill('northwind');
    await page.waitForSelector('[role=option]:has-text("Northwind")');
    for (const answer of held) answer();
    await page.waitForFunction(() => document.querySelectorAll('[role=option]').length === 1);
    expect((await options()).join()).toContain('Northwind');
    await field().fill('');
    await page.waitForSelector('dialog >> text=Programmes, stages, teams');
    const before = searches().length;
    await field().fill('overview');
    await vi.waitFor(async () => expect((await options()).length).toBe(1));
    expect(searches().length).toBe(before + 1);
    expect(searches().at(-1)).toContain('programme=practice');
  });

  test('nothing found, and a failure, say so; what was typed stays', async () => {
    await open('/p/practice/log');
    await page.keyboard.press('/');
    await field().fill('no such thing');
    await page.waitForSelector('[role=status]:has-text("Nothing that you may see has “no such thing”")');
    await page.keyboard.press('Enter'); // leads nowhere
    expect(await path()).toBe('/p/practice/log');
    server.failures.set('GET /api/search', { status: 503, code: 'x', message: 'it is away', input: 'q', hint: 'wait' });
    await field().fill('azalea');
    await page.waitForSelector('dialog [role=alert]:has-text("it is away")');
    await expect.poll(() => field().inputValue()).toBe('azalea');
  });

  test('each kind leads to its place', async () => {
    const reach = async (question: string, text: string) => {
      await open('/p/practice/call');
      await page.keyboard.press('Control+k');
      await field().fill(question);
      await page.locator('[role=option]', { hasText: text }).first().click();
    };
    await reach('northwind', 'Northwind');
    await page.waitForURL('**/p/practice/reliance?supplier=northwind');
    await reach('#61', 'entry 61: Stage opened');
    await page.waitForURL('**/p/practice/log?entry=61');
    await vi.waitFor(() => expect(server.asked.some((one) => one.includes('/log?count=50&from=12'))).toBe(true));
    await reach('small', 'small');
    await page.waitForURL('**/runs/small-77aa21');
    await reach('a', 'azalea-1');
    await page.waitForURL('**/p/practice/submissions/azalea-1');
  });

  test('an entry is brought into view, opened; an organisation stands alone in its list', async () => {
    await open('/p/practice/log?entry=61');
    const row = page.locator('tr[aria-current=true]');
    await expect.poll(() => row.locator('th').textContent()).toBe('61');
    await expect.poll(() => row.locator('details').evaluate((one) => (one as HTMLDetailsElement).open)).toBe(true);
    const box = (await row.boundingBox())!;
    expect(box.y).toBeGreaterThanOrEqual(0);
    expect(box.y).toBeLessThan(page.viewportSize()!.height);
    await open('/p/practice/organisations');
    const rows = page.locator('main tbody tr');
    await vi.waitFor(async () => expect(await rows.count()).toBeGreaterThan(1));
    const [id] = await page.locator('main tbody code').allTextContents();
    await open(`/p/practice/organisations?find=${id}`);
    await expect.poll(() => rows.count()).toBe(1);
    await expect.poll(() => page.getByLabel('Find').inputValue()).toBe(id);
  });

  test('Back leads to the page before, and the search goes with the page that it was over', async () => {
    await open('/p/practice/log');
    await page.getByRole('link', { name: 'Overview', exact: true }).first().click();
    await page.waitForURL('**/p/practice');
    await page.keyboard.press('Control+k');
    await field().waitFor();
    await page.goBack();
    await page.waitForURL('**/p/practice/log');
    await expect.poll(isOpen).toBe(0);
  });

  test('a link to a section of another page opens it there', async () => {
    await open('/p/practice/log');
    await page.evaluate(() => {
      const link = '<a href="/p/practice/stages/stage-1#findings">To the findings</a>';
      document.querySelector('main')!.insertAdjacentHTML('beforeend', link);
    });
    await page.getByRole('link', { name: 'To the findings' }).click();
    await page.waitForURL('**#findings');
    const section = page.locator('#findings');
    await section.locator('details[open]').waitFor();
    await vi.waitFor(async () => expect((await section.boundingBox())!.y).toBeLessThan(200));
  });

  test('keys: g and a letter lead, a question mark lists them; never from a field, a dialog, or with a modifier', async () => {
    await open('/p/practice/log');
    await page.keyboard.press('g');
    await page.keyboard.press('o');
    await page.waitForURL('**/p/practice');
    await page.waitForSelector('#stages');
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    expect(await path()).toBe('/p/practice#stages');
    await page.keyboard.press('?');
    await page.waitForSelector('dialog[open] kbd');
    await page.keyboard.press('g');
    await page.keyboard.press('l'); // over a dialog they do nothing
    await page.keyboard.press('Control+k');
    await expect.poll(() => page.locator('dialog[open]').count()).toBe(1);
    await page.keyboard.press('Escape');
    await vi.waitFor(async () => expect(await isOpen()).toBe(0));
    await page.keyboard.press('g');
    await page.keyboard.press('Control+l');
    expect(await path()).toBe('/p/practice#stages');

    await open('/people');
    await page.getByLabel('Note for yourself').focus();
    await page.keyboard.type('go / ? gl');
    await expect.poll(() => page.getByLabel('Note for yourself').inputValue()).toBe('go / ? gl');
    expect([await path(), await isOpen()]).toEqual(['/people', 0]);
    await page.locator('main select').first().focus();
    await page.keyboard.press('g');
    await page.keyboard.press('o');
    expect(await path()).toBe('/people');
  });

  test('single letters are turned off on the account page, for good; the search by Ctrl-K stays', async () => {
    await open('/account');
    await page.getByLabel('Single letters are keys').uncheck();
    await open('/p/practice/log'); // loaded anew
    for (const key of ['?', '/', 'g', 'o']) await page.keyboard.press(key);
    expect([await path(), await isOpen()]).toEqual(['/p/practice/log', 0]);
    await page.keyboard.press('Control+k');
    await field().waitFor();
  });

  test('what the dialogs need is loaded when they are opened, not before', async () => {
    const loaded = () =>
      page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname));
    await open('/p/practice/log');
    expect((await loaded()).filter((name) => /search|keys/.test(name))).toEqual([]);
    await page.keyboard.press('Control+k');
    await field().waitFor();
    expect((await loaded()).filter((name) => /search-dialog/.test(name)).length).toBeGreaterThan(0);
  });

  test.each(['en-GB', 'ko-KR'])(
    'the header is one line from 1024 px on, whoever sees it: %s',
    { timeout: 120_000 },
    async (locale) => {
      const context = await browser.newContext({ locale, viewport: { width: 1280, height: 900 } });
      const wide = await context.newPage();
      for (const role of ['office', 'consortium', 'expert', 'evaluator', 'auditor', 'public'] as const) {
        server.role = role;
        await wide.goto(`${server.url}/p/practice/organisations`);
        await wide.waitForSelector('main h1');
        await wide.evaluate(() => {
          const name = document.querySelector('.own > button');
          if (name) name.textContent = 'Bartholomew Featherstonehaugh the Younger';
        });
        for (const width of [1024, 1100, 1280, 1281, 1440, 1920]) {
          await wide.setViewportSize({ width, height: 900 });
          const places = await wide.locator('header.top :is(a, button, select):visible').evaluateAll((all) =>
            all.map((one) => {
              const { top, height, left, right } = one.getBoundingClientRect();
              return { middle: top + height / 2, left, right };
            }),
          );
          const middles = places.map(({ middle }) => middle);
          expect(places.length).toBeGreaterThan(8);
          expect([role, width, Math.max(...middles) - Math.min(...middles) < 10]).toEqual([role, width, true]);
          // Nothing covers anything, and all is inside.
          const inOrder = places.toSorted((a, b) => a.left - b.left);
          for (const [i, one] of inOrder.entries())
            expect(one.right).toBeLessThanOrEqual((inOrder[i + 1]?.left ?? width) + 0.5);
        }
      }
    },
  );

  test('on a phone the menu opens, closes and is walked through by keyboard', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await open('/p/practice/log');
    const menu = page.getByRole('button', { name: 'Menu', exact: true });
    await expect.poll(() => page.getByRole('link', { name: 'Rule books' }).isVisible()).toBe(false);
    await menu.focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => menu.getAttribute('aria-expanded')).toBe('true');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('nav') !== null)).toBe(true);
    await expect.poll(() => page.getByRole('button', { name: 'Log out' }).isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    await expect.poll(() => menu.getAttribute('aria-expanded')).toBe('false');
    expect(await menu.evaluate((one) => one === document.activeElement)).toBe(true);
  });

  test("the viewer's own menu: opened by its name, closed by Escape and by leaving it", async () => {
    await open('/p/practice/log');
    const own = page.locator('.own > button');
    await own.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Account' }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('link', { name: 'Account' }).isVisible()).toBe(false);
    expect(await own.evaluate((one) => one === document.activeElement)).toBe(true);
    await page.keyboard.press('Enter');
    for (let i = 0; i < 3; i++) await page.keyboard.press('Tab');
    await expect.poll(() => page.getByRole('link', { name: 'Account' }).isVisible()).toBe(false);
    await own.click();
    await page.getByRole('link', { name: 'Account' }).click();
    await page.waitForURL('**/account');
  });
});
