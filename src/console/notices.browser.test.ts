// Notices and the log-in provider in Chromium: what the pages send, what they keep, and where they lead. `npm run check:browser` runs it.

import { expect, test } from 'vitest';
import { describeInBrowser } from '../page-kit/testing/in-browser.ts';
import { inBrowser } from './testing/in-browser.ts';

describeInBrowser('in a browser', () => {
  const now = inBrowser({ width: 1000 });

  const open = (path: string) => now.page.goto(`${now.server.url}${path}`);
  const sent = () => JSON.parse(now.server.body);
  const fails = (call: string, code: string, status: number) =>
    now.server.failures.set(call, { status, code, message: 'as the test says', input: 'x', hint: 'y' });

  test('a log-in at the provider: leaves, comes back to the page that was wanted, and leaves no code in the address', async () => {
    now.server.role = 'public';
    await open('/log-in?next=/p/practice/compute');
    await now.page.getByRole('button', { name: 'Ministry log-in' }).click();
    // The address of the log-in page ends so too.
    await now.page.waitForURL((url) => url.pathname === '/p/practice/compute');
    const calls = now.server.asked.filter((call) => call.startsWith('POST'));
    expect(calls).toEqual(['POST /api/openid/begin', 'POST /api/openid/finish']);
    expect(sent()).toEqual({ code: 'c', state: 's' });
    expect(await now.page.evaluate(() => sessionStorage.getItem('jikji-openid'))).toBeNull();
    await now.page.goBack();
    expect(now.page.url()).not.toContain('code=');
  });

  test('the page to come back to leads nowhere else, whatever the address or this tab says', async () => {
    now.server.role = 'public';
    for (const next of [
      'https://evil.example/',
      '//evil.example/',
      '//p/practice/log',
      '/\\evil.example',
      'javascript:alert(1)',
      '/nowhere',
    ]) {
      await open(`/log-in?next=${encodeURIComponent(next)}`);
      await now.page.getByRole('button', { name: 'Ministry log-in' }).click();
      await now.page.waitForURL('**/p/practice');
      await open('/log-in');
      await now.page.evaluate((kept) => sessionStorage.setItem('jikji-openid', JSON.stringify({ next: kept })), next);
      await open('/openid?code=c&state=s');
      await now.page.waitForURL('**/p/practice');
    }
  });

  test('an identity that no user has: the page says what to do, and leads back', async () => {
    fails('POST /api/openid/finish', 'identity-unknown', 404);
    await open('/openid?code=c&state=s&iss=https%3A%2F%2Flogin.example');
    await now.page.getByRole('alert').waitFor();
    expect(sent()).toEqual({ code: 'c', state: 's', iss: 'https://login.example' });
    expect(now.page.url()).toBe(`${now.server.url}/openid`);
    await now.page.getByRole('link', { name: 'To the log-in' }).click();
    await now.page.getByLabel('Password').waitFor();
    // Opened without anything it asks the server nothing.
    now.server.asked.length = 0;
    await open('/openid');
    await now.page.getByText('There is nothing to do here').waitFor();
    expect(now.server.asked.filter((call) => call.startsWith('POST'))).toEqual([]);
  });

  test('an invitation is accepted with the provider once the names are there', async () => {
    now.server.role = 'public';
    await open('/invitation#the-token');
    const button = now.page.getByRole('button', { name: 'Accept with: Ministry log-in' });
    await button.click();
    await expect.poll(() => now.page.getByRole('alert').textContent()).toBe('Fill in user name and name first.');
    expect(now.server.asked).not.toContain('POST /api/openid/begin');
    await now.page.getByLabel('User name to log in with').fill('park');
    await now.page.getByLabel('Your name').fill('Park');
    await button.click();
    await now.page.waitForURL('**/p/practice');
    expect(sent()).toEqual({ code: 'c', state: 's', accept: { token: 'the-token', user: 'park', name: 'Park' } });
  });

  test('an address is confirmed by a button, and its secret is nowhere in the address bar', async () => {
    await open('/address#secret');
    const button = now.page.getByRole('button', { name: 'Confirm' });
    await button.waitFor();
    expect(now.page.url()).toBe(`${now.server.url}/address`);
    // Programs that open links confirm nothing.
    expect(now.server.asked).not.toContain('POST /api/mail/verify');
    await button.click();
    await now.page.getByText('The address is confirmed.').waitFor();
    expect(sent()).toEqual({ token: 'secret' });
  });

  test('the account: another address, kinds by keyboard, no more notices', async () => {
    await open('/account');
    await now.page.getByLabel('New address').fill('lee@ministry.example');
    await now.page.keyboard.press('Enter');
    await now.page.getByText('A link is on its way').waitFor();
    expect(sent()).toEqual({ address: 'lee@ministry.example', lang: 'ko' });
    await now.page.getByLabel('submissions of my team').focus();
    await now.page.keyboard.press('Space');
    await now.page.getByLabel('Language of notices').selectOption('en');
    await now.page.getByRole('button', { name: 'Save' }).press('Enter');
    await now.page.getByText('Saved.').waitFor();
    expect(sent()).toEqual({ lang: 'en', kinds: ['stages', 'appeals', 'submissions'] });
    await now.page.getByRole('button', { name: 'Get no more notices' }).click();
    await expect.poll(() => now.server.asked).toContain('DELETE /api/mail/address');
    await now.page.getByRole('button', { name: 'Unlink' }).click();
    await expect
      .poll(() => now.server.asked)
      .toContain('DELETE /api/openid/identities?issuer=https%3A%2F%2Flogin.ministry.example');
  });

  test('the office sends an invitation, and sees what became of notices', async () => {
    await open('/people');
    await now.page.getByLabel('Send the link to').fill('lee@azalea.example');
    await now.page.getByRole('button', { name: 'Send the invitation' }).click();
    await now.page.getByText('The invitation is on its way to lee@azalea.example.').waitFor();
    expect(sent()).toMatchObject({ role: 'expert', address: 'lee@azalea.example', lang: 'en' });
    await expect.poll(() => now.page.getByText('The link. It is shown only now').count()).toBe(0);
    const table = now.page.getByRole('table', { name: 'Notices that were written' });
    await expect.poll(() => table.getByRole('row').count()).toBe(6);
    expect(await table.getByRole('row').nth(3).textContent()).toContain(
      'the mail server refuses this recipient or message 550 5.1.1',
    );
  });
});
