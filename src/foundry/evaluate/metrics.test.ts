// Metrics and standard errors against values computed by hand.

import { describe, expect, test } from 'vitest';
import {
  argmax,
  bootstrap,
  characters,
  clusteredError,
  itemsOf,
  macroF1,
  measure,
  type Outcome,
  words,
} from './metrics.ts';

const choice = (nats: number[], texts: string[], gold: number): Outcome => ({
  kind: 'choice',
  nats,
  characters: texts.map(characters),
  bytes: texts.map((text) => Buffer.byteLength(text)),
  gold,
});

test('lengths: code points, UTF-8 bytes, words as Python splits', () => {
  expect(characters('가 나b😀')).toBe(5);
  expect(Buffer.byteLength('가 나b😀')).toBe(12);
  expect(['', ' ', 'a b', ' a\n\nb\u3000가 ', 'a\ufeffb'].map(words)).toEqual([1, 2, 2, 5, 1]);
});

test('the first of equal values is taken', () => {
  expect(argmax([1, 3, 3, 2])).toBe(1);
  expect(argmax([2, 2])).toBe(0);
  expect(argmax([-Infinity, -Infinity])).toBe(0);
});

describe('multiple choice', () => {
  // Nats, characters and bytes are such that each metric takes another choice.
  const texts = ['ab', '가나 다라', 'abcdefghijklmnop'];
  const one = choice([4, 9, 40], texts, 0);
  // per character: 2, 9/5 = 1.8, 2.5; per byte: 2, 9/13 = 0.69, 2.5.
  test('acc, acc_norm and acc_bytes of one item', () => {
    const values = (gold: number) =>
      (['acc', 'acc_norm', 'acc_bytes'] as const).map((metric) => measure(metric, [{ ...one, gold } as Outcome]).value);
    expect(values(0)).toEqual([1, 0, 0]);
    expect(values(1)).toEqual([0, 1, 1]);
    // Characters and bytes differ where Hangul meets Latin: 12/2 = 6 and 12/6 = 2 against 10/4 = 2.5 for both.
    const mixed = choice([12, 10], ['가나', 'abcd'], 0);
    expect(measure('acc_norm', [mixed]).value).toBe(0);
    expect(measure('acc_bytes', [mixed]).value).toBe(1);
  });

  test('ties: the first choice wins, right or wrong', () => {
    expect(measure('acc', [choice([5, 5], ['a', 'b'], 0), choice([5, 5], ['a', 'b'], 1)]).value).toBe(0.5);
    expect(measure('acc_norm', [choice([2, 4], ['a', 'bb'], 1)]).value).toBe(0);
  });

  test('standard error: sample deviation by root n', () => {
    const items = [0, 1, 0, 0].map((gold) => choice([1, 2], ['a', 'b'], gold));
    // 1 0 1 1: mean 3/4, sum of squares 3/4, deviation sqrt(3/4 / 3) = 1/2, by sqrt 4.
    expect(measure('acc', items)).toEqual({ metric: 'acc', value: 0.75, stderr: 0.25, n: 4 });
    expect(measure('acc', items.slice(0, 1))).toEqual({ metric: 'acc', value: 1, stderr: null, n: 1 });
  });

  test('macro F1', () => {
    // Label 0: one hit, one missed: 2/3. Label 1: two hits, one too many: 4/5.
    const pairs = [
      [0, 0],
      [0, 1],
      [1, 1],
      [1, 1],
    ] as const;
    expect(macroF1(pairs)).toBeCloseTo((2 / 3 + 4 / 5) / 2, 15);
    // A label that is predicted but never gold counts as 0.
    expect(
      macroF1([
        [0, 0],
        [0, 1],
      ]),
    ).toBeCloseTo(1 / 3, 15);
    const items = pairs.map(([gold, predicted]) => choice(predicted === 0 ? [1, 2] : [2, 1], ['a', 'b'], gold));
    expect(measure('f1', items).value).toBe(macroF1(pairs));
  });
});

describe('perplexities', () => {
  const texts: Outcome[] = [
    { kind: 'text', nats: 6, bytes: 3, words: 1 },
    { kind: 'text', nats: 10, bytes: 13, words: 3 },
  ];

  test('sums over the set, not a mean of means', () => {
    expect(measure('bits_per_byte', texts).value).toBeCloseTo(1 / Math.LN2, 15); // 16 nats, 16 bytes
    expect(measure('byte_perplexity', texts).value).toBeCloseTo(Math.E, 14);
    expect(measure('word_perplexity', texts).value).toBeCloseTo(Math.exp(4), 12);
  });

  test('LAMBADA: exp of the mean over documents, and whether the greedy text is the word', () => {
    const items: Outcome[] = [
      { kind: 'continuation', nats: 1, greedy: true },
      { kind: 'continuation', nats: 4, greedy: false },
    ];
    expect(measure('perplexity', items).value).toBeCloseTo(Math.exp(2.5), 12);
    expect(measure('acc', items)).toMatchObject({ value: 0.5, stderr: 0.5 });
  });
});

describe('bootstrap', () => {
  const values = Array.from({ length: 200 }, (_, i) => (i * 7919) % 101);
  const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;

  test('the bootstrap of a mean is near the formula, and the same each time', () => {
    const m = mean(values);
    const formula = Math.sqrt(mean(values.map((x) => (x - m) ** 2)) / values.length);
    expect(bootstrap(values, mean) / formula).toBeGreaterThan(0.93);
    expect(bootstrap(values, mean) / formula).toBeLessThan(1.07);
    expect(bootstrap(values, mean)).toBe(bootstrap(values, mean));
  });

  test('the bootstrap of F1 over equal outcomes is 0', () => {
    expect(
      bootstrap(
        [
          [0, 0],
          [0, 0],
        ] as const,
        macroF1,
      ),
    ).toBe(0);
  });
});

test('the standard error of items in clusters is that of whole clusters', () => {
  // Deviations from 0.5 are ±0.5. Two clusters that agree: sums of 1 and -1, so root of 2/1 · 2 over 4.
  expect(clusteredError([1, 1, 0, 0], [0, 0, 1, 1])).toBeCloseTo(0.5, 15);
  // Clusters that agree with nobody: sums of 0.
  expect(clusteredError([1, 0, 1, 0], [0, 0, 1, 1])).toBe(0);
  expect(clusteredError([1, 1, 0, 0], [5, 5, 5, 5])).toBe(null);
  const items: Outcome[] = ['7', '7', '8', '6', '7'].map((text) => ({ kind: 'generate', text, answer: '7' }));
  const [plain, own] = [undefined, [3, 1, 4, 2, 0]].map((clusters) => measure('exact_match', items, clusters).stderr!);
  expect(own).toBeCloseTo(plain!, 15);
});

test('generated text: equal except for white space around it, or containing the answer', () => {
  const items: Outcome[] = [
    { kind: 'generate', text: ' 서울 ', answer: '서울' },
    { kind: 'generate', text: ' 답은 서울이다', answer: '서울' },
    { kind: 'generate', text: '부산', answer: '서울' },
  ];
  expect(measure('exact_match', items).value).toBeCloseTo(1 / 3, 15);
  expect(measure('contains', items).value).toBeCloseTo(2 / 3, 15);
});

test('above a baseline: one where only the model is right, minus one where only the baseline is, paired by question', () => {
  const item = (text: string, baseline: string): Outcome => ({ kind: 'generate', text, answer: '7', baseline });
  const items = [item(' 7 ', '8'), item('7', '7\n'), item('8', '7'), item('6', '5'), item('7', '')];
  expect(itemsOf('above_baseline', items)).toEqual([1, 0, -1, 0, 1]);
  const { value, stderr, n } = measure('above_baseline', items);
  expect(value).toBeCloseTo(0.2, 15);
  // By hand: the squares of the deviations are 0.64, 0.04, 1.44, 0.04, 0.64; 2.8 / 4 = 0.7.
  expect(stderr).toBeCloseTo(Math.sqrt(0.7 / 5), 15);
  expect(n).toBe(5);
  expect(itemsOf('above_baseline', [{ kind: 'generate', text: '7', answer: '7' }])).toBeUndefined();
});

test('values of items, only for a metric that is their mean', () => {
  const choices = [0, 1, 0].map((gold) => choice([1, 2], ['a', 'bbb'], gold));
  expect(itemsOf('acc', choices)).toEqual([1, 0, 1]);
  expect(itemsOf('acc_norm', choices)).toEqual([0, 1, 0]); // 1 and 2/3 nats a character
  expect(itemsOf('f1', choices)).toBeUndefined();
  const written: Outcome[] = [
    { kind: 'generate', text: ' so it is', answer: 'it' },
    { kind: 'generate', text: ' it ', answer: 'it' },
  ];
  expect([itemsOf('exact_match', written), itemsOf('contains', written)]).toEqual([
    [0, 1],
    [1, 1],
  ]);
  const greedy = [true, false].map((greedy): Outcome => ({ kind: 'continuation', nats: 1, greedy }));
  expect([itemsOf('acc', greedy), itemsOf('perplexity', greedy)]).toEqual([[1, 0], undefined]);
  expect(itemsOf('bits_per_byte', [{ kind: 'text', nats: 1, bytes: 1, words: 1 }])).toBeUndefined();
});
