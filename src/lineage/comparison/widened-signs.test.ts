// Signs of models in which units stand several times, on both sides: copies of a unit have one sign, and are no evidence of their own.

import { expect, test } from 'vitest';
import { type SampledBlock, tieOrder } from '../sketch/index.ts';
import { compareBlocks } from './blocks.ts';
import { lnSignsTail } from './laws.ts';
import { type Matrix, Products } from './products.ts';
import { gaussian, pickRows } from './testing/toy-models.ts';

const [TIMES, UNITS, D] = [16, 8, 64];

const plus = (matrix: Matrix, name: string, share: number): Matrix => {
  const noise = gaussian(name, matrix.rows, matrix.columns, share).values;
  return { ...matrix, values: matrix.values.map((value, i) => value + noise[i]!) };
};

/** Units of shared meanings, each with a random sign, widened: each stands TIMES times, with some noise. */
function widened(seed: string, gate: Matrix, up: Matrix): SampledBlock {
  const signs = gaussian(`${seed} signs`, UNITS, 1).values;
  const learned = plus(up, `${seed} up`, 0.5);
  const signed = { ...learned, values: learned.values.map((value, i) => value * Math.sign(signs[Math.floor(i / D)]!)) };
  const labels = Uint32Array.from({ length: TIMES * UNITS }, (_, i) => i);
  const wide = (matrix: Matrix, what: string): Float32Array =>
    plus(
      pickRows(
        matrix,
        [...labels].map((i) => i % UNITS),
      ),
      `${seed} ${what}`,
      1,
    ).values;
  const [rows, ups] = [wide(plus(gate, `${seed} gate`, 0.5), 'wide gate'), wide(signed, 'wide up')];
  return { name: seed, layer: 0, size: labels.length, columns: D, labels, rows: () => rows, signed: () => ups };
}

test('widened innocents', () => {
  const products = new Products(1);
  const trials = 150;
  try {
    const chances = Array.from({ length: trials }, (_, i) => {
      const [gate, up] = [gaussian(`gate ${i}`, UNITS, D), gaussian(`up ${i}`, UNITS, D)];
      const [a, b] = [widened(`a ${i}`, gate, up), widened(`b ${i}`, gate, up)];
      const orders = [tieOrder('k', 'a'), tieOrder('k', 'b')] as const;
      const { agreeing, of } = compareBlocks(a, b, { products, map: undefined, orders }).signs!;
      return lnSignsTail(of, agreeing);
    });
    // With a chance of at most .01 each, more than 8 of 150 are so with a chance below 1e-4. Counted one by one, copies gave 18.
    expect(chances.filter((ln) => ln <= Math.log(0.01)).length).toBeLessThanOrEqual(8);
  } finally {
    products.close();
  }
});
