// The pages in a real browser, against made-up responses: lost connections, zooming, failures. `npm run check:browser` runs it.

import { readFileSync } from 'node:fs';
import type { BrowserContext, Page } from 'playwright-core';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { describeInBrowser } from '../page-kit/testing/in-browser.ts';
import { inBrowser } from './testing/in-browser.ts';
import { type MadeUp, SEALED } from './testing/made-up-server.ts';

describeInBrowser('in a browser', () => {
  const here = inBrowser();
  let server: MadeUp;
  let context: BrowserContext;
  let page: Page;
  const { open } = here;
  beforeEach(() => {
    ({ server, context, page } = here);
  });
  const asked = (what: RegExp) => server.asked.filter((one) => what.test(one));
  const text = (selector: string) => page.locator(selector).first().textContent();

  test('shows the latest entries of a young log as it grows', async () => {
    server.head = 3;
    await open('/p/practice');
    await vi.waitFor(() => expect(asked(/\/log\?/)).toHaveLength(1));
    // Without a listener, an event would be lost.
    await vi.waitFor(() => expect(asked(/events\?after=3/)).toHaveLength(1));
    server.head = 4;
    server.tell('/api/programmes/practice/events', 'entries', { from: 4, to: 4 }, '4');
    await vi.waitFor(() => expect(asked(/\/log\?/)).toHaveLength(2));
  });

  test('says when the server is gone, recovers, and resumes the stream where it stopped', async () => {
    await open('/p/practice');
    await vi.waitFor(() => expect(asked(/events\?after=61/)).toHaveLength(1));
    server.tell('/api/programmes/practice/events', 'entries', { from: 62, to: 64 }, '64');
    await vi.waitFor(() => expect(asked(/^GET \/api\/programmes\/practice$/).length).toBe(2));
    await server.fall();
    await page.waitForSelector('.notice.bad:has-text("does not answer")');
    const before = server.asked.length;
    await server.rise();
    await page.waitForSelector('.notice.good:has-text("The server is back")');
    await vi.waitFor(() => {
      const since = server.asked.slice(before);
      expect(since).toContain('GET /api/programmes/practice');
      expect(since.some((one) => /events.*(after=64|last-event-id 64)/.test(one))).toBe(true);
    });
    await expect.poll(() => page.locator('h2:has-text("The programme")').count()).toBe(1);
  });

  test('the runs of a sweep together: from the list of runs, one in front, another to the front', async () => {
    await open('/runs');
    await page.click('tr:has-text("seed-2") >> text=of the sweep small-sweep');
    await page.waitForSelector('h1:has-text("small-sweep")');
    await page.waitForSelector('.readout:has-text("of 2 runs, in front seed-1")');
    expect(asked(/^GET \/api\/runs\/[\w-]+\/curve/).sort()).toEqual(
      ['seed-1-5e1f', 'seed-2-5e2f'].map((id) => `GET /api/runs/${id}/curve?points=300`),
    );
    const rows = await page.locator('tbody th').allTextContents();
    expect(rows).toEqual(['seed-1', 'seed-2']); // no run made alone, and the one with a figure first
    const valueUnder = async () => {
      const box = (await page.locator('.u-over').boundingBox())!;
      await page.mouse.move(box.x + box.width / 2, box.y + 40);
      await page.waitForSelector('.readout:has-text("step")');
      const value = Number(/: ([\d.]+)$/.exec((await page.locator('.readout').textContent())!)![1]);
      await page.mouse.move(0, 0);
      return value;
    };
    const first = await valueUnder();
    await page.click('tr:has-text("seed-2") button:has-text("To the front")');
    await page.waitForSelector('.readout:has-text("in front seed-2")');
    expect((await valueUnder()) - first).toBeCloseTo(1, 1);
    await page.click('button:has-text("Validation")');
    await page.waitForSelector('text=This was not recorded'); // the made-up curves have none at these steps
    await open('/sweeps/none-0000');
    await page.waitForSelector('text=No run of this sweep is on the list');
  });

  test('a curve grows live, zooms by dragging and by buttons, and zooms out again', async () => {
    await open('/runs/hello-3f9a2c1b');
    await page.waitForSelector('.u-over');
    await vi.waitFor(() => expect(asked(/hello-3f9a2c1b\/events\?after=100000/)).toHaveLength(1));
    await page.click('summary:has-text("Key points")');
    const points = { step: [100_001], loss: [1.25], gradNorm: [1], learningRate: [1], validations: [] };
    server.tell('/api/runs/hello-3f9a2c1b/events', 'points', points, '100001');
    await page.waitForSelector('tr:has-text("Last"):has-text("100,001"):has-text("1.25")');

    const box = (await page.locator('.u-over').boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.25, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 60, { steps: 5 });
    await page.mouse.up();
    await vi.waitFor(() => {
      const [, from, to] = /from=(\d+)&to=(\d+)/.exec(asked(/curve\?from/)[0] ?? '')!.map(Number);
      expect(from).toBeGreaterThan(24_000);
      expect(from).toBeLessThan(26_000);
      expect(to).toBeGreaterThan(49_000);
      expect(to).toBeLessThan(51_000);
    });
    await page.mouse.dblclick(box.x + 100, box.y + 50);
    await page.waitForSelector('button:has-text("Whole run"):disabled');
    for (let i = 0; i < 8; i++) await page.click('button:has-text("Closer")');
    await page.waitForSelector('text=Every single step is drawn.');
  });

  test('a screen reader reads the value chain in its order', async () => {
    await open('/p/practice');
    await page.waitForSelector('.flow');
    const names = await page.locator('.flow').getByRole('link').allTextContents();
    const order = [
      'Azalea, Consortia',
      'Azalea 1 for everybody, Training and serving',
      'Azalea Halls, Compute, Home, 50%',
    ];
    const after = [
      'OpenJS Foundation, Software, Abroad, 100%',
      'Pine Chips, Chips, Home, 16%',
      'River Memory, Memory, Home, 16%',
    ];
    const places = [...order, ...after].map((words) => names.findIndex((name) => name.includes(words)));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  test('what if: the choice is in the address, and the answer is announced', async () => {
    await open('/p/practice/reliance');
    await page.fill('input[type=search] >> nth=0', 'northw');
    await page.check('label:has-text("Northwind")');
    await page.waitForSelector('[role=status]:has-text("Without Northwind Semiconductor")');
    expect(await text('#answer')).toContain('2 of 2 training runs stop.');
    expect(await text('#answer')).toContain('0–1 of 2 served models stop.');
    await page.waitForURL(`${server.url}/p/practice/reliance?supplier=northwind`);
    await page.reload();
    await page.waitForSelector('[role=status]:has-text("Without Northwind Semiconductor")');
    expect(await page.isChecked('label:has-text("Northwind")')).toBe(true);
    // The subject of the index is a separate choice; changing it keeps this one.
    await page.selectOption('.whose select', 'consortium:azalea');
    // Once, or once more where the stream of events opens only now.
    await vi.waitFor(() => expect(asked(/reliance\?of=consortium&id=azalea/)).not.toHaveLength(0));
    expect(page.url()).toBe(`${server.url}/p/practice/reliance?of=consortium&id=azalea&supplier=northwind`);
    await page.click('a:has-text("What if?") >> nth=1');
    await page.waitForSelector('[role=status]:has-text("Without East Servers")');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('answer');
    await page.click('button:has-text("Choose nobody")');
    await page.waitForSelector('[role=status]:has-text("Nobody is chosen.")');
    expect(page.url()).toBe(`${server.url}/p/practice/reliance?of=consortium&id=azalea`);
  });

  test('what if: the remaining share of everything that goes on or may go on is shown, as an interval where it is not known', async () => {
    await open('/p/practice/reliance?supplier=northwind');
    await page.waitForSelector('#answer:has-text("Without Northwind Semiconductor")');
    const fates = await page.locator('.fates > li').allTextContents();
    const remains = (state: RegExp) =>
      fates.filter((fate) => state.test(fate)).map((fate) => /Remains of its work(.*?)with what/.exec(fate)?.[1]);
    expect(remains(/Goes on.*Could take over/)).toEqual([expect.stringMatching(/^40% at once, 40%\W+100% $/)]);
    expect(remains(/May stop or go on/)).toEqual([expect.stringMatching(/^0%\W+100% at once, 10%\W+100% $/)]);
    const plans = page.locator('.fates a:has-text("Compare their plans")').first();
    expect(new URL((await plans.getAttribute('href'))!, page.url()).search).toBe('?on=nw100%3A64&on=pine2%3A128');
    const summary = await text('#answer');
    expect(summary).toMatch(/0.1 of 2 served models stop/);
    expect(summary).toMatch(
      /Of the work of all consortia remains 0%\W+100% at once, 10%\W+100% with what could take over/,
    );
  });

  test('what if: an answer keeps its names while the next one loads', async () => {
    await open('/p/practice/reliance?supplier=northwind');
    await page.waitForSelector('#answer:has-text("Without Northwind Semiconductor")');
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/what-if?*east*', async (route) => {
      await held;
      await route.continue();
    });
    const asking = page.waitForRequest('**/what-if?*east*');
    await page.check('label:has-text("East Servers")');
    await asking;
    await page.waitForSelector('#answer[aria-busy=true]');
    expect(await text('#answer strong')).toBe('Without Northwind Semiconductor');
    release();
    await page.waitForSelector('#answer:has-text("Without Northwind Semiconductor and East Servers")');
  });

  test('what if: an unknown name in the address is reported, and can be cleared', async () => {
    server.failures.set('GET /api/programmes/practice/reliance/what-if', {
      status: 404,
      code: 'supplier-unknown',
      message: 'there is no such supplier',
      input: 'northwin',
      hint: 'did you mean northwind?',
    });
    await open('/p/practice/reliance?supplier=northwin');
    await page.waitForSelector('[role=alert]:has-text("did you mean northwind?")');
    server.failures.clear();
    await page.click('button:has-text("Choose nobody")');
    await page.waitForSelector('[role=status]:has-text("Nobody is chosen.")');
    expect(page.url()).toBe(`${server.url}/p/practice/reliance`);
  });

  test('every figure of a layer opens to its parts', async () => {
    await open('/p/practice/reliance');
    await page.click('summary:has-text("What it comes from: chips")');
    const rows = page.locator('.from table tbody tr');
    await rows.first().waitFor();
    await expect
      .poll(() => rows.first().textContent())
      .toMatch(/Northwind NW-100.*United States \(US\).*50%.*Abroad.*newspaper/);
    await expect.poll(() => rows.last().textContent()).toContain('Something not known');
    // The country of a supplier may be unverified, here and among the chips.
    const pine = rows.filter({ hasText: 'Pine-2' });
    await expect.poll(() => pine.locator('td').first().textContent()).toBe('Pine ChipsSouth Korea (KR)not verified');
    await open('/p/practice/compute');
    await page.waitForSelector('th:has-text("Pine-2")');
    expect(await text('th:has-text("Pine-2")')).toBe('Pine-2 Pine Chips, South Korea (KR) (not verified)');
    expect(await text('th:has-text("NW-100")')).not.toContain('not verified');
  });

  test('a site at home under foreign law is shown as what it is: on the overview, in its layer, among the sites', async () => {
    await open('/p/practice');
    await page.waitForSelector('.flow');
    expect(await text('main')).toContain(
      'Azalea Hall is at home, and operated under duties of the law of United States',
    );
    await open('/p/practice/reliance');
    await page.click('summary:has-text("What it comes from: data cent")');
    const hall = page.locator('.from table tbody tr').filter({ hasText: 'Azalea Hall' }).first();
    await expect
      .poll(() => hall.textContent())
      .toMatch(/Owner: Northwind.*Operated under duties of the law of United States.*as of .*Home/);
    await page.click('summary:has-text("What it comes from: cloud")');
    await expect.poll(() => text('main')).toContain('Whose law binds the operator: not known');
    await open('/p/practice/compute');
    await page.waitForSelector('td:has-text("Azalea Hall")');
    expect(await text('main')).toContain('Operated under duties of the law of United States');
    await open('/p/practice/chips/nw100');
    await page.waitForSelector('dt:has-text("Packaging")');
    expect(await text('main')).toMatch(/Fab\s*Northwind Semiconductor, United States.*, 4N.*Packaging\s*Not known/s);
  });

  test('the office enters metered usage', async () => {
    await open('/p/practice/compute');
    await page.click('button:has-text("Enter metered usage")');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Consortium').selectOption('bellflower');
    await dialog.getByLabel('First day').fill('2026-01-10');
    await dialog.getByLabel('Last day').fill('2026-03-20');
    await dialog.getByLabel('Device-hours').fill('52600.5');
    await dialog.getByRole('button', { name: 'Enter metered usage' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(JSON.parse(server.body)).toEqual({
      id: 'usage-3',
      consortium: 'bellflower',
      cluster: null,
      from: '2026-01-10',
      to: '2026-03-20',
      deviceHours: 52_600.5,
    });
  });

  test('a usage by hand is corrected under its id, and keeps its source', async () => {
    await open('/p/practice/compute');
    await page.click('summary:has-text("Each usage that was reported")');
    await page.getByRole('button', { name: /^Correct ?: azalea-metered$/ }).click();
    const dialog = page.getByRole('dialog');
    await expect.poll(() => dialog.getByLabel('Submission it belongs to').inputValue()).toBe('azalea-1');
    await dialog.getByLabel('Device-hours').fill('0');
    await dialog.getByRole('button', { name: 'Correct', exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(JSON.parse(server.body)).toMatchObject({
      ...{ id: 'azalea-metered', consortium: 'azalea', cluster: 'azalea-one', deviceHours: 0, submission: 'azalea-1' },
      source: [{ publisher: 'a made-up newspaper', date: '2026-01-15', url: 'https://example.org/1' }],
    });
    // What a maker stated is his.
    await expect.poll(() => page.getByRole('button', { name: /^Correct/ }).count()).toBe(1);
  });

  test('the office looks at the differences of a catalogue, raises its version, and registers what it has seen', async () => {
    await open('/p/practice/catalogue');
    const text = page.getByLabel('Text of catalogue.yaml');
    await text.fill('formatVersion: 1\nid: practice\nversion: 3\ntitle: { en: P }\n');
    await page.getByRole('button', { name: 'Show the differences' }).click();
    const table = page.getByRole('table', { name: 'Differences to the catalogue in force' });
    const row = table.locator('tr').filter({ hasText: 'Figure: BF16' }).first();
    await row.waitFor();
    await expect.poll(() => row.locator('td').allTextContents()).toEqual(['Figure: BF16', '2250', '2251.5']);
    await expect.poll(() => page.getByRole('button', { name: 'Register this catalogue' }).count()).toBe(0);
    await page.waitForSelector('text=no consortium of this name: magnolia');
    await page.getByRole('button', { name: 'Write version 4 into the text' }).click();
    await expect.poll(() => text.inputValue()).toBe('formatVersion: 1\nid: practice\nversion: 4\ntitle: { en: P }\n');
    await table.waitFor({ state: 'detached' }); // what is edited must be looked at again
    server.stale = false;
    await page.getByRole('button', { name: 'Show the differences' }).click();
    await page.getByRole('button', { name: 'Register this catalogue' }).click();
    await page.waitForSelector('text=Registered. It is in force from now on.');
    expect(JSON.parse(server.body)).toEqual({
      texts: [{ file: 'catalogue.yaml', text: 'formatVersion: 1\nid: practice\nversion: 4\ntitle: { en: P }\n' }],
      alone: false,
      against: 'd'.repeat(64),
    });
  });

  test('picked files of a catalogue keep the path of a chip card, and an error leads to its line', async () => {
    server.failures.set('POST /api/programmes/practice/catalogue/check', {
      ...{ status: 422, code: 'catalogue-unknown', message: 'no supplier', input: 'ours.yaml:2', hint: 'name one' },
    });
    await open('/p/practice/catalogue');
    await page.getByLabel('Pick files').setInputFiles([
      { name: 'ours.yaml', mimeType: 'text/yaml', buffer: Buffer.from('chips:\n  - { cards: [cards/far.json] }\n') },
      { name: 'far.json', mimeType: 'application/json', buffer: Buffer.from('{}') },
    ]);
    await page.waitForSelector('text=Chip cards: cards/far.json');
    await page.getByRole('button', { name: 'Show the differences' }).click();
    await page.waitForSelector('.notice.warn:has-text("Line 2")');
    expect(JSON.parse(server.body).texts.map(({ file }: { file: string }) => file)).toEqual([
      'ours.yaml',
      'cards/far.json',
    ]);
    await page.click('button:has-text("Go to the line")');
    const chosen = await page.getByLabel('Text of ours.yaml').evaluate((area) => {
      const { value, selectionStart, selectionEnd } = area as HTMLTextAreaElement;
      return value.slice(selectionStart, selectionEnd);
    });
    expect(chosen).toBe('  - { cards: [cards/far.json] }');
  });

  test('allotments are edited in place, looked at together, and registered together', async () => {
    await open('/p/practice/allotments');
    await page.getByLabel('Device-hours: q1').fill('80000');
    await page.getByRole('button', { name: 'Add an allotment' }).click();
    await page.getByLabel('Consortium: row 2').selectOption('bellflower');
    await page.getByLabel('First day: row 2').fill('2026-03-01');
    const look = page.getByRole('button', { name: 'Show the differences' });
    await page.waitForSelector('text=2 rows to look at A changed row lacks');
    await expect.poll(() => look.isDisabled()).toBe(true);
    await page.getByLabel('Device-hours: row 2').fill('12000');
    await look.click();
    await page.waitForSelector('text=more than its chips have');
    await page.waitForSelector('text=q1 and azalea-spring');
    expect(JSON.parse(server.body)).toEqual({
      allotments: [
        {
          ...{ id: 'q1', consortium: 'azalea', cluster: 'azalea-one' },
          from: '2026-01-01',
          to: '2026-03-31',
          deviceHours: 80_000,
          replaces: 21,
        },
        {
          ...{ consortium: 'bellflower', cluster: 'azalea-one' },
          from: '2026-03-01',
          to: '2026-03-31',
          deviceHours: 12_000,
          replaces: null,
        },
      ],
    });
    await page.getByRole('button', { name: 'Register 2 allotments' }).click();
    await page.waitForSelector('text=2 allotments registered.');
    const { allotments } = JSON.parse(server.body);
    expect(allotments.map(({ id, replaces }: Record<string, unknown>) => [id, replaces])).toEqual([
      ['q1', 21],
      ['bellflower-azalea-one-2026-03', null],
    ]);
    // An edit after a look hides the button that registers.
    await page.getByLabel('Device-hours: q1').fill('70000');
    await look.click();
    await page.waitForSelector('button:has-text("Register 2 allotments")');
    await page.getByRole('button', { name: /^Undo ?: q1$/ }).click();
    await expect.poll(() => page.locator('button:has-text("Register 2 allotments")').count()).toBe(0);
    await page.waitForSelector('text=No row is changed.');
  });

  test('a table of allotments fills the rows; a refused one leaves them as they are', async () => {
    await open('/p/practice/allotments');
    const pick = (text: string) =>
      page
        .getByLabel('From a table (CSV)')
        .setInputFiles({ name: 't.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await pick('consortium,cluster,from,to,hours\n');
    await page.waitForSelector('text=2 rows to look at');
    await expect.poll(() => page.getByLabel('Device-hours: q1').inputValue()).toBe('80000');
    expect(JSON.parse(server.body)).toEqual({ table: 'consortium,cluster,from,to,hours\n' });
    server.failures.set('POST /api/programmes/practice/allotments/check', {
      ...{
        status: 422,
        code: 'allotments-broken',
        message: '"=1+1" is not a number of hours',
        input: 'row 1, hours',
        hint: '',
      },
    });
    await pick('=1+1');
    await page.waitForSelector('.notice.bad:has-text("row 1, hours")');
    await expect.poll(() => page.getByLabel('Device-hours: q1').inputValue()).toBe('80000');
  });

  test('metering: read, looked at, signed; without sacct the command and an upload', async () => {
    await open('/p/practice/metering');
    const days = async () => {
      await page.getByLabel('First day').fill('2026-01-01');
      await page.getByLabel('Last day').fill('2026-01-31');
    };
    await days();
    await expect.poll(() => page.getByLabel('Azalea').inputValue()).toBe('azalea-gpu');
    await page.getByLabel('Bellflower').fill('bell, flower');
    await page.getByRole('button', { name: 'Read the accounting' }).click();
    await page.waitForSelector('text=titan');
    expect(JSON.parse(server.body)).toEqual({
      ...{ cluster: 'azalea-one', from: '2026-01-01', to: '2026-01-31', by: 'sacct' },
      accounts: { azalea: ['azalea-gpu'], bellflower: ['bell', 'flower'] },
    });
    await page.getByLabel('Jobs of azalea-1').fill('4711, 4712');
    await page.getByRole('button', { name: 'Show what would be recorded' }).click();
    await page.waitForSelector('text=21,500.25');
    await page.getByRole('button', { name: 'Sign and record it' }).click();
    await page.waitForSelector('text=2 usages signed and recorded.');
    expect(JSON.parse(server.body)).toEqual({
      ...{ device: 'gres/gpu', submissions: { 'azalea-1': ['4711', '4712'] } },
      seen: { 'u-1': 44, 'u-2': null, 'u-3': 45 },
    });

    await page.getByLabel('Where from').selectOption('file');
    await days();
    await page.getByRole('button', { name: 'Show the command' }).click();
    await page.waitForSelector('text=sacct --json --allocations');
    await page
      .getByLabel('The file that it wrote')
      .setInputFiles({ name: 'sacct.json', mimeType: 'application/json', buffer: Buffer.from('{"jobs":[]}') });
    await page.getByRole('button', { name: 'Upload and read it' }).click();
    await page.waitForSelector('h2:has-text("Jobs by submission")');
    expect(asked(/POST .*\/file$/)).toHaveLength(1);
    // Nobody else is offered it, and nothing is asked for.
    server.role = 'consortium';
    server.asked.length = 0;
    await open('/p/practice/metering');
    await page.waitForSelector('text=The office of the programme meters here');
    expect(asked(/\/metering/)).toEqual([]);
  });

  test('the register shows its answers, compares a head, and takes a file', async () => {
    await open('/p/practice/register');
    const rows = page.getByRole('table', { name: 'Answers, newest first' }).locator('tbody tr');
    await rows.first().waitFor();
    await expect.poll(() => rows.locator('th').allTextContents()).toEqual(['5', '4', '3', '2', '1']);
    await expect.poll(() => rows.nth(1).textContent()).toContain('Requestanswer 2');
    const head = page.getByLabel('A head that you know');
    await head.fill('3'.padEnd(64, 'c'));
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await page.waitForSelector('.notice.good:has-text("after entry 3 of 5")');
    await head.fill('f'.repeat(64));
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await page.waitForSelector('.notice.bad:has-text("never had this head")');
    await page
      .getByLabel('request.json, seal.json')
      .setInputFiles({ name: 'request.json', mimeType: 'application/json', buffer: Buffer.from('{"a":1}') });
    await page.getByRole('button', { name: 'Lodge it' }).click();
    await page.waitForSelector('text=Answered, as entry 6 of the register.');
    expect(JSON.parse(server.body)).toEqual({ statement: '{"a":1}' });
    await expect.poll(() => page.getByText('Save the answer').getAttribute('download')).toBe('lodging.json');
    server.role = 'public';
    await open('/p/practice/register');
    await page.waitForSelector('text=Compare a head');
    await expect.poll(() => page.getByText('Lodge a file').count()).toBe(0);
  });

  test('a failure is shown beside its form, and no typed text is lost', async () => {
    server.failures.set('POST /api/programmes/practice/rule-books', {
      status: 422,
      code: 'rule-book-key',
      message: 'is no key of a rule book',
      input: 'rule book:2: nmae',
      hint: 'did you mean name?',
    });
    await open('/p/practice/rule-books');
    await page.fill('textarea', 'version: 1\nnmae: x\n');
    await page.click('button:has-text("Check and register")');
    await page.waitForSelector('[role=alert]:has-text("did you mean name?")');
    expect(await text('form .notice.warn')).toContain('nmae: x');
    await expect.poll(() => page.inputValue('textarea')).toBe('version: 1\nnmae: x\n');
    server.failures.clear();
    await server.fall();
    await page.click('button:has-text("Check and register")');
    await page.waitForSelector('[role=alert]:has-text("Nothing of what you typed is lost")');
    await expect.poll(() => page.inputValue('textarea')).toBe('version: 1\nnmae: x\n');
    await server.rise();
  });

  test('the text of a card stays text', async () => {
    await open('/runs/small-77aa21/model');
    await page.click('#card summary');
    await page.waitForSelector('.doc');
    expect(await text('.doc')).toContain('<img src=x onerror=alert(1)> stays text');
    await expect.poll(() => page.locator('main img').count()).toBe(0);
  });

  describe('the playground', () => {
    const playground = '/runs/small-77aa21/playground';
    const requests = () => asked(/\/completions$/).length;
    const field = () => page.locator('.playground textarea').first();
    const ended = 'text=Ended by the model';
    const inText = async () => {
      await open(playground);
      await page.click('button:has-text("Continue a text")');
      await page.waitForSelector('textarea:focus');
    };

    test('one key press has the model go on with a sentence that is there; its text stays text', async () => {
      await open('/runs/old-1234/playground');
      await page.waitForSelector('textarea:focus');
      // The cursor is at the end of the text.
      await vi.waitFor(async () =>
        expect(await page.evaluate(() => (document.activeElement as HTMLTextAreaElement).selectionStart)).toBe(31),
      );
      await page.keyboard.press('Enter');
      await page.waitForSelector(ended);
      // A character of three tokens is one; one that is never complete is its byte.
      expect(await text('.reply .written')).toBe('The people of the United States is wide <b>and</b>\n강 cold.EC');
      await expect.poll(() => page.locator('main b').count()).toBe(0);
      expect(JSON.parse(server.body)).toEqual({
        ...{ prompt: 'The people of the United States', max_tokens: 100, temperature: 0.8, top_p: 0.95, seed: 1377 },
        logprobs: 5,
        return_token_ids: true,
      });
    });

    test('each token says its probability and what else could have come, by pointer and by keyboard', async () => {
      await inText();
      await page.keyboard.press('Enter');
      await page.waitForSelector(ended);
      await page.check('text=Probabilities');
      await page.hover('.token:has-text("wide")');
      const rows = () => page.locator('.alternatives tbody tr').allTextContents();
      expect(await rows()).toEqual([
        expect.stringMatching(/^␣wide \(chosen\)42%$/),
        ...Array(4).fill(expect.any(String)),
      ]);
      // One stop of the Tab key for all tokens; arrows go on.
      await page.focus('.token[tabindex="0"]');
      await expect.poll(() => page.locator('.token[tabindex="0"]').count()).toBe(1);
      await page.keyboard.press('End');
      expect((await rows()).at(-1)).toMatch(/^EC \(chosen\)<0.1%$/);
      await page.keyboard.press('ArrowLeft');
      expect((await rows())[0]).toMatch(/^\. \(chosen\)73%$/);
      await expect.poll(() => page.locator('.token:focus').getAttribute('aria-label')).toBe('., 73%');
      await page.keyboard.press('Home');
      expect((await rows())[0]).toMatch(/^␣is \(chosen\)91%$/);
    });

    test('Enter while a syllable is composed does not send, nor does Shift and Enter', async () => {
      await open(playground);
      const compose = (more: object) =>
        field().evaluate((element, init) => {
          element.dispatchEvent(
            new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...init }),
          );
        }, more);
      await field().fill('안녕하세');
      const session = await context.newCDPSession(page);
      await session.send('Input.imeSetComposition', { text: '요', selectionStart: 1, selectionEnd: 1 });
      await compose({ isComposing: true });
      await compose({ keyCode: 229 });
      await expect.poll(() => field().inputValue()).toBe('안녕하세요');
      await session.send('Input.insertText', { text: '요' });
      await page.keyboard.press('Shift+Enter');
      expect(requests()).toBe(0);
      await expect.poll(() => field().inputValue()).toBe('안녕하세요\n');
      await page.keyboard.press('Enter');
      await page.waitForSelector(ended);
      expect(JSON.parse(server.body).messages).toEqual([{ role: 'user', content: '안녕하세요\n' }]);
    });

    test('pressed twice it asks once; Escape stops, and what was written stays', async () => {
      server.hold = true;
      await inText();
      await page.keyboard.press('Enter');
      await page.keyboard.press('Enter');
      await page.click('button:has-text("Working")', { force: true });
      await page.waitForSelector('.reply .written:has-text("cold")');
      expect(requests()).toBe(1);
      await field().press('Escape');
      await page.waitForSelector('text=Stopped by you.');
      expect(await text('.reply .written')).toContain('is wide');
      server.hold = false;
      await page.click('button:has-text("Regenerate")');
      await page.waitForSelector(ended);
      expect([JSON.parse(server.body).seed, await text('.reply-foot')]).toEqual([
        1378,
        expect.stringContaining('seed 1378'),
      ]);
    });

    test('prompt, settings and answers outlive a reload, and are in no address', async () => {
      await inText();
      await field().fill('A secret');
      await page.click('summary:has-text("Settings")');
      await page.getByLabel('Temperature').fill('1.5');
      await page.getByLabel('Stop at').fill('\\\\n');
      await page.click('button:has-text("Generate")');
      await page.waitForSelector(ended);
      expect(JSON.parse(server.body)).toMatchObject({ temperature: 1.5, stop: ['\\n'] });
      await page.reload();
      await page.waitForSelector(ended);
      await expect.poll(() => field().inputValue()).toBe('A secret');
      await page.click('summary:has-text("Settings")');
      await expect.poll(() => page.getByLabel('Temperature').inputValue()).toBe('1.5');
      expect(page.url() + server.asked.join()).not.toContain('secret');
    });

    test('an error is shown and nothing that was written is lost', async () => {
      server.failures.set('POST /api/runs/small-77aa21/chat/completions', {
        status: 422,
        code: 'prompt-too-long',
        message: "the conversation has 900 tokens, the model's maximum context length is 256 tokens",
        input: 'messages',
        hint: 'leave out the oldest ones',
      });
      await open(playground);
      await field().fill('a long story');
      await page.keyboard.press('Enter');
      await page.waitForSelector('[role=alert]:has-text("maximum context length is 256 tokens")');
      await vi.waitFor(async () => expect(await field().inputValue()).toBe('a long story'));
      server.failures.clear();
      await page.click('button:has-text("Send")');
      await page.waitForSelector(ended);
      // What failed is no part of the conversation.
      expect(JSON.parse(server.body).messages).toEqual([{ role: 'user', content: 'a long story' }]);
      await field().fill('and then?');
      await page.keyboard.press('Enter');
      await vi.waitFor(() => expect(JSON.parse(server.body).messages).toHaveLength(3));
      expect(JSON.parse(server.body).messages[1]).toMatchObject({
        role: 'assistant',
        content: expect.stringMatching(/^ is wide/),
      });
    });

    test('two models side by side get the same request, and the choice is in the address', async () => {
      await open(playground);
      await page.waitForSelector('textarea:focus');
      // What is sent before the second model is there waits for it.
      await page.route('**/api/runs/seed-1-5e1f', async (route) => {
        await page.waitForSelector('textarea:focus');
        await route.continue();
      });
      await page.getByLabel('Beside it').selectOption('seed-1-5e1f');
      await page.waitForURL('**/playground?beside=seed-1-5e1f');
      await field().fill('hello');
      await page.keyboard.press('Enter');
      await vi.waitFor(async () => expect(await page.locator(ended).count()).toBe(2));
      expect(asked(/completions$/).sort()).toEqual(
        ['seed-1-5e1f', 'small-77aa21'].map((id) => `POST /api/runs/${id}/chat/completions`),
      );
      await expect.poll(() => page.locator('.reply > .who').allTextContents()).toEqual(['small', 'seed-1']);
    });

    describe('the receipt under an answer', () => {
      const seal = () => page.locator('.receipt-seal');
      const generate = async () => {
        await open('/runs/old-1234/playground');
        await page.waitForSelector('textarea:focus');
        await page.keyboard.press('Enter');
        await page.waitForSelector(ended);
        await seal().waitFor();
      };

      test('it is not checked until it was; then what was found is shown and kept, by keyboard alone', async () => {
        await generate();
        await expect.poll(() => seal().textContent()).toContain('not checked');
        await seal().focus();
        await page.keyboard.press('Enter');
        const dialog = page.locator('dialog[open]');
        await dialog.waitFor();
        await expect.poll(() => dialog.textContent()).toMatch(/nobody has replayed it yet/);
        await expect
          .poll(() => dialog.locator('.lineage .state').allTextContents())
          .toEqual(Array(5).fill('–not checked'));
        await expect.poll(() => dialog.locator('.weakest').textContent()).toBe('Nothing has been checked yet.');
        // All that it binds is there.
        for (const digit of ['2', '3', '7']) expect(await dialog.textContent()).toContain(digit.repeat(12));
        await expect.poll(() => dialog.textContent()).toContain('temperature 0.8');
        for (let i = 0; i < 20; i++) {
          await page.keyboard.press('Tab');
          if (await page.evaluate(() => document.activeElement?.textContent === 'Check now')) break;
        }
        await page.keyboard.press('Enter');
        await dialog.locator('.verdict.holds').waitFor();
        const { receipt, request, response } = JSON.parse(server.body);
        expect(receipt).toBe('{"payload":"made up"}\n');
        expect(JSON.parse(request)).toMatchObject({ model: 'model', seed: 1377, return_token_ids: true });
        expect(JSON.parse(response)).toMatchObject({
          id: `cmpl-${'ab'.repeat(16)}`,
          choices: [{ finish_reason: 'stop', token_ids: Array.from({ length: 12 }, (_, i) => i) }],
        });
        expect(await dialog.locator('.lineage .state').allTextContents()).toEqual([
          ...['✓holds', '✓holds', '✓holds', '!holds in part', '–not checked'],
        ]);
        await expect.poll(() => dialog.locator('.weakest').textContent()).toMatch(/^The weakest link is the corpus/);
        await page.keyboard.press('Escape');
        await expect.poll(() => seal().textContent()).toContain('checked here, holds');
        expect(await page.evaluate(() => document.activeElement?.className)).toContain('receipt-seal');
        await page.reload();
        await seal().waitFor();
        await expect.poll(() => seal().textContent()).toContain('checked here, holds');
      });

      test('its three files are those that were checked', async () => {
        await generate();
        await seal().click();
        for (const name of ['receipt', 'request', 'response']) {
          const downloaded = page.waitForEvent('download');
          await page.click(`dialog a[download="${name}.json"]`);
          const file = readFileSync(await (await downloaded).path(), 'utf8');
          expect(JSON.parse(file)).toMatchObject(
            { receipt: { payload: 'made up' }, request: { model: 'model' }, response: { choices: [{ index: 0 }] } }[
              name
            ]!,
          );
        }
      });

      test('an answer that was tampered with does not hold, and its texts stay texts', async () => {
        await generate();
        await page.evaluate(() => {
          for (const [name, value] of Object.entries(sessionStorage))
            if (value.includes('"pieces"'))
              sessionStorage.setItem(name, value.replace('"text":" wide"', '"text":" tampered"'));
        });
        await page.reload();
        await seal().click();
        await page.click('dialog button:has-text("Check now")');
        await page.waitForSelector('dialog .verdict.refuted');
        await page.click('dialog summary:has-text("Each check")');
        expect(await text('dialog .check-rows')).toContain('the model chooses token 9 " <b>the</b>"');
        await expect.poll(() => page.locator('dialog b').count()).toBe(0);
        await page.keyboard.press('Escape');
        await expect.poll(() => seal().textContent()).toContain('does not hold');
      });

      test('an answer without a receipt says why, and claims nothing', async () => {
        server.failures.set(`GET /api/runs/old-1234/receipts/${'ab'.repeat(16)}`, {
          status: 422,
          code: 'key-open',
          message: 'other users of this machine can read this key',
          input: '/home/kim/.config/jikji/keys/playground.pem',
          hint: 'run: chmod 600',
        });
        await generate();
        await expect.poll(() => seal().textContent()).toContain('No receipt');
        await seal().click();
        await page.waitForSelector('dialog:has-text("can read this key")');
        await expect.poll(() => page.locator('dialog button:has-text("Check now")').count()).toBe(0);
      });

      test('a check that fails leaves it unchecked; one that is asked twice is made once', async () => {
        server.failures.set('POST /api/runs/old-1234/receipt-checks', {
          ...{ status: 429, code: 'too-many', message: 'too many requests wait for a model', input: '', hint: 'later' },
        });
        await generate();
        await seal().click();
        await page.click('dialog button:has-text("Check now")');
        await page.waitForSelector('dialog [role=alert]:has-text("too many requests")');
        await expect.poll(() => seal().textContent()).toContain('not checked');
        server.failures.clear();
        await page.dblclick('dialog button:has-text("Check now")');
        await page.waitForSelector('dialog .verdict.holds');
      });

      test('in Korean, every sentence is', async () => {
        await generate();
        await page.click('button:has-text("한국어")');
        await seal().click();
        await page.click('dialog button:has-text("지금 확인하기")');
        await page.waitForSelector('dialog .verdict.holds');
        expect(await text('dialog .verdict')).toMatch(/이 서버의 확인 결과: 성립.*영수증에 서명된 것은/s);
        // Digests, names of parameters, the command and the details of checks are as they are everywhere.
        const own = await page.locator('dialog').evaluate((dialog) => {
          const copy = dialog.cloneNode(true) as HTMLElement;
          for (const one of copy.querySelectorAll('code, pre, time, [lang=en]')) one.remove();
          return copy.textContent!.replace('‘playground’', '').replaceAll('“npm start”', '');
        });
        expect(own.match(/[A-Za-z]{2,}/g)).toBeNull();
      });
    });

    test('a screen reader hears that an answer is written and that it is there, but not each token', async () => {
      await open(playground);
      await field().fill('hello');
      const heard = page.locator('.playground > [role=status]');
      server.hold = true;
      await page.keyboard.press('Enter');
      await page.waitForSelector('.reply .written:has-text("cold")');
      await expect.poll(() => heard.textContent()).toBe('The model writes.');
      expect(await page.locator('.reply').evaluate((reply) => reply.closest('[aria-live], [role=log]'))).toBeNull();
      await page.click('button:has-text("Stop")');
      await vi.waitFor(async () => expect(await heard.textContent()).toBe('Stopped by you.'));
      server.hold = false;
      await page.click('button:has-text("Regenerate")');
      await vi.waitFor(async () => expect(await heard.textContent()).toBe('The answer is there.'));
    });
  });

  test('shows Korean on request, and remembers the choice', async () => {
    await open('/p/practice');
    await page.click('button:has-text("한국어")');
    await page.waitForSelector('h1:has-text("연습 프로그램")');
    await expect.poll(() => page.getAttribute('html', 'lang')).toBe('ko');
    await page.selectOption('footer select', 'dark');
    await page.reload();
    await page.waitForSelector('h1:has-text("연습 프로그램")');
    await expect.poll(() => page.getAttribute('html', 'data-theme')).toBe('dark');
  });

  test('by keyboard: skips to the content, and closing a dialog returns the focus to its button', async () => {
    await open('/p/practice');
    await page.waitForSelector('button:has-text("Add an organisation")');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content');
    await page.focus('button:has-text("Add an organisation")');
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog[open]');
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Add an organisation');
  });

  test('the token of an invitation leaves the address bar, and is in no requested URL', async () => {
    server.role = 'public';
    await open('/invitation#s3cret');
    await page.waitForSelector('button:has-text("Accept the invitation")');
    expect(page.url()).toBe(`${server.url}/invitation`);
    expect(JSON.parse(server.body)).toEqual({ token: 's3cret' });
    expect(server.asked.join()).not.toContain('s3cret');
  });

  test("an expert's marks outlive a reload, and are sealed as they were filled in", async () => {
    server.role = 'expert';
    await open('/p/practice/stages/stage-2');
    const marks = page.locator('input.mark');
    await marks.first().waitFor();
    for (const [i, mark] of ['10', '11.5', '7', '8', '9', '3'].entries()) await marks.nth(i).fill(mark);
    await page.reload();
    await marks.first().waitFor();
    await expect.poll(() => marks.nth(1).inputValue()).toBe('11.5');
    await page.click('button:has-text("Seal the form")');
    await page.click('dialog button:has-text("Seal the form")');
    await page.waitForSelector('text=Your form is sealed.');
    expect(JSON.parse(server.body)).toEqual({
      part: 'blocks.experts',
      scores: {
        azalea: { method: 10, evidence: 7, plan: 9 },
        bellflower: { method: 11.5, evidence: 8, plan: 3 },
      },
    });
    const downloaded = page.waitForEvent('download');
    await page.click('a:has-text("Download the receipt")');
    const receipt = JSON.parse(readFileSync(await (await downloaded).path(), 'utf8'));
    const { part, ...form } = JSON.parse(server.body);
    expect(receipt).toEqual({ stage: 'stage-2', part, form, ...SEALED });
  });

  test('an audit shows its progress up to its verdict', async () => {
    await open('/runs/small-77aa21');
    await page.click('#audit button');
    await page.click('dialog form .primary');
    await page.waitForSelector('dialog >> text=Audit under way: Replay');
    await vi.waitFor(() => expect(asked(/audits\/audit-1\/events/).length).toBeGreaterThan(0));
    const { audit } = await import('./testing/made-up.ts');
    server.tell('/api/audits/audit-1/events', 'audit', audit(1));
    await page.waitForSelector('.verdict.holds:has-text("Audit: Holds")');
    await vi.waitFor(async () => expect(await page.locator('.check-rows li').count()).toBe(audit(1).checks.length));
  });
});
