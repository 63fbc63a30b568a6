// Opens every page in a browser in every theme, language and width, writes pictures into a folder, with an index.html to leaf through them, and
// prints what axe finds. Run it after a build as `npm run look -- FOLDER [NAME...]`; it exits with 1 if a page has a fault. With --check for a
// folder it takes no pictures, and opens each page in two views only that have nothing in common: both themes, both languages, both widths.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { axeFaults } from '../../page-kit/testing/axe.ts';
import { openChromium } from '../../page-kit/testing/chromium.ts';
import { englishIn } from './english.ts';
import { type Picture, pictureIndex } from './look-index.ts';
import { bringInto, PAGES, VIEWS } from './looked-at.ts';
import { type MadeUp, madeUp } from './made-up-server.ts';

const LOCALES = { en: 'en-GB', ko: 'ko-KR' };

interface Asked {
  /** Where pictures go; undefined: none are taken, and each page is opened in two views. */
  folder: string | undefined;
  /** All where there are none. */
  names: string[];
}

/** Whether a page is opened in a view. The views come in such an order that the first and the last have nothing in common, and so on. */
function isAsked({ names, folder }: Asked, page: number, view: number): boolean {
  const [name] = PAGES[page]!;
  const first = page % VIEWS.length;
  return (
    (names.length === 0 || names.includes(name)) &&
    (folder !== undefined || view === first || view === VIEWS.length - 1 - first)
  );
}

async function look(browser: Browser, server: MadeUp, asked: Asked): Promise<number> {
  let faults = 0;
  const pictures: Picture[] = [];
  const say = (text: string) => {
    faults++;
    console.log(text);
  };
  for (const [v, view] of VIEWS.entries()) {
    const context = await browser.newContext({
      viewport: { width: view.width, height: 800 },
      colorScheme: view.colorScheme,
      locale: LOCALES[view.lang],
      reducedMotion: 'reduce',
      bypassCSP: false,
    });
    const page = await context.newPage();
    let shown = '';
    page.on('console', (message) => {
      if (message.type() === 'error') say(`${shown} ${view.name}: ${message.text()}`);
    });
    page.on('pageerror', (error) => say(`${shown} ${view.name}: ${error.message}`));
    for (const [p, [name, path, role]] of PAGES.entries()) {
      if (!isAsked(asked, p, v)) continue;
      shown = name;
      server.role = role;
      await page.goto(`${server.url}${path}`);
      await page.waitForSelector('main h1');
      await page.waitForFunction(() => !document.querySelector('.spinner'));
      await bringInto(page, name, server);
      if (asked.folder !== undefined) {
        const file = `${name}-${view.name}.png`;
        await page.screenshot({ path: join(asked.folder, file), fullPage: true });
        pictures.push({ page: name, view: view.name, file });
      }
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) say(`${name} ${view.name}: scrolls sideways by ${wide} px`);
      if (view.lang === 'ko')
        for (const text of await englishIn(page)) say(`${name} ${view.name}: in English: ${text}`);
      for (const { id, impact, html, why } of await axeFaults(page))
        say(`${name} ${view.name}: axe ${impact} ${id}: ${html} ${why}`);
      await page.evaluate(() => sessionStorage.clear()); // the next page is opened as in a new tab
    }
    await context.close();
  }
  if (asked.folder !== undefined) writeFileSync(join(asked.folder, 'index.html'), pictureIndex(pictures));
  return faults;
}

if (import.meta.main) {
  const [first = 'console-pictures.tmp', ...names] = process.argv.slice(2);
  const folder = first === '--check' ? undefined : first;
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  const server = await madeUp();
  const browser = await openChromium();
  try {
    const faults = await look(browser, server, { folder, names });
    console.log(`${faults} faults`);
    if (faults > 0) process.exitCode = 1;
  } finally {
    await browser.close();
    await server.close();
  }
}
