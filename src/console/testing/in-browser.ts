// Chromium, the made-up server and a page for each test of a file. A page may throw no error and break no policy.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { browserOfTests } from '../../page-kit/testing/in-browser.ts';
import { type MadeUp, madeUp } from './made-up-server.ts';

/** What the test that runs has. */
export interface InBrowser {
  browser: Browser;
  server: MadeUp;
  context: BrowserContext;
  page: Page;
  /** Errors of pages and breaches of the policy; empty at the end. */
  trouble: string[];
  /** Opens a path of the console, until its heading is there. */
  open(path: string): Promise<void>;
  /** Changes the answers of a path of the API before the page gets them. */
  // biome-ignore lint/suspicious/noExplicitAny: answers of any shape
  change(path: string, how: (body: any) => void): Promise<unknown>;
}

interface View {
  /** @default en-GB */
  locale?: string;
  /** @default 1200 */
  width?: number;
}

/** Registers what begins and ends each test of the `describe` around it. */
export function inBrowser({ locale = 'en-GB', width = 1200 }: View = {}): InBrowser {
  const here: Pick<InBrowser, 'trouble' | 'open' | 'change'> = {
    trouble: [],
    async open(path) {
      await now.page.goto(`${now.server.url}${path}`);
      await now.page.waitForSelector('main h1');
    },
    change: (path, how) =>
      now.page.route(`**/api${path}`, async (route) => {
        const answer = await route.fetch();
        const body = await answer.json();
        how(body);
        await route.fulfill({ json: body });
      }),
  };
  const now = Object.assign(browserOfTests(), here) as InBrowser;
  beforeAll(() => {
    execFileSync(process.execPath, [join(import.meta.dirname, '../../../scripts/build-console.mjs'), '--if-stale']);
  });
  beforeEach(async () => {
    now.trouble.length = 0;
    now.server = await madeUp();
    now.context = await now.browser.newContext({ locale, viewport: { width, height: 900 } });
    now.page = await now.context.newPage();
    now.page.on('pageerror', (error) => now.trouble.push(error.message));
    now.page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) now.trouble.push(message.text());
    });
  });
  afterEach(async () => {
    for (const context of now.browser.contexts()) {
      // What a test has caught may still be on its way.
      for (const page of context.pages()) await page.unrouteAll({ behavior: 'ignoreErrors' });
      await context.close();
    }
    await now.server.close().catch(() => {}); // a test may have closed it
    expect(now.trouble).toEqual([]);
  });
  return now;
}
