// Towers beside the language model: one that is foreign, or used as it was, is told in its own part and in no other; two models of which
// nothing has one size.

import { expect, test } from 'vitest';
import type { Sample, SampledTower } from '../sketch/index.ts';
import { compareSamples } from './compare.ts';
import { judged, range } from './testing/judged.ts';
import {
  inBasis,
  noisy,
  pickRows,
  relabelled,
  rotation,
  SIZES,
  sampleOf,
  type ToyModel,
  toyModel,
} from './testing/toy-models.ts';
import { type JudgedGroup, judge } from './verdict.ts';

/** A sample with another model as a tower that reads no tokens. */
const withTower = (sample: Sample, name: SampledTower['name'], model: ToyModel): Sample => {
  const [tower] = sampleOf(model).towers;
  return { ...sample, towers: [...sample.towers, { ...tower!, name, embedding: undefined }] };
};

/** Other names for its tokens. */
function withTokens(sample: Sample, nameOf: (token: number) => string): Sample {
  const [tower, ...others] = sample.towers;
  const tokens = tower!.embedding!.tokens.map((_, i) => nameOf(i));
  return { ...sample, towers: [{ ...tower!, embedding: { ...tower!.embedding!, tokens } }, ...others] };
}

const verdicts = (groups: readonly JudgedGroup[]) =>
  Object.fromEntries(groups.map(({ tower, kind, verdict }) => [`${tower} ${kind}`, verdict]));

const [language, encoder] = [toyModel('language'), toyModel('encoder', { ...SIZES, D: 40, F: 96, L: 4 })];
const OWN = { ...SIZES, D: 40, F: 96, L: 4 };
const nothing = (tower: string) => ({ [`${tower} units`]: 'none', [`${tower} values`]: 'none' });
const shares = (tower: string) => ({ [`${tower} units`]: 'shares', [`${tower} values`]: 'shares' });

test.each(['vision', 'audio'] as const)('a foreign %s tower is told there and nowhere else', (name) => {
  const reference = withTower(sampleOf(language), name, encoder);
  const suspect = withTower(sampleOf(toyModel('own')), name, noisy(encoder, 'tuned', 0.5));
  expect(verdicts(judged(suspect, reference))).toEqual({
    'language basis': 'none',
    ...nothing('language'),
    ...shares(name),
  });
  const asItWas = withTower(sampleOf(toyModel('own')), name, encoder);
  expect(verdicts(judged(asItWas, reference))).toEqual({
    'language basis': 'none',
    ...nothing('language'),
    [`${name} units`]: 'identical',
    [`${name} values`]: 'identical',
  });
});

test.each(['vision', 'audio'] as const)('a foreign language model beside an own %s tower', (name) => {
  const reference = withTower(sampleOf(language), name, encoder);
  const suspect = withTower(sampleOf(noisy(language, 'tuned', 0.5)), name, toyModel('own encoder', OWN));
  expect(verdicts(judged(suspect, reference))).toEqual({
    'language basis': 'shares',
    ...shares('language'),
    ...nothing(name),
  });
});

test('of two towers one is foreign', () => {
  const own = withTower(sampleOf(toyModel('own')), 'vision', toyModel('own encoder', OWN));
  const reference = withTower(withTower(sampleOf(language), 'vision', encoder), 'audio', toyModel('hearing'));
  const suspect = withTower(own, 'audio', noisy(toyModel('hearing'), 'tuned', 0.5));
  expect(verdicts(judged(suspect, reference))).toEqual({
    'language basis': 'none',
    ...nothing('language'),
    ...nothing('vision'),
    ...shares('audio'),
  });
});

test('own towers of all kinds show nothing; one that the other model lacks is not compared; of another width it is not testable', () => {
  const reference = withTower(sampleOf(language), 'vision', encoder);
  const own = withTower(sampleOf(toyModel('own')), 'vision', toyModel('own encoder', OWN));
  expect(verdicts(judged(own, reference))).toEqual({
    'language basis': 'none',
    ...nothing('language'),
    ...nothing('vision'),
  });
  expect(Object.keys(verdicts(judged(own, sampleOf(language)))).join()).not.toContain('vision');
  const wide = withTower(sampleOf(toyModel('own')), 'vision', toyModel('wide encoder', { ...OWN, D: 56 }));
  const groups = judged(wide, reference).filter(({ tower }) => tower === 'vision');
  for (const { verdict, untested } of groups) {
    expect(verdict).toBe('untestable');
    expect(untested.join()).toMatch(/differ in width, and no tokens/);
  }
  expect(groups).toHaveLength(2);
});

// Hidden size 64 instead of 48, 5 layers instead of 3, 96 units instead of 128, 3 heads instead of 2; of 300 tokens two thirds are those of the
// other one, with other ids.
const BIG = { D: 64, F: 96, L: 5, V: 300, heads: 3, d: 16 };
const otherTokens = (i: number) => (i < 200 ? `token ${299 - i}` : `own ${i}`);

test('two tokenizers, hidden sizes, numbers of layers, units and heads: independent models show nothing', () => {
  const suspect = withTokens(sampleOf(toyModel('big', BIG)), otherTokens);
  const comparison = compareSamples(suspect, sampleOf(language), { key: 'k', threads: 1 });
  expect(comparison.towers[0]!.tokens).toBe(200);
  const groups = judge([comparison], 1e-9)[0]!;
  expect(verdicts(groups)).toEqual({ 'language basis': 'none', ...nothing('language') });
  // Five layers have three partners.
  expect(comparison.towers[0]!.map).toHaveLength(3);
  for (const { tests } of groups.slice(1)) for (const one of tests) expect(one.alignment).toBe('tokens');
});

test('the same without a common token: not testable, and why', () => {
  const suspect = withTokens(sampleOf(toyModel('big', BIG)), (i) => `own ${i}`);
  const groups = judged(suspect, sampleOf(language));
  for (const { verdict, untested } of groups) {
    expect(verdict).toBe('untestable');
    expect(untested.join()).toMatch(/tokens/);
  }
});

test('a copy that was given another tokenizer, hidden size, number of layers and of units is told', () => {
  const wider = pickRows(rotation('wider', 64), range(SIZES.D));
  const deep = toyModel('deep', { ...SIZES, L: 5 });
  const pruned = relabelled({ ...deep, layers: [0, 2, 4].map((l) => deep.layers[l]!) }, (_, n) => range(n).filter((i) => i % 5 !== 0)); // biome-ignore format: one thing
  const moved = inBasis(pruned, wider);
  const embedding = pickRows(moved.embedding, range(300).map((i) => (i < 200 ? 299 - i : 0))); // biome-ignore format: one thing
  const suspect = withTokens(sampleOf(noisy({ ...moved, embedding }, 'tuned', 0.3)), otherTokens);
  const comparison = compareSamples(suspect, sampleOf(deep), { key: 'k', threads: 1 });
  expect(comparison.towers[0]!.map).toEqual([[0, 0], [1, 2], [2, 4]]); // biome-ignore format: a table
  expect(verdicts(judge([comparison], 1e-9)[0]!)).toEqual({ 'language basis': 'none', ...shares('language') });
});
