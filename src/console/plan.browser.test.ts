// The page of plans in a browser, against a made-up server: what asks the server and what does not, what hostile, mistaken and late things
// show, and that nothing without a measurement stands there unmarked.

import { expect, test } from 'vitest';
import { axeFaults } from '../page-kit/testing/axe.ts';
import { describeInBrowser } from '../page-kit/testing/in-browser.ts';
import { englishIn } from './testing/english.ts';
import { inBrowser } from './testing/in-browser.ts';
import { planPage } from './testing/made-up-plan.ts';
import type { PlanPage } from './types.ts';

const PLAN = '/p/practice/plan';
const PLANS = 'POST /api/programmes/practice/plans';

describeInBrowser('plans', () => {
  const here = inBrowser();
  const rows = () => here.page.locator('table').first().locator('tbody tr');
  const asked = () => here.server.asked.filter((one) => one === PLANS).length;
  const query = () => new URL(here.page.url()).searchParams;
  const settled = () => here.page.locator('main [aria-busy=false]').waitFor();
  const open = async (search = '') => {
    await here.open(PLAN + search);
    await settled();
  };

  test('two kinds of chips are compared at first, and what cannot be planned is named with its reason', async () => {
    await open();
    expect(await rows().locator('th').allInnerTexts()).toEqual([
      expect.stringMatching(/^512 × Northwind NW-100 80GB/),
      expect.stringMatching(/^512 × Hangang 2/),
    ]);
    expect(asked()).toBe(2);
    // Days of the first over days of the second, slow over fast: rounded outwards.
    const days = await rows().locator('td:first-of-type').allInnerTexts();
    expect(days[0]).not.toContain('of the work');
    expect(days[1]).toMatch(/% of the work of 512 × Northwind NW-100 80GB in its time/);
    expect(await here.page.locator('main').textContent()).toContain('catalogue lacks figures of their links: Seorak.');
  });

  test('sliders of tokens and months work by keyboard and ask nothing: the days follow at once', async () => {
    await open('?on=nw100:512');
    const days = async () => {
      const text = await rows().locator('td').first().textContent();
      return text!.split('–').map(Number);
    };
    const before = await days();
    const tokens = here.page.getByLabel('Training tokens', { exact: true });
    await tokens.focus();
    await here.page.keyboard.press('ArrowRight');
    expect(await tokens.getAttribute('aria-valuetext')).toBe('2T tokens');
    expect(query().get('tokens')).toBe('2000');
    const after = await days();
    expect(after.map((end, i) => end / before[i]!)).toEqual([expect.closeTo(2, 1), expect.closeTo(2, 1)]);
    const months = here.page.getByLabel('Months available', { exact: true });
    const ends = rows().locator('td').nth(1);
    expect(await ends.textContent()).toContain('surely');
    await months.focus();
    await here.page.keyboard.press('ArrowLeft');
    expect(await ends.textContent()).toContain('perhaps');
    await here.page.keyboard.press('Home');
    expect(await ends.textContent()).toContain('no');
    expect(await here.page.locator('[role=status].hidden').textContent()).toMatch(/in time: no\.$/);
    expect(asked()).toBe(1);
  });

  test('a drawn slider of chips asks once, for the last number; the address holds the choice over a reload', async () => {
    await open('?on=nw100:512');
    const count = here.page.getByLabel('Number of chips', { exact: true });
    await count.focus();
    for (let i = 0; i < 3; i++) await here.page.keyboard.press('ArrowRight');
    await here.page.getByRole('rowheader', { name: '4,096 × Northwind' }).first().waitFor();
    expect(asked()).toBe(2);
    expect(query().get('on')).toBe('nw100:4096');
    expect(JSON.parse(here.server.body)).toMatchObject({ chip: 'nw100', devices: 4096 });
    await here.page.reload();
    await settled();
    expect(await rows().locator('th').textContent()).toContain('4,096 × Northwind');
  });

  test('while a number is typed nothing that cannot be planned is asked, and the field keeps it', async () => {
    await open('?on=nw100:512');
    const exact = here.page.getByLabel('Number of chips, as a number');
    for (const typed of ['', '0', '-8', '1.5', '99999999']) {
      await exact.fill(typed);
      expect(await exact.inputValue()).toBe(typed);
      expect(query().get('on')).toBe('nw100:512');
    }
    await exact.fill('640');
    await here.page.getByRole('rowheader', { name: '640 × Northwind' }).first().waitFor();
    expect(asked()).toBe(2);
    await exact.fill('');
    await exact.blur();
    expect(await exact.inputValue()).toBe('640');
  });

  test('a number of chips that does not divide the sequences: the page offers one that does', async () => {
    await open('?on=nw100:1000');
    expect(await here.page.locator('.notice').textContent()).toContain(
      'No layout divides 2,048 sequences of a step among 1,000 chips.',
    );
    const asking = here.page.waitForResponse(/plans$/);
    await here.page.getByRole('button', { name: 'Take 2,000 sequences in a step' }).click();
    await asking;
    await here.page.locator('.notice').waitFor({ state: 'detached' });
    expect(query().get('sequences')).toBe('2000');
    expect(await rows().count()).toBe(1);
  });

  test('too few chips: how much the leanest layout needs', async () => {
    await open('?on=nw100:1&on=hangang-2:512');
    expect(await here.page.locator('.notice').textContent()).toMatch(
      /1 × Northwind.*the leanest needs 1,600 GB of each chip, and 72 GB are there/,
    );
    expect(await rows().count()).toBe(1);
  });

  test('an address that somebody made up: markup is text, nonsense is what can be planned, refusals stand there', async () => {
    here.server.failures.set(PLANS, {
      ...{ status: 422, code: 'plan-config', input: '<img src=x onerror=alert(1)>', hint: 'models: azalea-8b' },
      message: 'neither a file nor a model that comes with Jikji',
    });
    await here.open(`${PLAN}?model=%3Cimg%20src=x%20onerror=alert(1)%3E&on=%3Cb%3E:0&tokens=NaN&months=-1&price=x`);
    const notice = here.page.locator('.notice.bad');
    await notice.waitFor();
    expect(await notice.textContent()).toContain('<img src=x onerror=alert(1)>');
    expect(await here.page.locator('main img, main b').count()).toBe(0);
    expect(await here.page.getByLabel('Number of chips, as a number').inputValue()).toBe('1');
    here.server.failures.clear();
    await here.page.getByLabel('Model', { exact: true }).selectOption('azalea-8b');
    await here.page.getByLabel('Kind of chip').selectOption('nw100');
    await here.page.getByLabel('Number of chips, as a number').fill('128');
    await here.page.getByRole('rowheader', { name: '128 × Northwind' }).first().waitFor();
    expect(await notice.count()).toBe(0);
  });

  test('a config.json is sent by its button, is not in the address, and its refusal is in the language of the page', async () => {
    await open('?on=nw100:512');
    await here.page.getByLabel('Model', { exact: true }).selectOption('config.json');
    const before = asked();
    await here.page.getByLabel('Text of the config.json').fill('{"architectures": ["Llama');
    expect(asked()).toBe(before);
    here.server.failures.set(PLANS, {
      ...{ status: 422, code: 'plan-config', input: 'config.json', hint: 'give a config.json' },
      message: 'not JSON: look at 1:26 (line and column)',
      ko: { message: 'JSON이 아닙니다. 다음 줄과 칸을 확인하십시오: 1:26', hint: 'config.json을 쓰십시오.' },
    });
    await here.page.getByRole('button', { name: 'Plan this model' }).click();
    await here.page.locator('.notice.bad').waitFor();
    expect(JSON.parse(here.server.body).model).toEqual({ config: '{"architectures": ["Llama' });
    expect(here.page.url()).not.toContain('architectures');
    await here.page.getByRole('button', { name: '한국어' }).first().click();
    await here.page.locator('.notice.bad', { hasText: 'JSON이 아닙니다.' }).waitFor();
    here.server.failures.clear();
    await here.page.locator('.notice.bad button').click();
    await rows().first().waitFor();
    expect(await englishIn(here.page)).toEqual([]);
  });

  test('a late answer to an earlier question is not shown for the later one', async () => {
    await open('?on=nw100:512');
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await here.page.route('**/plans', async (route) => {
      if (route.request().postDataJSON().devices === 64) await held;
      await route.continue().catch(() => {});
    });
    const exact = here.page.getByLabel('Number of chips, as a number');
    const asking = here.page.waitForRequest(/plans$/);
    await exact.fill('64');
    await asking;
    // Meanwhile the last answer stands there under its own name.
    expect(await rows().locator('th').textContent()).toContain('512 × Northwind');
    expect(await here.page.locator('main [aria-busy=true]').count()).toBe(1);
    await exact.fill('128');
    await here.page.getByRole('rowheader', { name: '128 × Northwind' }).first().waitFor();
    release();
    await settled();
    expect(await rows().locator('th').textContent()).toContain('128 × Northwind');
  });

  test('the server goes away and comes back: the plan is asked again', async () => {
    await open('?on=nw100:512');
    await here.server.fall();
    await here.page.getByLabel('Number of chips, as a number').fill('256');
    await here.page.locator('.notice').first().waitFor();
    await here.server.rise();
    await here.page.getByRole('rowheader', { name: '256 × Northwind' }).first().waitFor({ timeout: 60_000 });
  });

  test('what has no measurement behind it is marked: memory, energy, cost, and the time on a chip without a measured step', async () => {
    await open('?on=nw100:512:4&on=hangang-2:512&months=24');
    const marked = async (row: number) =>
      (await rows().nth(row).locator('td').allInnerTexts()).map((text) => text.includes('unchecked'));
    //             days   ends   memory limited energy cost
    expect(await marked(0)).toEqual([false, false, true, false, true, true]);
    expect(await marked(1)).toEqual([true, true, true, false, true, false]);
    const ends = await rows().locator('td:nth-child(3)').allInnerTexts();
    expect(ends.map((text) => /surely|perhaps/.exec(text)?.[0])).toEqual(['surely', 'perhaps']);
    const behind = here.page.locator('section', { hasText: 'What stands behind it' }).last();
    expect(await behind.textContent()).toContain('No step was measured on this chip: its time is unchecked.');
    expect(await behind.textContent()).toContain('power and network');
  });

  test('four kinds at most; one that is removed takes only its own numbers along', async () => {
    await open('?on=nw100:512:4&on=hangang-2:256:9');
    await here.page.getByRole('button', { name: 'Remove Chips 1' }).click();
    await here.page.getByText('512 × Northwind').first().waitFor({ state: 'detached' });
    expect(query().getAll('on')).toEqual(['hangang-2:256:9']);
    expect(await here.page.getByLabel(/Price of a chip/).inputValue()).toBe('9');
    expect(asked()).toBe(2);
    const add = here.page.getByRole('button', { name: 'Compare with other chips' });
    for (let i = 0; i < 3; i++) await add.click();
    expect(await add.count()).toBe(0);
    expect(query().getAll('on')).toHaveLength(4);
  });

  test('the picture has a mark and an interval for each row of the tables beneath it', async () => {
    await open('?on=nw100:512&on=hangang-2:256');
    const page = planPage(JSON.stringify({ model: { name: 'azalea-8b' }, chip: 'nw100', devices: 512 })) as PlanPage;
    const picture = here.page.locator('.plan-front svg[role=img]');
    expect(await picture.locator('.mark-of-plan').count()).toBe(2 * page.front.length);
    const intervals = picture.locator('.interval');
    expect(await intervals.count()).toBe(2 * page.front.length);
    for (const line of await intervals.all())
      expect(Number(await line.getAttribute('x2'))).toBeGreaterThan(Number(await line.getAttribute('x1')));
    const section = here.page.locator('section', { hasText: 'Time against memory' });
    for (const fold of await section.locator('summary').all()) await fold.click();
    await expect.poll(() => section.locator('tbody tr').count()).toBe(2 * page.front.length);
    expect(await axeFaults(here.page)).toEqual([]);
  });
});
