// Times of a page of the console in a browser, from the click on a link. Knows no page's content.
//
// Two times are measured, as the platform's own specifications define them:
// - Next paint: Event Timing's `duration` of the click's interaction, from the input's timestamp to the presentation of the next frame, whatever
//   that frame shows; here mostly "Loading…". It is what Interaction to Next Paint counts. It comes in steps of 8 ms, and is not reported under 16.
// - Content: from the same timestamp to the first frame in which the page's content stands: its own heading and what `content` selects, and nothing
//   that is still loading. That frame's time is Paint Timing's `paintTime`, when the document hands the frame over: no interface reports it
//   for a frame of our choice, so a task that is queued in the frame's own animation callback reads the clock when the frame was handed over.

import type { Page } from 'playwright-core';

export interface PageTimes {
  /** Milliseconds. */
  content: number;
  nextPaint: number;
  /** Of the API's responses, compressed as they were sent. */
  bytes: number;
  requests: number;
}

/** The shortest duration that Event Timing reports. */
export const SHORTEST_EVENT = 16;
const LINK = 'link-of-benchmark';

interface Armed {
  path: string;
  content: string;
  id: string;
  shortest: number;
}

/** In the browser: adds a link to `path`, and begins to wait for a click on it. */
function arm({ path, content, id, shortest }: Armed) {
  const link = Object.assign(document.createElement('a'), { id, href: path, textContent: 'go' });
  Object.assign(link.style, { position: 'fixed', top: '0', left: '0', zIndex: '9999', padding: '0.5rem' });
  document.body.append(link);
  performance.clearResourceTimings();
  const before = document.querySelector('main h1');
  let clicked: number | undefined;
  let nextPaint = 0;
  const isContent = () => {
    const heading = document.querySelector('main h1');
    const arrived = location.pathname === new URL(path, location.href).pathname && heading !== null;
    return arrived && heading !== before && !document.querySelector('main .busy') && !!document.querySelector(content);
  };
  const note = (entries: PerformanceEntryList) => {
    for (const entry of entries as (PerformanceEntry & { interactionId: number })[])
      if (entry.interactionId > 0) nextPaint = Math.max(nextPaint, entry.duration);
  };
  const events = new PerformanceObserver((list) => note(list.getEntries()));
  events.observe({ type: 'event', durationThreshold: shortest } as PerformanceObserverInit);
  const afterFrame = (): Promise<void> =>
    new Promise((resolve) => {
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve();
        port2.postMessage(undefined);
      });
    });
  const stands = new Promise<number>((resolve) => {
    addEventListener('click', (event) => (clicked = event.timeStamp), { capture: true, once: true });
    const mutations = new MutationObserver(() => {
      if (clicked === undefined || !isContent()) return;
      mutations.disconnect();
      afterFrame().then(() => resolve(performance.now() - clicked!));
    });
    mutations.observe(document.documentElement, {
      childList: true,
      subtree: true,
      attributes: true,
      characterData: true,
    });
  });
  const measured = stands.then(async (time): Promise<PageTimes> => {
    await afterFrame(); // the interaction's own frame has been reported by then
    note(events.takeRecords());
    events.disconnect();
    link.remove();
    const api = (performance.getEntriesByType('resource') as PerformanceResourceTiming[]).filter(({ name }) =>
      new URL(name).pathname.startsWith('/api/'),
    );
    const bytes = api.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
    return { content: time, nextPaint: Math.max(nextPaint, shortest), bytes, requests: api.length };
  });
  Object.assign(globalThis, { measured });
}

/** Clicks on a link to a path and measures until its content stands. Any page of the console is open before, but that one. */
export async function timePage(page: Page, path: string, content: string): Promise<PageTimes> {
  await page.evaluate(arm, { path, content, id: LINK, shortest: SHORTEST_EVENT });
  await page.locator(`#${LINK}`).click();
  return page.evaluate(() => (globalThis as unknown as { measured: Promise<PageTimes> }).measured);
}
