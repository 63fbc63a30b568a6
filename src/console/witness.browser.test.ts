// The page of a run that another program trained: no empty validation curve, no choice of segments, and no word of an audit of our own runs.
// `npm run check:browser` runs it.

import { beforeEach, expect, test } from 'vitest';
import { describeInBrowser } from '../page-kit/testing/in-browser.ts';
import { inBrowser } from './testing/in-browser.ts';
import { WITNESSED, witnessedAudit } from './testing/made-up-witness.ts';
import { WORDS } from './testing/words.ts';

describeInBrowser.each(['en-GB', 'ko-KR'] as const)('in a browser, %s', (locale) => {
  const lang = locale.slice(0, 2) as 'en' | 'ko';
  const words = WORDS[lang];
  const now = inBrowser({ locale, width: 360 });

  beforeEach(async () => {
    await now.page.goto(`${now.server.url}/runs/${WITNESSED}`);
    await now.page.waitForSelector('.curve');
  });

  test('it shows what was recorded, and nothing of a validation or of tokens', async () => {
    const text = (await now.page.locator('main').textContent())!;
    expect(text).toContain(words.status.sealed);
    expect(text).toContain(words.trainingData.witnessed);
    await now.page.locator('.evidence-row button').nth(1).click();
    await now.page.locator('.evidence-row', { hasText: 'PyTorch 2.6.0' }).waitFor();
    for (const word of [words.chart.measures.validation, words.run.bits, words.run.tokens, words.run.toModel])
      expect(text).not.toContain(word);
    expect((await now.page.locator('.readout').first().textContent())?.trim()).toBe(words.chart.measures.loss);
  });

  test('its audit asks for no training, says its weaker word, and prints the command that trains again', async () => {
    await expect.poll(() => now.page.locator('form select').count()).toBe(0);
    await now.page.locator('#audit button').click();
    await expect.poll(() => now.page.locator('dialog select').count()).toBe(0);
    await now.page.locator('dialog form .primary').click();
    await now.page.waitForSelector('.verdict');
    expect(JSON.parse(now.server.body)).toEqual({});
    const claim = witnessedAudit().claim![lang];
    const stamp = (await now.page.locator('.verdict').textContent())!;
    for (const sentence of [claim.word, claim.headline, claim.beginning!, claim.reach, claim.data])
      expect(stamp).toContain(sentence);
    const checks = (await now.page.locator('.check-rows').textContent())!;
    expect(checks).toContain(words.witness.found.holds);
    expect(checks).toContain(words.witness.names.pairs);
    expect(checks).not.toContain(words.verdicts.holds);
    await expect
      .poll(() => now.page.locator('pre.command').last().textContent())
      .toMatch(/^jikji audit \S+ --code FILE --python/);
  });
});
