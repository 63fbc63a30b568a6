// Decisions on small stages, with points worked out by hand; the published stage of 2025; the entries behind a score.

import { describe, expect, test } from 'vitest';
import { loadExample } from '../examples/index.ts';
import { lackOf, State } from '../state/index.ts';
import { decideStage, decisionDocument, explainScore, warnOfSmallSample } from './index.ts';
import { scoreStage } from './scores.ts';
import { BOOK, Log } from './testing/stage.ts';

const DAY = '2026-01-02';
const SEED = '00000000000004d2';
const decided = (log: Log, of: object = {}) => decideStage(log.tables, { stage: 's1', day: DAY, seed: SEED, ...of });
/** A rule book that states how far an entered figure is off. */
const STATED = BOOK.replace('{ by: { en: somebody } }', '{ by: { en: somebody }, error: 0.5 }');

const MARKS = {
  kim: { a: { a: 18, b: 12 }, b: { a: 15, b: 15 }, c: { a: 5, b: 5 } },
  lee: { a: { a: 16, b: 13 }, b: { a: 13, b: 14 }, c: { a: 6, b: 4 } },
};

/** Three teams: a is best by points, c is worst. */
const small = (text = BOOK, experts: (keyof typeof MARKS)[] = ['kim', 'lee']): Log => {
  const log = new Log()
    .open(['a', 'b', 'c'], text)
    .entered('a', 'blocks.benchmark.parts.given', 9.04, 10)
    .entered('b', 'blocks.benchmark.parts.given', 5, 10)
    .entered('c', 'blocks.benchmark.parts.given', 1, 10)
    .evaluated('a', [1, 1, 1, 0])
    .evaluated('b', [1, 1, 0, 0])
    .evaluated('c', [0, 0, 1, 0]);
  for (const expert of experts) log.form(expert, MARKS[expert]);
  return log;
};

/** Every pair judged alike by ten users: nobody is preferred, and of no team is too little known. */
const even = (log: Log): Log => {
  for (const [a, b] of ['ab', 'ac', 'bc'].map((pair) => [...pair] as [string, string]))
    for (let user = 0; user < 10; user++) log.judge(`u${user}`, a, b, user < 5 ? 'a' : 'b');
  return log;
};

const values = (log: Log, team: string) =>
  Object.fromEntries(
    scoreStage(log.tables, 's1', DAY)
      .scores.filter(({ consortium }) => consortium === team)
      .map(({ part, value }) => [part.name, value]),
  );

describe('points by the rule book', () => {
  test('each part, rounded by the block', () => {
    const log = even(small());
    // 9.04 + 0.75 * 30 = 31.54; (18 + 16) / 2 + (12 + 13) / 2 = 29.5; everybody beats everybody half the time: 12.5.
    expect(values(log, 'a')).toEqual({
      'benchmark.given': 9.04,
      'benchmark.tasks': 22.5,
      benchmark: 31.5,
      experts: 29.5,
      users: 12.5,
    });
    expect(values(log, 'b')).toEqual({
      'benchmark.given': 5,
      'benchmark.tasks': 15,
      benchmark: 20,
      experts: 28.5,
      users: 12.5,
    });
    expect(scoreStage(log.tables, 's1', DAY).totals).toEqual([73.5, 61, 31]);
  });

  test('missing data is shown as missing', () => {
    const log = new Log().open(['a', 'b']).entered('a', 'blocks.benchmark.parts.given', 3, 10);
    expect(values(log, 'a')).toEqual({
      'benchmark.given': 3,
      'benchmark.tasks': null,
      benchmark: null,
      experts: null,
      users: null,
    });
  });

  test('a figure for a whole block replaces its parts', () => {
    const log = small().entered('b', 'blocks.benchmark', 39, 40);
    expect(values(log, 'b').benchmark).toBe(39);
  });
});

describe('which teams go on', () => {
  test('by points', () => {
    const found = decided(even(small(STATED)));
    expect(found).toMatchObject({
      notKnown: null,
      version: 2,
      kept: ['a', 'b'],
      out: [{ consortium: 'c', reason: 'points' }],
      vetoes: [],
      undecided: [],
    });
    expect(found.places.get('a')).toEqual({ place: 1, by: '' });
    // Two experts and four items do not tell much, but the order is theirs.
    const [a, b, c] = ['a', 'b', 'c'].map((team) => found.chances.get(team)!.kept) as [number, number, number];
    expect(found.statistics!.above[0]![1]).toBeGreaterThan(0.5);
    expect(Math.min(a, b)).toBeGreaterThan(c);
    expect(a + b + c).toBeCloseTo(2, 9);
  });

  test('a veto takes out a team that points would have kept, and another takes its place', () => {
    const log = even(small()).add('finding-signed', {
      id: 'x',
      stage: 's1',
      consortium: 'a',
      component: 'encoder',
      verdict: 'frozen-foreign',
      by: 'panel',
      text: 'the encoder is another one, frozen',
    });
    const found = decideStage(log.tables, { stage: 's1', day: DAY, seed: SEED });
    expect(found.kept).toEqual(['b', 'c']);
    expect(found.out).toEqual([{ consortium: 'a', reason: 'veto' }]);
    expect(found.vetoes[0]!.reasons).toEqual(['encoder: frozen-foreign (panel)']);
    expect(found.places.has('a')).toBe(false);
  });

  test('equal totals: the first tie-break decides; without one no team is excluded', () => {
    const same = { a: { a: 10, b: 10 }, b: { a: 10, b: 10 }, c: { a: 10, b: 10 } };
    const log = (points: [number, number, number]): Log => {
      const made = new Log().open(['a', 'b', 'c']).form('kim', same).form('lee', same);
      for (const [i, team] of ['a', 'b', 'c'].entries())
        made.evaluated(team, [1]).entered(team, 'blocks.benchmark', points[i]!, 40);
      return made;
    };
    // Users give 11.2, 4.2 and 22.2, so that all three come to 62.2.
    const judged = log([31, 38, 20])
      .judge('u1', 'c', 'a', 'a')
      .judge('u2', 'c', 'a', 'a')
      .judge('u1', 'c', 'b', 'a')
      .judge('u1', 'a', 'b', 'a');
    const found = decideStage(judged.tables, { stage: 's1', day: DAY, seed: SEED });
    expect(found.totals).toEqual([62.2, 62.2, 62.2]);
    expect(found).toMatchObject({ kept: ['b', 'a'], undecided: [] });
    expect(found.places.get('a')).toEqual({ place: 2, by: 'benchmark' });
    expect(decideStage(even(log([20, 20, 20])).tables, { stage: 's1', day: DAY, seed: SEED })).toMatchObject({
      kept: [],
      undecided: ['a', 'b', 'c'],
    });
  });

  test('a team without a submission, or with a refuted one, is vetoed', () => {
    const log = new Log().open(['a', 'b', 'c']).evaluated('a', [1]).evaluated('b', [1], 'refuted');
    const { vetoes, kept } = decideStage(log.tables, { stage: 's1', day: DAY, seed: SEED });
    expect(vetoes.map(({ consortium, reasons }) => [consortium, ...reasons])).toEqual([
      ['b', 'audit of sub-b: refuted'],
      ['c', 'no submission with its evidence'],
    ]);
    expect(kept).toEqual(['a']);
  });

  test('what was asked for the points stands with them, and where it is too little for the chances that are said', () => {
    const { asked, warnings } = decided(even(small()));
    expect(Object.fromEntries(asked)).toEqual({
      'blocks.benchmark.parts.tasks': { items: 4, tasks: 1 },
      'blocks.experts': { experts: 2 },
      'blocks.users': { users: 10, judgements: 30 },
    });
    expect(warnings.map(({ en }) => en.split(',')[0])).toEqual([
      'Tasks: 4 independent items',
      'Experts: 2 experts',
      'Users: 10 users',
    ]);
    for (const { ko } of warnings) expect(ko).toMatch(/최소 .*5%포인트/);
    // As many as docs/statistics.md finds enough.
    const enough = [{ experts: 5 }, { users: 20, judgements: 200 }, { items: 100, tasks: 2 }];
    const name = { en: 'x', ko: 'x' };
    for (const one of enough) expect(warnOfSmallSample(name, one)).toBeUndefined();
    for (const one of [
      { experts: 4 },
      { users: 19, judgements: 400 },
      { users: 20, judgements: 199 },
      { items: 99, tasks: 1 },
    ])
      expect(warnOfSmallSample(name, one)).toBeDefined();
  });

  test('what is said of a team that is out is what the document says, in both languages; a finding has its own place', () => {
    const keys = ['ab'.repeat(8), 'cd'.repeat(8)] as const;
    const reasons: [string, RegExp, RegExp][] = [
      ['no submission with its evidence', /no submission/, /제출물이 없습니다/],
      ['audit of sub-b: refuted', /sub-b does not hold: refuted/, /sub-b, 결과: 불성립/],
      ['audit of sub-b: incomplete, by evidence alone: nothing was trained again', /nothing was trained/, /판정 불가/],
      ['audit of sub-b: the team has named no key of its own', /named no key/, /등록한 키가 없습니다/],
      [`audit of sub-b: signed by ${keys[0]}, the team's key is ${keys[1]}`, /abab.*cdcd/, /abab.*cdcd/],
      ['audit of sub-b: not lodged with the office before its first step', /not lodged/, /접수하지 않은/],
    ];
    for (const [reason, en, ko] of reasons) {
      expect(lackOf(reason)!.en).toMatch(en);
      expect(lackOf(reason)!.ko).toMatch(ko);
    }
    expect(lackOf('encoder: frozen-foreign (panel)')).toBeUndefined();
    expect(lackOf('encoder: derived (audit of sub-b: refuted)')).toBeUndefined();
  });

  test('a run of another program, whose evidence alone was audited, does not satisfy a rule that the audit holds', () => {
    const witness = {
      genesis: 'ab'.repeat(32),
      seal: 'cd'.repeat(32),
      steps: 40,
      paired: 5,
      drawnByOffice: 4,
      lodged: true,
    };
    const log = new Log()
      .open(['a', 'b', 'c'])
      .evaluated('a', [1])
      .evaluated('b', [1], 'incomplete', undefined, { witness });
    const { vetoes, kept } = decideStage(log.tables, { stage: 's1', day: DAY, seed: SEED });
    expect(vetoes[0]).toEqual({
      consortium: 'b',
      reasons: ['audit of sub-b: incomplete, by evidence alone: nothing was trained again'],
    });
    expect(kept).toEqual(['a']);
  });

  test('with an unknown total nothing is decided by points', () => {
    // Without judgements the points of the users are not known, so no total is known.
    const found = decideStage(small().tables, { stage: 's1', day: DAY, seed: SEED });
    expect(found.totals).toEqual([null, null, null]);
    expect(found).toMatchObject({
      unknown: ['a', 'b', 'c'],
      kept: [],
      out: [],
      undecided: ['a', 'b', 'c'],
      statistics: null,
      moves: null,
    });
    expect([found.places.size, found.chances.size]).toEqual([0, 0]);
    // One figure that was not published is enough.
    const hidden = even(small()).add('score-entered', {
      id: 'hidden',
      stage: 's1',
      consortium: 'b',
      part: 'blocks.benchmark',
      value: 'not published',
      max: 40,
      source: 'not recorded',
    });
    const one = decideStage(hidden.tables, { stage: 's1', day: DAY, seed: SEED });
    expect(one.totals).toEqual([73.5, 'not published', 31]);
    expect(one).toMatchObject({ unknown: ['b'], kept: [], out: [], undecided: ['a', 'b', 'c'], statistics: null });
    expect(
      JSON.parse(decisionDocument({ programme: 'p', outcome: one, head: { seq: 1, link: 'x' }, day: DAY })),
    ).toMatchObject({
      places: {},
      kept: [],
      out: [],
      chances: null,
      moves: null,
    });
  });

  test('a veto excludes regardless of unknown totals; if few enough teams remain, all are kept', () => {
    const veto = { stage: 's1', component: 'encoder', verdict: 'frozen-foreign', by: 'panel', text: 'another one' };
    const log = small().add('finding-signed', { id: 'x', consortium: 'a', ...veto });
    expect(decideStage(log.tables, { stage: 's1', day: DAY, seed: SEED })).toMatchObject({
      unknown: ['b', 'c'],
      kept: ['b', 'c'],
      out: [{ consortium: 'a', reason: 'veto' }],
      undecided: [],
      statistics: null,
    });
  });

  test('the unknown total of a vetoed team does not affect the places of others', () => {
    const log = new Log().open(['a', 'b', 'c']);
    for (const team of ['a', 'b'])
      log.evaluated(team, [1, 0, 1]).entered(team, 'blocks.benchmark.parts.given', team === 'a' ? 9 : 3, 10);
    log.form('kim', { a: { a: 9, b: 9 }, b: { a: 8, b: 8 }, c: { a: 7, b: 7 } });
    log.form('lee', { a: { a: 9, b: 9 }, b: { a: 8, b: 8 }, c: { a: 7, b: 7 } }).judge('u1', 'a', 'b', 'a');
    const found = decideStage(log.tables, { stage: 's1', day: DAY, seed: SEED });
    expect(found.totals[2]).toBeNull();
    expect(found).toMatchObject({ unknown: [], kept: ['a', 'b'], out: [{ consortium: 'c', reason: 'veto' }] });
    // One user, and an entered figure without an error: nothing is worked out.
    expect([found.chances.size, found.notKnown]).toEqual([
      0,
      {
        parts: ['blocks.benchmark.parts.given', 'blocks.benchmark.parts.tasks', 'blocks.experts', 'blocks.users'],
        reasons: ['noError', 'alike', 'alike', 'single'],
        isSettled: true,
      },
    ]);
    expect([...decided(log, { version: 1 }).chances.keys()]).toEqual(['a', 'b']);
  });

  test('a vetoed team has no chances, and the others share all places', () => {
    const veto = { stage: 's1', component: 'encoder', verdict: 'frozen-foreign', by: 'panel', text: 'another one' };
    const text = STATED.replace('kept: 2', 'kept: 1');
    const log = even(small(text)).add('finding-signed', { id: 'x', consortium: 'a', ...veto });
    const { chances } = decideStage(log.tables, { stage: 's1', day: DAY, seed: SEED });
    expect([...chances.keys()]).toEqual(['b', 'c']);
    const [b, c] = [chances.get('b')!, chances.get('c')!];
    expect(b.kept + c.kept).toBeCloseTo(1, 9);
    expect(b.places).toHaveLength(2);
    expect(b.places[0]! + b.places[1]!).toBeCloseTo(1, 9);
  });

  test('a figure entered for a whole block is the same in every draw', () => {
    const log = new Log().open(['a', 'b', 'c']);
    // Of b nothing was measured in the block: its 13.5 points are a figure from elsewhere. Two items tell next to nothing.
    log.evaluated('a', [1, 0]).evaluated('b', [0, 1]).evaluated('c', [0, 1]);
    for (const team of ['a', 'c']) log.entered(team, 'blocks.benchmark.parts.given', 5, 10);
    log.entered('b', 'blocks.benchmark', 13.5, 40);
    const same = { a: { a: 10, b: 10 }, b: { a: 10, b: 10 }, c: { a: 10, b: 10 } };
    even(log.form('kim', same).form('lee', same));
    const now = decided(log);
    expect(now.notKnown).toEqual({
      parts: ['blocks.benchmark.parts.given', 'blocks.benchmark.parts.tasks', 'blocks.experts'],
      reasons: ['noError', 'noError', 'alike'],
      isSettled: false,
    });
    expect(now.statistics!.totals[1]).toMatchObject({ interval: null });
    const { statistics, totals, parts } = decided(log, { version: 1 });
    const [given, tasks] = statistics!.parts;
    expect(given![1]!.points + tasks![1]!.points).toBeCloseTo(13.5, 9);
    for (const part of [given!, tasks!]) expect(part[1]).toMatchObject({ standardError: null });
    expect(statistics!.totals.map(({ points }) => points)).toEqual(
      totals.map((total) => expect.closeTo(total as number, 9)),
    );
    // The tasks of a are drawn.
    expect(tasks![0]!.standardError).toBeGreaterThan(0);
    expect(parts.map(({ weight }) => weight)).toEqual([10, 30, 35, 25]);
    // The experts were of one mind, so only the users' 25 points move it.
    const [low, high] = statistics!.totals[1]!.interval!;
    expect(low).toBeGreaterThanOrEqual(13.5);
    expect(high).toBeLessThanOrEqual(13.5 + 35 + 25);
  });

  test('what nobody knows the certainty of is named, and whether the decision is the same whatever it is', () => {
    // 73.5, 61 and 31, of which 9.04, 5 and 1 were entered and could be 0 to 10: who is first may change, who stays may not.
    const given = 'blocks.benchmark.parts.given';
    const nothing = { chances: new Map(), moves: null };
    expect(decided(even(small()))).toMatchObject({
      notKnown: { parts: [given], reasons: ['noError'], isSettled: true },
      ...nothing,
    });
    // One expert's 35 points could put c, who has 13.5 without them, above b, who has 26.5 to 36.5.
    const one = even(small(STATED, ['kim']));
    expect(decided(one)).toMatchObject({
      notKnown: { parts: ['blocks.experts'], reasons: ['single'], isSettled: false },
      ...nothing,
    });
    expect(decided(one).statistics!.totals[0]).toMatchObject({ interval: null });
    expect(decided(one).kept).toEqual(['a', 'b']);
    // That is what version 1 called certain.
    const before = decided(one, { version: 1 });
    expect([before.notKnown, before.chances.size]).toEqual([null, 3]);
    // Three may stay of three: the decision is the same whatever anybody says.
    const all = decided(even(small(STATED.replace('kept: 2', 'kept: 3'), ['kim'])));
    expect(all).toMatchObject({ notKnown: { isSettled: true }, out: [], kept: ['a', 'b', 'c'] });
  });

  test('below the least numbers of the rule book nothing is certain either', () => {
    const least = [
      ['experts: 2', 'experts: 3, leastExperts: 3', 'blocks.experts'],
      ['users: 2', 'users: 11, leastUsers: 11', 'blocks.users'],
      ['users: 2', 'users: 2, leastUsers: 2, leastVotes: 4', 'blocks.users'],
      ['ceiling: 1 } }', 'ceiling: 1 }, leastItems: 5 }', 'blocks.benchmark.parts.tasks'],
    ] as const;
    for (const [from, to, path] of least) {
      const few = decided(even(small(STATED.replace(from, to))));
      expect(few).toMatchObject({ notKnown: { parts: [path], reasons: ['least'] }, totals: [73.5, 61, 31] });
      const met = to.replace(/\d+( *\}*)$/, '1$1');
      expect(decided(even(small(STATED.replace(from, met))))).toMatchObject({ notKnown: null });
    }
  });

  test('marks in whole points have the error of their rounding', () => {
    const errorOf = (log: Log, part: number) => decided(log).statistics!.parts[part]![0]!.standardError!;
    const coarse = even(small(STATED));
    const fine = even(small(STATED, []))
      .form('kim', MARKS.kim)
      .form('lee', {
        ...MARKS.lee,
        c: { a: 6.01, b: 4.003 },
      });
    // Two criteria in steps of 1, by two experts: 2 / 12 / 2.
    expect(errorOf(coarse, 2) ** 2 - errorOf(fine, 2) ** 2).toBeCloseTo(1 / 12, 2);
  });

  test('a task without a result: not known while the stage is open, nothing once it is closed', () => {
    const text = BOOK.replace('veto: true', 'veto: false');
    const log = () =>
      even(
        small(text.replace(', tasks: [{', ', tasks: [{ task: u, metric: acc, scale: { floor: 0, ceiling: 1 } }, {')),
      );
    expect(values(log(), 'a')['benchmark.tasks']).toBeNull();
    const closed = log().add('stage-closed', { stage: 's1' });
    // One of two tasks of 15 points each, three of four right.
    expect(values(closed, 'a')['benchmark.tasks']).toBe(11.25);
  });

  test('a record shows the published decision, and computes none', () => {
    const state = new State();
    loadExample('korea-2025', '2026-03-04T05:06:07.000Z').events.forEach((event, i) => {
      state.take({ ...event, seq: i + 1, link: '' });
    });
    const found = decideStage(state.tables, { stage: 'stage-1', day: DAY, seed: SEED });
    expect(found).toMatchObject({
      unknown: ['sk-telecom', 'naver-cloud', 'upstage', 'nc-ai'],
      kept: ['sk-telecom', 'lg-ai-research', 'upstage'],
      out: [
        { consortium: 'naver-cloud', reason: 'veto' },
        { consortium: 'nc-ai', reason: 'points' },
      ],
      undecided: [],
      vetoes: [],
      statistics: null,
      moves: null,
    });
    expect([found.places.size, found.chances.size]).toEqual([0, 0]);
  });

  test('the same log and seed give the same, another seed nearly the same', () => {
    const { tables } = even(small(STATED));
    const one = decideStage(tables, { stage: 's1', day: DAY, seed: SEED }).statistics!;
    expect(decideStage(tables, { stage: 's1', day: DAY, seed: SEED }).statistics).toEqual(one);
    const other = decideStage(tables, { stage: 's1', day: DAY, seed: '0000000000000001' }).statistics!;
    expect(other.place[0]![0]).not.toBe(one.place[0]![0]);
    expect(Math.abs(other.place[0]![0]! - one.place[0]![0]!)).toBeLessThan(0.05);
  });
});

test('the published stage of 2025: LG has 33.6 + 31.6 + 25.0 = 90.2, the others are not published', () => {
  const state = new State();
  loadExample('korea-2025', '2026-03-04T05:06:07.000Z').events.forEach((event, i) => {
    state.take({ ...event, seq: i + 1, link: '' });
  });
  const [stage] = state.tables.all('stages');
  const { teams, totals } = scoreStage(state.tables, String(stage!.id), '2026-01-15');
  expect(Object.fromEntries(teams.map((team, i) => [team, totals[i]]))).toEqual({
    'lg-ai-research': 90.2,
    'naver-cloud': 'not published',
    'nc-ai': 'not published',
    'sk-telecom': 'not published',
    upstage: 'not published',
  });
});

test('a score is traced to its entries in the log', () => {
  const { tables } = even(small());
  const scored = scoreStage(tables, 's1', DAY);
  const lines = explainScore(tables, scored, 's1/a/blocks.benchmark')!;
  expect(lines[0]).toBe('s1/a/blocks.benchmark = 31.5 of 40');
  expect(lines.join('\n')).toContain('rule blocks.benchmark: sum of its parts, rounded to 1 decimals');
  expect(lines.join('\n')).toMatch(/evaluations v-a = 0\.75 \(entry \d+ of the log, t acc of sub-a, 4 items\)/);
  expect(lines.join('\n')).toMatch(/enteredScores e-\d+ = 9\.04 \(entry \d+ of the log\)\n +source: not recorded/);
  const korean = explainScore(tables, scored, 's1/a/blocks.benchmark', 'ko')!;
  expect(korean).toHaveLength(lines.length);
  expect(korean[0]).toBe('s1/a/blocks.benchmark = 31.5 (40점 만점)');
  expect(korean.join('\n')).toMatch(/evaluations v-a = 0\.75 \(기록부 \d+번 항목, 제출물 sub-a의 t acc, 문항 4개\)/);
  // Every number and name of the English line is in the Korean one.
  for (const [i, line] of lines.entries())
    for (const part of line.match(/[a-z]+-?\d+[\w/.]*|\d+(\.\d+)?/g) ?? []) expect(korean[i]).toContain(part);
  expect(explainScore(tables, scored, 's1/a/nothing')).toBeUndefined();
});
