// The console over a programme of 50 consortia, 5,000 runs submitted in 5 stages, and 5,000 runs on its machine, beside the same pages over a
// programme of 2 consortia and 5 runs: the time from a click on a link until the page's content stands, and until the next paint
// (bench/page-timing.ts says how they are measured), the bytes that the page asks for, the start of the server and its memory. In a real
// Chromium, from the real server, over PGlite in a folder and over the PostgreSQL server of JIKJI_TEST_POSTGRES, if it is set. The two
// programmes are opened in turn, so that a slow minute slows both; growth is the quotient of their medians.
// usage: npm run bench:console -- [--small] [--navigations N] [--page NAME...]; exit code 1 where a limit is not kept. CHROMIUM names a browser.

import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { openChromium } from '../src/page-kit/testing/chromium.ts';
import { DATABASES, Home, type HomeSizes } from './console-home.ts';
import { teamName } from './large-programme.ts';
import { kept } from './measuring.ts';
import { type PageTimes, timePage } from './page-timing.ts';
import { median } from './table.ts';

/** A click that takes longer until something changes feels slow: the limit of a good Interaction to Next Paint. */
const MAX_NEXT_PAINT = 200;
/** Longer, and people lose their thread. */
const MAX_CONTENT = 1000;

const { values } = parseArgs({
  options: {
    small: { type: 'boolean', default: false },
    navigations: { type: 'string' },
    page: { type: 'string', multiple: true, default: [] },
  },
});
const NAVIGATIONS = Number(values.navigations ?? (values.small ? 3 : 11));
const STAGES = values.small ? 3 : 5;
const LARGE: HomeSizes = values.small
  ? { consortia: 6, stages: STAGES, runs: 20, points: 20, items: 20, judges: 3, pairs: 5, lodgings: 4, noted: 60 }
  : {
      ...{ consortia: 50, stages: STAGES, runs: 1000, points: 200, items: 100 },
      ...{ judges: 49, pairs: 100, lodgings: 200, noted: 5000 },
    };
const PEER: HomeSizes = { ...LARGE, consortia: 2, runs: 1, judges: 1, pairs: 2, lodgings: 1, noted: 5 };

/** Path and content of every page, by name. `%RUN%` and `%BOOK%` stand for those of the first link of a list. */
const AT = '/p/bench';
const PAGES: Record<string, [path: string, content: string]> = {
  overview: [AT, 'svg, table'],
  consortium: [`${AT}/consortia/${teamName(0)}`, 'main .card'],
  organisations: [`${AT}/organisations`, 'main table tbody tr'],
  call: [`${AT}/call`, 'main h1'],
  'stage, decided': [`${AT}/stages/s1`, 'main table tbody tr'],
  'stage, open': [`${AT}/stages/s${STAGES}`, 'main table tbody tr'],
  submission: [`${AT}/submissions/s1-${teamName(0)}-0`, 'main .card'],
  'rule books': [`${AT}/rule-books`, 'main a[href*="/rule-books/"]'],
  'rule book': ['%BOOK%', 'main .card'],
  'new rule book': [`${AT}/rule-books/new`, 'main form'],
  compute: [`${AT}/compute`, 'main h1'],
  allotments: [`${AT}/allotments`, 'main h1'],
  metering: [`${AT}/metering`, 'main h1'],
  register: [`${AT}/register`, 'main h1'],
  reliance: [`${AT}/reliance`, 'main h1'],
  log: [`${AT}/log`, 'main li, main table tbody tr'],
  'access record': [`${AT}/access`, 'main h1'],
  backup: [`${AT}/backup`, 'main h1'],
  runs: ['/runs', 'main a[href^="/runs/"]'],
  run: ['%RUN%', 'main .card'],
  people: ['/people', 'main table tbody tr'],
};

interface Visitor {
  home: Home;
  page: Page;
  /** The address of a run, and of a rule book. */
  run: string;
  book: string;
}

async function visit(browser: Browser, home: Home): Promise<Visitor> {
  await home.serve();
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' });
  context.setDefaultTimeout(120_000); // a slow machine is no fault; what hangs is
  const [name, value] = (await home.logIn()).split('=') as [string, string];
  await context.addCookies([{ name, value, url: home.url }]);
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(error));
  const firstLink = async (path: string, links: string) => {
    await page.goto(`${home.url}${path}`);
    return (await page.locator(`main a${links}`).first().getAttribute('href'))!;
  };
  const run = await firstLink('/runs', '[href^="/runs/"]');
  const book = await firstLink(`${AT}/rule-books`, '[href*="/rule-books/"]:not([href$="/new"])');
  return { home, page, run, book };
}

/** Opens a page from the page of one's own account, which is always as small. */
async function open({ home, page, run, book }: Visitor, [path, content]: [string, string]) {
  await page.goto(`${home.url}/account`);
  await page.locator('main h1').waitFor();
  await page.waitForFunction(() => !document.querySelector('main .busy'));
  return timePage(page, path.replace('%RUN%', run).replace('%BOOK%', book), content);
}

const wrong: string[] = [];
const ms = (value: number) => value.toFixed(0).padStart(6);

function printPage(name: string, large: PageTimes[], peer: PageTimes[]) {
  const content = large.map((one) => one.content);
  const nextPaint = Math.max(...large.map((one) => one.nextPaint));
  const middle = median(content);
  const growth = middle / median(peer.map((one) => one.content));
  const { bytes, requests } = large.at(-1)!;
  const cells = [ms(middle), ms(Math.max(...content)), ms(nextPaint).padStart(10), `${growth.toFixed(1)}x`.padStart(8)];
  const kilobytes = `${(bytes / 1000).toFixed(1)} kB`;
  console.log(
    name.padEnd(16),
    ...cells,
    kilobytes.padStart(12),
    `${(bytes / peer.at(-1)!.bytes).toFixed(1)}x`.padStart(8),
    String(requests).padStart(5),
  );
  if (middle > MAX_CONTENT) wrong.push(`${name}: content after ${middle.toFixed(0)} ms`);
  if (nextPaint > MAX_NEXT_PAINT) wrong.push(`${name}: next paint after ${nextPaint.toFixed(0)} ms`);
}

async function compare(browser: Browser, where: string) {
  const homes: Home[] = [];
  try {
    for (const [name, sizes] of Object.entries({ large: LARGE, peer: PEER }))
      homes.push(await Home.make(where, name, sizes));
    const visitors: Visitor[] = [];
    for (const home of homes) visitors.push(await visit(browser, home));
    for (const { home } of visitors) {
      const { entries, sizes } = home.large;
      const start = `log written in ${home.written.toFixed(1)} s, server answers after ${home.started.toFixed(0)} ms`;
      console.log(
        `${where}: ${sizes.consortia} consortia, ${entries} entries: ${start}, ${home.memory().now.toFixed(0)} MB`,
      );
    }
    console.log(`\n${'milliseconds'.padEnd(16)} median  worst next paint  growth    responses   growth requests`);
    for (const [name, of] of Object.entries(PAGES)) {
      if (values.page.length > 0 && !values.page.includes(name)) continue;
      const times: PageTimes[][] = [[], []];
      for (let i = 0; i < NAVIGATIONS; i++)
        for (const [at, visitor] of visitors.entries()) times[at]!.push(await open(visitor, of));
      printPage(name, times[0]!, times[1]!);
    }
    const memory = homes.map((home) => `${home.memory().most.toFixed(0)} MB`);
    console.log(`the server's memory at the most: ${memory[0]}, and ${memory[1]} of the peer\n`);
  } finally {
    for (const home of homes) await home.end();
  }
}

const browser = await openChromium();
try {
  for (const where of DATABASES) await compare(browser, where);
} finally {
  await browser.close();
}
const limits = `content under ${MAX_CONTENT} ms at the median, next paint under ${MAX_NEXT_PAINT} ms always`;
console.log(`${limits}: ${kept(wrong.length === 0)}`);
for (const line of wrong) console.log(`  ${line}`);
if (wrong.length > 0) process.exitCode = 1;
