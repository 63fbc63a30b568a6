// The form that opens a stage says what the stage would lack before anything is done, and says to whom no submission is shown.
// `npm run check:browser` runs it.

import { expect, test } from 'vitest';
import { describeInBrowser } from '../page-kit/testing/in-browser.ts';
import { inBrowser } from './testing/in-browser.ts';
import { lackingToOpen, overview } from './testing/made-up.ts';

describeInBrowser.each(['en', 'ko'] as const)('in a browser: %s', (lang) => {
  const here = inBrowser({ locale: lang === 'ko' ? 'ko-KR' : 'en-GB' });
  const words = {
    en: { open: 'Open a stage', none: 'No submission.', seen: 'No submission that you may see.' },
    ko: { open: '단계 시작', none: '제출물이 없습니다.', seen: '볼 수 있는 제출물이 없습니다.' },
  }[lang];

  test('teams that the rule book would exclude stand in the form before the stage is opened', async () => {
    const { page, server } = here;
    const posted: string[] = [];
    page.on('request', (request) => request.method() === 'POST' && posted.push(request.url()));
    await page.route('**/api/programmes/practice', (route) =>
      route.fulfill({ json: { ...overview, stages: overview.stages.slice(0, 1) } }),
    );
    await here.open('/p/practice');
    await page.getByRole('button', { name: words.open }).click();
    const notice = page.locator('dialog .notice.warn');
    await notice.waitFor();
    const lines = () => notice.locator('li').allInnerTexts();
    expect(await lines()).toEqual(lackingToOpen.lacking.map(({ text }) => text[lang]));
    // By the rule book that is chosen.
    expect(server.asked.filter((one) => one.includes('/opening?ruleBook=')).length).toBeGreaterThan(0);
    // Only those that take part.
    await page.locator('dialog fieldset input[type=checkbox]').first().check();
    await expect.poll(lines).toEqual([lackingToOpen.lacking[0]!.text[lang]]);
    expect(posted).toEqual([]);
  });

  test.each(['office', 'public'] as const)('where no submission is shown: %s', async (role) => {
    const { page, server } = here;
    server.role = role;
    await page.route('**/api/programmes/practice/stages/stage-2', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ json: { ...(await answer.json()), submissions: [] } });
    });
    await here.open('/p/practice/stages/stage-2');
    const shown = page.locator('#submissions .empty');
    await shown.waitFor();
    expect(await shown.allInnerTexts()).toEqual([role === 'office' ? words.none : words.seen]);
  });
});
