// Nothing that was typed is lost: an ended log-in, Escape in a dialog, a second tab. `npm run check:browser` runs it.

import { expect, test } from 'vitest';
import { describeInBrowser } from '../page-kit/testing/in-browser.ts';
import { inBrowser } from './testing/in-browser.ts';
import { WORDS } from './testing/words.ts';

const APPEAL = '/programmes/practice/stages/stage-1/appeals';

describeInBrowser('in a browser', () => {
  const here = inBrowser();
  const stored = () => here.page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]));

  test('an appeal outlives an ended log-in, until it is filed; another user does not see it', async () => {
    const { page, server, open } = here;
    page.setDefaultTimeout(4000);
    server.role = 'consortium';
    await open('/p/practice/stages/stage-1');
    const text = page.getByLabel('Appeal', { exact: true });
    await text.fill('The plan was not read.');
    const ended = { code: 'log-in', message: 'log in', input: '', hint: '', status: 401 };
    server.failures.set(`POST /api${APPEAL}`, ended);
    await page.getByRole('button', { name: 'File the appeal' }).click();
    await page.getByRole('alert').getByRole('link').click();
    await page.waitForURL(/\/log-in\?next=/);
    server.failures.clear();
    await page.getByLabel('User', { exact: true }).fill('kim');
    await page.getByLabel('Password', { exact: true }).fill('very secret words');
    await page.locator('main form button.primary').click();
    await page.waitForURL(/stages\/stage-1/);
    await expect.poll(() => text.inputValue()).toBe('The plan was not read.');
    expect(await stored()).not.toContain('very secret words');
    server.role = 'office';
    await page.reload();
    await page.getByRole('button', { name: 'Answer', exact: true }).click();
    expect(await page.getByLabel('Answer to the appeal').inputValue()).toBe('');
    server.role = 'consortium';
    await page.reload();
    await expect.poll(() => text.inputValue()).toBe('The plan was not read.');
    await page.getByRole('button', { name: 'File the appeal' }).click();
    await page.getByText('The appeal is in the log.').waitFor();
    await page.reload();
    await expect.poll(() => text.inputValue()).toBe('');
    expect(await stored()).not.toContain('The plan was not read.');
  });

  test('Escape and the button of a dialog ask before what was typed there is closed away', async () => {
    const { page, open } = here;
    await open('/p/practice/stages/stage-1');
    page.setDefaultTimeout(4000);
    const dialog = page.getByRole('dialog');
    const begin = async () => {
      await page.getByRole('button', { name: 'Answer', exact: true }).click();
      await dialog.waitFor();
    };
    const text = page.getByLabel('Answer to the appeal');
    await begin();
    await page.keyboard.press('Escape'); // nothing was typed
    await dialog.waitFor({ state: 'detached' });
    await begin();
    await text.fill('So it is.');
    for (let i = 0; i < 2; i++) {
      await page.keyboard.press('Escape');
      await dialog.getByText('What you typed here is not sent yet.').waitFor();
      await dialog.getByRole('button', { name: 'Go on writing' }).click();
    }
    expect(await text.inputValue()).toBe('So it is.');
    await page.reload();
    await begin();
    await expect.poll(() => text.inputValue()).toBe('So it is.');
    await text.fill('So it is, we think.');
    await dialog.getByRole('button', { name: 'Close', exact: true }).click();
    await dialog.getByRole('button', { name: 'Discard it and close' }).click();
    await dialog.waitFor({ state: 'detached' });
    await begin();
    expect(await text.inputValue()).toBe('');
  });

  /** The page of a form, the button of its dialog, and a field with what is typed there. */
  const DIALOGS: [path: string, button: string, field: string, typed: string][] = [
    ['stages/stage-2', 'Set dates', WORDS.en.dates.closes, '2027-02-01T10:00'],
    ['', 'Announce a stage', WORDS.en.overview.titleEn, 'Third stage'],
    ['', WORDS.en.overview.formConsortium, WORDS.en.common.nameEn, 'Elm'],
    ['compute', WORDS.en.compute.meter, WORDS.en.compute.hoursHead, '1200'],
    ['compute', WORDS.en.compute.meter, WORDS.en.score.publisher, 'A ministry'],
    ['consortia/azalea', WORDS.en.consortium.rename, WORDS.en.common.nameEn, 'Azaleas'],
    ['organisations', WORDS.en.organisations.add, WORDS.en.common.nameEn, 'Elm works'],
    ['call', WORDS.en.call.open, WORDS.en.overview.titleEn, 'A new call'],
    ['applications/elm', WORDS.en.application.decide, WORDS.en.application.note, 'See the minutes.'],
  ];
  test.each(DIALOGS)('dates, names and figures outlive a reload: %s, %s, %s', async (path, button, label, typed) => {
    const { page, open } = here;
    page.setDefaultTimeout(4000);
    const field = page.getByRole('dialog').getByLabel(label).first();
    const begin = () => page.getByRole('button', { name: button, exact: true }).first().click();
    await open(`/p/practice/${path}`);
    await begin();
    await field.waitFor();
    const before = await field.inputValue();
    await field.fill(typed);
    await page.reload();
    await begin();
    await expect.poll(() => field.inputValue()).toBe(typed);
    await field.fill(before);
    await field.fill(typed);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Discard it and close' }).click();
    await begin();
    await expect.poll(() => field.inputValue()).toBe(before);
  });

  test.each([
    ['stages/stage-2?act=score', /^Points \(of /, '7.5'],
    ['stages/stage-2?act=score', WORDS.en.score.publisher, 'A ministry'],
    ['metering', WORDS.en.compute.from, '2026-02-01'],
  ])('and those of a page: %s, %s', async (path, label, typed) => {
    const { page, open } = here;
    page.setDefaultTimeout(4000);
    const field = page.locator('form').getByLabel(label).first();
    await open(`/p/practice/${path}`);
    await field.fill(typed);
    await page.reload();
    await expect.poll(() => field.inputValue()).toBe(typed);
  });

  /** The page of a form, the button of its dialog (none: it is on the page), and a box or a list with the choice there. */
  const CHOICES: [role: 'office' | 'expert', path: string, button: string | null, label: RegExp | string][] = [
    ['office', '', WORDS.en.overview.openStage, 'Azalea'],
    ['office', 'organisations', WORDS.en.organisations.add, WORDS.en.chain.memory],
    ['office', 'stages/stage-2?act=score', null, WORDS.en.score.notPublished],
    ['office', 'stages/stage-2?act=submit', null, WORDS.en.submit.how],
    ['office', 'call', null, /^Choose /],
  ];
  test.each(CHOICES)(
    'what was checked or chosen outlives a reload: %s, %s, %s, %s',
    async (role, path, button, label) => {
      const { page, server, open } = here;
      page.setDefaultTimeout(4000);
      server.role = role;
      const around = button === null ? page.locator('main') : page.getByRole('dialog');
      const field = around.getByLabel(label).first();
      const begin = async () => {
        if (button !== null) await page.getByRole('button', { name: button, exact: true }).first().click();
        await field.waitFor();
      };
      const choice = () =>
        field.evaluate((one: HTMLInputElement) => (one.type === 'checkbox' ? `${one.checked}` : one.value));
      if (button === WORDS.en.overview.openStage)
        await here.change('/programmes/practice', (overview) => {
          overview.stages = [];
        });
      await open(`/p/practice/${path}`);
      await begin();
      const before = await choice();
      if (before === 'false') await field.check();
      else await field.selectOption({ index: 1 });
      const chosen = await choice();
      expect(chosen).not.toBe(before);
      await page.reload();
      await begin();
      await expect.poll(choice).toBe(chosen);
      if (button === null) return;
      if (before === 'false') await field.uncheck();
      else await field.selectOption({ index: 0 });
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Discard it and close' }).click();
      await begin();
      await expect.poll(choice).toBe(before);
    },
  );

  test('what was picked outlives a reload, until it is sent', async () => {
    const { page, server, open } = here;
    page.setDefaultTimeout(4000);
    const { join, organisation } = WORDS.en.organisations;
    const dialog = page.getByRole('dialog');
    const field = dialog.getByRole('combobox', { name: organisation });
    const begin = () => page.getByRole('button', { name: join, exact: true }).click();
    await open('/p/practice/consortia/azalea');
    await begin();
    await field.click();
    await dialog.getByRole('option').first().click();
    const picked = await field.inputValue();
    expect(picked).not.toBe('');
    await page.reload();
    await begin();
    await expect.poll(() => field.inputValue()).toBe(picked);
    await dialog.locator('button.primary').click();
    await dialog.waitFor({ state: 'detached' });
    expect(JSON.parse(server.body)).toHaveProperty('organisation');
    await page.reload();
    await begin();
    expect(await field.inputValue()).toBe('');
  });

  test('two tabs with the draft of one rule book show what was typed last', async () => {
    const { page, context, server, open } = here;
    await open('/p/practice/rule-books/new');
    const texts = (tab: typeof page) => tab.locator('.book-text textarea');
    await page.evaluate(() => localStorage.setItem('jikji-rule-book-draft-practice', 'name: first\n'));
    await page.reload();
    await texts(page).waitFor();
    const second = await context.newPage();
    await second.goto(`${server.url}/p/practice/rule-books/new`);
    await texts(second).fill('name: second\n');
    await expect.poll(() => texts(page).inputValue()).toBe('name: second\n');
    await texts(page).press('End');
    await texts(page).pressSequentially('# x');
    await expect.poll(() => texts(second).inputValue()).toMatch(/second\n# x|# xname: second|name: second# x/);
  });
});
