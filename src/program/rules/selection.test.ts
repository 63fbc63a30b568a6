// The section of a rule book on the selection: its errors, its digest, and what follows from points, beside sums of whole numbers.

import { expect, test } from 'vitest';
import { randomNumbers } from '../../base/testing/random-numbers.ts';
import { parseRuleBook, ruleBookDigest, type SelectionRules, stepFigures, sumOfPoints } from './index.ts';
import { ruleBookToYaml } from './testing/to-yaml.ts';

const parse = (text: string) => parseRuleBook(text, { file: 'r.yaml' });
const PLAIN = `name: small
version: 1
title: { en: Small }
originality: { veto: true, components: [tokenizer] }
blocks: [{ id: given, title: { en: Given }, points: 100, entered: { by: { en: the office } } }]
kept: 1
`;
const STEP = `    reviewers: 2
    minimum: 60.5
    criteria:
      - { id: plan, title: { en: Plan, ko: 계획 }, points: 60.125 }
      - { id: team, title: { en: Team }, points: 40 }
`;
const BOOK = `${PLAIN}selection:\n  paper:\n${STEP}`;

test('it is read, written back, and part of the digest; without it nothing is added', () => {
  const book = parse(BOOK);
  expect(book.selection).toEqual({
    paper: {
      reviewers: 2,
      minimum: 60.5,
      criteria: [
        { id: 'plan', title: { en: 'Plan', ko: '계획' }, points: 60.125 },
        { id: 'team', title: { en: 'Team' }, points: 40 },
      ],
    },
  });
  expect(parse(ruleBookToYaml(book))).toEqual(book);
  const digests = [BOOK, PLAIN, BOOK.replace('60.5', '60'), `${BOOK}  presentation:\n${STEP}`].map((text) =>
    ruleBookDigest(parse(text)),
  );
  expect(new Set(digests).size).toBe(4);
  expect(Object.keys(parse(PLAIN))).not.toContain('selection');
});

test.each([
  ['minimum: 60.5', 'minimum: 100.126', 'conflict', 'its criteria have 100.125 points'],
  ['minimum: 60.5', 'minimum: 60.5001', 'range', 'selection.paper.minimum'],
  ['minimum: 60.5', 'minimum: -1', 'range', 'selection.paper.minimum'],
  ['    minimum: 60.5\n', '', 'missing-key', 'selection.paper.minimum'],
  ['reviewers: 2', 'reviewers: 0', 'range', 'selection.paper.reviewers'],
  ['reviewers: 2', 'experts: 2', 'unknown-key', 'experts'],
  ['id: team', 'id: plan', 'conflict', 'the criterion "plan" is there twice'],
  ['points: 40', 'points: 0', 'range', 'points'],
  ['  paper:\n', '  papers:\n', 'unknown-key', 'papers'],
])('%s as %s is told', (from, to, code, message) => {
  expect(BOOK).toContain(from);
  expect(() => parse(BOOK.replace(from, to))).toThrow(
    expect.objectContaining({
      code: `rule-book-${code}`,
      input: expect.stringMatching(/^r\.yaml:\d+$/),
      message: expect.stringContaining(message),
    }),
  );
});

test('a section without a step is refused', () => {
  expect(() => parse(`${PLAIN}selection: {}\n`)).toThrow(expect.objectContaining({ code: 'rule-book-conflict' }));
});

const rules = (reviewers: number, minimum: number): SelectionRules => ({
  ...{ reviewers, minimum },
  criteria: [{ id: 'a', title: { en: 'A' }, points: 100 }],
});

test('a mean that equals the minimum passes, whatever doubles make of its sums', () => {
  // 0.1 + 0.2 is not 0.3 in doubles.
  expect(stepFigures(rules(1, 0.3), [{ a: 0.1, b: 0.2 }])).toEqual({
    ...{ given: 1, reviewers: 1, mean: 0.3, minimum: 0.3, passes: true },
  });
  expect(stepFigures(rules(3, 20.1), [{ a: 20 }, { a: 20.1 }, { a: 20.2 }]).passes).toBe(true);
  expect(stepFigures(rules(3, 20.101), [{ a: 20 }, { a: 20.1 }, { a: 20.2 }]).passes).toBe(false);
  expect(sumOfPoints([0.1, 0.2])).toBe(0.3);
});

test('too few reviewers: nothing follows; more than needed count all', () => {
  expect(stepFigures(rules(2, 10), [])).toMatchObject({ given: 0, mean: null, passes: null });
  expect(stepFigures(rules(2, 10), [{ a: 50 }])).toMatchObject({ given: 1, mean: 50, passes: null });
  expect(stepFigures(rules(2, 10), [{ a: 5 }, { a: 10 }, { a: 15 }])).toMatchObject({
    given: 3,
    mean: 10,
    passes: true,
  });
});

test('figures agree with whole numbers', () => {
  const random = randomNumbers(7);
  const whole = (max: number) => Math.floor(random() * (max + 1));
  for (let i = 0; i < 2000; i++) {
    const marks = Array.from({ length: 1 + whole(6) }, () => [whole(60_000), whole(40_000)] as const);
    const sum = marks.reduce((total, [a, b]) => total + BigInt(a) + BigInt(b), 0n);
    // Near the mean, so that both results occur.
    const minimum = Math.max(0, Number(sum / BigInt(marks.length)) + whole(4) - 2);
    const points = marks.map(([a, b]) => ({ a: a / 1000, b: b / 1000 }));
    const { passes, mean } = stepFigures(rules(1, minimum / 1000), points);
    expect(passes).toBe(sum >= BigInt(minimum) * BigInt(marks.length));
    expect(Math.abs(mean! - Number(sum) / marks.length / 1000)).toBeLessThan(1e-9);
  }
});
