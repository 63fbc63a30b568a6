// The pages of accounts and of the office's housekeeping in a real browser, against made-up responses.

import type { Page } from 'playwright-core';
import { beforeEach, expect, test, vi } from 'vitest';
import { describeInBrowser } from '../page-kit/testing/in-browser.ts';
import { inBrowser } from './testing/in-browser.ts';
import * as made from './testing/made-up.ts';
import type { MadeUp } from './testing/made-up-server.ts';

const RECIPIENT = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';

describeInBrowser('in a browser', () => {
  const here = inBrowser();
  let server: MadeUp;
  let page: Page;
  const { open } = here;
  beforeEach(() => {
    ({ server, page } = here);
  });
  const asked = (what: RegExp) => server.asked.filter((one) => what.test(one));
  /** Fails the next requests to a path. */
  const fail = (what: string, code: string, status = 404) =>
    server.failures.set(what, { status, code, message: 'it is refused', input: 'x', hint: 'try another' });

  test('a link for a new password: its secret leaves the address, and is used with the password', async () => {
    await open('/reset#secret-of-the-link');
    await page.waitForSelector('form');
    expect(page.url()).toBe(`${server.url}/reset`);
    expect(JSON.parse(server.body)).toEqual({ token: 'secret-of-the-link' });
    expect(server.asked.join('\n')).not.toContain('secret-of-the-link');
    await expect.poll(() => page.getByLabel('User').inputValue()).toBe('kim');
    await page.getByLabel('New password').fill('a long enough one');
    await page.click('button:has-text("Set the password")');
    await vi.waitFor(() => expect(asked(/resets\/use/)).toHaveLength(1));
    expect(JSON.parse(server.body)).toEqual({ token: 'secret-of-the-link', password: 'a long enough one' });
    await page.waitForURL(`${server.url}/p/practice`);
  });

  test('a link that no longer works, and an address without one, say so', async () => {
    fail('POST /api/resets/look', 'reset-unknown');
    await open('/reset#old');
    await page.waitForSelector('[role=alert]:has-text("not valid, or no longer valid")');
    await expect.poll(() => page.locator('form').count()).toBe(0);
    await open('/begin'); // an address that differs in its fragment alone would not be opened anew
    await open('/reset');
    await page.waitForSelector('text=This address contains no link');
  });

  test('the office changes a role, makes a link, ends log-ins; each button names its user', async () => {
    await open('/people');
    const row = page.locator('tr', { hasText: 'park' }).first();
    await row.getByRole('button', { name: 'Change the role' }).click();
    const dialog = page.getByRole('dialog', { name: 'Change the role: park' });
    await expect.poll(() => dialog.getByLabel('Role').inputValue()).toBe('auditor');
    await dialog.getByLabel('Role').selectOption('consortium');
    await dialog.getByLabel('Consortium').selectOption('bellflower');
    await dialog.getByRole('button', { name: 'Change the role' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(asked(/^PUT/)).toEqual(['PUT /api/users/park/role']);
    expect(JSON.parse(server.body)).toEqual({ role: 'consortium', programme: 'practice', consortium: 'bellflower' });
    await vi.waitFor(() => expect(asked(/^GET \/api\/account-changes/)).toHaveLength(2));

    await row.getByRole('button', { name: 'New password' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Make the link' }).click();
    await page.waitForSelector('[role=status] code:has-text("http://x/reset#tok")');
    await row.getByRole('button', { name: 'End log-ins' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End log-ins' }).click();
    await vi.waitFor(() => expect(asked(/^DELETE/)).toEqual(['DELETE /api/users/park/log-ins']));
    const blocked = page.locator('tr', { hasText: 'lee' }).first();
    await expect.poll(() => blocked.getByRole('button', { name: 'New password' }).count()).toBe(0);
  });

  test('a role that is refused is shown in its dialog, and the choice stays', async () => {
    fail('PUT /api/users/kim/role', 'last-office-user', 409);
    await open('/people');
    await page.locator('tr', { hasText: 'kim' }).first().getByRole('button', { name: 'Change the role' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Role').selectOption('expert');
    await dialog.getByRole('button', { name: 'Change the role' }).click();
    await dialog.getByRole('alert').waitFor();
    await expect.poll(() => dialog.getByLabel('Role').inputValue()).toBe('expert');
  });

  test('own log-ins: this one is marked and has no button; others are ended, one or all', async () => {
    await open('/account');
    const rows = page.locator('section', { hasText: 'Where you are logged in' }).locator('tbody tr');
    await rows.first().waitFor();
    expect(await rows.allTextContents()).toEqual([
      expect.stringMatching(/Firefox, Linux.*This one/),
      expect.stringMatching(/Samsung Internet, Android/),
      expect.stringMatching(/another program, another system/),
    ]);
    await expect.poll(() => rows.first().getByRole('button').count()).toBe(0);
    await rows
      .nth(1)
      .getByRole('button', { name: /^End the log-in from Samsung Internet, Android since/ })
      .click();
    await page.click('button:has-text("End all others")');
    await vi.waitFor(() => expect(asked(/^DELETE/)).toEqual(['DELETE /api/log-ins/l2', 'DELETE /api/log-ins']));
  });

  test('readings of sealed things: each leads to its thing, older ones are added, the file is one link', async () => {
    server.role = 'auditor';
    await open('/p/practice/access');
    const rows = page.locator('section', { hasText: 'One line for each person' }).locator('tbody tr');
    await vi.waitFor(async () => expect(await rows.count()).toBe(100));
    await expect
      .poll(() => rows.nth(1).getByRole('link').getAttribute('href'))
      .toBe('/p/practice/submissions/azalea-1');
    await expect.poll(() => rows.nth(2).getByRole('link').getAttribute('href')).toBe('/p/practice/stages/stage-2');
    await expect.poll(() => rows.nth(3).textContent()).toMatch(/lee.*consortium.*Azalea.*API token/);
    await page
      .locator('section', { hasText: 'One line for each person' })
      .getByRole('button', { name: 'Older ones' })
      .click();
    await vi.waitFor(async () => expect(await rows.count()).toBe(102));
    expect(asked(/access\?before=/)).toEqual(['GET /api/programmes/practice/access?before=-90']);
    expect(await page.getByRole('button', { name: 'Older ones' }).count()).toBe(0); // the last page was not full
    await expect
      .poll(() => page.locator('a[download]').getAttribute('href'))
      .toBe('/api/programmes/practice/access.csv');
    await page.waitForSelector('section:has-text("Record of accounts") tr:has-text("the command line")');
  });

  test('a backup: the password is asked first, then the key is sent, and the browser saves the file', async () => {
    await open('/p/practice/backup');
    const key = page.getByLabel('Public key of the recipient');
    await key.fill('AGE-SECRET-KEY-1QQQ');
    await page.getByLabel('Current password').fill('the password');
    await page.click('button:has-text("Download the backup")');
    expect(asked(/^POST/)).toEqual([]); // a secret key does not leave the page
    await key.fill(` ${RECIPIENT} `);
    const saving = page.waitForEvent('download');
    await page.click('button:has-text("Download the backup")');
    expect((await saving).url()).toBe(`${server.url}/api/programmes/practice/backups/b4`);
    expect(asked(/^POST/)).toEqual(['POST /api/confirm', 'POST /api/programmes/practice/backups']);
    expect(JSON.parse(server.body)).toEqual({ recipient: RECIPIENT });
    await page.waitForSelector('[role=status]:has-text("The download has begun")');
    await expect.poll(() => page.getByLabel('Current password').inputValue()).toBe('');
    await expect.poll(() => page.locator('tr:has-text("Complete")').textContent()).toMatch(/60.*48\.2/);
  });

  test('a wrong password makes no backup, and what was typed stays', async () => {
    fail('POST /api/confirm', 'log-in-wrong', 401);
    await open('/p/practice/backup');
    await page.getByLabel('Public key of the recipient').fill(RECIPIENT);
    await page.getByLabel('Current password').fill('wrong');
    await page.click('button:has-text("Download the backup")');
    await page.waitForSelector('form [role=alert]');
    expect(asked(/^POST/)).toEqual(['POST /api/confirm']);
    await expect.poll(() => page.getByLabel('Public key of the recipient').inputValue()).toBe(RECIPIENT);
  });

  test('a verification is followed as it runs, and its result replaces the last', async () => {
    await open('/p/practice/log');
    await page.waitForSelector('section:has-text("Reads the whole log anew") .state:has-text("Holds")');
    await page.click('button:has-text("Verify the log")');
    const events = '/api/programmes/practice/verification/events';
    await vi.waitFor(() => expect(asked(/verification\/events/)).toHaveLength(1));
    const progress = { begun: '2026-11-12T05:12:00.000Z', entries: 40, of: 61, signatures: 9, decisions: null };
    server.tell(events, 'verification', progress);
    await page.waitForSelector('[role=status]:has-text("40 of 61 entries")');
    await page.waitForSelector('button[aria-disabled=true]:has-text("Verifying…")');
    server.tell(events, 'verification', { ...progress, entries: 61, decisions: { done: 0, of: 1 } });
    await page.waitForSelector('[role=status]:has-text("0 of 1 decisions computed again")');
    const before = asked(/GET .*\/verification$/).length;
    server.tell(events, 'verification', null);
    await vi.waitFor(() => expect(asked(/GET .*\/verification$/)).toHaveLength(before + 1));
    await page.waitForSelector('button[aria-disabled=false]:has-text("Verify the log")');
  });

  test('everybody compares a published link with the log', async () => {
    server.role = 'public';
    await open('/p/practice/log');
    await page.waitForSelector('form');
    await expect.poll(() => page.locator('button:has-text("Verify the log")').count()).toBe(0);
    const entry = made.log.entries.at(-1)!;
    const field = page.getByLabel('Entry and link');
    const compare = async (text: string) => {
      await field.fill(text);
      await page.click('button:has-text("Compare")');
      await vi.waitFor(async () =>
        expect(await page.locator('form:has-text("Compare") button.primary').getAttribute('aria-disabled')).toBe(
          'false',
        ),
      );
    };
    await compare(` ${entry.seq}:${entry.link.toUpperCase()} `);
    await page.waitForSelector(`.state.good:has-text("Entry ${entry.seq} has this link here.")`);
    await compare(`${entry.seq}:${'0'.repeat(64)}`);
    await page.waitForSelector(`.state.bad:has-text("Entry ${entry.seq} has another link here")`);
    await compare(`${entry.seq + 1}:${entry.link}`);
    await page.waitForSelector(`.state.bad:has-text("Entry ${entry.seq + 1} is not here")`);
    const before = server.asked.length;
    for (const text of ['57', `0:${entry.link}`, `57:${entry.link}0`, `57 ${entry.link}`]) {
      await compare(text);
      await page.waitForSelector('.state:has-text("This is not an entry and a link.")');
    }
    expect(server.asked.slice(before)).toEqual([]);
  });
});
