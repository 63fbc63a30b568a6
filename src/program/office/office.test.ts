// A stage from its rule book to its decision: what is signed, what is sealed, what is refused, and what the log shows of each.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseJson } from '../../base/index.ts';
import { canonicalJson, type Json, parseStatement, sha256Hex } from '../../ledger/index.ts';
import { decisionDocument, readDecision, signDecision } from '../decision/index.ts';
import { dueOf, lackingOf, nextStepOf } from '../due/index.ts';
import { type Entry, nextEntry, START } from '../log/index.ts';
import { verifyLog } from '../programme/index.ts';
import { State } from '../state/index.ts';
import { ACTS, checkDecisions, outcomeOf, reportOf } from './index.ts';
import { ACTOR, BOOK, byOffice, marks, Office } from './testing/office.ts';

const { addFinding, closeStage, decide, finishStage, giveForm, openStage, registerRuleBook } = ACTS;
const office = new Office();
const by = byOffice(office.signer);
beforeAll(() => office.found());
afterAll(() => office.close());

async function entries(): Promise<Entry[]> {
  const all: Entry[] = [];
  for await (const entry of office.programme.store.entries()) all.push(entry);
  return all;
}
const last = async () => (await entries()).at(-1)!;

/** What the state says of entries that were altered, with every link written anew: what somebody with the database alone can do. */
async function rewritten(change: (entry: Entry) => Json): Promise<unknown> {
  const state = new State();
  let head = START;
  try {
    for (const entry of await entries()) {
      const next = nextEntry(head, { ...entry, data: change(entry) });
      state.take(next);
      head = next;
    }
  } catch (error) {
    return { seq: head.seq + 1, code: (error as { code: string }).code };
  }
  return 'holds';
}

test('a rule book is registered with the office’s signature, and cannot change', async () => {
  const { programme, signer } = office;
  await office.stage();
  const [registered] = (await entries()).filter(({ kind }) => kind === 'rule-book-registered');
  const data = registered!.data as Record<string, string>;
  const statement = parseStatement(data.signature!, 'rule-book', 'test');
  expect(statement.keyid).toBe(signer.fingerprint);
  expect(statement.subjects.get('rule-book')).toBe(data.digest);

  const other = BOOK.replace('kept: 2', 'kept: 1');
  const again = (text: string) => registerRuleBook.run(programme, { text, file: 'rules.yaml' }, by);
  await expect(again(other)).rejects.toMatchObject({ code: 'rule-book-version' });
  await expect(again(BOOK)).rejects.toMatchObject({ code: 'rule-book-exists' });
  await expect(again(BOOK.replace('kept: 2', 'kep: 2'))).rejects.toMatchObject({
    code: 'rule-book-unknown-key',
    input: expect.stringMatching(/^rules\.yaml:\d+$/),
  });
  // A new version stands beside it; the stage that runs keeps its own.
  await again(other.replace('version: 1', 'version: 2'));
  expect(programme.tables.get('stages', 's1')!.ruleBook).toBe(data.digest);
  // Without a signature, or with a stranger's, nothing is registered.
  const { signature: _, ...unsigned } = data;
  await expect(office.say('rule-book-registered', { ...unsigned, version: 9 })).rejects.toThrow();
  const stranger = office.key('stranger');
  await expect(
    registerRuleBook.run(programme, { text: other.replace('version: 1', 'version: 3'), file: 'r' }, byOffice(stranger)),
  ).rejects.toMatchObject({ code: 'signed-by-another' });
});

test('eligibility for a stage', async () => {
  const { programme } = office;
  await office.say('organisation-added', { id: 'far', name: { en: 'Far' }, country: 'ZZ', roles: ['model'] });
  await office.say('consortium-formed', { id: 'far', name: { en: 'Far' }, lead: 'far', members: [] });
  await office.say('organisation-added', { id: 'chips', name: { en: 'Chips' }, country: 'XX', roles: ['chip'] });
  await office.say('consortium-formed', { id: 'chips', name: { en: 'Chips' }, lead: 'chips', members: [] });
  for (const name of ['far', 'chips'])
    await expect(
      openStage.run(programme, { id: 's9', title: { en: 's9' }, consortia: [name] }, by),
    ).rejects.toMatchObject({ code: 'not-eligible', input: name });
});

test('lists missing data part by part', () => {
  const lines = lackingOf(office.programme.tables, 's1').map(({ text }) => text.en);
  expect(lines).toEqual([
    'No audited submission of a, b and c',
    'Given: no figure for a, b and c',
    'Experts: 0 of 2 experts’ forms',
    'Users: 0 of 2 users have judged',
    'Users: 3 pairs of teams with fewer than 1 judgement; a and b have the fewest, 0',
  ]);
});

test('a form is sealed: the log has only its commitment until it is revealed', async () => {
  const { programme } = office;
  const broken = marks();
  broken.scores.b.a = 21;
  const give = (form: ReturnType<typeof marks>, expert = 'kim') =>
    giveForm.run(programme, { stage: 's1', part: 'blocks.experts', ...form }, { ...by, user: expert });
  await expect(give(broken)).rejects.toMatchObject({
    code: 'form-broken',
    message: 'b, a: 21 is not between 0 and 20',
  });
  await office.fill();
  expect(lackingOf(programme.tables, 's1')).toEqual([]);
  const log = JSON.stringify(await entries());
  expect(log).not.toContain('nobody may read');
  await expect(give(marks())).rejects.toMatchObject({ code: 'form-given' });
  await expect(give(marks(), 'park')).rejects.toMatchObject({ code: 'forms-full' });
  const row = programme.tables.get('forms', 's1-experts-kim')!;
  expect(row).toMatchObject({ form: null, nonce: null });

  // A mark in the office's stored secret is changed: the form no longer matches its commitment.
  const name = `form:s1-experts-kim:${row.commitment}`;
  const kept = (await programme.store.secrets.get(name))!;
  await programme.store.secrets.put(name, kept.replace('"a":12', '"a":20'));
  await expect(closeStage.run(programme, { stage: 's1', anyway: false }, by)).rejects.toMatchObject({
    code: 'form-differs',
  });
  expect(programme.tables.get('stages', 's1')!.status).toBe('open');
  await programme.store.secrets.put(name, kept);
});

test('naming another key says at once that the run that was submitted is out with it', async () => {
  const { nameMakerKey } = ACTS;
  const named = (consortium: string, key: string) =>
    nameMakerKey.run(office.programme, { consortium, makerKey: sha256Hex(key) }, by);
  const [own, other] = [sha256Hex('key of a').slice(0, 16), sha256Hex('another').slice(0, 16)];
  const { warnings } = await named('a', 'another');
  expect(warnings.map(({ en }) => en)).toEqual([
    `The submission s1-a is signed with the key ${own}, the team's key is ${other}.`,
  ]);
  expect(warnings[0]!.ko).toContain(other);
  expect(await named('a', 'key of a')).toMatchObject({ kind: 'consortium-key-named', warnings: [] });
});

test('a stage that is closed anyway says in the log and in its report what it lacked; a complete one says nothing', async () => {
  const poor = new Office();
  try {
    await poor.found();
    await poor.stage();
    const { programme, signer } = poor;
    const missing = lackingOf(programme.tables, 's1').map(({ text }) => text);
    expect(missing.length).toBeGreaterThan(3);
    await closeStage.run(programme, { stage: 's1', anyway: true }, byOffice(signer));
    const all: Entry[] = [];
    for await (const entry of programme.store.entries()) all.push(entry);
    expect(all.at(-1)).toMatchObject({ kind: 'stage-closed', data: { lacking: missing } });
    expect((await reportOf(programme, 's1')).stage.lacking).toEqual(missing);
  } finally {
    await poor.close();
  }
  expect(Object.keys(office.programme.tables.get('stages', 's1')!)).not.toContain('lacking');
});

test('findings are signed, name a component of the rule book, and a finding can be a veto', async () => {
  const { programme } = office;
  const panel = office.key('panel');
  const finding = {
    stage: 's1',
    consortium: 'b',
    component: 'encoder',
    verdict: 'frozen-foreign',
    by: 'Panel',
    text: 'equal',
  } as const;
  const sign = (other: object) => addFinding.run(programme, { ...finding, ...other }, byOffice(panel));
  await expect(sign({ component: 'heart' })).rejects.toMatchObject({ code: 'component-unknown' });
  await expect(sign({ consortium: 'nobody' })).rejects.toMatchObject({ code: 'not-in-stage' });
  await expect(sign({ verdict: 'stolen' })).rejects.toMatchObject({ code: 'entry-broken' });
  await sign({});
  const entry = await last();
  const data = entry.data as Record<string, string>;
  expect(parseStatement(data.statement!, 'finding', 'test').keyid).toBe(panel.fingerprint);
  expect(programme.tables.get('findings', data.id!)!.signedBy).toBe(panel.fingerprint);
  // Another word under the same signature is refused.
  await expect(office.say('finding-signed', { ...data, id: 'f2', verdict: 'own' })).rejects.toMatchObject({
    code: 'signed-other',
  });
});

test('closed, decided and final: forms are shown, the log is signed, every input is cited', async () => {
  const { programme, signer } = office;
  await expect(decide.run(programme, { stage: 's1' }, by)).rejects.toMatchObject({ code: 'stage-not-closed' });
  await closeStage.run(programme, { stage: 's1', anyway: false }, by);
  const all = await entries();
  const closing = all.at(-1)!;
  expect(Object.keys(closing.data as object)).toEqual(['stage', 'signature']);
  const statement = parseStatement((closing.data as Record<string, string>).signature!, 'log', 'test');
  expect(statement.subjects.get('log')).toBe(all.at(-2)!.link);
  expect(statement.predicate).toMatchObject({ stage: 's1', seq: all.length - 1 });
  for (const { kind, data } of all.filter(({ kind }) => kind === 'form-revealed')) {
    const { form, nonce, id } = data as { form: Json; nonce: string; id: string };
    expect(kind).toBe('form-revealed');
    const commitment = sha256Hex(`${nonce}\n${canonicalJson(form)}`);
    const committed = all.find((entry) => entry.kind === 'form-committed' && (entry.data as { id: string }).id === id)!;
    expect((committed.data as { commitment: string }).commitment).toBe(commitment);
  }
  await expect(
    office.say('score-entered', {
      id: 'late',
      stage: 's1',
      consortium: 'a',
      part: 'blocks.given',
      value: 10,
      max: 10,
      source: 'not recorded',
    }),
  ).rejects.toMatchObject({ code: 'stage-closed' });

  for (const [kind, data] of [
    ['submission-evaluated', { id: 'late', task: 't', metric: 'acc', value: 1, stderr: null, n: 1, items: [1] }],
    ['submission-refused', { code: 'x', reason: 'late' }],
  ] as const)
    await expect(office.say(kind, { ...data, submission: 's1-a' })).rejects.toMatchObject({ code: 'stage-closed' });
  // A key that a team takes later does not make its run another's.
  await office.say('consortium-key-named', { consortium: 'a', key: sha256Hex('a new key') });

  const outcome = await decide.run(programme, { stage: 's1' }, by);
  // By hand: tasks 40 x 3/4 and 40 x 2/4; given 5, 6, 7; experts 19, 17, 15; a is preferred to both, b to c.
  expect(outcome.totals[0]! > outcome.totals[2]!).toBe(true);
  const points = (team: string, part: string) =>
    outcome.scores.find(({ id }) => id === `s1/${team}/blocks.${part}`)!.value;
  expect(['tasks', 'given', 'experts'].map((part) => points('a', part))).toEqual([30, 5, 19]);
  expect(['tasks', 'given', 'experts'].map((part) => points('c', part))).toEqual([20, 7, 15]);
  expect(outcome.kept).toEqual(['a', 'c']);
  expect(outcome.out).toEqual([{ consortium: 'b', reason: 'veto' }]);

  const row = programme.tables.get('decisions', 's1')!;
  const { document, keyid } = readDecision(row as never);
  expect(keyid).toBe(signer.fingerprint);
  const log = new Map((await entries()).map((entry) => [entry.seq, entry]));
  const kinds = {
    evaluations: 'submission-evaluated',
    enteredScores: 'score-entered',
    forms: 'form-committed',
    judgements: 'judgement-given',
  };
  const inputs = (document.scores as { inputs: { table: string; id: string; seq: number }[] }[]).flatMap(
    (score) => score.inputs,
  );
  expect(inputs.length).toBeGreaterThan(15);
  for (const { table, id, seq } of inputs) {
    const entry = log.get(seq)!;
    expect(entry.kind).toBe(kinds[table as keyof typeof kinds]);
    expect((entry.data as { id: string }).id).toBe(id);
  }
  // The same log gives the same chances when they are computed again.
  expect((await outcomeOf(programme, 's1')).statistics!.place).toEqual(outcome.statistics!.place);

  // What is only recorded, unsigned and final at once, is for programmes without an office's key.
  await expect(
    office.say('decision-recorded', { stage: 's1', kept: ['a', 'b', 'c'], out: [], source: 'not recorded' }),
  ).rejects.toMatchObject({ code: 'unsigned' });
  const drop = (consortium: string) => office.say('consortium-dropped', { stage: 's1', consortium, reason: 'points' });
  for (const team of ['a', 'b']) await expect(drop(team)).rejects.toMatchObject({ code: 'not-out', input: team });
  const appeal = (consortium: string, id: string) =>
    office.say('appeal-filed', { id, stage: 's1', consortium, text: 'it is our own' });
  await expect(appeal('far', 'a1')).rejects.toMatchObject({ code: 'not-in-stage' });
  await appeal('b', 'a1');
  const second = ACTS.fileAppeal.run(programme, { stage: 's1', id: 'a2', text: 'again' }, { ...by, consortium: 'b' });
  await expect(second).rejects.toMatchObject({ code: 'appeal-open', input: 'a1' });
  await expect(finishStage.run(programme, { stage: 's1' }, by)).rejects.toMatchObject({
    code: 'appeal-open',
    input: 'a1',
  });
  const due = () => dueOf(programme.tables, by, new Date()).map(({ text }) => text.en);
  expect([due(), nextStepOf(programme.tables)]).toEqual([
    ['s1: the appeal of b has no answer'],
    { stage: 's1', act: 'answer', appeal: 'a1', notBefore: null },
  ]);
  await office.say('appeal-answered', { appeal: 'a1', outcome: 'rejected', answer: 'the weights are equal' });
  expect([due(), nextStepOf(programme.tables)]).toEqual([
    ['s1 is decided, and the decision is not final'],
    { stage: 's1', act: 'finish', appeal: null, notBefore: null },
  ]);
  const next = { id: 's2', title: { en: 's2' }, consortia: ['a'] };
  await expect(openStage.run(programme, next, by)).rejects.toMatchObject({ code: 'stage-not-final' });
  expect(await finishStage.run(programme, { stage: 's1' }, by)).toEqual({ dropped: ['b'] });
  expect([due(), nextStepOf(programme.tables)]).toEqual([[], null]);
  expect((await last()).kind).toBe('decision-final');
  expect(programme.tables.get('consortia', 'b')!.status).toBe('out: veto');
  await expect(appeal('b', 'a2')).rejects.toMatchObject({ code: 'decision-final' });
  expect(await finishStage.run(programme, { stage: 's1' }, by)).toEqual({ dropped: [] });
  await expect(openStage.run(programme, { id: 's2', title: { en: 's2' }, consortia: ['b'] }, by)).rejects.toMatchObject(
    {
      code: 'consortium-out',
    },
  );
});

test('a signed decision is compared with its rules', async () => {
  const { programme, signer } = office;
  const { store, tables } = programme;
  expect(await checkDecisions({ tables, store })).toEqual({ decisions: 1, why: undefined });
  const outcome = await outcomeOf(programme, 's1');
  const all = await entries();
  const before = all.slice(
    0,
    all.findIndex(({ kind }) => kind === 'decision-made'),
  );
  /** What is said of a log in which the office signs this instead. */
  const said = async (forged: object, day?: string) => {
    const state = new State();
    for (const entry of before) state.take(entry);
    const head = before.at(-1)!;
    const today = head.time.slice(0, 10);
    const context = { programme: 'test', outcome: { ...outcome, ...forged }, head, day: day ?? today };
    const data = { stage: 's1', ...signDecision(decisionDocument(context), context, signer) };
    state.take(nextEntry(head, { time: head.time, actor: ACTOR, kind: 'decision-made', data }));
    return (await checkDecisions({ tables: state.tables, store })).why?.en;
  };
  const where = (path: string) => `the decision of s1 differs from what its rules give, in ${path}`;
  expect(await said({})).toBeUndefined();
  expect(await said({ kept: ['a', 'b'] })).toBe(where('kept.1'));
  expect(await said({ out: [{ consortium: 'c', reason: 'points' }] })).toBe(where('out.0.consortium'));
  expect(await said({ vetoes: [] })).toBe(where('vetoes.0'));
  expect(await said({ totals: [90, ...outcome.totals.slice(1)] })).toBe(where('totals.a'));
  expect(await said({ seed: '0'.repeat(16) })).toBe(where('chances.seed'));
  expect(await said({}, '2020-01-01')).toBe(where('day'));
});

test('a decision that version 1 of the statistics made still agrees with its rules, and is shown as it was', async () => {
  // One expert and one user: today's decision would say that nobody knows how certain that is.
  const kept = parseJson(
    readFileSync(new URL('./testing/decision-v1.json', import.meta.url), 'utf8'),
  ) as unknown as Entry[];
  const state = new State();
  for (const entry of kept) state.take(entry);
  const reading = {
    tables: state.tables,
    store: { page: async (from: number, count: number) => kept.slice(from - 1, from - 1 + count) },
  } as unknown as Parameters<typeof checkDecisions>[0];
  expect(await checkDecisions(reading)).toEqual({ decisions: 1, why: undefined });
  const outcome = await outcomeOf(reading, 's1');
  expect(outcome).toMatchObject({ version: 1, notKnown: null, kept: ['a', 'b'] });
  expect(outcome.chances.get('a')!.kept).toBeGreaterThan(0.9);
  const { document } = readDecision(state.tables.get('decisions', 's1')!);
  expect(document.formatVersion).toBe(1);
});

test('a log that is rewritten with new links does not have the office’s signatures', async () => {
  expect(await rewritten(({ data }) => data)).toBe('holds');
  const all = await entries();
  const seqOf = (wanted: string) => all.find(({ kind }) => kind === wanted)!.seq;
  const change = (kind: string, from: string, to: string) =>
    rewritten((entry) => (entry.kind === kind ? JSON.parse(JSON.stringify(entry.data).replace(from, to)) : entry.data));
  expect(await change('score-entered', '"value":5', '"value":9')).toEqual({
    seq: seqOf('stage-closed'),
    code: 'signed-other',
  });
  expect(await change('judgement-given', '"choice":"a"', '"choice":"b"')).toEqual({
    seq: seqOf('stage-closed'),
    code: 'signed-other',
  });
  expect(await change('form-revealed', '"a":12', '"a":20')).toEqual({
    seq: seqOf('form-revealed'),
    code: 'form-differs',
  });
  expect(await change('rule-book-registered', 'kept: 2', 'kept: 1')).toEqual({
    seq: seqOf('rule-book-registered'),
    code: 'rule-book-differs',
  });
  expect(await change('finding-signed', 'frozen-foreign', 'own')).toEqual({
    seq: seqOf('finding-signed'),
    code: 'signed-other',
  });
  expect(await change('decision-made', 'frozen-foreign', 'own')).toEqual({
    seq: seqOf('decision-made'),
    code: 'decision-differs',
  });
  const { altered } = await verifyLog(office.programme.store, () => {});
  expect(altered).toBeUndefined();
});
