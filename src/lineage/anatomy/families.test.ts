// Each family's table against the family's definition, written out in `testing`: two units that change places with all that belongs to them,
// or a unit that changes its signs, leave what the layer computes as it is. A wrong view, stride or partner does not.

import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { randomNumbers } from '../../base/testing/random-numbers.ts';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { type Block, openStored } from './index.ts';
import type { ExpectedBlock, FamilyCase } from './testing/case.ts';
import { DENSE_CASES } from './testing/dense.ts';
import { SPARSE_CASES } from './testing/sparse.ts';
import { TOWER_CASES } from './testing/towers.ts';
import { Weights, writeFolder } from './testing/weights.ts';

const folder = temporaryFolder();

/** The largest difference, as a share of the largest number. */
function difference(a: readonly number[], b: readonly number[]) {
  const largest = Math.max(...a.map(Math.abs));
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!))) / largest;
}

const random = randomNumbers(11);
const vector = (length: number) => Array.from({ length }, () => random() * 2 - 1);
/** Sums in another order differ by less, other models by more. */
const CLOSE = 1e-9;
const FAR = 1e-4;

/** The largest difference of two models' outputs for several inputs: one alone may hardly use a unit. */
function change(forward: ExpectedBlock['forward'], before: Weights, after: Weights, size: number) {
  const inputs = Array.from({ length: 8 }, () => vector(size));
  return Math.max(...inputs.map((x) => difference(forward(before, x), forward(after, x))));
}

function checkExchange(weights: Weights, { rows, signed }: Block, { forward, exchange, units }: ExpectedBlock) {
  const changed = weights.copy();
  changed.exchangeRows(rows, 0, units - 1);
  expect(change(forward, weights, changed, rows.columns), 'rows alone').toBeGreaterThan(FAR);
  if (signed) changed.exchangeRows(signed, 0, units - 1);
  exchange(changed, 0, units - 1);
  expect(change(forward, weights, changed, rows.columns), 'all of two units').toBeLessThan(CLOSE);
}

function checkSigns(weights: Weights, { rows, signed }: Block, { forward, negate, units }: ExpectedBlock) {
  expect(signed !== undefined).toBe(negate !== undefined);
  if (!signed || !negate) return;
  const changed = weights.copy();
  changed.negateRow(signed, units - 1);
  expect(change(forward, weights, changed, rows.columns), 'one row').toBeGreaterThan(FAR);
  negate(changed, units - 1);
  expect(change(forward, weights, changed, rows.columns), 'all of a unit').toBeLessThan(CLOSE);
}

function checkGain(weights: Weights, { gain, rows }: Block, { norm }: ExpectedBlock) {
  expect(gain !== undefined).toBe(norm !== undefined);
  if (!gain || !norm) return;
  const x = vector(rows.columns);
  const mean = gain.centred ? x.reduce((sum, value) => sum + value, 0) / x.length : 0;
  const centred = x.map((value) => value - mean);
  const scale = Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0) / x.length);
  const ours = centred.map((value, i) => (value / scale) * (weights.at(gain.tensor, i) + gain.offset));
  expect(difference(norm(weights, x), ours), 'the norm').toBeLessThan(CLOSE);
}

const open = (one: FamilyCase, weights: Weights) =>
  openStored(writeFolder(join(folder, one.name), weights, one.config));

describe.each([...DENSE_CASES, ...SPARSE_CASES, ...TOWER_CASES])('$name', (one) => {
  const weights = Weights.random(one.shapes);
  const model = open(one, weights);
  afterAll(() => model.close());
  const tower = model.anatomy.towers.find(({ name }) => name === one.tower)!;
  const blockOf = ({ kind, name }: ExpectedBlock) =>
    tower.groups.find((group) => group.kind === kind)!.blocks.find((block) => block.name === name)!;

  test('its family, its tower and the names of its blocks', () => {
    expect(model.anatomy.family).toBe(one.family);
    expect(tower).toMatchObject({ hiddenSize: one.hiddenSize, layers: 2 });
    const names = tower.groups.map(({ kind, blocks }) => [kind, blocks.map(({ name }) => name)]);
    expect(Object.fromEntries(names)).toEqual(one.blocks);
    expect(tower.embedding?.tensor).toBe(one.embedding);
  });

  test.each(one.expected.map((block) => [block.name, block] as const))('%s', (_, expected) => {
    const block = blockOf(expected);
    expect(block.rows.rows).toBe(expected.units);
    checkExchange(weights, block, expected);
    checkSigns(weights, block, expected);
    checkGain(weights, block, expected);
  });

  test('the rows of all blocks are read as the views say', () => {
    for (const view of tower.groups.flatMap(({ blocks }) =>
      blocks.flatMap(({ rows, signed }) => [rows, ...(signed ? [signed] : [])]),
    )) {
      const chosen = [view.rows - 1, 0, ...(view.rows > 2 ? [1, 2] : [])];
      const target = new Float32Array(chosen.length * view.columns);
      model.readRows(view, chosen, target);
      expect([...target]).toEqual(chosen.flatMap((row) => weights.row(view, row)));
    }
  });
});
