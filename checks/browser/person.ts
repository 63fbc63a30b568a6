// A person with a browser: finds controls by their names, as a person or a screen reader does. Records everything that a page must not do:
// errors, requests to other hosts, violations of the content security policy.

import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { axeFaults, isSerious } from '../../src/page-kit/testing/axe.ts';

/** What the check gives everybody who takes part. */
export interface Checking {
  /** Where the console is. */
  url: string;
  /** One thing that must hold: `work` ends without an error. */
  holds(what: string, person: { page: Page }, work: () => Promise<unknown>): Promise<void>;
  picture(person: Person, name: string, fullPage?: boolean): Promise<void>;
}

/** Two values that must be the same. */
export function same(what: string, is: unknown, wanted: unknown): void {
  if (JSON.stringify(is) !== JSON.stringify(wanted))
    throw new Error(`${what} is ${JSON.stringify(is)}, not ${JSON.stringify(wanted)}`);
}

export class Person {
  readonly name: string;
  readonly page: Page;
  readonly context: BrowserContext;
  readonly #checking: Checking;
  readonly wrongs: string[] = [];
  /** Transferred bytes of scripts, by address. */
  readonly scripts = new Map<string, number>();

  private constructor(name: string, context: BrowserContext, page: Page, checking: Checking) {
    this.name = name;
    this.#checking = checking;
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
      if (!request.url().startsWith(checking.url) && !/^(data|blob):/.test(request.url()))
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

  static async in(browser: Browser, name: string, checking: Checking, locale = 'en-GB'): Promise<Person> {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 900 },
      locale,
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(60_000); // a slow machine is no fault; what hangs is
    return new Person(name, context, await context.newPage(), checking);
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

  /** Something that must hold when this person does it. */
  holds = (what: string, work: () => Promise<unknown>): Promise<void> => this.#checking.holds(what, this, work);
  picture = (name: string, fullPage = false): Promise<void> => this.#checking.picture(this, name, fullPage);
  /** Opens a page of the console. */
  at = (path: string) => this.page.goto(`${this.#checking.url}${path}`);
  /** What the API answers this person. */
  // biome-ignore lint/suspicious/noExplicitAny: answers of many kinds
  read = async (path: string): Promise<any> =>
    (await this.context.request.get(`${this.#checking.url}/api${path}`)).json();
  /** Somebody else at this console, with a window of his own. */
  another = (name: string): Promise<Person> => Person.in(this.context.browser()!, name, this.#checking);
  /** Presses a button of the dialog. */
  confirm = (name: string): Promise<void> => this.dialog.getByRole('button', { name, exact: true }).click();
  get dialog(): Locator {
    return this.page.getByRole('dialog');
  }

  labelled = (label: string | RegExp): Locator => this.page.getByLabel(label, { exact: typeof label === 'string' });
  button = (name: string | RegExp): Locator => this.page.getByRole('button', { name, exact: typeof name === 'string' });
  press = (name: string | RegExp): Promise<void> => this.button(name).last().click();
  follow = (name: string | RegExp): Promise<void> => this.page.getByRole('link', { name }).first().click();
  fill = (label: string | RegExp, value: string): Promise<void> => this.labelled(label).last().fill(value);
  choose = (label: string | RegExp, option: string) => this.labelled(label).last().selectOption(option);
  see = (text: string | RegExp): Promise<void> => this.page.getByText(text).first().waitFor();

  async faultless(): Promise<void> {
    const faults = await this.faults();
    if (faults.length > 0) throw new Error(faults.join('\n'));
  }

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
