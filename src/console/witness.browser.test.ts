// The page of a run that another program trained: no empty validation curve, no choice of segments, and no word of an audit of our own runs.
// `npm run check:browser` runs it.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type MadeUp, madeUp } from './testing/made-up-server.ts';
import { WITNESSED, witnessedAudit } from './testing/made-up-witness.ts';
import { WORDS } from './testing/words.ts';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

describe.skipIf(!existsSync(CHROMIUM)).each(['en-GB', 'ko-KR'] as const)('in a browser, %s', (locale) => {
  const lang = locale.slice(0, 2) as 'en' | 'ko';
  const words = WORDS[lang];
  let browser: Browser;
  let server: MadeUp;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    execFileSync(process.execPath, [join(import.meta.dirname, '../../scripts/build-console.mjs'), '--if-stale']);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    server = await madeUp();
    context = await browser.newContext({ locale, viewport: { width: 360, height: 800 } });
    page = await context.newPage();
    await page.goto(`${server.url}/runs/${WITNESSED}`);
    await page.waitForSelector('.curve');
  });
  afterEach(async () => {
    await context.close();
    await server.close();
  });

  test('it shows what was recorded, and nothing of a validation or of tokens', async () => {
    const text = (await page.locator('main').textContent())!;
    expect(text).toContain(words.status.sealed);
    expect(text).toContain(words.trainingData.witnessed);
    await page.locator('.evidence-row button').nth(1).click();
    await page.locator('.evidence-row', { hasText: 'PyTorch 2.6.0' }).waitFor();
    for (const word of [words.chart.measures.validation, words.run.bits, words.run.tokens, words.run.toModel])
      expect(text).not.toContain(word);
    expect((await page.locator('.readout').first().textContent())?.trim()).toBe(words.chart.measures.loss);
  });

  test('its audit asks for no training, says its weaker word, and prints the command that trains again', async () => {
    await expect.poll(() => page.locator('form select').count()).toBe(0);
    await page.locator('#audit button').click();
    await expect.poll(() => page.locator('dialog select').count()).toBe(0);
    await page.locator('dialog form .primary').click();
    await page.waitForSelector('.verdict');
    expect(JSON.parse(server.body)).toEqual({});
    const claim = witnessedAudit().claim![lang];
    const stamp = (await page.locator('.verdict').textContent())!;
    for (const sentence of [claim.word, claim.headline, claim.beginning!, claim.reach, claim.data])
      expect(stamp).toContain(sentence);
    const checks = (await page.locator('.check-rows').textContent())!;
    expect(checks).toContain(words.witness.found.holds);
    expect(checks).toContain(words.witness.names.pairs);
    expect(checks).not.toContain(words.verdicts.holds);
    await expect
      .poll(() => page.locator('pre.command').last().textContent())
      .toMatch(/^jikji audit \S+ --code FILE --python/);
  });
});
