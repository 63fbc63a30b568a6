// A person with a browser: finds controls by their names, as a person or a screen reader does. Records everything that a page must not do:
// errors, requests to other hosts, violations of the content security policy.

import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { axeFaults, isSerious } from '../../src/page-kit/testing/axe.ts';

/** One thing that must hold: `work` ends without an error. */
export type Holds = (what: string, person: Person, work: () => Promise<unknown>) => Promise<void>;

export class Person {
  readonly name: string;
  readonly page: Page;
  readonly context: BrowserContext;
  readonly wrongs: string[] = [];
  /** Transferred bytes of scripts, by address. */
  readonly scripts = new Map<string, number>();

  private constructor(name: string, context: BrowserContext, page: Page, url: string) {
    this.name = name;
    this.context = context;
    this.page = page;
    page.on('pageerror', (error) => this.wrongs.push(`error: ${error.message}`));
    page.on('console', (message) => {
      // A request that is refused, or nobody answers, is said by the browser too.
      if (message.type() === 'error' && !/Failed to load resource|ERR_CONNECTION/.test(message.text()))
        this.wrongs.push(`console: ${message.text()}`);
    });
    page.on('dialog', (dialog) => {
      this.wrongs.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(url) && !/^(data|blob):/.test(request.url()))
        this.wrongs.push(`asks elsewhere: ${request.url()}`);
    });
    page.on('response', async (response) => {
      if (response.status() >= 500) this.wrongs.push(`${response.status()} ${response.url()}`);
      if (!/javascript/.test(response.headers()['content-type'] ?? '')) return;
      const sizes = await response
        .request()
        .sizes()
        .catch(() => undefined);
      if (sizes) this.scripts.set(response.url(), sizes.responseBodySize);
    });
  }

  static async in(browser: Browser, name: string, url: string, locale = 'en-GB'): Promise<Person> {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 900 },
      locale,
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(60_000); // a slow machine is no fault; what hangs is
    return new Person(name, context, await context.newPage(), url);
  }

  /** Uses the link of an invitation. */
  async accept(link: string): Promise<void> {
    await this.page.goto(link);
    await this.fill('User name to log in with', this.name);
    await this.fill('Your name', `The ${this.name}`);
    await this.fill('Password', `the password of ${this.name}`);
    await this.press('Accept the invitation');
    await this.page.waitForURL((url) => !url.pathname.startsWith('/invitation'));
  }

  labelled = (label: string | RegExp): Locator => this.page.getByLabel(label, { exact: typeof label === 'string' });
  button = (name: string | RegExp): Locator => this.page.getByRole('button', { name, exact: typeof name === 'string' });
  press = (name: string | RegExp): Promise<void> => this.button(name).last().click();
  follow = (name: string | RegExp): Promise<void> => this.page.getByRole('link', { name }).first().click();
  fill = (label: string | RegExp, value: string): Promise<void> => this.labelled(label).last().fill(value);
  choose = (label: string | RegExp, option: string) => this.labelled(label).last().selectOption(option);
  see = (text: string | RegExp): Promise<void> => this.page.getByText(text).first().waitFor();

  /** Serious accessibility faults, and text that is wider than a phone. */
  async faults(): Promise<string[]> {
    const found: string[] = [];
    const page = this.page;
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      for (const { id, impact, where } of (await axeFaults(page)).filter(isSerious))
        found.push(`${scheme}: ${id} (${impact}) at ${where}`);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    const size = page.viewportSize()!;
    await page.setViewportSize({ width: 360, height: 740 });
    // Pictures are drawn anew for the width that their place has then.
    const fits = () => innerWidth === 360 && document.documentElement.scrollWidth <= 360;
    await page.waitForFunction(fits, undefined, { timeout: 5000 }).catch(() => {});
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    if (width > 360) found.push(`at 360 px it is ${width} px wide`);
    // Tables are blocks at this width: nothing in them scrolls either.
    const wide = await page.evaluate(
      () => [...document.querySelectorAll('.scroll')].filter((one) => one.scrollWidth > one.clientWidth + 1).length,
    );
    if (wide > 0) found.push(`at 360 px ${wide} tables scroll sideways`);
    await page.setViewportSize(size);
    return found;
  }
}
