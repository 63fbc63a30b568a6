// The pages that are handed out as files, in Chromium: nothing serious for axe in either theme, and nothing sideways on a phone, in both
// languages. `npm run check:browser` runs it.

import { expect, test } from 'vitest';
import { reportHtml } from '../audit/index.ts';
import { auditOf } from '../audit/report/testing/audits.ts';
import { lineageHtml } from '../lineage/index.ts';
import { lineageOf } from '../lineage/report/testing/lineages.ts';
import { axeFaults, isSerious } from '../page-kit/testing/axe.ts';
import { browserOfTests, describeInBrowser } from '../page-kit/testing/in-browser.ts';
import { stageReportHtml } from '../program/decision/index.ts';
import { practiceReport, recordReport } from '../program/decision/testing/page.ts';

type Lang = 'en' | 'ko';

/** The pages, by name. */
const PAGES: Record<string, (lang: Lang) => string | Promise<string>> = {
  'an audit that holds': (lang) => reportHtml(auditOf({ lodged: true, claimed: true, register: true }), lang),
  'an audit that refutes': (lang) => reportHtml(auditOf({ verdict: 'refuted', claimed: true }), lang),
  'an audit without evidence': (lang) => reportHtml(auditOf({ verdict: 'incomplete' }), lang),
  'a comparison of weights': (lang) => lineageHtml(lineageOf('noise', 'independent'), lang),
  'a decision': (lang) => stageReportHtml(practiceReport(), lang),
  'a decision of a record': (lang) => stageReportHtml(recordReport(), lang),
};

describeInBrowser.each(['en', 'ko'] as const)('in a browser, %s', (lang) => {
  const here = browserOfTests();

  test.each(Object.entries(PAGES))('%s', async (_, html) => {
    const page = await here.browser.newPage({ viewport: { width: 1200, height: 900 } });
    await page.setContent(await html(lang));
    expect(await page.evaluate(() => document.documentElement.lang)).toBe(lang);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect((await axeFaults(page)).filter(isSerious), colorScheme).toEqual([]);
    }
    await page.setViewportSize({ width: 360, height: 740 });
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await page.close();
  });
});
