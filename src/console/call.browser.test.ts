// Organisations, calls and applications in a real browser, against made-up responses: choosing by keyboard, proposed ids, files that break
// off, results against the points, the selection. `npm run check:browser` runs it.

import type { Page } from 'playwright-core';
import { beforeEach, expect, test, vi } from 'vitest';
import { describeInBrowser } from '../page-kit/testing/in-browser.ts';
import { inBrowser } from './testing/in-browser.ts';
import type { MadeUp } from './testing/made-up-server.ts';

const CALL = '/p/practice/call';

describeInBrowser('in a browser', () => {
  const here = inBrowser({ width: 1280 });
  let server: MadeUp;
  let page: Page;
  const { open } = here;
  beforeEach(() => {
    ({ server, page } = here);
  });
  const dialog = () => page.locator('dialog[open]').last();
  const sent = (what: RegExp) => server.asked.filter((one) => what.test(one));
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const submit = (name: string) => dialog().getByRole('button', { name, exact: true }).click();
  const picker = (name: string) => dialog().getByRole('combobox', { name });
  const picked = () => dialog().locator('.picked li').allTextContents();

  async function openApplication() {
    await open(CALL);
    await button('Receive an application').click();
    await dialog().waitFor();
    await dialog().getByLabel('Name in English').fill('Maple');
  }

  test('an application by keyboard: lead and members are found by name and id, and the id is proposed', async () => {
    await openApplication();
    const id = dialog().getByLabel('Id', { exact: true });
    await expect.poll(() => id.inputValue()).toBe('maple-2'); // maple is there
    await dialog().getByLabel('Name in English').fill('단풍 Maple Bay');
    await expect.poll(() => id.inputValue()).toBe('maple-bay');
    await id.fill('bay');
    await dialog().getByLabel('Name in English').fill('Maple Bay');
    expect(await id.inputValue()).toBe('bay'); // somebody's own stays

    await picker('Lead').focus();
    await page.keyboard.type('소나무'); // the name in the other language
    await expect.poll(() => dialog().getByRole('option').allTextContents()).toEqual(['Pine Chips pine-chips']);
    await page.keyboard.press('Enter');
    await expect.poll(() => picker('Lead').inputValue()).toBe('Pine Chips');

    await picker('Members').focus();
    await page.keyboard.press('ArrowDown');
    const listed = await dialog().getByRole('option').allTextContents();
    expect(listed).toHaveLength(5); // the lead is not a member too
    await expect.poll(() => picker('Members').getAttribute('aria-activedescendant')).toContain('azalea-models');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.keyboard.type('northwind');
    await page.keyboard.press('Enter');
    await page.keyboard.type('han univ');
    await page.keyboard.press('Enter');
    expect((await picked()).map((text) => text.replace('×', ''))).toEqual([
      'River Cloud',
      'Northwind Semiconductor',
      'Han University of Science and Technology',
    ]);
    await page.keyboard.press('Backspace');
    expect(await picked()).toHaveLength(2);
    await dialog().getByRole('button', { name: 'Leave out River Cloud' }).click();
    // Escape closes the list, and not the dialog.
    await page.keyboard.type('az');
    await expect.poll(() => picker('Members').getAttribute('aria-expanded')).toBe('true');
    await page.keyboard.press('Escape');
    await expect.poll(() => picker('Members').getAttribute('aria-expanded')).toBe('false');
    await expect.poll(() => dialog().count()).toBe(1);
    // What is typed and not chosen is not lost unseen. Two of these names have an "a" and a "z"; one has "azalea".
    await page.keyboard.press('Control+A');
    await page.keyboard.type('nobody of this name');
    await submit('Receive an application');
    expect(sent(/^POST/)).toEqual([]);
    await picker('Members').fill('');
    await submit('Receive an application');
    await dialog().waitFor({ state: 'hidden' });
    expect(sent(/^POST/)).toEqual(['POST /api/programmes/practice/calls/call-2/applications']);
    expect(JSON.parse(server.body)).toEqual({
      ...{ id: 'bay', name: { en: 'Maple Bay' }, lead: 'pine-chips', members: ['northwind'] },
    });
  });

  test('a new organisation from within the picker is chosen, and its form does not send the one around it', async () => {
    await openApplication();
    await dialog().getByRole('button', { name: 'Add an organisation' }).first().click();
    await page.waitForFunction(() => document.querySelectorAll('dialog[open]').length === 2);
    await dialog().getByLabel('Name in English').fill('River Cloud');
    // The organisations that there are may arrive after the name.
    await expect.poll(() => dialog().getByLabel('Id', { exact: true }).inputValue()).toBe('river-cloud-2');
    await picker('Country').focus();
    await page.keyboard.type('대한');
    await page.keyboard.press('Enter');
    await dialog().getByLabel('Chips', { exact: true }).check();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelectorAll('dialog[open]').length === 1);
    expect(sent(/^POST/)).toEqual(['POST /api/programmes/practice/organisations']);
    expect(JSON.parse(server.body)).toEqual({
      ...{ id: 'river-cloud-2', name: { en: 'River Cloud' }, country: 'KR', roles: ['chip'] },
    });
    // The made-up server has no such organisation: the field shows the id that was chosen.
    await expect.poll(() => picker('Lead').inputValue()).toBe('river-cloud-2');
    await expect.poll(() => dialog().getByLabel('Name in English').inputValue()).toBe('Maple');
  });

  test('files that break off are sent again, and the application is not', async () => {
    await openApplication();
    await picker('Lead').fill('pine');
    await page.keyboard.press('Enter');
    const file = (name: string, size: number) => ({ name, mimeType: 'application/pdf', buffer: Buffer.alloc(size, 1) });
    const files = dialog().locator('input[type=file]');
    for (const [wrong, message] of [
      [[file('big.pdf', 20_000_001)], 'big.pdf is larger than 20 MB.'],
      [[file('empty.pdf', 0)], 'empty.pdf is empty.'],
      [Array.from({ length: 21 }, (_, i) => file(`${i}.pdf`, 1)), 'An application takes at most 20 files.'],
    ] as const) {
      await files.setInputFiles([...wrong]);
      expect(await files.evaluate((input: HTMLInputElement) => input.validationMessage)).toBe(message);
      await submit('Receive an application');
    }
    expect(sent(/^POST/)).toEqual([]);
    await files.setInputFiles([file('계획서 1.pdf', 10), file('budget.pdf', 10)]);
    const path = '/api/programmes/practice/applications/maple-2/files';
    server.failures.set(`POST ${path}`, {
      ...{
        status: 507,
        code: 'disk-full',
        message: 'there is no room',
        input: 'the upload',
        hint: 'make room',
      },
    });
    await submit('Receive an application');
    await dialog().locator('[role=alert]:has-text("there is no room")').waitFor();
    server.failures.clear();
    await submit('Receive an application');
    await dialog().waitFor({ state: 'hidden' });
    const first = `POST ${path}?name=${encodeURIComponent('계획서 1.pdf').replace('%20', '+')}`;
    expect(sent(/^POST/)).toEqual([
      'POST /api/programmes/practice/calls/call-2/applications',
      first,
      first,
      `POST ${path}?name=budget.pdf`,
    ]);
  });

  test('a result that does not follow from the points needs a reason', async () => {
    await open('/p/practice/applications/elm');
    await page.getByRole('button', { name: 'Enter the result' }).click();
    await dialog().waitFor();
    await submit('Enter the result');
    expect(sent(/^POST/)).toEqual([]); // nothing is chosen for the office
    await dialog().getByLabel('Result').selectOption('failed');
    await dialog().locator('.notice:has-text("Only 2 of 3 reviewers have given points.")').waitFor();
    await submit('Enter the result');
    expect(sent(/^POST/)).toEqual([]);
    await dialog().getByLabel('Reason').fill('The plan is empty.');
    await submit('Enter the result');
    await dialog().waitFor({ state: 'hidden' });
    expect(JSON.parse(server.body)).toEqual({ step: 'paper', passed: false, note: 'The plan is empty.' });
  });

  test('several applications become consortia at once', async () => {
    await open(CALL);
    await expect.poll(() => button('Form consortia').count()).toBe(0);
    await page.getByRole('checkbox', { name: 'Choose Maple' }).check();
    await page.getByRole('checkbox', { name: 'Choose Birch' }).check();
    await button('Form consortia').click();
    const birch = dialog().getByLabel(/^Id of the consortium: Birch/);
    await expect.poll(() => birch.inputValue()).toBe('birch');
    await birch.fill('birches');
    await submit('Form consortia');
    await dialog().waitFor({ state: 'hidden' });
    expect(sent(/^POST/)).toEqual(['POST /api/programmes/practice/calls/call-2/selection']);
    expect(JSON.parse(server.body)).toEqual({
      selected: [
        { application: 'maple', consortium: 'maple' },
        { application: 'birch', consortium: 'birches' },
      ],
    });
  });

  test('the call of the address is shown, and the applications of the overview lead there', async () => {
    await open('/p/practice');
    await page.locator('.funnel a').click();
    await page.waitForSelector('h2:has-text("Call for the second phase")'); // the open one
    await page.getByRole('link', { name: 'First call' }).click();
    await page.waitForSelector('h2:has-text("First call"), .empty');
    expect(page.url()).toBe(`${server.url}${CALL}?call=call-1`);
    await page.waitForSelector('text=No application was received yet.');
  });

  test('each role is offered what it may do', async () => {
    const offered = async () => (await page.locator('main button').allTextContents()).filter((text) => text !== '');
    server.role = 'expert';
    await open('/p/practice/applications/elm');
    await page.waitForSelector('text=Until the step has a result');
    expect(await offered()).toEqual(['Change your points']);
    await expect.poll(() => page.locator('a:has-text("Save")').count()).toBe(2);
    await button('Change your points').click();
    await expect.poll(() => dialog().getByLabel('Plan and feasibility (of 40)').inputValue()).toBe('28');
    await dialog().getByLabel('Plan and feasibility (of 40)').fill('28.5');
    await submit('Change your points');
    await dialog().waitFor({ state: 'hidden' });
    expect(JSON.parse(server.body)).toMatchObject({ step: 'paper', points: { plan: 28.5, team: 21.5, data: 18 } });
    expect(JSON.parse(server.body)).not.toHaveProperty('reviewer');
    server.role = 'public';
    await open('/p/practice/applications/elm');
    await page.waitForSelector('text=not public, or not yet');
    expect(await offered()).toEqual([]);
    await expect.poll(() => page.locator('h2:has-text("Files"), a:has-text("Save")').count()).toBe(0);
    await open(CALL);
    await page.waitForSelector('tr:has-text("Elm")');
    expect(await offered()).toEqual([]);
  });

  test('a screen reader hears the field, its list and how many match', async () => {
    await openApplication();
    await picker('Lead').fill('ri');
    const told = await dialog().ariaSnapshot();
    expect(told).toMatch(/combobox "Lead" \[expanded\].*ri/);
    expect(told).toMatch(/listbox "Lead":\s+- option "River Cloud river-cloud" \[selected\]/);
    expect(told).toContain('status: 1 match');
    await vi.waitFor(async () =>
      expect(await picker('Lead').getAttribute('aria-activedescendant')).toMatch(/river-cloud$/),
    );
  });
});
