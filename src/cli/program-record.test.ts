// `jikji program` over the record of 2025: unpublished values are not known, in words and in JSON, and nothing is computed from them.

import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { argv } from '../base/testing/argv.ts';
import { locationOf, withProgramme } from './program/opened.ts';
import { workFolder } from './testing/bad-input.ts';
import { programmeCalls } from './testing/open-programmes.ts';

const folder = workFolder();
const { ask, page, program } = programmeCalls(folder);
beforeAll(async () => {
  await program`example korea-2025`;
});

test('standings: one total, no place, no interval, no chance, and the decision as it was published', async () => {
  const told = await page`standings`;
  expect(told).toMatch(/^not known +LG AI Research and partners +90\.2$/m);
  for (const firm of ['SK Telecom', 'Naver Cloud', 'Upstage', 'NC AI'])
    expect(told).toMatch(new RegExp(`^not known +${firm} and partners +not known$`, 'm'));
  expect(told).not.toMatch(/%|interval|chance|draws|lacking|stage-1|lg-ai-research/);
  expect(told).toContain('Kept: SK Telecom and partners, LG AI Research and partners, Upstage and partners');
  expect(told).toContain('Out:  Naver Cloud and partners, by the rules on originality');
  expect(told).toContain('Out:  NC AI and partners, by points');
  expect(told).toMatch(
    /^not official: Order .* as a newspaper found out: LG AI Research, SK Telecom, .*\(etnews, 2026/m,
  );
});

test('status: whether the decision was final is not known', async () => {
  expect(await page`status`).toMatch(/^ *stage-1 .* decided, as published$/m);
  expect((await program`status`).stages).toMatchObject([{ id: 'stage-1', status: 'recorded' }]);
});

test('standings --json: null where it is not known; who was kept is what was decided', async () => {
  const found = await program`standings`;
  const unknown = ['sk-telecom', 'naver-cloud', 'upstage', 'nc-ai'];
  expect(found).toMatchObject({
    record: true,
    unknown,
    kept: ['sk-telecom', 'lg-ai-research', 'upstage'],
    out: [
      { consortium: 'naver-cloud', reason: 'veto' },
      { consortium: 'nc-ai', reason: 'points' },
    ],
    undecided: [],
    lacking: [],
    seed: null,
    moves: null,
  });
  for (const { id, total, place, interval, places, keptChance } of found.teams)
    expect([id, total, place, interval, places, keptChance]).toEqual([
      id,
      unknown.includes(id) ? null : 90.2,
      null,
      null,
      null,
      null,
    ]);
  expect(found.unofficial.map(({ official }: { official: boolean }) => official)).toEqual([false, false]);
});

test('explain: the total of a team whose points were not published is not known', async () => {
  expect(await page`explain stage-1/upstage`).toMatch(/^Upstage and partners, stage-1: not known of 100/);
});

test('a record takes no new stage, and closing one says that before it says what is lacking', async () => {
  const hint = 'a record of what others did takes nothing new';
  for (const args of [argv`open stage-2 --consortium upstage`, ['close'], ['decide']]) {
    const { status, stderr } = await ask(args);
    expect([args[0], status]).toEqual([args[0], 2]);
    expect(stderr).toContain(hint);
    expect(stderr).not.toContain('asks for more');
  }
});

test('standings of a stage for which no decision was recorded do not say that nobody is kept', async () => {
  // What an older version let into a record.
  await withProgramme(locationOf(join(folder, 'p')), async ({ programme }) => {
    const { ruleBook } = programme.tables.get('stages', 'stage-1')!;
    const data = { id: 'stage-2', title: { en: 'Stage 2' }, ruleBook: ruleBook!, consortia: ['upstage'] };
    await programme.record('office:test', [{ kind: 'stage-opened', data }]);
  });
  const told = await page`standings stage-2`;
  expect(told).toContain('No decision of this stage is recorded.');
  expect(told).not.toContain('Kept');
  const closing = await ask(['close', 'stage-2']);
  expect(closing.stderr).toContain('takes nothing new');
  expect(closing.stderr).not.toContain('asks for more');
});
