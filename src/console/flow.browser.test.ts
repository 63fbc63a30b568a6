// The picture of the value chain in a browser: from the overview to what fails without somebody, switches by mouse and keyboard, what lights up,
// hard pictures, a phone's width and paper. `npm run check:browser` runs it.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { browserOfTests, describeInBrowser } from '../page-kit/testing/in-browser.ts';
import { hardPictures } from './testing/made-up-flow.ts';
import { type MadeUp, madeUp } from './testing/made-up-server.ts';

const WIDE = { width: 1280, height: 900 };
const PHONE = { width: 360, height: 800 };

describeInBrowser('in a browser', () => {
  const here = browserOfTests();
  let server: MadeUp;
  let context: BrowserContext;
  let page: Page;
  let wrongs: string[];

  beforeAll(() => {
    execFileSync(process.execPath, [join(import.meta.dirname, '../../scripts/build-console.mjs'), '--if-stale']);
  });
  const begin = async (options: { locale?: string; viewport?: typeof WIDE } = {}) => {
    await context?.close();
    context = await here.browser.newContext({ locale: 'en-GB', viewport: WIDE, ...options });
    page = await context.newPage();
    wrongs = [];
    page.on('pageerror', (error) => wrongs.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && wrongs.push(message.text()));
  };
  beforeEach(async () => {
    server = await madeUp();
    await begin();
  });
  afterEach(async () => {
    await context.close();
    await server.close();
    expect(wrongs).toEqual([]);
  });
  const open = (path: string) => page.goto(server.url + path);
  const nodes = (name: string) =>
    page.locator('.flow:visible .flow-node, .flow-rows:visible .flow-node').filter({ hasText: name });
  const sideways = () =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

  test('from the overview one press leads to what fails without the largest supplier abroad', async () => {
    await open('/p/practice');
    await page.getByRole('navigation', { name: 'What fails if this falls away?' }).getByText('Northwind').click();
    await page.waitForURL(`${server.url}/p/practice/reliance?supplier=northwind`);
    await page.waitForSelector('#answer:has-text("Without Northwind Semiconductor")');
    expect(await page.textContent('#answer')).toMatch(
      /2 of 2 training runs stop.*Azalea\s*!\s*Stops in part.*Chips: 17%\W+34% before, 25%\W+100% then.*Memory: 58%\W+100% before, then nothing remains/s,
    );
    // What did not change is not told.
    await expect.poll(() => page.textContent('#answer')).not.toContain('Cloud: 75%');
  });

  test('a node of the overview leads there, too', async () => {
    await open('/p/practice');
    await nodes('East Servers').click();
    await page.waitForURL(`${server.url}/p/practice/reliance?supplier=east-servers`);
  });

  test('a supplier falls away when its node is pressed, also by keyboard, and comes back', async () => {
    await open('/p/practice/reliance');
    const node = nodes('Northwind');
    await node.waitFor();
    await expect.poll(() => node.getAttribute('aria-pressed')).toBe('false');
    await node.focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(`${server.url}/p/practice/reliance?supplier=northwind`);
    await page.waitForSelector('.flow-node.fell');
    await expect.poll(() => node.getAttribute('aria-pressed')).toBe('true');
    await expect.poll(() => node.textContent()).toContain('Falls away');
    // Focus stays, so the same key brings it back.
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-pressed'))).toBe('true');
    // Failed ribbons have a mark, and not a colour alone.
    await expect.poll(() => page.locator('.ribbon.stops').count()).toBe(await page.locator('.flow-mark').count());
    await expect.poll(() => page.locator('.ribbon.stops').count()).toBeGreaterThan(0);
    await expect.poll(() => nodes('Training').first().textContent()).toContain('Stops');
    await page.keyboard.press('Space');
    await page.waitForURL(`${server.url}/p/practice/reliance`);
    await page.waitForSelector('.flow-node.fell', { state: 'detached' });
    await expect.poll(() => page.locator('.flow-mark').count()).toBe(0);
  });

  test('named switches: a country as a whole, together with a supplier, from the address', async () => {
    await open('/p/practice/reliance?supplier=pine');
    const pressed = () => page.locator('.fall-away [aria-pressed=true]').allTextContents();
    await page.waitForSelector('.fall-away');
    await expect.poll(pressed).toEqual(['Pine Chips']);
    await page.getByRole('button', { name: 'Everything from Taiwan (TW)' }).click();
    await page.waitForURL(`${server.url}/p/practice/reliance?supplier=pine&country=TW`);
    await page.waitForSelector('#answer:has-text("Without Pine Chips and Taiwan (TW)")');
    expect(await pressed()).toEqual(['Pine Chips', 'Everything from Taiwan (TW)']);
    await page.getByRole('button', { name: 'Choose nobody' }).click();
    await page.waitForURL(`${server.url}/p/practice/reliance`);
  });

  test('what rests on a thing and what it rests on light up, and a sentence says so', async () => {
    await open('/p/practice');
    await nodes('Pine Chips').hover();
    const said = page.locator('.flow-said');
    await expect
      .poll(() => said.textContent())
      .toBe(
        'Pine Chips (Chips): 16% of the work. What it is: Pine-2. These rest on it: Azalea. It rests on: River Memory (Memory).',
      );
    const lit = await page
      .locator('.flow li:not(.dim) .flow-node')
      .evaluateAll((all) => all.map((one) => one.getAttribute('title')));
    expect(lit).toEqual([
      'Azalea',
      'Training runs of Azalea',
      'Azalea 1 for everybody',
      'Azalea Halls',
      'Pine Chips',
      'River Memory',
    ]);
    // By keyboard the same.
    await nodes('River Memory').focus();
    await expect.poll(() => said.textContent()).toMatch(/^River Memory \(Memory\): 16% of the work\./);
    await nodes('East Servers').focus();
    await expect.poll(() => said.textContent()).toContain('East Servers (Servers): how much of the work is not known.');
  });

  test('the drawing has a title and a description, and the table says the same', async () => {
    await open('/p/practice');
    await page.getByRole('img', { name: 'What rests on what' }).waitFor();
    await expect.poll(() => page.locator('.flow desc').textContent()).toContain('From left to right');
    await page.getByText('As a table (26)').click();
    const row = page.getByRole('row', { name: /Azalea Halls\s+East Servers\s+Servers\s+Abroad\s+share not known/ });
    await row.waitFor();
    expect(
      await page.getByRole('table', { name: 'What rests on what in the value chain' }).locator('tbody tr').count(),
    ).toBe(26);
  });

  test('at a phone’s width there are rows with bars and switches, and nothing goes sideways', async () => {
    for (const locale of ['en-GB', 'ko-KR']) {
      await begin({ locale, viewport: PHONE });
      await open('/p/practice/reliance?supplier=northwind');
      await page.waitForSelector('.flow-rows .flow-node.fell');
      await expect.poll(() => page.locator('.flow').isVisible()).toBe(false);
      expect(await sideways()).toBeLessThanOrEqual(0);
      await page.locator('.flow-rows .flow-node.fell').click();
      await page.waitForURL(`${server.url}/p/practice/reliance`);
    }
  });

  test('on paper there are rows, and no switches', async () => {
    await open('/p/practice/reliance?supplier=northwind');
    await page.waitForSelector('.flow-node.fell');
    await page.emulateMedia({ media: 'print' });
    await expect.poll(() => page.locator('.flow').isVisible()).toBe(false);
    await expect.poll(() => page.locator('.flow-rows').isVisible()).toBe(true);
    await expect.poll(() => page.locator('.fall-away').isVisible()).toBe(false);
  });

  test.each(Object.keys(hardPictures()))('a hard picture: %s', async (name) => {
    server.picture = hardPictures()[name];
    for (const viewport of [WIDE, PHONE]) {
      await begin({ viewport });
      await open('/p/practice');
      await page.waitForSelector('.flow-key');
      expect(await sideways()).toBeLessThanOrEqual(0);
      const count = server.picture!.nodes.length;
      await expect
        .poll(() => page.locator('.flow:visible .flow-node, .flow-rows:visible .flow-node').count())
        .toBe(count);
      // Names are text, and turn nothing around.
      await expect.poll(() => page.locator('.flow-node b').count()).toBe(0);
      await expect.poll(() => page.textContent('main')).not.toContain('\u202E');
    }
  });

  test('fates of another picture are not shown: the log has moved on', async () => {
    await open('/p/practice/reliance?supplier=northwind');
    await page.waitForSelector('.flow-node.fell');
    await page.route('**/reliance/chain', async (route) => {
      const answer = await route.fetch();
      const chain = await answer.json();
      chain.picture = hardPictures().one;
      await route.fulfill({ json: chain });
    });
    await page.reload();
    await page.waitForSelector('#answer:has-text("Without Northwind Semiconductor")');
    await page.waitForSelector('.flow-node');
    await expect.poll(() => page.locator('.flow-node.fell, .ribbon.stops').count()).toBe(0);
    // A request that is still under way when the page goes is no fault of the page.
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });
});
