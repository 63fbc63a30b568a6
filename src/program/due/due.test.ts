// What is due: what an open stage lacks in few lines, what waits for each role, dates that come and pass, first steps.

import { beforeEach, expect, test } from 'vitest';
import { sha256Hex } from '../../ledger/index.ts';
import { BOOK, Log } from '../decision/testing/stage.ts';
import { parseRuleBook, ruleBookDigest } from '../rules/index.ts';
import { dueOf, firstStepsOf, lackingModels, lackingOf } from './index.ts';

const GIVEN = 'blocks.benchmark.parts.given';
const NOW = new Date('2026-01-10T00:00:00Z');

let log: Log;
beforeEach(() => {
  log = new Log();
});

const lines = (lang: 'en' | 'ko' = 'en') => lackingOf(log.tables, 's1').map(({ text }) => text[lang]);
const person = (role: 'office' | 'consortium' | 'expert' | 'evaluator' | 'auditor' | 'public', more = {}) => ({
  role,
  user: 'kim',
  consortium: null,
  ...more,
});
const due = (who: ReturnType<typeof person>, now = NOW) => dueOf(log.tables, who, now);
const said = (who: ReturnType<typeof person>, now = NOW) => due(who, now).map(({ text }) => text.en);
const notPublished = (consortium: string) =>
  log.add('score-entered', {
    id: `e-${consortium}`,
    stage: 's1',
    consortium,
    part: GIVEN,
    value: 'not published',
    max: 10,
    source: 'not recorded',
  });

test('an unpublished figure is lacking until another figure is given', () => {
  log.open(['a', 'b']);
  const about = () => lines().filter((line) => line.startsWith('Benchmarks, Given'));
  expect(about()).toEqual(['Benchmarks, Given: no figure for a and b']);
  log.entered('a', GIVEN, 7, 10);
  notPublished('b');
  expect(about()).toEqual(['Benchmarks, Given: the figure for b was not published, so its total is not known']);
  log.entered('b', GIVEN, 6, 10);
  expect(about()).toEqual([]);
  expect(said(person('office'))).toEqual(lines());
});

test('the least numbers of a rule book are lacking where they are not reached, whatever else is there', () => {
  const book = BOOK.replace('users: 2', 'users: 4, leastUsers: 4, leastVotes: 2').replace(
    'ceiling: 1 } }',
    'ceiling: 1 }, leastItems: 3 }',
  );
  log.open(['a', 'b', 'c'], book);
  for (const team of ['a', 'b', 'c']) log.evaluated(team, [1, 0]);
  for (const user of ['u1', 'u2']) for (const other of ['a', 'b']) log.judge(user, other, 'c', 'a');
  log.judge('u3', 'a', 'c', 'b').judge('u3', 'a', 'b', 'b').judge('u4', 'a', 'b', 'b');
  log.judge('u5', 'a', 'b', 'b');
  const about = () => lines().filter((line) => /independent|or more/.test(line));
  const votes =
    'Users: 3 of 4 users have given 2 judgements or more; with fewer nothing is said of how certain the points are';
  const items =
    'Benchmarks, Tasks: t has 2 independent items, fewer than 3; nothing is said of how certain the points are';
  expect(about()).toEqual([items, votes]);
  expect(said(person('evaluator')).join()).toContain('more comparisons are needed');
  log.judge('u4', 'a', 'c', 'b');
  expect(about()).toEqual([items]);
});

test('before a form is sealed: teams without an audited submission, and later submissions that wait for their audit', () => {
  log.open(['a', 'b', 'c']).evaluated('a', [1, 0]);
  log.tables.update('consortia', 'c', { status: 'out: withdrawn' });
  const about = (lang: 'en' | 'ko' = 'en') => lackingModels(log.tables, 's1').map((text) => text[lang]);
  expect(about()).toEqual(['No audited submission of b']);
  const later = { id: 'sub-2', stage: 's1', consortium: 'a', kind: 'bundle', digest: sha256Hex('2'), bytes: 1 };
  log.add('submission-received', later);
  expect(about()).toEqual(['No audited submission of b', 'A later submission waits for its audit: a']);
  expect(about('ko').filter((line) => !/[가-힣]/.test(line))).toEqual([]);
  log.evaluated('b', [1, 0]);
  expect(about()).toEqual(['A later submission waits for its audit: a']);
});

test('nothing is required of teams that have left; teams and parts appear by name, never by path', () => {
  log.open(['a', 'b', 'c']);
  log.add('name-mended', { what: 'consortium', id: 'a', before: { en: 'a' }, name: { en: 'Azalea', ko: '진달래' } });
  log.tables.update('consortia', 'c', { status: 'out: withdrawn' });
  expect(lines()).toContain('No audited submission of Azalea and b');
  expect(lines()).toContain('Benchmarks, Given: no figure for Azalea and b');
  expect(lines()).toContain('Users: 1 pair of teams with fewer than 1 judgement; Azalea and b have the fewest, 0');
  expect(lines().filter((line) => /\bc\b|blocks/.test(line))).toEqual([]);
  expect(lines('ko').filter((line) => line.includes('진달래')).length).toBeGreaterThan(2);
  expect(lines('ko').filter((line) => !/[가-힣]/.test(line))).toEqual([]);
});

test('pairs that lack judgements are one line, whose count is that of a naive count', () => {
  const teams = ['a', 'b', 'c', 'd', 'e', 'f'];
  log.open(teams);
  log.judge('kim', 'a', 'b', 'a').judge('lee', 'c', 'b', 'tie');
  // 6 · 5 / 2 pairs, two of them judged
  const about = lines().filter((line) => line.startsWith('Users'));
  expect(about).toEqual(['Users: 13 pairs of teams with fewer than 1 judgement; a and c have the fewest, 0']);
  expect(lines()).toContain('No audited submission of a, b, c, d and 2 more');
});

test('each role has what waits for it, and nobody else’s', () => {
  log.open(['a', 'b']);
  expect(said(person('expert'))).toEqual(['One, Experts: your form is not given yet']);
  expect(said(person('evaluator'))).toEqual([]);
  expect(said(person('consortium', { consortium: 'a' }))).toEqual(['One: submit your model']);
  expect(said(person('consortium', { consortium: 'nobody' }))).toEqual([]);
  expect(said(person('auditor'))).toEqual([]);
  expect(said(person('public'))).toEqual([]);
  log.form('kim', { a: { a: 1, b: 1 }, b: { a: 1, b: 1 } });
  expect(said(person('expert'))).toEqual([]);
  expect(said(person('expert', { user: 'lee' }))).toHaveLength(1);
  log.evaluated('a', [1]);
  expect(said(person('consortium', { consortium: 'a' }))).toEqual([]);
  expect(said(person('evaluator'))).toEqual([]); // one model alone cannot be compared
  log.evaluated('b', [1]);
  expect(said(person('evaluator'))).toEqual(['One, Users: more comparisons are needed']);
  log.judge('x', 'a', 'b', 'a').judge('y', 'a', 'b', 'b');
  expect(said(person('evaluator'))).toEqual([]);
});

test('a team is told of a refused submission and of a missing key', () => {
  log.open(['a', 'b']);
  log.add('submission-received', {
    id: 'x1',
    stage: 's1',
    consortium: 'a',
    kind: 'bundle',
    digest: sha256Hex('x'),
    bytes: 1,
  });
  const team = person('consortium', { consortium: 'a' });
  expect(said(team)).toEqual([]); // the office works on it
  log.add('submission-refused', { submission: 'x1', code: 'too-large', reason: 'is too large' });
  expect(said(team)).toEqual(['One: x1 was refused; submit a model that the office can take in']);
  expect(due(team)[0]!.at).toEqual({ page: 'stage', of: 's1', act: 'submit' });
});

test('dates: late things are marked and come first, and a decision waits for the end of appeals', () => {
  log.open(['a', 'b']);
  const dates = (closes: string | null, appealsUntil: string | null) =>
    log.add('stage-dates-set', { stage: 's1', opens: null, closes, appealsUntil });
  dates('2026-01-09T15:00:00Z', '2026-02-01T00:00:00Z');
  expect(due(person('expert'))).toMatchObject([{ until: '2026-01-09T15:00:00Z', late: true }]);
  expect(due(person('expert'), new Date('2026-01-09T14:59:59Z'))).toMatchObject([{ late: false }]);
  log.add('stage-closed', { stage: 's1' });
  expect(said(person('office'))).toEqual(['One is closed, and not decided']);
  const document = JSON.stringify({ kept: ['a'], out: [{ consortium: 'b', reason: 'points' }], undecided: [] });
  const statement = JSON.stringify({ document, envelope: '' });
  log.add('decision-made', { stage: 's1', statement, digest: sha256Hex(document) });
  expect(said(person('office'))).toEqual([]);
  expect(said(person('office'), new Date('2026-02-01T00:00:01Z'))).toEqual([
    'One is decided, and the decision is not final',
  ]);
  const out = person('consortium', { consortium: 'b' });
  expect(due(out)).toMatchObject([{ until: '2026-02-01T00:00:00Z', at: { act: 'appeal' } }]);
  expect(said(person('consortium', { consortium: 'a' }))).toEqual([]);
  expect(said(out, new Date('2026-02-01T00:00:01Z'))).toEqual([]);
  log.add('appeal-filed', { id: 'ap', stage: 's1', consortium: 'b', text: 'count again' });
  expect(said(out)).toEqual([]);
  expect(said(person('office'))).toEqual(['One: the appeal of b has no answer']);
});

test('a stage that was announced and is not open is due from its moment on', () => {
  log.found(['a']);
  const title = { en: 'First', ko: '1단계' };
  log.add('stage-dates-set', { stage: 's1', title, opens: '2026-01-10T00:00:00Z', closes: null, appealsUntil: null });
  const before = new Date('2026-01-09T23:59:59Z');
  expect(said(person('office'), before)).toEqual([]);
  expect(due(person('office'), new Date('2026-01-10T00:00:01Z'))).toMatchObject([
    { text: { en: 'First was announced and is not open' }, late: true, at: { page: 'overview', act: 'open' } },
  ]);
  log.open(['a']);
  expect(said(person('office')).filter((line) => line.includes('announced'))).toEqual([]);
});

test('the first steps of a programme are done one by one, and end with its first stage', () => {
  log.add('programme-created', { id: 'test', name: { en: 'Test' }, mode: 'practice' });
  const done = (people = false) => firstStepsOf(log.tables, people).map((step) => step.done);
  expect(done()).toEqual([false, false, false, false, false]);
  log.add('organisation-added', { id: 'x', name: { en: 'X' }, country: 'XX', roles: [] });
  expect(done(true)).toEqual([true, false, false, true, false]);
  log.add('consortium-formed', { id: 'a', name: { en: 'a' }, lead: 'x', members: [] });
  expect(done()).toEqual([true, true, false, false, false]);
  log.open(['a']);
  expect(done()).toEqual([]);
});

test('keys of the teams are a first step where the rule book asks for them, and lead to a team without one', () => {
  log.add('programme-created', { id: 'test', name: { en: 'Test' }, mode: 'practice' });
  log.add('organisation-added', { id: 'x', name: { en: 'X' }, country: 'XX', roles: [] });
  const keys = () => firstStepsOf(log.tables, true).filter(({ text }) => text.en.startsWith('Name the key'));
  const register = (text: string) => {
    const book = parseRuleBook(text, { file: 'book.yaml' });
    log.add('rule-book-registered', { digest: ruleBookDigest(book), name: book.name, version: book.version, text });
  };
  expect(keys()).toEqual([]);
  register(BOOK.replace(', excludes:', ', audit: { holds: true, makerKey: false }, excludes:'));
  expect(keys()).toEqual([]);
  register(
    BOOK.replace('version: 1', 'version: 2').replace(
      ', excludes:',
      ', audit: { holds: true, makerKey: true }, excludes:',
    ),
  );
  // Before there is a team, no key is named either.
  expect(keys()).toMatchObject([{ done: false }]);
  for (const id of ['a', 'b']) log.add('consortium-formed', { id, name: { en: id }, lead: 'x', members: [] });
  log.add('consortium-key-named', { consortium: 'a', key: 'a'.repeat(64) });
  expect(keys()).toMatchObject([{ at: { page: 'consortium', of: 'b', act: 'key' }, done: false }]);
  log.add('consortium-key-named', { consortium: 'b', key: 'b'.repeat(64) });
  expect(keys()).toMatchObject([{ done: true }]);
  expect(keys()[0]!.text.ko).toMatch(/[가-힣]/);
});

test('calls: points of experts, then the office’s result, then the selection; a call whose time is over', () => {
  log.found(['a']);
  const selection = `selection:\n  paper: { reviewers: 1, minimum: 5, criteria: [{ id: p, title: { en: P }, points: 10 }] }\n`;
  const text = `${BOOK}${selection}`;
  const book = parseRuleBook(text, { file: 'book.yaml' });
  const digest = ruleBookDigest(book);
  log.add('rule-book-registered', { digest, name: book.name, version: book.version, text });
  log.add('call-opened', { id: 'c', title: { en: 'Call' }, until: '2026-01-09T00:00:00.000Z', ruleBook: digest });
  log.add('application-received', { id: 'x', call: 'c', name: { en: 'X' }, lead: 'a-org', members: [] });
  expect(said(person('office'))).toEqual(['Call: the time for applications is over, and the call is open']);
  expect(due(person('expert'))).toMatchObject([
    { text: { en: 'Call: declare your interests; then you see the files, and give points' }, at: { page: 'call' } },
  ]);
  log.add('call-interests-declared', { call: 'c', expert: 'kim', organisation: null, applications: [] });
  expect(due(person('expert'))).toMatchObject([
    { text: { en: 'Call: 1 application without your points' }, at: { page: 'application', of: 'x' } },
  ]);
  log.add('review-given', { id: 'r', application: 'x', step: 'paper', reviewer: 'kim', points: { p: 7 } });
  expect(said(person('expert'))).toEqual([]);
  expect(said(person('office'))).toContain('Call: 1 application without the result of the next review');
  log.add('application-reviewed', { application: 'x', step: 'paper', passed: true });
  log.add('call-closed', { id: 'c' });
  // The rule book has no criteria for the presentation: the office alone gives its result.
  expect(said(person('office'))).toEqual(['Call: 1 application without the result of the next review']);
  log.add('application-reviewed', { application: 'x', step: 'presentation', passed: true });
  expect(said(person('office'))).toEqual(['Call: 1 application passed both reviews and can be selected']);
});

test('a record asks nobody for anything', () => {
  log.add('programme-created', { id: 'test', name: { en: 'Test' }, mode: 'record' });
  log.add('organisation-added', { id: 'x', name: { en: 'X' }, country: 'XX', roles: [] });
  log.add('consortium-formed', { id: 'a', name: { en: 'a' }, lead: 'x', members: [] });
  log.tables.update('programmes', 'test', { id: 'test' });
  log.open(['a']);
  expect(due(person('office'))).toEqual([]);
});
