// The pages of one run and its model: what it was trained on, evidence that opens, the audit as a dialog, the family as a picture, a sentence
// that leads to the playground. Answers that lie, loop or hide text. `npm run check:browser` runs it.

import type { Page } from 'playwright-core';
import { beforeEach, expect, test, vi } from 'vitest';
import { describeInBrowser } from '../page-kit/testing/in-browser.ts';
import { inBrowser } from './testing/in-browser.ts';
import { audit, evidence, family } from './testing/made-up.ts';
import { trainingData } from './testing/made-up-run.ts';
import type { MadeUp } from './testing/made-up-server.ts';
import { WORDS } from './testing/words.ts';

const RUN = 'small-77aa21';

describeInBrowser.each(['en-GB', 'ko-KR'] as const)('in a browser, %s', (locale) => {
  const lang = locale.slice(0, 2) as 'en' | 'ko';
  const words = WORDS[lang];
  const here = inBrowser({ locale, width: 360 });
  let server: MadeUp;
  let page: Page;
  beforeEach(() => {
    ({ server, page } = here);
  });
  const { open } = here;
  const isWithin = async () =>
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  const trained = () => page.locator('#trained-on');

  test.each(['/runs/seed-2-5e2f', '/runs/seed-2-5e2f/model'])(
    'a run is told apart from another of its name in the heading too: %s',
    async (path) => {
      const heading = () => here.page.locator('main h1').textContent();
      await here.open(path);
      await expect.poll(heading).toContain('seed-2');
      expect(await heading()).not.toContain('…');
      await here.change('/runs', (runs) => {
        for (const run of runs) run.name = 'seed-2';
      });
      await here.open(path);
      await expect.poll(heading).toContain('seed-2 (…2-5e2f)');
    },
  );

  test('what it was trained on: each source with its share, licence and language, the largest first', async () => {
    await open(`/runs/${RUN}`);
    await trained().locator('tbody tr').first().waitFor();
    const { sources } = trainingData(RUN).corpus!;
    const rows = await trained().locator('tbody tr').allTextContents();
    expect(rows).toHaveLength(sources.length);
    const sorted = sources.toSorted((a, b) => b.share! - a.share!);
    for (const [i, { name, title, licence, share }] of sorted.entries()) {
      expect(rows[i]).toContain(name);
      expect(rows[i]).toContain(title ?? '');
      expect(rows[i]).toContain(licence);
      expect(rows[i]).toContain(`${Math.round(100 * share!)}%`);
    }
    const all = (await trained().textContent())!;
    expect(all).toContain(words.trainingData.word);
    expect(all).toContain(words.trainingData.standings.committed);
    // The facts at the top say it first, and lead there.
    await expect.poll(() => page.locator('.facts a[href="#trained-on"]').first().textContent()).toContain('4');
    await isWithin();
  });

  test('without token counts a share is said to be of bytes', async () => {
    await open('/runs/hello-3f9a2c1b');
    await trained().locator('tbody tr').first().waitFor();
    await trained().locator('summary').click();
    await expect.poll(() => trained().textContent()).toContain(words.trainingData.shareMeans.bytes);
    const all = (await trained().textContent())!;
    expect(all).not.toContain(words.trainingData.shareMeans.tokens);
    expect(all).toContain('corpus/tokens.json');
  });

  test('names with markup, direction marks and no end stay text in their place', async () => {
    const evil = `<img src=x onerror=alert(1)>\u202egnp.exe\u2066${'x'.repeat(300)}`;
    const found = structuredClone(trainingData(RUN));
    found.corpus!.standing = 'differs';
    found.corpus!.contradiction = 'documents of train are not the sum of the sources';
    found.corpus!.sources = Array.from({ length: 1000 }, (_, i) => ({
      ...found.corpus!.sources[0]!,
      ...{
        name: `${i} ${evil}`,
        title: i % 3 ? evil : null,
        licence: evil,
        language: i % 2 ? 'not a language <b>' : 'ko',
        share: 1 / 1000,
      },
    }));
    server.trainingData = found;
    await open(`/runs/${RUN}`);
    await trained().locator('tbody tr').first().waitFor();
    await expect.poll(() => trained().locator('tbody tr').count()).toBe(20);
    await expect.poll(() => page.locator('main img').count()).toBe(0);
    const all = (await trained().textContent())!;
    expect(all).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    expect(all).toContain('<img src=x onerror=alert(1)>');
    expect(all).toContain(words.trainingData.standings.differs);
    expect(all).not.toContain(words.trainingData.standings.committed);
    await expect.poll(() => trained().locator('.notice.bad').count()).toBe(2);
    await isWithin();
    await trained().getByText(words.trainingData.all('980')).click();
    await trained().locator('tbody tr').nth(999).waitFor();
    await expect.poll(() => trained().locator('tbody tr').count()).toBe(1000);
    await isWithin();
  });

  test('where there is no manifest the page says so, and why', async () => {
    const why = 'has 100000000 bytes; the limit is 4194304';
    server.trainingData = {
      ...{ witnessed: false, corpus: null, beganWith: 'drawn' },
      unreadable: [{ file: 'corpus/manifest.json', why }],
    };
    await open(`/runs/${RUN}`);
    await trained().locator('.empty').waitFor();
    await expect.poll(() => trained().textContent()).toContain(why);
    await expect.poll(() => page.locator('.facts a[href="#trained-on"]').count()).toBe(0);
  });

  test('the links of the evidence open by keyboard, one at a time', async () => {
    await open(`/runs/${RUN}`);
    const links = page.locator('.evidence-row button[aria-expanded]');
    await links.first().waitFor();
    await expect.poll(() => links.count()).toBe(5);
    for (let i = 0; i < 5; i++) {
      await links.nth(i).focus();
      await page.keyboard.press('Enter');
      await expect.poll(() => page.locator('.evidence-row [aria-expanded=true]').count()).toBe(1);
      const panel = page.locator(`[id="${await links.nth(i).getAttribute('aria-controls')}"]`);
      expect((await panel.textContent())!.length).toBeGreaterThan(20);
      await isWithin();
    }
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.evidence-row [aria-expanded=true]').count()).toBe(0);
  });

  test('when it was committed to is the maker’s word, unless the lodging of another dates it', async () => {
    const found = evidence(true);
    const at = '2026-02-01T12:00:00.000Z';
    for (const [lodged, kind] of [
      [null, 'notLodged'],
      [{ office: 'e'.repeat(64), at }, 'lodged'],
      [{ office: found.genesis!.signer, at }, 'notLodged'],
    ] as const) {
      await page.route('**/api/runs/*/evidence', (route) =>
        route.fulfill({ json: { ...found, genesis: { ...found.genesis!, lodged } } }),
      );
      await open(`/runs/${RUN}`);
      await page.locator('.evidence-row button[aria-expanded]').first().click();
      const details = page.locator('.evidence-row .details').first();
      await details.getByText(words.evidence.genesisText[kind]).waitFor();
      const text = (await details.textContent())!;
      expect(text).toContain(words.evidence.makerClock);
      expect(text.includes(words.evidence.officeClock)).toBe(lodged !== null);
      await page.unroute('**/api/runs/*/evidence');
    }
    await isWithin();
  });

  test('an audit goes on when its dialog is closed, is seen by who comes later, and can be stopped', async () => {
    await open(`/runs/${RUN}`);
    const section = page.locator('#audit');
    await section.getByText(words.audit.none).waitFor();
    await section.locator('button').click();
    const dialog = page.locator('dialog');
    await dialog.locator('select').selectOption('all');
    // 1,638,400 tokens at 9,120 a second are 179.6 seconds.
    await expect.poll(() => dialog.textContent()).toMatch(lang === 'en' ? /about 3 minutes/ : /약 3분/);
    await dialog.locator('form .primary').click();
    await dialog.locator('progress').waitFor();
    expect(JSON.parse(server.body)).toEqual({ replay: 'all' });
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await section.locator('progress').waitFor();
    await page.reload();
    await section.locator('progress').waitFor();
    await section.locator('button').click();
    await dialog.getByRole('button', { name: words.audit.stop }).click();
    await dialog.getByText(words.audit.failed).waitFor();
    expect(server.asked).toContain('DELETE /api/audits/audit-1');
    await expect.poll(() => page.locator('.verdict').count()).toBe(0);
  });

  /** A result of an audit. */
  const result = (by: 'server' | 'start', more: object = {}) => ({
    ...{ by, verdict: 'holds', claim: audit(1).claim!, time: '2026-03-01T12:00:00.000Z', fromSources: false },
    ...more,
  });
  const known = (results: object[], last: object | null = null) =>
    page.route('**/api/runs/*/audits', (route) =>
      route.fulfill({ json: { running: null, failed: null, last, results } }),
    );
  const withReach = (mark: string) => {
    const { en, ko } = audit(1).claim!;
    return { en: { ...en, reach: mark }, ko: { ...ko, reach: mark } };
  };

  test('what npm start noted of its audit is shown with its reach, and that this server has audited nothing', async () => {
    await known([result('start')]);
    await open(`/runs/${RUN}`);
    const section = page.locator('#audit');
    await section.getByText(words.audit.by.start).waitFor();
    const text = (await section.textContent())!;
    const { claim } = audit(1);
    for (const part of [claim![lang].word, claim![lang].reach, claim![lang].data, words.audit.noneSince])
      expect(text).toContain(part);
    expect(text).not.toContain(words.audit.none);
    await isWithin();
  });

  test.each(['', '/model'])(
    'all that audits have shown stands on the page%s, as the server orders it',
    async (part) => {
      const refuted = { verdict: 'refuted', claim: withReach('first mark') };
      const later = [2, 3, 4, 5].map((i) => result('server', { claim: withReach(`mark ${i}`), time: `2026-03-0${i}` }));
      await known([result('server', refuted), ...later, result('start', { claim: withReach('last mark') })]);
      await open(`/runs/${RUN}${part}`);
      const results = page.locator('.audit-result');
      await results.first().waitFor();
      const marks = async () =>
        (await results.allTextContents()).map((text) => /first mark|mark \d|last mark/.exec(text)![0]);
      expect(await marks()).toEqual(['first mark', 'mark 2', 'mark 3']);
      await page.getByText(words.audit.earlier('3')).click();
      await expect.poll(marks).toEqual(['first mark', 'mark 2', 'mark 3', 'mark 4', 'mark 5', 'last mark']);
      await isWithin();
    },
  );

  test('a result of files that have changed stays, beside what is known of the run as it is', async () => {
    const old = { ...audit(1), verdict: 'refuted', claim: withReach('old mark') };
    await known([result('start', { claim: withReach('noted mark') })], { audit: old, current: false });
    await open(`/runs/${RUN}`);
    const results = page.locator('#audit .audit-result');
    await results.first().waitFor();
    const texts = await results.allTextContents();
    expect(texts.map((text) => [/old mark|noted mark/.exec(text)?.[0], text.includes(words.audit.stale)])).toEqual([
      ['old mark', true],
      ['noted mark', false],
    ]);
  });

  test.each(['', '/model'])('whose word the origin of the texts is, one page%s says once', async (part) => {
    const sources = page.locator('#trained-on');
    const said = async (results: object[]): Promise<string> => {
      await known(results);
      await open(`/runs/${RUN}${part}`);
      await page
        .locator(results.length > 0 ? '.audit-result' : '#trained-on .sources-table')
        .first()
        .waitFor();
      await sources.locator('.sources-table').waitFor();
      await page.waitForLoadState('networkidle');
      const text = (await sources.textContent())!;
      await page.unroute('**/api/runs/*/audits');
      return [words.trainingData.word, words.trainingData.wordBuilt].filter((one) => text.includes(one)).join();
    };
    const { word, wordBuilt } = words.trainingData;
    expect(await said([])).toBe(word);
    expect(await said([result('server')])).toBe(word);
    expect(await said([result('server'), result('start', { fromSources: true })])).toBe(wordBuilt);
    expect(await said([result('server', { verdict: 'refuted' }), result('start', { fromSources: true })])).toBe(word);
  });

  test('a running run is not audited, and its page grows', async () => {
    await open('/runs/hello-3f9a2c1b');
    await page.locator('#audit').getByText(words.audit.unfinished).waitFor();
    await expect.poll(() => page.locator('#audit button').count()).toBe(0);
    await page.waitForSelector('.curve');
    await vi.waitFor(() => expect(server.asked.some((one) => one.includes('/hello-3f9a2c1b/events'))).toBe(true));
    const points = { step: [401], loss: [3.21], gradNorm: [1], learningRate: [0.001], validations: [] };
    server.tell('/api/runs/hello-3f9a2c1b/events', 'points', points, '401');
    await page.locator('.facts', { hasText: '3.210' }).first().waitFor();
  });

  test('the family is a picture with links; a foreign parent has the digests of its files', async () => {
    await open(`/runs/${RUN}/model`);
    const picture = page.locator('.family-picture');
    await picture.locator('.self').waitFor();
    await expect.poll(() => picture.locator('a').count()).toBe(3);
    await picture.locator('a', { hasText: 'hello' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/runs/hello-3f9a2c1b/model');
    await page.locator('.family-picture .end', { hasText: words.family.isForeign }).waitFor();
    await page.getByText(words.family.filesOf).click();
    await page.locator('#family code', { hasText: 'model.safetensors' }).waitFor();
    await isWithin();
  });

  test('a family that names itself, and one of hundreds, is drawn once and ends', async () => {
    const self = { id: RUN, name: '<b>small</b>\u202e', learned: null };
    const loop = family(true);
    loop.ancestors = Array.from({ length: 16 }, () => ({
      kind: 'run',
      seal: 'a'.repeat(64),
      run: self,
      learned: 'text',
    }));
    loop.children = Array.from({ length: 300 }, () => self);
    await page.route('**/api/runs/*/family', (route) => route.fulfill({ json: loop }));
    await open(`/runs/${RUN}/model`);
    const picture = page.locator('.family-picture');
    await picture.locator('.self').waitFor();
    await expect.poll(() => picture.locator('rect').count()).toBe(4 + 1 + 6);
    await expect.poll(() => picture.locator('b').count()).toBe(0);
    await page.locator('#family summary').click();
    await expect.poll(() => page.locator('#family ol li').count()).toBe(17 + 300);
    await isWithin();
  });

  test('a sentence typed on the page of the model is asked in the playground, and stands in no address', async () => {
    await open(`/runs/${RUN}/model`);
    await page.locator('.entrance input').fill('What is a river?');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/playground');
    await vi.waitFor(() =>
      expect(server.asked.some((one) => one.startsWith('POST') && one.endsWith('/chat/completions'))).toBe(true),
    );
    expect(JSON.parse(server.body).messages).toEqual([{ role: 'user', content: 'What is a river?' }]);
    expect(page.url()).not.toContain('river');
    expect(await page.evaluate(() => JSON.stringify(history.state))).toBe('null');
    await page.locator('.receipt-seal').waitFor(); // the answer is kept when it has ended
    const asked = () => server.asked.filter((one) => one.includes('POST')).length;
    const before = asked();
    await page.reload();
    await page.locator('.reply-foot').waitFor();
    expect(asked()).toBe(before);
    // Its receipt is on the page of the model, as long as the tab lives.
    await open(`/runs/${RUN}/model`);
    await page.locator('.receipts li', { hasText: 'What is a river?' }).locator('.receipt-seal').waitFor();
  });

  test('what is known of a model leads to where it was found, and nothing is claimed without', async () => {
    await open(`/runs/${RUN}/model`);
    const known = page.locator('.known');
    await known.locator('a').first().waitFor();
    await expect.poll(() => known.locator('a').first().getAttribute('href')).toBe('/p/practice/submissions/azalea-1');
    await open('/runs/old-1234/model');
    await page.getByText(words.model.knownNowhere).waitFor();
    await page.locator('.empty', { hasText: words.model.noReceipts }).waitFor();
    await expect.poll(() => page.locator('.verdict').count()).toBe(0);
  });

  test('a chip card shows its findings by group, what was not measured, and what it has nothing of', async () => {
    await open('/p/practice/chips/nw100');
    await page.locator('.findings table').first().waitFor();
    await expect.poll(() => page.locator('.findings table').count()).toBe(4);
    const all = (await page.locator('main').textContent())!;
    expect(all).toContain(words.chip.notMeasured);
    expect(all).toContain(words.chip.sections['repeat-address']);
    expect(all).toContain(words.chip.notIn);
    await isWithin();
  });
});
