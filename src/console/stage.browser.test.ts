// The page of a stage in a real browser: what it says after an upheld appeal, and before a form is sealed. `npm run check:browser` runs it.

import { expect, test } from 'vitest';
import { describeInBrowser } from '../page-kit/testing/in-browser.ts';
import { TERMS } from '../page-kit/text/index.ts';
import { inBrowser } from './testing/in-browser.ts';
import type { BlankForm, StagePage } from './types.ts';

const STAGE = '/programmes/practice/stages/stage-1';
const OPEN = '/programmes/practice/stages/stage-2';

describeInBrowser('the page of a stage', () => {
  const here = inBrowser();
  const text = (selector: string) => here.page.locator(selector).first().textContent();

  test('after an upheld appeal nothing is said that held before it, and the reason stands beside the team', async () => {
    const { page, open, change } = here;
    const t = TERMS.en.stage;
    await open('/p/practice/stages/stage-1');
    await page.waitForSelector('#chances');
    expect(await text('main')).toContain(t.moves);
    await change(STAGE, ({ report }: StagePage) => {
      Object.assign(report!, { appealUpheld: true, moves: null });
      for (const team of report!.teams)
        if (team.outcome === 'out')
          Object.assign(team, { outcome: 'kept', reason: null, overturned: team.reason, lacks: [] });
    });
    await open('/p/practice/stages/stage-1');
    await page.waitForSelector('#chances');
    const whole = await text('main');
    for (const said of ['By the rule book', t.notFinal, t.moves, 'would change who is out'])
      expect(whole).not.toContain(said);
    const decision = await text('#decision');
    expect(decision).toContain(t.afterAppeal('4', '4'));
    expect(decision).toContain(t.notFinalNobodyOut);
    expect(decision!.split(t.appealUpheld)).toHaveLength(3);
    expect((await text('#standings'))!.split(t.appealUpheld)).toHaveLength(3);
    expect(await text('#chances')).toContain(t.beforeAppeal);
  });

  test('the dialog that seals a form says what may still come, as it is when it opens', async () => {
    const { page, server, open, change } = here;
    server.role = 'expert';
    await open('/p/practice/stages/stage-2');
    await page.waitForSelector('input.mark');
    for (const field of await page.locator('input.mark').all()) await field.fill('1');
    await change(`${OPEN}/form?*`, (blank: BlankForm) => {
      blank.lacking = [{ en: 'A later submission waits for its audit: Azalea', ko: '' }];
    });
    await page.getByRole('button', { name: 'Seal the form' }).click();
    const notice = page.locator('dialog .notice');
    await expect.poll(() => notice.textContent()).toMatch(/could not take into account:.*waits for its audit: Azalea/);
    expect(await notice.textContent()).not.toContain('Bellflower');
    await page.unroute(`**/api${OPEN}/form?*`);
    await change(`${OPEN}/form?*`, (blank: BlankForm) => {
      blank.lacking = [];
    });
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Seal the form' }).click();
    await expect.poll(() => notice.count()).toBe(0);
    await page.getByText('You cannot change it afterwards').waitFor();
  });
});
