// Decisions on small stages, with points worked out by hand; the published stage of 2025; what a score comes from.

import { describe, expect, test } from 'vitest';
import { loadExample } from '../examples/index.ts';
import { State } from '../state/index.ts';
import { decideStage, explainScore, scoreStage } from './index.ts';
import { BOOK, Log } from './stage.testing.ts';

const DAY = '2026-01-02';
const SEED = '00000000000004d2';

/** Three teams: a is best by points, c is worst. */
const small = (text = BOOK): Log =>
  new Log()
    .open(['a', 'b', 'c'], text)
    .entered('a', 'blocks.benchmark.parts.given', 9.04, 10)
    .entered('b', 'blocks.benchmark.parts.given', 5, 10)
    .entered('c', 'blocks.benchmark.parts.given', 1, 10)
    .evaluated('a', [1, 1, 1, 0])
    .evaluated('b', [1, 1, 0, 0])
    .evaluated('c', [0, 0, 1, 0])
    .form('kim', { a: { a: 18, b: 12 }, b: { a: 15, b: 15 }, c: { a: 5, b: 5 } })
    .form('lee', { a: { a: 16, b: 13 }, b: { a: 13, b: 14 }, c: { a: 6, b: 4 } });

/** Every pair judged alike by both users: nobody is preferred. */
const even = (log: Log): Log => {
  for (const [a, b] of ['ab', 'ac', 'bc'].map((pair) => [...pair] as [string, string]))
    log.judge('u1', a, b, 'a').judge('u2', a, b, 'b');
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

  test('what is not there is nothing, and said so', () => {
    const log = new Log().open(['a', 'b']).entered('a', 'blocks.benchmark.parts.given', 3, 10);
    expect(values(log, 'a')).toEqual({
      'benchmark.given': 3,
      'benchmark.tasks': null,
      benchmark: null,
      experts: null,
      users: null,
    });
  });

  test('a figure for a whole block stands for it', () => {
    const log = small().entered('b', 'blocks.benchmark', 39, 40);
    expect(values(log, 'b').benchmark).toBe(39);
  });
});

describe('who goes on', () => {
  test('by points', () => {
    const found = decideStage(even(small()).tables, 's1', DAY, SEED);
    expect(found).toMatchObject({
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
    const found = decideStage(log.tables, 's1', DAY, SEED);
    expect(found.kept).toEqual(['b', 'c']);
    expect(found.out).toEqual([{ consortium: 'a', reason: 'veto' }]);
    expect(found.vetoes[0]!.reasons).toEqual(['encoder: frozen-foreign (panel)']);
    expect(found.places.has('a')).toBe(false);
  });

  test('equal totals: the first tie-break decides, and where nothing does, nobody goes', () => {
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
    const found = decideStage(judged.tables, 's1', DAY, SEED);
    expect(found.totals).toEqual([62.2, 62.2, 62.2]);
    expect(found).toMatchObject({ kept: ['b', 'a'], undecided: [] });
    expect(found.places.get('a')).toEqual({ place: 2, by: 'benchmark' });
    expect(decideStage(even(log([20, 20, 20])).tables, 's1', DAY, SEED)).toMatchObject({
      kept: [],
      undecided: ['a', 'b', 'c'],
    });
  });

  test('without a submission, or with one that its audit refutes, nobody is in it', () => {
    const log = new Log().open(['a', 'b', 'c']).evaluated('a', [1]).evaluated('b', [1], 'refuted');
    const { vetoes, kept } = decideStage(log.tables, 's1', DAY, SEED);
    expect(vetoes.map(({ consortium, reasons }) => [consortium, ...reasons])).toEqual([
      ['b', 'audit of sub-b: refuted'],
      ['c', 'no submission with its evidence'],
    ]);
    expect(kept).toEqual(['a']);
  });

  test('the same log and seed give the same, another seed nearly the same', () => {
    const { tables } = even(small());
    const one = decideStage(tables, 's1', DAY, SEED).statistics!;
    expect(decideStage(tables, 's1', DAY, SEED).statistics).toEqual(one);
    const other = decideStage(tables, 's1', DAY, '0000000000000001').statistics!;
    expect(other.place[0]![0]).not.toBe(one.place[0]![0]);
    expect(Math.abs(other.place[0]![0]! - one.place[0]![0]!)).toBeLessThan(0.05);
  });
});

test('the published stage of 2025: LG has 33.6 + 31.6 + 25.0 = 90.2, the others are not published', () => {
  const state = new State();
  loadExample('korea-2025', '2026-03-04T05:06:07.000Z').events.forEach((event, i) => {
    state.take({ ...event, seq: i + 1, link: '' });
  });
  const [stage] = [...state.tables.all('stages')];
  const { teams, totals } = scoreStage(state.tables, String(stage!.id), '2026-01-15');
  expect(Object.fromEntries(teams.map((team, i) => [team, totals[i]]))).toEqual({
    'lg-ai-research': 90.2,
    'naver-cloud': 'not published',
    'nc-ai': 'not published',
    'sk-telecom': 'not published',
    upstage: 'not published',
  });
});

test('a score is followed down to the entries it comes from', () => {
  const { tables } = even(small());
  const scored = scoreStage(tables, 's1', DAY);
  const lines = explainScore(tables, scored, 's1/a/blocks.benchmark')!;
  expect(lines[0]).toBe('s1/a/blocks.benchmark = 31.5 of 40');
  expect(lines.join('\n')).toContain('rule blocks.benchmark: sum of its parts, rounded to 1 decimals');
  expect(lines.join('\n')).toMatch(/evaluations v-a = 0\.75 \(entry \d+ of the log, t acc of sub-a, 4 items\)/);
  expect(lines.join('\n')).toMatch(/enteredScores e-\d+ = 9\.04 \(entry \d+ of the log\)\n +source: not recorded/);
  expect(explainScore(tables, scored, 's1/a/nothing')).toBeUndefined();
});
