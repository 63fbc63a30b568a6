// Nothing that was typed is lost: an ended log-in, Escape in a dialog, a second tab. `npm run check:browser` runs it.

import { expect, test } from 'vitest';
import { describeInBrowser } from '../page-kit/testing/in-browser.ts';
import { inBrowser } from './testing/in-browser.ts';

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
