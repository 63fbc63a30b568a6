// Every refusal of the office, and every code that has English sentences only, passes through a page in Korean: it stands there in Korean,
// with nothing in English and no value missing.

import type { Page } from 'playwright-core';
import { beforeEach, expect, test } from 'vitest';
import { MEANINGS_KO } from '../base/error-codes/korean.ts';
import { type Failure, JikjiError, type Refusal } from '../base/index.ts';
import { englishIn } from '../console/testing/english.ts';
import { inBrowser } from '../console/testing/in-browser.ts';
import { describeInBrowser } from '../page-kit/testing/in-browser.ts';
import { ALL_REFUSALS } from '../program/state/testing/every-refusal.ts';

const PATH = '/api/programmes/practice/organisations';
const HASH = 'c0ffee'.padEnd(64, '0');
const SENTENCE = { en: 'must be lower-case letters', ko: '영문 소문자로 써야 합니다.' };
const STATUSES = {
  consortium: ['out: veto', 'out: points', 'out: withdrawn'],
  submission: ['received', 'audited', 'refused: limit-steps'],
  stage: ['open', 'closed', 'decided', 'final'],
  application: ['received', 'paper', 'presentation', 'rejected', 'selected'],
};

/** What the sentences of refusals take, by the names of their parameters: each value as pages can get it. */
const VALUES: Record<string, readonly unknown[]> = {
  ...{ n: [3], more: [2], all: [9], own: ['kim'], by: ['auditor:kim'], to: ['2026-01-15'], now: ['진달래'] },
  ...{ most: [16], minutes: [10], least: [12], seconds: [30], running: [2], followed: [8], count: [9000] },
  ...{ size: [70_000], limit: [65_536], segments: [32], ofParty: [4], minimum: [60], files: [20], points: [10] },
  ...{ given: [11.5], reviewers: [5], there: [2], needed: [3], experts: [3], items: [40], value: [12], max: [10] },
  ...{
    version: [2],
    members: [1],
    rows: [501],
    kept: ['17'],
    from: ['2026-02-01'],
    day: ['2026-03-31'],
    mean: ['58.2'],
  },
  ...{ hint: [{ en: 'there are: KR', ko: '다음 가운데에서 고르십시오: KR' }], said: [SENTENCE] },
  ...{
    why: [SENTENCE],
    name: ['전자연구원'],
    id: ['azalea-serving'],
    member: ['choice'],
    part: ['user-votes'],
    team: ['azalea'],
  },
  ...{ task: ['click'], field: ['title.en'], code: ['ECONNREFUSED'], key: [HASH], office: [HASH], maker: [HASH] },
  ...{ sha256: [HASH], path: ['weights/model.safetensors'], step: ['paper', 'presentation'], criterion: ['독창성'] },
  ...{ near: ['nw100'], known: ['nw100, nw200'], consortium: ['azalea'], expert: ['park'], where: ['azalea.plan'] },
  ...{ parts: ['user-votes, plan-2027'], other: ['azalea-1'], until: ['2026-03-31T09:00:00.000Z'], stage: ['stage-1'] },
  ...{ teams: ['azalea, bellflower'], kind: ['stage-opened'], lead: ['azalea-works'], country: ['FR'] },
  ...{ cell: ['"=1+1"'], submission: ['azalea-1'], cluster: ['northern'], message: ['Malformed JSON in request body'] },
  ...{ architecture: ['GPT2LMHeadModel'], letter: ['Z'], blocks: ['M, E, *'], matrix: ['q_proj'], place: ['3:7'] },
  ...{ figures: [['interconnect']], names: [['solar-open-100b']] },
  ...{ open: ['azalea-encoder'], has: ['bits-per-byte'], roles: [['office', 'expert']] },
  components: [['weights', 'encoder', 'tokenizer', 'embeddings', 'attention', 'mlp', 'data']],
  component: ['weights', 'encoder', 'tokenizer', 'embeddings', 'attention', 'mlp', 'data'],
  status: Object.values(STATUSES).flat(),
  what: ['rule book', 'log', 'decision', 'metered usage'],
  wanted: [['KR', 'JP']],
  lacking: [[SENTENCE, SENTENCE]],
};
/** Where a name of a parameter means something else. */
const OF: Record<string, Record<string, readonly unknown[]>> = {
  architectureUnknown: { known: [['LlamaForCausalLM', 'Qwen3ForCausalLM']] },
  keyOfOther: { by: ['office', 'consortium:azalea', 'auditor:kim'] },
  forAnotherParty: { own: ['consortium:azalea', 'auditor:kim'] },
  forbidden: { own: ['office', 'consortium', 'expert', 'evaluator', 'auditor', 'public'] },
  roleOfProgramme: { own: ['consortium', 'expert', 'evaluator', 'auditor'] },
  roleOfConsortium: { own: ['consortium'] },
  roleOfNoConsortium: { own: ['office', 'expert', 'evaluator', 'auditor'] },
  rolesMissing: { roles: [['chip', 'memory', 'data-center', 'cloud', 'data', 'model', 'service', 'university']] },
  meteredForSubmission: { where: [['azalea', 'northern']] },
  reportBroken: { why: ['the signature does not fit'] },
  noTable: { why: ['two columns are called "id"'] },
  fileUnreadable: { why: ['EACCES'] },
  signedOther: { name: ['comparison', 'usage.json'] },
  noMetric: { wanted: ['accuracy'] },
  columnMissing: { all: ['id, hours'] },
  noColumn: { all: ['id, hours'] },
};

/** Each refusal made of realistic values, as often as a parameter has values. */
function madeOf(name: string, make: Refusal): Failure[] {
  const { en } = make;
  if (typeof en !== 'function') return [make('azalea').failure];
  const parameters = /^\(([^)]*)\)/
    .exec(en.toString())![1]!
    .split(/,(?![^[]*\])/)
    .map((one) => /^\s*(\w+)/.exec(one)![1]!);
  const given = parameters.map((one) => {
    const values = OF[name]?.[one] ?? VALUES[one];
    if (!values) throw new Error(`${name}: give a realistic ${one}`);
    return values;
  });
  return Array.from({ length: Math.max(...given.map(({ length }) => length)) }, (_, i) => {
    const values = given.map((all) => all[i % all.length]);
    return make('azalea', ...(values as never[])).failure;
  });
}

const REFUSALS = ALL_REFUSALS.flatMap(([name, make]) => madeOf(name.split(' ')[1]!, make));
const ENGLISH = (Object.keys(MEANINGS_KO) as (keyof typeof MEANINGS_KO)[]).map(
  (code) => new JikjiError(code, 'the file ends too early', 'azalea-1.tar', 'get it again from its maker').failure,
);

describeInBrowser('in a Korean browser', () => {
  const here = inBrowser({ locale: 'ko-KR' });
  let page: Page;
  beforeEach(() => {
    ({ page } = here);
  });
  const alert = () => page.locator('main [role=alert]').first();

  test.each([
    ['every refusal of the tables', REFUSALS],
    ['every code whose sentences are English', ENGLISH],
  ])('%s', async (_, failures) => {
    expect(failures.length).toBeGreaterThan(200);
    let error = failures[0]!;
    await page.route(`**${PATH}`, (route) => route.fulfill({ status: 422, json: { error } }));
    await here.open('/p/practice/organisations');
    const shown: string[] = [];
    for (error of failures) {
      // Hundreds of them: without the checks and pauses that a click and a poll of the test's own would take.
      await alert().getByRole('button').dispatchEvent('click');
      await page.waitForFunction(
        (said) => document.querySelector('main [role=alert]')?.textContent?.includes(said),
        error.ko?.message ?? error.code,
        { timeout: 10_000 },
      );
      shown.push(await alert().innerHTML());
    }
    expect(shown.filter((html) => /lang="en"|undefined|null|NaN|\[object|\$\{|\{\w+\}/.test(html))).toEqual([]);
    const all = await here.context.newPage();
    await all.setContent(`<html lang="ko"><title>직지</title><body>${shown.join('\n')}</body></html>`);
    expect(await englishIn(all)).toEqual([]);
  });
});
