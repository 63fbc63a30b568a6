// The page of a stage in a real browser: what it says after an upheld appeal, before a form is sealed, and what it proposes to the office. `npm run check:browser` runs it.

import { expect, test } from 'vitest';
import { TERMS } from '../page-kit/index.ts';
import { describeInBrowser } from '../page-kit/testing/in-browser.ts';
import { inBrowser } from './testing/in-browser.ts';
import type {
  BlankForm,
  ConsortiumPage,
  Family as FamilyOf,
  RunDetail,
  RunInfo,
  StagePage,
  SubmissionPage,
} from './types.ts';

const STAGE = '/programmes/practice/stages/stage-1';
const OPEN = '/programmes/practice/stages/stage-2';

describeInBrowser('the page of a stage', () => {
  const here = inBrowser();
  const text = (selector: string) => here.page.locator(selector).first().textContent();

  test('after an upheld appeal nothing is said that held before it, and the reason stands beside the team', async () => {
    const { page, open, change } = here;
    const t = TERMS.en.stage;
    await open('/p/practice/stages/stage-1');
    await page.waitForSelector('#chances');
    expect(await text('main')).toContain(t.moves);
    await change(STAGE, ({ report }: StagePage) => {
      Object.assign(report!, { appealUpheld: true, moves: null });
      for (const team of report!.teams)
        if (team.outcome === 'out')
          Object.assign(team, { outcome: 'kept', reason: null, overturned: team.reason, lacks: [] });
    });
    await open('/p/practice/stages/stage-1');
    await page.waitForSelector('#chances');
    const whole = await text('main');
    for (const said of ['By the rule book', t.notFinal, t.moves, 'would change who is out'])
      expect(whole).not.toContain(said);
    const decision = await text('#decision');
    expect(decision).toContain(t.afterAppeal('4', '4'));
    expect(decision).toContain(t.notFinalNobodyOut);
    expect(decision!.split(t.appealUpheld)).toHaveLength(3);
    expect((await text('#standings'))!.split(t.appealUpheld)).toHaveLength(3);
    expect(await text('#chances')).toContain(t.beforeAppeal);
  });

  test('who decides is proposed an end of appeals, and may change it', async () => {
    const { page, server, open, change } = here;
    await change(STAGE, (stage: StagePage) => {
      stage.status = 'closed';
      stage.mayDo = ['decide'];
      stage.dates = { opens: null, closes: '2098-12-31T12:00:00.000Z', appealsUntil: null };
    });
    await open('/p/practice/stages/stage-1');
    const field = page.getByLabel(/^Appeals until/);
    const proposed = new Date(await field.inputValue()).toISOString();
    expect(proposed).toBe('2099-01-14T12:00:00.000Z'); // two weeks after the announced close
    await page.getByRole('button', { name: 'Work out and sign the decision' }).click();
    await expect.poll(() => server.body).toContain(proposed);
    expect(JSON.parse(server.body)).toEqual({ appealsUntil: proposed });
    await field.fill('');
    await page.getByRole('button', { name: 'Work out and sign the decision' }).click();
    await expect.poll(() => server.body).toBe('{"appealsUntil":null}');
  });

  test('who sets dates is proposed an end of appeals that follows the close until it is changed', async () => {
    const { page, open } = here;
    await open('/p/practice');
    await page.getByRole('button', { name: 'Announce a stage' }).click();
    const closes = page.getByLabel(/^Closes/);
    const until = page.getByLabel(/^Appeals until/);
    expect(await until.inputValue()).toBe('');
    await closes.fill('2099-01-01T18:00');
    expect(await until.inputValue()).toBe('2099-01-15T18:00');
    await closes.fill('2099-01-02T18:00');
    expect(await until.inputValue()).toBe('2099-01-16T18:00');
    await until.focus();
    for (let part = 0; part < 6; part++) {
      await page.keyboard.press('Backspace');
      await page.keyboard.press('ArrowRight');
    }
    expect(await until.inputValue()).toBe('');
    await closes.fill('2099-01-03T18:00');
    expect(await until.inputValue()).toBe('');
  });

  test('a submission names the same run in another stage', async () => {
    const { page, open, change } = here;
    await change('/programmes/practice/submissions/azalea-1', (one: SubmissionPage) => {
      one.sameRun = [{ id: 'azalea-9', stage: 'stage-2', stageTitle: { en: 'Second stage' } }];
    });
    await open('/p/practice/submissions/azalea-1');
    await page.getByText('The same run in another stage').waitFor();
    const link = page.getByRole('link', { name: 'azalea-9' });
    expect(await link.getAttribute('href')).toBe('/p/practice/submissions/azalea-9');
  });

  test.each([
    ['ko-KR', '검증: 진행 중'],
    ['en-GB', 'Audit: running'],
  ])('an audit that runs is not called training: %s', async (locale, said) => {
    const page = await (await here.browser.newContext({ locale })).newPage();
    await page.goto(`${here.server.url}/p/practice`);
    await page.getByText(said).waitFor();
  });

  test('runs of one name are told apart where one is submitted, and beside a model of the playground', async () => {
    const { page, open, change } = here;
    await change('/runs', (runs: RunInfo[]) => {
      for (const run of runs) Object.assign(run, { name: 'small', state: 'finished', model: true });
    });
    await open('/p/practice/stages/stage-2');
    const texts = async (label: RegExp) => {
      const options = page.getByLabel(label).last().locator('option');
      await expect.poll(() => options.count()).toBeGreaterThan(2);
      return (await options.allTextContents()).map((text) => text.replace(/ \([^()]*ago\)$/, ''));
    };
    const submitted = await texts(/^A run of this machine/);
    expect(new Set(submitted).size).toBe(submitted.length);
    await open('/runs/small-77aa21/playground');
    const beside = await texts(/[Bb]eside/);
    expect(new Set(beside).size).toBe(beside.length);
  });

  test('runs of one name are told apart in the playground of both, and where a family has both', async () => {
    const { page, open, change } = here;
    await change('/runs', (runs: RunInfo[]) => {
      for (const run of runs) Object.assign(run, { name: 'small' });
    });
    for (const id of ['small-77aa21', 'seed-1-5e1f'])
      await change(`/runs/${id}`, (run: RunDetail) => Object.assign(run, { name: 'small', folder: `/runs/of/${id}` }));
    await open('/runs/small-77aa21/playground?beside=seed-1-5e1f');
    await expect.poll(() => page.locator('main h1').textContent()).toContain('77aa21');
    await page.locator('main textarea').first().fill('a river');
    await page.keyboard.press('Enter');
    await page.locator('.reply').nth(1).waitFor();
    const names = await page.locator('.reply .who').allTextContents();
    expect(new Set(names).size).toBe(2);
    expect(names[0]).toContain('77aa21');
    await change('/runs/small-77aa21/family', (family: FamilyOf) => {
      for (const one of family.ancestors) if (one.kind !== 'model' && one.run) one.run.name = 'small';
      for (const child of family.children) child.name = 'small';
    });
    await open('/runs/small-77aa21');
    await page.locator('.family-picture').waitFor();
    const boxes = await page.locator('.family-picture svg title').allTextContents();
    expect(boxes.length).toBeGreaterThan(3);
    expect(new Set(boxes).size).toBe(boxes.length);
    await page.getByText('/runs/of/small-77aa21').waitFor();
  });

  test.each(['consortia/azalea', 'stages/stage-2'])(
    'a list of submissions has the digest of each: %s',
    async (path) => {
      const { page, open, change } = here;
      const digests = ['a', 'b'].map((digit) => digit.repeat(64));
      await change(`/programmes/practice/${path}`, (of: StagePage | ConsortiumPage) => {
        of.submissions = digests.map((digest, i) => ({ ...of.submissions[0]!, id: `made-${i}`, digest })) as never;
      });
      await open(`/p/practice/${path}`);
      const rows = page.locator('tr:has(a[href*="/submissions/made-"]) code');
      await expect.poll(() => rows.evaluateAll((all) => all.map((one) => one.getAttribute('title')))).toEqual(digests);
    },
  );

  test('the dialog that seals a form says what may still come, as it is when it opens', async () => {
    const { page, server, open, change } = here;
    server.role = 'expert';
    await open('/p/practice/stages/stage-2');
    await page.waitForSelector('input.mark');
    for (const field of await page.locator('input.mark').all()) await field.fill('1');
    await change(`${OPEN}/form?*`, (blank: BlankForm) => {
      blank.lacking = [{ en: 'A later submission waits for its audit: Azalea', ko: '' }];
    });
    await page.getByRole('button', { name: 'Seal the form' }).click();
    const notice = page.locator('dialog .notice');
    await expect.poll(() => notice.textContent()).toMatch(/could not take into account:.*waits for its audit: Azalea/);
    expect(await notice.textContent()).not.toContain('Bellflower');
    await page.unroute(`**/api${OPEN}/form?*`);
    await change(`${OPEN}/form?*`, (blank: BlankForm) => {
      blank.lacking = [];
    });
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Seal the form' }).click();
    await expect.poll(() => notice.count()).toBe(0);
    await page.getByText('You cannot change it afterwards').waitFor();
  });
});
