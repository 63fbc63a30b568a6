// A stage of a thousand submissions in a real browser: the first hundred stand at once, the others when they are asked for. `npm run
// check:browser` runs it.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { browserOfTests, describeInBrowser } from '../page-kit/testing/in-browser.ts';
import { madeUp } from './testing/made-up-server.ts';

describeInBrowser('in a browser', () => {
  const here = browserOfTests();
  beforeAll(() => {
    execFileSync(process.execPath, [join(import.meta.dirname, '../../scripts/build-console.mjs'), '--if-stale']);
  });

  test('a long list of submissions', async () => {
    const server = await madeUp();
    server.role = 'office';
    const page = await here.browser.newPage({ locale: 'en-GB' });
    await page.route('**/api/programmes/practice/stages/stage-2', async (route) => {
      const response = await route.fetch();
      const stage = await response.json();
      const [one] = stage.submissions;
      const submissions = Array.from({ length: 1000 }, (_, i) => ({ ...one, id: `run-${i}` }));
      await route.fulfill({ response, json: { ...stage, submissions } });
    });
    await page.goto(`${server.url}/p/practice/stages/stage-2`);
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
    await page.close();
    await server.close();
  });
});
