// The page of runs: filter and order in the address, tags, several curves in one picture with a shared cursor, differences of recipes; by
// keyboard alone, and on a narrow page. `npm run check:browser` runs it.

import type { Page } from 'playwright-core';
import { beforeEach, expect, test, vi } from 'vitest';
import { describeInBrowser } from '../page-kit/testing/in-browser.ts';
import { inBrowser } from './testing/in-browser.ts';
import { HOSTILE } from './testing/made-up-runs.ts';
import type { MadeUp } from './testing/made-up-server.ts';
import { WORDS } from './testing/words.ts';

const words = WORDS.en;
const own = words.runCurves;
const ALL = 'hello-3f9a2c1b,small-77aa21,old-1234,odd-9999,seed-1-5e1f,seed-2-5e2f';

describeInBrowser('the page of runs in a browser', () => {
  const here = inBrowser();
  let server: MadeUp;
  let page: Page;
  beforeEach(() => {
    ({ server, page } = here);
  });

  const open = async (search = '') => {
    await page.goto(`${server.url}/runs${search}`);
    await page.waitForSelector('.run-table tbody tr, .empty');
  };
  const names = () => page.locator('.run-table tbody th a:first-of-type bdi').allTextContents();
  const search = () => new URL(page.url()).searchParams;
  const asked = (path: string) => server.asked.filter((one) => one.startsWith(`GET /api/${path}`));
  const legend = (name: string) => page.locator('.run-legend li', { hasText: name });
  const value = async (name: string) => Number.parseFloat((await legend(name).locator('.value').textContent())!);
  /** Moves the pointer to a share of the chart's width. */
  const point = async (share: number) => {
    await page.locator('.u-over').scrollIntoViewIfNeeded();
    const box = (await page.locator('.u-over').boundingBox())!;
    await page.mouse.move(box.x + box.width * share, box.y + 40);
    return box;
  };

  test('sorting is in the heads and in the address, and a link shows the same', async () => {
    await open();
    const head = page.locator('thead th', { hasText: words.runs.loss });
    await expect.poll(() => page.locator('thead th[aria-sort=descending]').textContent()).toContain(words.runs.begun);
    await head.locator('button').focus();
    await page.keyboard.press('Enter');
    await vi.waitFor(async () => expect(await head.getAttribute('aria-sort')).toBe('ascending'));
    await page.keyboard.press('Enter');
    await vi.waitFor(async () => expect(await head.getAttribute('aria-sort')).toBe('descending'));
    await expect.poll(() => page.locator('thead th:not([aria-sort])').count()).toBe(0);
    expect(search().get('sort')).toBe('loss');
    await page.reload();
    await page.waitForSelector('thead th[aria-sort=descending]');
    await expect.poll(() => head.getAttribute('aria-sort')).toBe('descending');
  });

  test('a filter goes to the address as it is typed, and comes back from it', async () => {
    await open();
    await page.getByLabel(words.runTable.text).fill('seed');
    await vi.waitFor(async () => expect(await names()).toEqual(['seed-1', 'seed-2']));
    expect(search().get('text')).toBe('seed');
    await open('?text=seed&state=running');
    expect(await names()).toEqual(['seed-2']);
    await expect.poll(() => page.getByLabel(words.runTable.text).inputValue()).toBe('seed');
    await open('?tag=기준');
    expect(await names()).toEqual(['small']);
    await open('?text=nothing-of-this-name');
    await page.waitForSelector(`text=${words.runTable.noneFound}`);
  });

  test('names are texts: no markup runs, no mark turns them, and two of one name are told apart', async () => {
    await open(`?runs=${ALL}`);
    await page.waitForSelector('.run-legend');
    await expect.poll(() => page.locator('main img').count()).toBe(0);
    await expect.poll(() => page.locator('main').textContent()).not.toContain('\u202e');
    await expect.poll(() => page.locator('main').textContent()).toContain(HOSTILE.replace('\u202e', '⟨U+202E⟩'));
    const small = (await page.locator('.run-legend li a').allTextContents()).filter((name) => name.startsWith('small'));
    expect(new Set(small).size).toBe(2);
  });

  test('tags are given to the selected runs, and taken away; a refused one says why', async () => {
    await open();
    await page.check('tr:has-text("hello") input');
    await page.check('tr:has-text("seed-1") input');
    expect(search().get('runs')).toBe('hello-3f9a2c1b,seed-1-5e1f');
    const field = page.getByRole('textbox', { name: words.runTable.tag });
    await field.fill('night run');
    await page.keyboard.press('Enter');
    await page.waitForSelector('tr:has-text("seed-1") .tags:has-text("night run")');
    expect(JSON.parse(server.body)).toEqual({ runs: ['hello-3f9a2c1b', 'seed-1-5e1f'], tag: 'night run', on: true });
    await page.click('tr:has-text("hello") .tags a');
    await vi.waitFor(async () => expect(await names()).toEqual(['hello', 'seed-1']));
    await page.click(`button:has-text("${words.runTable.removeTag}")`);
    await page.waitForSelector(`text=${words.runTable.noneFound}`);
    server.failures.set('POST /api/run-tags', {
      ...{ status: 400, code: 'tag-invalid', message: 'not a tag', input: 'a,b', hint: 'without a comma' },
    });
    await field.fill('a,b');
    await page.click(`button:has-text("${words.runTable.addTag}")`);
    await page.waitForSelector('.notice.bad:has-text("not a tag")');
    await expect.poll(() => field.inputValue()).toBe('a,b');
  });

  test('a tag is for what is selected now, though the table of that is still on its way', async () => {
    await open('?runs=hello-3f9a2c1b');
    const field = page.getByRole('textbox', { name: words.runTable.tag });
    await field.fill('both');
    await page.route('**/api/run-table*seed-1*', () => {}); // never answered
    await page.check('tr:has-text("seed-1") input');
    await page.click(`button:has-text("${words.runTable.addTag}")`);
    await vi.waitFor(() => expect(server.asked).toContain('POST /api/run-tags'));
    expect(JSON.parse(server.body).runs).toEqual(['hello-3f9a2c1b', 'seed-1-5e1f']);
  });

  test('one request for the table, one for the curves of up to ten runs; the cursor reads every curve, and none past its end', async () => {
    await open(`?runs=${ALL}`);
    await page.waitForSelector('.u-over');
    expect(asked('run-curves')).toHaveLength(1);
    expect(asked('runs/')).toEqual([]);
    await expect.poll(() => legend('…d-1234').textContent()).toContain(own.places.step('120'));
    await point(0.05);
    await page.waitForSelector('.readout:has-text("At step")');
    const early = await value('hello');
    expect(await value('…d-1234')).toBeGreaterThan(early - 2);
    await point(0.6);
    await vi.waitFor(async () => expect(await legend('…d-1234').locator('.value').textContent()).toBe('–'));
    expect(await value('hello')).toBeLessThan(early);
    await expect.poll(() => legend('hello').textContent()).toMatch(/step (59|60)\d/);
    await expect.poll(() => legend('x <img').textContent()).toContain(own.noValues);
  });

  test('curves that take long are awaited while their run goes on, and then fetched again', async () => {
    server.runs.pace = 1;
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let curves = 0;
    await page.route('**/api/run-curves*', async (route) => {
      curves++;
      await gate;
      await route.continue();
    });
    await open('?runs=hello-3f9a2c1b,seed-1-5e1f');
    await vi.waitFor(() => expect(asked('run-table').length).toBeGreaterThan(2), 20_000);
    expect(curves).toBe(1);
    release();
    await page.waitForSelector('.u-over');
    await vi.waitFor(() => expect(asked('run-curves').at(-1)).toMatch(/runs=hello-3f9a2c1b&/), 20_000); // only the one that grew
  });

  test('by keyboard: the place that is read moves by arrows, and the buttons zoom', async () => {
    await open('?runs=hello-3f9a2c1b,seed-1-5e1f');
    await page.waitForSelector('.u-over');
    const slider = page.getByLabel(own.readAt);
    await slider.focus();
    await page.keyboard.press('ArrowLeft');
    await page.waitForSelector(`.readout:has-text("${own.places.step('999')}")`);
    await expect.poll(() => slider.getAttribute('aria-valuetext')).toBe(own.places.step('999'));
    await page.getByRole('button', { name: words.chart.zoomIn }).press('Enter');
    await vi.waitFor(() => expect(search().has('from')).toBe(true));
    const [from, to] = ['from', 'to'].map((name) => Number(search().get(name)));
    expect(to - from).toBeCloseTo(500, -1);
    await vi.waitFor(() => expect(asked('run-curves').at(-1)).toContain(`from=${from}`));
    await page.getByRole('button', { name: words.chart.whole }).press('Enter');
    await vi.waitFor(() => expect(search().has('from')).toBe(false));
  });

  test('a drag zooms, a double click shows the whole again', async () => {
    await open('?runs=hello-3f9a2c1b,seed-1-5e1f&log=y');
    await page.waitForSelector('.u-over');
    const box = await point(0.25);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 60, { steps: 5 });
    await page.mouse.up();
    await vi.waitFor(() => expect(Number(search().get('from'))).toBeCloseTo(250, -1));
    expect(Number(search().get('to'))).toBeCloseTo(500, -1);
    await page.mouse.dblclick(box.x + 100, box.y + 50);
    await vi.waitFor(() => expect(search().has('from')).toBe(false));
  });

  test('measure, axis, smoothing and scales are in the address; a run whose times are not known says so', async () => {
    await open(`?runs=${ALL}`);
    await page.waitForSelector('.u-over');
    await page.getByRole('combobox', { name: own.axis }).selectOption('time');
    await page.waitForSelector(`.run-legend li:has-text("seed-2"):has-text("${own.noPlaces.time}")`);
    await page.getByLabel(own.smoothing).selectOption('0.9');
    await page.waitForSelector('.run-legend li:has-text("hello"):has-text("not smoothed")');
    await page.getByLabel(words.chart.measure).selectOption('gradNorm');
    await page.check(`label:has-text("${own.logY}") input`);
    await page.check(`.boxes label:has-text("${own.logX}") input`);
    await vi.waitFor(() => expect(search().get('log')).toBe('xy'));
    expect(Object.fromEntries(search())).toEqual({
      runs: ALL,
      x: 'time',
      smooth: '0.9',
      measure: 'gradNorm',
      log: 'xy',
    });
    await page.reload();
    await page.waitForSelector('.u-over');
    await expect.poll(() => page.getByRole('combobox', { name: own.axis }).inputValue()).toBe('time');
    await expect.poll(() => page.locator('.boxes input:checked').count()).toBe(2);
    expect(asked('run-curves').at(-1)).toMatch(/measure=gradNorm&axis=time&weight=0.9/);
  });

  test('recipes: only what differs, a column for each run, and who is left out', async () => {
    await open('?runs=hello-3f9a2c1b,small-77aa21,llama-4b1d');
    const table = page.locator('table.differences');
    await table.waitFor();
    await expect
      .poll(() => table.locator('thead th').allTextContents())
      .toEqual([words.runDifferences.key, 'hello', 'small']);
    // A plain name where there is one, and the key.
    const keys = await table.locator('tbody th').allTextContents();
    expect(keys).toContain('Highest learning ratetrain.learningRate');
    expect(keys).toContain('Source 1: digest of the packagecorpus.sources.0.sha512');
    expect(keys).toContain('unheard.of');
    const licences = table.locator('tbody tr', { hasText: 'licence' }).locator('td');
    await expect.poll(() => licences.allTextContents()).toEqual([words.trainingData.notKnown, 'CC0-1.0']);
    // A key may break after its dots, and within a word only where that has no room.
    const code = table.locator('tbody code', { hasText: 'corpus.sources.1.licence' });
    expect(await code.innerHTML()).toBe('corpus.<wbr>sources.<wbr>1.<wbr>licence');
    expect(await code.evaluate((element) => getComputedStyle(element).overflowWrap)).toBe('break-word');
    const digests = table.locator('tbody tr', { hasText: 'sha512' }).locator('td');
    await expect.poll(() => digests.allTextContents()).toEqual(['sha512-aaaaa…', 'sha512-BBBBB…']);
    await expect.poll(() => digests.first().locator('code').getAttribute('title')).toBe(`sha512-${'a'.repeat(86)}==`);
    await expect.poll(() => table.locator('tbody tr:nth-child(3) td').allTextContents()).toEqual(['–', '0.2']);
    await page.waitForSelector(`text=${words.runDifferences.left.witnessed('llama')}`);
    await page.uncheck('tr:has-text("hello") input');
    await page.uncheck('tr:has-text("llama") input');
    await page.waitForSelector(`text=${words.runDifferences.tooFew}`);
  });

  test('the table says that ticked runs are compared, and leads to the comparison', async () => {
    await open();
    await page.waitForSelector(`text=${words.runTable.compare}`);
    await page.check('tr:has-text("hello") input');
    await page.waitForSelector(`text=${words.runTable.compareOne}`);
    await page.check('tr:has-text("seed-1") input');
    const link = page.getByRole('link', { name: words.runTable.compareNow('2') });
    await link.click();
    await vi.waitFor(async () => {
      const box = (await page.locator('#compared').boundingBox())!;
      expect(box.y).toBeLessThan(900);
    });
    expect(search().get('runs')).toBe('hello-3f9a2c1b,seed-1-5e1f');
    await page.uncheck('tr:has-text("hello") input');
    await page.waitForSelector(`text=${words.runTable.compareOne}`);
  });

  test('a stale link and a run that is deleted while it is selected', async () => {
    await open('?runs=hello-3f9a2c1b,never-was-here,seed-1-5e1f');
    await page.waitForSelector(`text=${words.runTable.unknown('1')}`);
    await page.waitForSelector('.u-over');
    server.runs.gone = 'seed-1-5e1f';
    await page.waitForSelector(`.run-legend li:has-text("seed-1"):has-text("${own.gone}")`);
    await page.click(`button:has-text("${words.runTable.dropUnknown}")`);
    await vi.waitFor(() => expect(search().get('runs')).toBe('hello-3f9a2c1b,seed-1-5e1f'));
    await page.click(`button:has-text("${words.runTable.clear}")`);
    await vi.waitFor(() => expect(page.url()).toBe(`${server.url}/runs`));
    await expect.poll(() => page.locator('.run-legend').count()).toBe(0);
  });

  test('5,000 runs: a page of rows at a time, and no more than 40 selected', async () => {
    server.runs.count = 4993;
    const ids = Array.from({ length: 39 }, (_, i) => `many-${i}`);
    await open(`?sort=name&runs=${ids.join(',')}`);
    await expect.poll(() => page.locator('.run-table tbody tr').count()).toBe(50);
    await page.waitForSelector(`text=${words.runTable.shown('1', '50')}`);
    await page.click(`button:has-text("${words.runTable.next}")`);
    await page.waitForSelector(`text=${words.runTable.shown('51', '100')}`);
    expect(search().get('page')).toBe('2');
    await page.locator('.run-table tbody input:not(:checked)').first().check();
    await page.waitForSelector(`text=${words.runTable.full('40')}`);
    await expect.poll(() => page.locator('.run-table tbody input:not(:checked):not(:disabled)').count()).toBe(0);
    await page.locator('.run-legend li').nth(39).waitFor();
    const looks = await page
      .locator('.run-legend svg')
      .evaluateAll((all) => all.map((one) => `${getComputedStyle(one).color} ${one.innerHTML}`));
    expect(new Set(looks).size).toBe(40);
  });

  test('on a narrow page rows are cards, and nothing scrolls sideways', async () => {
    await page.setViewportSize({ width: 360, height: 800 });
    await open(`?runs=${ALL}&smooth=0.9`);
    await page.waitForSelector('.u-over');
    const tooWide = await page.evaluate(() => {
      const box = document.querySelector('.run-table')!.closest('.scroll')!;
      return [document.documentElement, box].some((one) => one.scrollWidth > one.clientWidth);
    });
    expect(tooWide).toBe(false);
    const cell = page.locator('.run-table tbody tr').first().locator('td').first();
    expect(await cell.evaluate((one) => getComputedStyle(one, '::before').content)).toContain(words.runTable.tags);
    await page.locator('.run-table thead button', { hasText: words.runs.bits }).click();
    await vi.waitFor(() => expect(search().get('sort')).toBe('bits'));
  });

  test('who is not of the office sees why there is nothing', async () => {
    server.failures.set('GET /api/run-table', {
      ...{ status: 403, code: 'not-allowed', message: 'this is not for your role', input: 'expert', hint: '' },
    });
    await page.goto(`${server.url}/runs`);
    await page.waitForSelector('.notice.bad:has-text("this is not for your role")');
  });
});
