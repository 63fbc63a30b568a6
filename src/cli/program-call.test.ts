// `jikji program call, apply, review, select`: a call under a rule book, files, reviewers' points, a result, a consortium.

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { argv } from '../base/testing/argv.ts';
import { sha256Hex } from '../ledger/index.ts';
import { workFolder } from './testing/bad-input.ts';
import { programmeCalls } from './testing/open-programmes.ts';

const RULES = `
name: choice
version: 1
title: { en: Choice }
originality: { veto: true, components: [tokenizer] }
blocks: [{ id: given, title: { en: Given }, points: 100, entered: { by: { en: NIA } } }]
kept: 1
selection:
  paper: { reviewers: 2, minimum: 60, criteria: [{ id: plan, title: { en: Plan }, points: 100 }] }
`;

const folder = workFolder();
const { program, refused } = programmeCalls(folder);
beforeAll(async () => {
  writeFileSync(join(folder, 'rules.yaml'), RULES);
  writeFileSync(join(folder, 'plan.pdf'), 'a plan');
  writeFileSync(join(folder, 'empty.pdf'), '');
  await program`create korea --name Korea --practice`;
  for (const id of ['han-models', 'han-cloud'])
    await program`organisation ${id} --country KR --name ${id} --role model`;
  await program`register rules.yaml`;
});

test('from a call to a consortium', async () => {
  const until = ['--until', '2999-03-31T18:00+09:00'];
  const opened = await program`call first --name First ${until} --rule-book choice --text Apply.`;
  expect(opened).toMatchObject({
    until: '2999-03-31T09:00:00.000Z',
    text: 'Apply.',
    ruleBook: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  const team = argv`--call first --lead han-models --member han-cloud`;
  const applied = await program`apply han ${team} --file plan.pdf`;
  expect(applied.files).toEqual([{ name: 'plan.pdf', bytes: 6, sha256: sha256Hex('a plan') }]);
  expect(readdirSync(join(folder, 'p', 'submissions', 'applications'))).toEqual([sha256Hex('a plan')]);

  const paper = argv`review han --step paper`;
  await program`${paper} --reviewer kim --points plan=59.5 --note thin`;
  expect(await refused`${paper} --failed`).toMatchObject({ code: 'review-reason' });
  await program`${paper} --reviewer lee --points plan=60.5`;
  expect(await refused`${paper} --failed`).toMatchObject({ code: 'review-reason' });
  await program`${paper} --passed`;
  await program`review han --step presentation --passed`;
  expect(await program`select han --consortium han-team`).toMatchObject({ consortium: 'han-team' });
  await program`call first --close`;
  const { consortia } = await program`status`;
  expect(JSON.stringify(consortia)).toContain('han-team');
  const verified = await program`verify`;
  expect(verified).toMatchObject({ verdict: 'holds', entries: 13 });
});

test.each([
  [argv`call x --until tomorrow`, 'usage'],
  [argv`call x --rule-book nothing`, 'rule-book-unknown'],
  [argv`call first --close`, 'call-closed'],
  [argv`review han --step paper --points plan`, 'usage'],
  [argv`review han --step paper --points plan=1`, 'usage'],
  [argv`review han --step paper --reviewer kim`, 'usage'],
  [argv`review han --step paper --reviewer kim --points plan=1 --passed`, 'usage'],
  [argv`review han --step paper --reviewer kim --points plan=1`, 'review-order'],
  [['select', 'nobody'], 'application-unknown'],
  [['select', 'han'], 'review-order'],
] as [string[], string][])('%s: %s', async (args, code) => {
  expect(await refused`${args}`).toMatchObject({ code });
});

test('files that cannot be taken are refused by their names, and leave nothing', async () => {
  await program`call second --name Second`;
  mkdirSync(join(folder, 'folder.pdf'), { recursive: true });
  const before = readdirSync(join(folder, 'p', 'submissions'));
  for (const [i, [file, code]] of (
    [
      ['missing.pdf', 'file-unreadable'],
      ['folder.pdf', 'file-unreadable'],
      ['empty.pdf', 'application-file-empty'],
    ] as const
  ).entries())
    expect(await refused`apply team-${i} --call second --lead han-models --file ${file}`).toMatchObject({
      code,
      input: file,
    });
  // Nor is the application received, which could not be typed again.
  expect((await program`verify`).entries).toBe(14);
  expect(readdirSync(join(folder, 'p', 'submissions'))).toEqual(before);
  expect(readdirSync(join(folder, 'p', 'submissions', 'applications'))).toHaveLength(1);
});
