// Units of MLPs. A unit of a gated MLP is a row of gate, the same row of up and the same column of down: y = down (f(gate x) * (up x)).
// Changing the sign of the row of up and of the column of down changes nothing.

import type { Part } from '../family.ts';
import { type Norm, viewOf } from '../layer.ts';

interface GatedNames {
  gate: string;
  up: string;
  down: string;
  /** Undefined where nothing scales what the MLP reads. */
  norm?: Norm;
  /** What the block is called. */
  called?: string;
}

/** Three matrices: gate and up [units, D], down [D, units]. */
export const gated = ({ gate, up, down, norm, called = 'mlp' }: GatedNames): Part => ({
  kind: 'units',
  mark: gate,
  read: (layer) => {
    const rows = layer.matrix(gate, undefined, layer.hiddenSize);
    const signed = layer.matrix(up, rows.rows, layer.hiddenSize);
    layer.shape(down, [layer.hiddenSize, rows.rows]);
    const name = `layers.${layer.index}.${called}`;
    return [{ name, layer: layer.index, rows, signed, ...(norm && { gain: layer.gain(norm) }) }];
  },
});

/** One matrix [2 units, D], gate above up, and down [D, units]. */
export const gatedHalves = ({ both, down, norm }: { both: string; down: string; norm: Norm }): Part => ({
  kind: 'units',
  mark: both,
  read: (layer) => {
    const columns = layer.hiddenSize;
    const units = layer.shape(down, [columns, undefined]).shape[1]!;
    const { tensor } = layer.readable(both, [2 * units, columns]);
    const half = (start: number) =>
      viewOf(tensor, { start, rows: units, columns, rowStride: columns, columnStride: 1 });
    const name = `layers.${layer.index}.mlp`;
    const blocks = { rows: half(0), signed: half(units * columns), gain: layer.gain(norm) };
    return [{ name, layer: layer.index, ...blocks }];
  },
});

interface PlainNames {
  first: string;
  second: string;
  norm: Norm;
  /** Matrices as [in, out]. */
  transposed?: true;
}

/** Two matrices, y = second f(first x): a unit is a row of the first, and has no free sign. */
export const plain = ({ first, second, norm, transposed }: PlainNames): Part => ({
  kind: 'units',
  mark: first,
  read: (layer) => {
    const columns = layer.hiddenSize;
    const name = `layers.${layer.index}.mlp`;
    const gain = layer.gain(norm);
    if (!transposed) {
      const rows = layer.matrix(first, undefined, columns);
      layer.shape(second, [columns, rows.rows]);
      return [{ name, layer: layer.index, rows, gain }];
    }
    const { tensor, shape } = layer.readable(first, [columns, undefined]);
    const units = shape[1]!;
    layer.shape(second, [units, columns]);
    const rows = viewOf(tensor, { rows: units, columns, rowStride: 1, columnStride: units });
    return [{ name, layer: layer.index, rows, gain }];
  },
});
