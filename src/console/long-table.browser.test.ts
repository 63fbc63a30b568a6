// A stage of a thousand submissions in a real browser: the first hundred stand at once, the others when they are asked for. `npm run
// check:browser` runs it.

import { expect, test } from 'vitest';
import { describeInBrowser } from '../page-kit/testing/in-browser.ts';
import { inBrowser } from './testing/in-browser.ts';

describeInBrowser('in a browser', () => {
  const here = inBrowser();

  test('a long list of submissions', async () => {
    const { page, server } = here;
    server.role = 'office';
    await page.route('**/api/programmes/practice/stages/stage-2', async (route) => {
      const response = await route.fetch();
      const stage = await response.json();
      const [one] = stage.submissions;
      const submissions = Array.from({ length: 1000 }, (_, i) => ({ ...one, id: `run-${i}` }));
      await route.fulfill({ response, json: { ...stage, submissions } });
    });
    await here.open('/p/practice/stages/stage-2');
    const rows = page.locator('#submissions tbody tr');
    await rows.first().waitFor();
    await expect.poll(() => rows.count()).toBe(100);
    const all = page.getByRole('button', { name: 'Show all 1,000' });
    await all.focus();
    await page.keyboard.press('Enter');
    await rows.nth(999).waitFor();
    await expect.poll(() => rows.count()).toBe(1000);
    await expect.poll(() => all.count()).toBe(0);
    // Whoever uses the keyboard goes on where the list went on.
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('run-100');
  });
});
