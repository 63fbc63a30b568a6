// Points of a grid, their names, and grids that are refused.

import { describe, expect, test } from 'vitest';
import { MAX_POINTS, pointsOfGrid } from './grid.ts';
import { freeName, pointName, recipeName } from './point-name.ts';

describe('a grid', () => {
  test('all combinations, the last axis fastest', () => {
    expect(pointsOfGrid(['train.learningRate=1e-3, 3e-3', 'seed=1,2,3'], ['train.steps=20'])).toEqual([
      ['train.learningRate=1e-3', 'seed=1'],
      ['train.learningRate=1e-3', 'seed=2'],
      ['train.learningRate=1e-3', 'seed=3'],
      ['train.learningRate=3e-3', 'seed=1'],
      ['train.learningRate=3e-3', 'seed=2'],
      ['train.learningRate=3e-3', 'seed=3'],
    ]);
  });

  test('paths in one form; commas in brackets and in quotes belong to a value', () => {
    expect(pointsOfGrid(['corpus.sources[0].weight=1,2'], [])).toEqual([
      ['corpus.sources.0.weight=1'],
      ['corpus.sources.0.weight=2'],
    ]);
    expect(pointsOfGrid(['corpus.sources.0.files=[a, b],"c,d",e\'s'], [])).toEqual([
      ['corpus.sources.0.files=[a, b]'],
      ['corpus.sources.0.files="c,d"'],
      ["corpus.sources.0.files=e's"],
    ]);
    expect(pointsOfGrid(['train={steps: 3, seed: 1},{steps: 4}'], [])).toEqual([
      ['train={steps: 3, seed: 1}'],
      ['train={steps: 4}'],
    ]);
  });

  test.each([
    [[], [], 'nothing is varied', '--over'],
    [['seed'], [], 'not of the form path=value,value', '--over seed'],
    [['=1,2'], [], 'not of the form path=value,value', '--over =1,2'],
    [['a b=1,2'], [], 'not a path of keys', '--over a b=1,2'],
    [['seed='], [], 'seed has no value', '--over seed='],
    [['seed=,'], [], 'seed has no value', '--over seed=,'],
    [['seed=1,,2'], [], 'seed has an empty value', '--over seed=1,,2'],
    [['seed=1,2,1'], [], 'seed has the value 1 twice', '--over seed=1,2,1'],
    [['seed=1', 'seed=2'], [], 'seed is given twice', '--over seed=2'],
    [
      [`train.steps=${'1'.repeat(1001)}`],
      [],
      'a value of train.steps has more than 1000 characters',
      expect.anything(),
    ],
    [['name=a,b'], [], 'name is not a setting of a training', '--over name=a,b'],
    [['train={steps: 3}', 'train.steps=3'], [], 'train.steps and train overlap', '--over train.steps=3'],
    [['seed=1,2'], ['train.steps=3', 'seed=4'], 'seed is both varied and set', '--set seed=4'],
    [['train.steps=1,2'], ['train={seed: 4}'], 'train.steps is both varied and set', '--set train={seed: 4}'],
  ])('%j with --set %j: %s', (over, set, message, input) => {
    expect(() => pointsOfGrid(over, set)).toThrow(expect.objectContaining({ code: 'sweep-grid', message, input }));
  });

  test(`at most ${MAX_POINTS} points`, () => {
    const axis = (path: string, n: number) => `${path}=${Array.from({ length: n }, (_, i) => i + 1)}`;
    expect(pointsOfGrid([axis('seed', MAX_POINTS)], [])).toHaveLength(MAX_POINTS);
    expect(() => pointsOfGrid([axis('seed', MAX_POINTS / 2), axis('train.steps', 3)], [])).toThrow(
      expect.objectContaining({ code: 'sweep-grid', message: expect.stringContaining('128 x 3 = 384 points') }),
    );
  });
});

describe('names', () => {
  test.each([
    [['train.learningRate=1e-3', 'seed=1'], 'learning-rate-0.001-seed-1'],
    [['train.learningRate=0.0010', 'seed=01'], 'learning-rate-0.001-seed-1'],
    [['train.eps=1e-8'], 'eps-1e-8'],
    [['model.tieWordEmbeddings=false', 'train.schedule=wsd'], 'tie-word-embeddings-false-schedule-wsd'],
    [['corpus.sources.0.weight=1', 'corpus.sources.1.weight=2'], 'corpus-sources-0-weight-1-corpus-sources-1-weight-2'],
  ])('%j is %s', (over, name) => {
    expect(pointName(over)).toBe(name);
  });

  test('what a name cannot hold is replaced by a digest, so that names still differ', () => {
    const texts = ['a/b', 'a b', 'A-b', 'a-b', '../x', '..', '$(rm)', '한글', 'x'.repeat(100), `${'x'.repeat(99)}y`];
    const names = texts.map((text) => pointName([`corpus.sources.0.files=${text}`]));
    expect(new Set(names).size).toBe(texts.length);
    for (const name of names) expect(name).toMatch(/^files-[a-z0-9.-]{1,54}$/);
    const many = Array.from({ length: 9 }, (_, i) => `train.key${i}=12345`);
    expect(pointName(many).length).toBeLessThanOrEqual(60);
    expect(pointName(many)).not.toBe(pointName([...many.slice(0, 8), 'train.key8=54321']));
  });

  test('a name that is taken gets a digest; the name of a recipe is never too long', () => {
    expect(freeName('seed-1', () => false, 'id')).toBe('seed-1');
    expect(freeName('seed-1', () => true, 'id')).toMatch(/^seed-1-[0-9a-f]{8}$/);
    expect(recipeName('hello', 'seed-1')).toBe('hello-seed-1');
    expect(recipeName('h'.repeat(100), 'seed-1')).toBe(`${'h'.repeat(93)}-seed-1`);
  });
});
