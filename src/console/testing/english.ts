// English that a page in Korean shows or says as its own: clauses, and words of the English interface. What is marked as English, code and what
// is typed are not the page's own.

import type { Page } from 'playwright-core';
import { WORDS } from './words.ts';

/** The texts of a table of words; what a function makes is not among them. */
const textsIn = (words: unknown): string[] => {
  if (typeof words === 'string') return [words.toLowerCase()];
  return words instanceof Object ? Object.values(words).flatMap(textsIn) : [];
};

/** What the interface says in English only. */
const KOREAN = new Set(textsIn(WORDS.ko));
const ENGLISH = new Set(textsIn(WORDS.en).filter((text) => !KOREAN.has(text)));

/** Texts of nodes, and attributes that people read or hear. */
const textsOf = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const isKorean = (element: Element) => element.closest('[lang]')?.getAttribute('lang') === 'ko';
    const found = new Set([document.title]);
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const parent = node.parentElement!;
      if (isKorean(parent) && !parent.closest('code, pre, kbd, script, style, textarea, noscript'))
        found.add(node.textContent!);
    }
    for (const element of document.querySelectorAll('body *'))
      for (const name of ['aria-label', 'aria-valuetext', 'title', 'placeholder', 'alt', 'data-label'])
        if (element.hasAttribute(name) && isKorean(element)) found.add(element.getAttribute(name)!);
    return [...found];
  });

/** Three words of Latin letters in a row, a small one among them: names are written with capitals. */
const isClause = (text: string): boolean =>
  (text.match(/(?<![\w./@–-])[A-Za-z][a-z’'-]*(?:,? [A-Za-z][a-z’'-]*){2,}/g) ?? []).some((words) =>
    /(?:^| )[a-z]/.test(words),
  );

/** A text in quotation marks is quoted: a name, or a command. Names of files, addresses and code have signs inside; a Korean word may have its English in brackets. */
const withoutNames = (text: string): string =>
  text
    .replace(/“[^”]*”|‘[^’]*’/g, '“”')
    .replace(/[\w*-]*(?:[./@_]|:\/\/)[\w./@*:-]*\w/g, '·')
    .replace(/(?<=\p{Script=Hangul})\([A-Za-z -]+\)/gu, '');

/** Whether a word of the interface stands in a text by itself. What is all capitals is an abbreviation. */
const hasEnglishWord = (text: string): boolean =>
  text
    .split(/[^A-Za-z’' -]+/)
    .map((phrase) => phrase.trim())
    .some((phrase) => phrase !== phrase.toUpperCase() && ENGLISH.has(phrase.toLowerCase()));

/** The English in what a page shows as Korean. */
export async function englishIn(page: Page): Promise<string[]> {
  const texts = (await textsOf(page)).map(withoutNames);
  return texts.filter((text) => isClause(text) || hasEnglishWord(text)).map((text) => text.trim().slice(0, 200));
}
