// `jikji program` from an example to a signed decision, on real runs; then what the owner of the database could try.

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { argv, typed } from '../base/testing/argv.ts';
import { Register } from '../ledger/index.ts';
import { commitmentOf, key, requestText } from '../ledger/testing/register.ts';
import { connectFolder } from '../program/database/pglite.ts';
import { Programme } from '../program/index.ts';
import { call, callHere, environment, LAUNCHER, succeed, workFolder } from './testing/bad-input.ts';
import { programmeCalls } from './testing/open-programmes.ts';

const RULES = `
name: small
version: 1
title: { en: Small, ko: 작은 단계 }
originality: { veto: true, components: [tokenizer, mlp] }
blocks:
  - { id: text, title: { en: Text }, points: 40, tasks: [{ task: held-out, metric: bits_per_byte, scale: { floor: 8, ceiling: 0 } }] }
  - { id: given, title: { en: Given }, points: 20, entered: { by: { en: NIA } } }
  - { id: experts, title: { en: Experts }, points: 20, forms: { experts: 1, criteria: [{ id: plan, title: { en: Plan }, points: 20 }] } }
  - { id: users, title: { en: Users }, points: 20, judgements: { users: 1, minimumPerPair: 1 } }
kept: 1
limits: { bundleBytes: 1.0e+8, trainingFlops: 1.0e+12, parameters: 1000000, steps: 100, auditSeconds: 300, evalSeconds: 300 }
`;

const folder = workFolder();
const { ask, close, program, refused } = programmeCalls(folder, ['p', 'copy']);

// biome-ignore lint/suspicious/noExplicitAny: results of many kinds
type Result = any;

/** A call of another verb. */
const jikji = typed(async (args): Promise<Result> => JSON.parse((await succeed(call(folder, args))).stdout));

/** What others audit adds to the office's own; what the maker signs does not. */
async function addAudits(submission: string): Promise<void> {
  const elsewhere = { XDG_CONFIG_HOME: join(folder, 'elsewhere') };
  await succeed(call(folder, argv`audit azalea --segments 1 --sign other.json`, elsewhere));
  await jikji`audit azalea --segments 1 --sign own.json --key azalea`;
  const report = (file: string, by: string) => argv`audit-report ${submission} ${file} --by ${by}`;
  expect(await refused`${report('own.json', 'auditor:kim')}`).toMatchObject({ code: 'audit-report-maker' });
  expect(await refused`${report('other.json', 'kim')}`).toMatchObject({
    code: 'entry-broken',
    message: '--by must be office, consortium:ID or auditor:NAME',
    input: 'kim',
  });
  expect(await refused`${report('other.json', 'consortium:azalea')}`).toMatchObject({ code: 'audit-own' });
  expect(await refused`${report('t.yaml', 'office')}`).toMatchObject({ code: 'audit-report-broken' });
  expect(await refused`${report('nothing.json', 'office')}`).toMatchObject({
    code: 'file-missing',
    input: 'nothing.json',
  });
  const joined = await program`${report('other.json', 'consortium:bellflower')}`;
  // Here the office's audit was made where the maker's key lies: it is no audit by somebody else, however much it trained again.
  expect(joined.auditors.map(({ by }: Result) => by)).toEqual(['consortium:bellflower']);
  expect(joined.reports.find(({ by }: Result) => by === 'office').reason).toMatch(/holds the maker's key/);
  expect(joined.claim.en.word).toBe('Holds (a part, by 1 auditor)');
  // The office trained all of this small run again: nothing is left to hand out.
  expect(await program`audit-part ${submission} --by auditor:kim`).toMatchObject({ part: null, command: null });
  expect(await refused`audit-part ${submission} --share much`).toMatchObject({ code: 'usage', input: 'much' });
}

test('from two runs to a signed decision', async () => {
  expect(await program`example practice`).toMatchObject({
    mode: 'practice',
    consortia: ['azalea', 'bellflower', 'camellia'],
  });
  for (const [i, team] of ['azalea', 'bellflower'].entries()) {
    const { fingerprint } = await jikji`key new ${team}`;
    await jikji`make t.yaml --out ${team} --key ${team} --set seed=${i + 1}`;
    await program`maker ${team} ${fingerprint}`;
  }
  await jikji`bundle azalea --out azalea.tar`;

  writeFileSync(join(folder, 'rules.yaml'), RULES.replace('kept: 1', 'kept: two'));
  expect(await refused`register rules.yaml`).toMatchObject({ code: 'rule-book-type', input: 'rules.yaml:11' });
  writeFileSync(join(folder, 'rules.yaml'), RULES);
  const { digest } = await program`register rules.yaml`;
  expect(await program`open s1 --rules small --consortium azalea --consortium bellflower`).toMatchObject({
    ruleBook: digest,
    warnings: [],
  });

  // A bundle and a run folder; a recipe that asks for more than the rule book allows is never begun.
  expect(await refused`submit azalea.tar --consortium camellia`).toMatchObject({ code: 'not-in-stage' });
  const submit = argv`submit azalea.tar --consortium azalea --on`;
  expect(await refused`${submit} azalea-won`).toMatchObject({ code: 'cluster-unknown' });
  const first = await program`${submit} azalea-one`;
  expect(first).toMatchObject({ status: 'audited', audit: { verdict: 'holds' }, evaluations: [{ task: 'held-out' }] });
  expect(await refused`submit azalea.tar --consortium azalea`).toMatchObject({ code: 'submission-known' });
  // What it used stands in the accounts, by its maker's word.
  const { usages } = await program`compute`;
  expect(usages.at(-1)).toMatchObject({ submission: first.submission, word: 'maker', cluster: 'azalea-one' });
  expect(usages.at(-1).deviceHours).toBeGreaterThan(0);
  const { form } = await program`form --blank`;
  expect(form).toContain('\n# azalea: Azalea (made up)\n# bellflower: Bellflower (made up)\n');
  const marks = parse(form);
  marks.scores.azalea.plan = 15;
  writeFileSync(join(folder, 'kim.yaml'), stringify(marks));
  expect(await refused`form kim.yaml --expert kim`).toMatchObject({
    code: 'form-broken',
    message: expect.stringContaining('bellflower, plan'),
  });
  marks.scores.bellflower.plan = 10;
  writeFileSync(join(folder, 'kim.yaml'), stringify(marks));
  const given = await program`form kim.yaml --expert kim --receipt kim.json`;
  expect(given.lacking).toEqual(['No audited submission of Bellflower (made up)']);
  expect(JSON.parse(readFileSync(join(folder, 'kim.json'), 'utf8'))).toMatchObject({
    commitment: given.commitment,
    form: { scores: marks.scores },
  });

  const second = await program`submit bellflower --consortium bellflower`;
  expect(second.audit).toMatchObject({ verdict: 'holds', extent: 'all', claim: { en: { word: 'Holds (all steps)' } } });
  await addAudits(first.submission);
  const measured = await jikji`eval bellflower`;
  const own = measured.results.find(
    (row: Result) => row.task === 'held-out' && row.metric === 'bits_per_byte' && row.part === undefined,
  );
  expect(second.evaluations[0].value).toBe(own.value);

  await program`score azalea given 12.5 --publisher ${'made up'}`;
  await program`score bellflower given 11 --publisher ${'made up'} --date 2026-01-15`;
  expect(await refused`score azalea given 21 --publisher x`).toMatchObject({ code: 'score-range' });

  expect(await refused`close`).toMatchObject({
    code: 'stage-lacking',
    message: expect.stringContaining('Azalea (made up) and Bellflower (made up)'),
  });
  const question = await program`judge --judge u1 --prompt ${'the river'} --max-tokens 4`;
  expect(Object.keys(question).sort()).toEqual(['first', 'id', 'prompt', 'second']);
  const shown = await program`answer ${question.id} first`;
  expect([shown.first, shown.second].sort()).toEqual(['azalea', 'bellflower']);
  await program`finding bellflower mlp own --by Panel --text ${'it grew here'}`;
  expect(await refused`report --out open.html`).toMatchObject({ code: 'not-public-yet' });

  await program`close`;
  const decided = await program`decide`;
  // Words and marks by hand: 12.5 against 11, 15 against 10; text as measured, on the scale from 8 to 0.
  const text = (value: number) => Math.round(((8 - value) / 8) * 400) / 10;
  const users = (team: string) => decided.teams.find(({ id }: Result) => id === team).total;
  const points = await program`explain s1/azalea`;
  expect(points.lines[1]).toBe(`s1/azalea/blocks.text = ${text(first.evaluations[0].value)} of 40`);
  expect(points.lines.join('\n')).toContain('= 12.5 of 20');
  expect(users('azalea')).toBeGreaterThan(27.5 + text(first.evaluations[0].value));
  expect(decided.kept).toHaveLength(1);

  await program`report --out s1.html --lang ko`;
  // A page replaces a page of Jikji, and nothing else.
  await program`report --out s1.html --lang ko`;
  expect(await refused`report --out own.json`).toMatchObject({ code: 'not-writable' });
  // One expert, one user, and a figure without an error: how sure that is, nobody knows.
  const page = readFileSync(join(folder, 's1.html'), 'utf8');
  const said = /점수가 얼마나 확실한지 알 수 없는 항목이 있습니다: [^.]*\./.exec(page)?.[0];
  expect(said).toMatch(/Given\([^)]+\), Experts\([^)]+\), Users\([^)]+\)\./);
  expect(decided.notKnown.parts).toEqual(['blocks.given', 'blocks.experts', 'blocks.users']);
  // Decided is not final: the next step is due, and no other stage opens before it.
  expect(await program`status`).toMatchObject({
    stages: [{ id: 's1', status: 'decided' }],
    next: { stage: 's1', act: 'finish' },
  });
  expect(await refused`open s2`).toMatchObject({ code: 'stage-not-final' });
  const renamed = await program`rename consortium azalea --name ${'Azalea Works'} --reason ${'its own word'}`;
  expect(renamed).toMatchObject({
    before: { en: 'Azalea (made up)' },
    name: { en: 'Azalea Works', ko: '진달래 (가상)' },
  });
  expect((await program`standings`).teams[0]).toMatchObject({ id: 'azalea', name: 'Azalea Works' });
  await program`rename consortium azalea --name ${'Azalea (made up)'}`;
  // People read the extent beside each verdict, in the log and at a glance.
  const log = await callHere(folder, argv`program log --database p`, environment(folder));
  await close();
  const status = spawnSync(LAUNCHER, argv`program status --database p`, {
    cwd: folder,
    encoding: 'utf8',
    env: environment(folder),
  });
  for (const { stdout } of [log, status]) {
    expect(stdout).toMatch(/azalea-\w+: Holds \(all steps\)\. /);
    expect(stdout).toMatch(/maker’s word/);
    expect(stdout).not.toMatch(/"verdict":"holds"/);
  }
  const held = await program`verify`;
  expect(held).toMatchObject({ verdict: 'holds', altered: null });
  // Rule books of the example and of this stage, two audits and a report, a finding, the close, the decision.
  expect(held.signatures).toBe(8);
});

test('a copy of it verifies, and a change in the database is detected', async () => {
  await program`backup p.backup`;
  expect(await refused`restore p.backup`).toMatchObject({ code: 'database-not-empty' });
  await program`restore p.backup --database copy`;
  const { entries, link } = await program`verify --database copy`;
  expect(await program`verify --database copy --published ${entries}:${link}`).toMatchObject({
    verdict: 'holds',
  });
  const anew = await ask(argv`verify --database copy --published ${entries}:${'0'.repeat(64)}`);
  expect([anew.status, JSON.parse(anew.stdout).altered]).toEqual([
    1,
    `entry ${entries} has another link: the log was written anew`,
  ]);

  const { pool, close } = await connectFolder(join(folder, 'copy', 'database'));
  const { rows } = await pool.query(
    "select seq, data from jikji.entries where kind = 'score-entered' order by seq limit 1",
  );
  const { seq, data } = rows[0];
  await pool.query('update jikji.entries set data = $1 where seq = $2', [JSON.stringify({ ...data, value: 19 }), seq]);
  await close();
  const found = await ask(argv`verify --database copy`);
  expect(found.status).toBe(1);
  expect(JSON.parse(found.stdout)).toMatchObject({
    verdict: 'refuted',
    altered: expect.stringContaining(`entry ${seq} was altered`),
  });
  // And nothing is built on it.
  expect(await refused`status --database copy`).toMatchObject({
    code: 'log-altered',
    input: `entry ${seq}`,
  });
});

test('a lodging by hand is in the register, which is written to a file', async () => {
  const maker = key();
  const write = (name: string, time?: string) =>
    writeFileSync(join(folder, name), requestText(maker, commitmentOf(maker, 'a'), time));
  write('request.json');
  write('again.json', '2026-02-02T03:04:05.678Z');
  expect(await program`lodge request.json`).toEqual({ file: 'lodging.json', fresh: true, entry: 1, answer: 1 });
  expect(await program`lodge request.json`).toMatchObject({ fresh: false, entry: 1, answer: 1 });
  expect(await refused`lodge again.json`).toMatchObject({ code: 'file-exists' });
  expect(await program`lodge again.json --out second.json`).toMatchObject({ entry: 2, answer: 2 });
  const written = await program`answers --out register.jsonl`;
  const register = Register.read(readFileSync(join(folder, 'register.jsonl'), 'utf8'), 'it');
  expect(written).toEqual({ file: 'register.jsonl', entries: 2, head: register.head });
  expect(register.entries.map(({ answer }) => answer)).toEqual([1, 2]);
});

describe('a refused command changes nothing', () => {
  let programme: Programme;
  beforeAll(async () => {
    programme = await Programme.open({ folder: join(folder, 'p', 'database') });
  });

  test.each([
    [['example', 'korea-2026'], 'usage'],
    [['example', 'practice'], 'programme-exists'],
    [argv`open s9 --rules nothing`, 'rule-book-unknown'],
    [['open', 'S9'], 'entry-broken'],
    [['close', 's9'], 'stage-unknown'],
    [['close'], 'stage-closed'],
    [['explain', 's1/nobody'], 'score-unknown'],
    [['explain', 's1/azalea/heart'], 'score-unknown'],
    [['answer', 'none', 'first'], 'question-unknown'],
    [['answer', 'none', 'both'], 'usage'],
    [argv`score azalea given many --publisher x`, 'usage'],
    [argv`organisation x --country Korea`, 'usage'],
    [argv`organisation x --country UK`, 'usage'],
    [argv`organisation x --country KR --role moon`, 'entry-broken'],
    [['maker', 'azalea', 'abc'], 'entry-broken'],
    [['open', 's2'], 'stage-not-final'],
    [argv`rename consortium nobody --name X`, 'consortium-unknown'],
    [argv`rename consortium azalea --name ${'Azalea (made up)'}`, 'name-known'],
    [argv`rename heart azalea --name X`, 'usage'],
    [['rename', 'consortium', 'azalea'], 'usage'],
    [['join', 'azalea', 'nobody'], 'organisation-unknown'],
    [argv`review dandelion --step presentation --passed`, 'review-order'],
    [argv`review dandelion --step paper`, 'usage'],
    [argv`verify --published 7`, 'usage'],
    [argv`status --database nowhere`, 'programme-missing'],
    [argv`status --database mysql://x`, 'database-address'],
    [argv`judge --import none.jsonl`, 'file-missing'],
    [['lodge', 'rules.yaml'], 'not-lodgeable'],
  ] as [string[], string][])('%s: %s', async (args, code) => {
    const { head } = programme;
    expect((await refused`${args}`).code).toBe(code);
    expect(programme.head).toEqual(head);
  });

  test.each([
    [['maker', 'azalea', 'abc'], '<fingerprint> must be a SHA-256 in hex', 'abc'],
    [['maker', 'Azalea', 'a'.repeat(64)], '<consortium> must be lower-case letters, digits and hyphens', 'Azalea'],
    [['open', 'S9'], '<stage> must be lower-case letters, digits and hyphens', 'S9'],
    [argv`organisation X --country KR`, '<id> must be lower-case letters, digits and hyphens', 'X'],
    [argv`consortium x --lead ${'A b'}`, '--lead must be lower-case letters, digits and hyphens', 'A b'],
    [argv`apply x --call call --lead x --member A`, '--member must be lower-case', 'A'],
    [argv`rename consortium azalea --name-ko ${''}`, '--name-ko must not be empty', 'nothing'],
    [argv`appeal X --consortium azalea --text why`, '<id> must be lower-case', 'X'],
  ] as [string[], string, string][])('%s: names the argument that is wrong', async (args, message, input) => {
    const error = await refused`${args}`;
    expect(error).toMatchObject({ code: 'entry-broken', message: expect.stringContaining(message), input });
    // No entry of the log, of which whoever typed this knows nothing.
    expect(JSON.stringify(error)).not.toMatch(/consortium-key-named|stage-opened|[a-z]+-(added|formed|received)/);
  });
});
