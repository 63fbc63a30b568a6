// Pages show the API's sentences about an audited run, complete and in the reader's language, and add none. `npm run check:browser` runs it.

import { afterEach, expect, test } from 'vitest';
import { describeInBrowser } from '../page-kit/testing/in-browser.ts';
import { inBrowser } from './testing/in-browser.ts';
import * as made from './testing/made-up.ts';

/** Placeholders for the sentences of claims: a page cannot know what they say. */
const MARKED = Object.fromEntries(
  (['en', 'ko'] as const).map((lang) => [
    lang,
    Object.fromEntries(['word', 'headline', 'reach', 'data', 'room'].map((name) => [name, `<${lang} ${name}>`])),
  ]),
) as unknown as NonNullable<typeof made.submission.audit>['claim'];

/** Words that only an audit may use about a run. */
const RESERVED = /claim holds|nothing else|Every step|all steps|contradict|chance|성립|그 밖의|모든 스텝|어긋|확률/i;

describeInBrowser.each(['en-GB', 'ko-KR'] as const)('in a browser, %s', (locale) => {
  const lang = locale.slice(0, 2) as 'en' | 'ko';
  const now = inBrowser({ locale, width: 360 });
  const before = structuredClone(made.submission);

  afterEach(() => {
    Object.assign(made.submission, structuredClone(before));
  });

  const said = (name: string) => `<${lang} ${name}>`;

  test.each(['holds', 'refuted', 'incomplete'] as const)('a submission that %s', async (verdict) => {
    made.submission.audit = { ...made.submission.audit!, verdict, checks: [], claim: MARKED };
    made.submission.joined = { ...made.submission.joined!, reports: [], claim: MARKED };
    await now.page.goto(`${now.server.url}/p/practice/submissions/azalea-1`);
    await now.page.waitForSelector('.verdict');
    const stamps = await now.page.locator('.verdict').allTextContents();
    expect(stamps).toHaveLength(2);
    for (const text of stamps) {
      for (const name of ['word', 'headline', 'reach', 'data', 'room']) expect(text).toContain(said(name));
      expect(RESERVED.exec(text.replace(/<[^>]*>/g, ''))).toBeNull();
    }
    const all = (await now.page.locator('main').textContent())!;
    expect(all).not.toContain(lang === 'en' ? '<ko' : '<en');
    expect(RESERVED.exec(all.replace(/<[^>]*>/g, ''))).toBeNull();
  });

  test('checks speak the language of the page; a line without Korean is English, and marked', async () => {
    const check = { name: 'structure', verdict: 'refuted' };
    made.submission.audit = {
      ...made.submission.audit!,
      checks: [
        { ...check, detail: 'first line\nsecond line\nthird line', ko: '첫째 줄입니다.\n\n셋째 줄입니다.' },
        { ...check, name: 'origin', detail: 'recorded in English' },
      ],
    };
    const report = { ...made.submission.joined!.reports[0]!, reason: 'trained nothing again' };
    made.submission.joined = {
      ...made.submission.joined!,
      reports: [
        { ...report, ko: '다시 학습한 것이 없습니다.' },
        { ...report, digest: 'f'.repeat(64), reason: 'an error' },
      ],
    };
    await now.page.goto(`${now.server.url}/p/practice/submissions/azalea-1`);
    const lines = now.page.locator('.check-rows li > div:last-child p:not(.soft)');
    const found = () => lines.evaluateAll((all) => all.map((one) => [one.textContent, one.getAttribute('lang')]));
    const english = (text: string) => [text, 'en'];
    await expect
      .poll(found)
      .toEqual(
        lang === 'en'
          ? ['first line', 'second line', 'third line', 'recorded in English'].map(english)
          : [
              ['첫째 줄입니다.', null],
              english('second line'),
              ['셋째 줄입니다.', null],
              english('recorded in English'),
            ],
      );
    const said = lang === 'en' ? 'trained nothing again' : '다시 학습한 것이 없습니다.';
    expect(await now.page.locator('main li span', { hasText: said }).count()).toBe(1);
    expect(await now.page.locator('main li span[lang=en]', { hasText: 'an error' }).count()).toBe(1);
    expect(await now.page.locator('main li span[lang=en]', { hasText: '다시' }).count()).toBe(0);
  });

  test('lists show how far a verdict reaches and what is known of the data', async () => {
    await now.page.goto(`${now.server.url}/p/practice/stages/stage-2`);
    const cell = await now.page.locator('td.claim').first().textContent();
    const { word, reach, data } = before.audit!.claim[lang];
    for (const text of [word, reach, data]) expect(cell).toContain(text);
    await now.page.goto(`${now.server.url}/p/practice/log`);
    await now.page
      .locator('main table td small', { hasText: `${word}. ${data}` })
      .first()
      .waitFor();
  });

  test('joined audits show their segments in numbers too; an auditor asks for a part and submits a report', async () => {
    await now.page.goto(`${now.server.url}/p/practice/submissions/azalea-1`);
    await now.page.waitForSelector('table.bars');
    expect(await now.page.locator('td.bar-cell small').allTextContents()).toEqual([
      '1, 31–32',
      '1–12',
      '21–28',
      '13–20, 29–30',
    ]);
    await now.page.getByRole('button', { name: lang === 'en' ? 'Give me a part' : '구간 받기' }).click();
    await now.page.waitForSelector('code:has-text("--segments 13-16 --sign")');
    expect(JSON.parse(now.server.body)).toEqual({ share: 0.1 });
    await now.page.locator('textarea.code').fill('{"payload": "made up"}');
    await now.page.getByRole('button', { name: lang === 'en' ? 'Hand it in' : '제출', exact: true }).click();
    await now.page.waitForSelector('.notice.good');
    expect(JSON.parse(now.server.body)).toEqual({ report: '{"payload": "made up"}' });
  });

  test('a run of this machine', async () => {
    await now.page.goto(`${now.server.url}/runs/small-77aa21`);
    await now.page.locator('#audit button').click();
    await now.page.locator('dialog form .primary').click();
    await now.page.waitForSelector('dialog progress');
    await expect.poll(() => now.server.asked.some((one) => /audits\/audit-1\/events/.test(one))).toBe(true);
    const ended = { ...made.audit(1), checks: [], claim: MARKED };
    now.server.tell('/api/audits/audit-1/events', 'audit', ended);
    const text = (await now.page.locator('.verdict').textContent())!;
    for (const name of ['word', 'headline', 'reach', 'data', 'room']) expect(text).toContain(said(name));
    expect(RESERVED.exec(text.replace(/<[^>]*>/g, ''))).toBeNull();
    // The page says it in one line, as far as the dialog does.
    await now.page.keyboard.press('Escape');
    const line = (await now.page.locator('.audit-line .audit-result').first().textContent())!;
    for (const name of ['word', 'headline', 'reach', 'data', 'room']) expect(line).toContain(said(name));
    expect(RESERVED.exec(line.replace(/<[^>]*>/g, ''))).toBeNull();
  });
});
