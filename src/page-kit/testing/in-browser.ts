// Tests in Chromium: `npm run check:browser` runs them.

import { existsSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { CHROMIUM, openChromium } from './chromium.ts';

/** `describe` where there is a browser. */
export const describeInBrowser = describe.skipIf(!existsSync(CHROMIUM));

/** A browser for the tests of the `describe` around it. */
export function browserOfTests(): { browser: Browser } {
  const now = {} as { browser: Browser };
  beforeAll(async () => {
    now.browser = await openChromium();
  });
  afterAll(() => now.browser?.close());
  return now;
}
