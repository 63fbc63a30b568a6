// Value dimensions of attention, a block for each key-value head: row i of the head's values, and column i of the output matrix in each of the
// query heads that it serves. Rotary positions turn queries and keys, not values, so any order of a head's rows is the same model.
// How many heads there are is a number of the config: it is believed where queries, keys and the output matrix have shapes that agree.

import type { Part } from '../family.ts';
import { type Layer, type Norm, viewOf } from '../layer.ts';
import { Untestable } from '../outline.ts';
import type { Block, Gain } from '../types.ts';

/** The limit of heads in a layer. */
const MAX_HEADS = 4096;

interface Heads {
  /** Query heads, key-value heads. */
  H: number;
  G: number;
  /** Rows of a head. */
  d: number;
}

function checkHeads({ H, G, d }: Heads): void {
  if (G > MAX_HEADS || H > MAX_HEADS) throw new Untestable(`a layer of ${H} heads is not one that can be compared`);
  if (H % G !== 0) throw new Untestable(`${H} query heads do not share ${G} key-value heads evenly`);
  if (!Number.isSafeInteger(d) || d < 1) throw new Untestable('its heads are not whole rows');
}

/** A block for each head; `start` and strides as in a view. */
const blocksOf = (
  layer: Layer,
  {
    tensor,
    heads,
    d,
    columns,
    gain,
    startOf,
    rowStride,
    columnStride = 1,
  }: {
    tensor: string;
    heads: number;
    d: number;
    columns: number;
    gain: Gain | undefined;
    startOf: (head: number) => number;
    rowStride: number;
    columnStride?: number;
  },
): Block[] =>
  Array.from({ length: heads }, (_, head) => ({
    name: `layers.${layer.index}.values.${head}`,
    layer: layer.index,
    rows: viewOf(tensor, { start: startOf(head), rows: d, columns, rowStride, columnStride }),
    ...(gain && { gain }),
  }));

/** What configs call the number of query heads. */
const HEAD_KEYS = ['num_attention_heads', 'n_head', 'num_heads', 'encoder_attention_heads'];

/** What the config says of heads; the size of a head follows from the norm of its queries, where there is one. */
function headsOf(layer: Layer, rows: { queries: number; values: number }, queryNorm: string | undefined): Heads {
  const H = HEAD_KEYS.map((key) => layer.number(key)).find((count) => count !== undefined);
  const normed =
    queryNorm !== undefined && layer.has(queryNorm) ? layer.shape(queryNorm, [undefined]).shape[0] : undefined;
  // A norm over all heads together says nothing of one.
  const d = normed === rows.queries ? undefined : normed;
  const G = d === undefined ? (layer.number('num_key_value_heads') ?? H) : rows.values / d;
  if (G === undefined) throw new Untestable('nothing says how many key-value heads there are');
  const heads = { H: H ?? (rows.queries * G) / rows.values, G, d: rows.values / G };
  if (heads.H * heads.d !== rows.queries || (layer.number('num_key_value_heads') ?? G) !== G)
    throw new Untestable(`the config's heads do not fit ${rows.queries} rows of queries and ${rows.values} of values`);
  checkHeads(heads);
  return heads;
}

interface SeparateNames {
  queries: string;
  keys: string;
  values: string;
  output: string;
  /** Undefined where nothing scales what attention reads. */
  norm?: Norm;
  queryNorm?: string;
}

/** Matrices of their own: values [G d, D]. */
export const values = ({ queries, keys, values: name, output, norm, queryNorm }: SeparateNames): Part => ({
  kind: 'values',
  mark: name,
  read: (layer) => {
    const columns = layer.hiddenSize;
    const { tensor, shape } = layer.readable(name, [undefined, columns]);
    layer.shape(keys, [shape[0], columns]);
    const rows = { values: shape[0]!, queries: layer.shape(queries, [undefined, columns]).shape[0]! };
    const { G, d } = headsOf(layer, rows, queryNorm);
    layer.shape(output, [columns, rows.queries]);
    const gain = norm && layer.gain(norm);
    return blocksOf(layer, { tensor, heads: G, d, columns, gain, startOf: (h) => h * d * columns, rowStride: columns });
  },
});

interface FusedNames {
  all: string;
  output: string;
  norm: Norm;
  /** Queries, then keys, then values of all heads; or of each head in turn. */
  order: 'q k v' | 'by head';
  /** Matrices as [in, out]. */
  transposed?: true;
}

/** One matrix of queries, keys and values. */
export const fusedValues = ({ all, output, norm, order, transposed }: FusedNames): Part => ({
  kind: 'values',
  mark: all,
  read: (layer) => {
    const D = layer.hiddenSize;
    const { tensor, shape } = layer.readable(all, transposed ? [D, undefined] : [undefined, D]);
    const width = shape[transposed ? 1 : 0]!;
    const queries = layer.shape(output, transposed ? [undefined, D] : [D, undefined]).shape[transposed ? 0 : 1]!;
    const values = (width - queries) / 2;
    const { H, G, d } = headsOf(layer, { queries, values }, undefined);
    if (order === 'by head' && G !== H) throw new Untestable('heads that share values are not in this order');
    const first = order === 'by head' ? 2 * d : queries + values;
    const step = order === 'by head' ? 3 * d : d;
    const stride = transposed ? 1 : D;
    return blocksOf(layer, {
      tensor,
      heads: G,
      d,
      columns: D,
      gain: layer.gain(norm),
      startOf: (head) => (first + head * step) * stride,
      rowStride: stride,
      columnStride: transposed ? width : 1,
    });
  },
});
