// From a decision to its finality, as entries: what may come between, what only after, and which entries an excluded team may have.

import { beforeEach, expect, test } from 'vitest';
import { sha256Hex } from '../../ledger/index.ts';
// The log of these tests makes entries; the decisions that it is named after are not used.
import { Log } from '../decision/testing/stage.ts';
import { catalogueDigest, isFinal, outcomesOf, statusOf } from './index.ts';
import { TEXTS } from './testing/catalogue.ts';

const DOCUMENT = JSON.stringify({ kept: ['a'], out: [{ consortium: 'b', reason: 'points' }], undecided: ['c'] });
const QUARTER = { cluster: 'near', from: '2026-01-01', to: '2026-03-31' };

let log: Log;
const refuses = (work: () => unknown, code: string): void => {
  expect(work).toThrow(expect.objectContaining({ name: 'JikjiError', code }));
};
const open = (id: string, consortia: string[]) => {
  const ruleBook = log.tables.get('stages', 's1')!.ruleBook!;
  return log.add('stage-opened', { id, title: { en: id }, ruleBook, consortia });
};
const close = () => log.add('stage-closed', { stage: 's1' });
const decide = () => {
  const statement = JSON.stringify({ document: DOCUMENT, envelope: '' });
  return log.add('decision-made', { stage: 's1', statement, digest: sha256Hex(DOCUMENT) });
};
const drop = (consortium = 'b', stage = 's1') =>
  log.add('consortium-dropped', { stage, consortium, reason: stage === 's1' ? 'points' : 'withdrawn' });
const appeal = (id: string, consortium = 'b') =>
  log.add('appeal-filed', { id, stage: 's1', consortium, text: 'count again' });
const answer = (appeal: string, outcome: 'upheld' | 'rejected') =>
  log.add('appeal-answered', { appeal, outcome, answer: 'so it is' });
const final = () => log.add('decision-final', { stage: 's1' });
const allot = (consortium: string, deviceHours: number) =>
  log.add('allotment-given', { id: `${consortium}-q1`, consortium, ...QUARTER, deviceHours });

beforeEach(() => {
  log = new Log().open(['a', 'b', 'c']);
  log.add('catalogue-registered', { digest: catalogueDigest(TEXTS), texts: TEXTS });
});

test('the next stage opens when the decision of the last one is final, and not before', () => {
  refuses(() => open('s2', ['a']), 'stage-open');
  close();
  refuses(() => open('s2', ['a']), 'stage-not-final');
  decide();
  expect([statusOf(log.tables, 's1'), isFinal(log.tables, 's1')]).toEqual(['decided', false]);
  refuses(() => open('s2', ['a']), 'stage-not-final');
  appeal('x');
  refuses(final, 'appeal-open');
  answer('x', 'rejected');
  // A team that the decision excludes leaves before the decision is final.
  refuses(final, 'still-in');
  drop();
  refuses(() => open('s2', ['a']), 'stage-not-final');
  final();
  expect([statusOf(log.tables, 's1'), isFinal(log.tables, 's1')]).toEqual(['final', true]);
  refuses(final, 'decision-final');
  refuses(() => appeal('y', 'a'), 'decision-final');
  refuses(() => open('s2', ['a', 'b']), 'consortium-out');
  open('s2', ['a', 'c']);
  // In an open stage no team is lost.
  refuses(() => drop('c', 's2'), 'decision-unknown');
  refuses(() => log.add('consortium-dropped', { stage: 's1', consortium: 'c', reason: 'withdrawn' }), 'stage-open');
});

test('before a decision, later steps get the error that the stage is not decided yet', () => {
  const undecided = {
    code: 'decision-unknown',
    message: 'this stage is not decided yet',
    input: 's1',
  };
  for (const early of [appeal.bind(null, 'x'), drop, final]) {
    expect(early).toThrow(expect.objectContaining(undecided));
  }
});

test('a stage shows the outcome of each team as soon as it is decided; an upheld appeal keeps its team', () => {
  expect([...outcomesOf(log.tables, 's1')]).toEqual([]);
  close();
  decide();
  const outcomes = () => Object.fromEntries([...outcomesOf(log.tables, 's1')].map(([team, of]) => [team, of.outcome]));
  expect(outcomes()).toEqual({ a: 'kept', b: 'out' });
  expect(log.tables.get('consortia', 'b')!.status).toBe('active');
  // A team whose appeal is upheld stays, and this decision cannot exclude it.
  appeal('x');
  answer('x', 'upheld');
  expect(outcomes()).toEqual({ a: 'kept', b: 'kept' });
  refuses(drop, 'not-out');
  final();
  expect(outcomes()).toEqual({ a: 'kept', b: 'kept' });
});

test('an excluded team gets nothing more; its remaining hours may be reduced', () => {
  allot('b', 100);
  close();
  decide();
  drop();
  refuses(drop, 'consortium-out');
  refuses(() => allot('b', 101), 'consortium-out');
  refuses(
    () => log.add('allotment-given', { id: 'b-q2', consortium: 'b', ...QUARTER, deviceHours: 1 }),
    'consortium-out',
  );
  allot('b', 40);
  expect(log.tables.get('allotments', 'b-q1')!.deviceHours).toBe(40);
  refuses(() => log.add('consortium-key-named', { consortium: 'b', key: 'e'.repeat(64) }), 'consortium-out');
  log.add('organisation-added', { id: 'new', name: { en: 'New' }, country: 'XX', roles: [] });
  refuses(() => log.add('member-joined', { consortium: 'b', organisation: 'new' }), 'consortium-out');
  // Its earlier usage can still be entered.
  log.add('usage-reported', { id: 'u', consortium: 'b', ...QUARTER, deviceHours: 3, word: 'office', submission: null });
});

test('a team that left during a stage: its further entries are refused', () => {
  // No command writes this; an older log may have it.
  log.tables.update('consortia', 'b', { status: 'out: withdrawn' });
  const submission = { id: 'b-1', stage: 's1', consortium: 'b', kind: 'bundle', digest: 'd'.repeat(64), bytes: 1 };
  refuses(() => log.add('submission-received', submission), 'consortium-out');
  refuses(() => log.entered('b', 'blocks.benchmark.parts.given', 3, 10), 'consortium-out');
  refuses(() => log.judge('u1', 'a', 'b', 'a'), 'consortium-out');
});
