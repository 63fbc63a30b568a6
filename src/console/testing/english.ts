// English sentences that a page shows as if they were in the page's language.

import type { Page } from 'playwright-core';

/** What is not marked as English, and has four words of Latin letters in a row. Code and what is typed are no sentences. */
export const englishIn = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found = new Set<string>();
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const parent = node.parentElement!;
      const text = node.textContent!.trim();
      if (parent.closest('code, pre, kbd, script, style, textarea, noscript')) continue;
      if (parent.closest('[lang]')?.getAttribute('lang') !== 'ko' || /\p{Script=Hangul}/u.test(text)) continue;
      if (/(?:\b[A-Za-z][a-z’'-]*[ ,]+){3,}[A-Za-z]/.test(text)) found.add(text.slice(0, 200));
    }
    return [...found];
  });
