// Value dimensions of multi-head latent attention (MLA), a block for each head: rows of the matrix that unfolds the latent of keys and values.
// Their columns are dimensions of the latent, not of the residual stream.

import type { Part } from '../family.ts';
import { type Layer, viewOf } from '../layer.ts';
import { Untestable } from '../outline.ts';
import type { Block } from '../types.ts';

/** The limit of heads in a layer. */
const MAX_HEADS = 4096;

interface LatentNames {
  /** Queries: the matrix [heads (n + r), any], the first of these that a layer has; r of a head's rows are turned by positions. */
  queries: readonly string[];
  /** The residual stream into the latent and the turned part of the keys [latent + r, D]. */
  fold: string;
  /** The norm over the latent. */
  norm: string;
  output: string;
}

function blocks(
  layer: Layer,
  tensor: string,
  norm: string,
  of: { heads: number; rows: number; first: number; step: number; latent: number },
): Block[] {
  const { heads, rows, first, step, latent } = of;
  if (heads > MAX_HEADS) throw new Untestable(`a layer of ${heads} heads is not one that can be compared`);
  const gain = layer.gain({ weight: norm }, latent);
  return Array.from({ length: heads }, (_, head) => ({
    name: `layers.${layer.index}.values.${head}`,
    layer: layer.index,
    rows: viewOf(tensor, {
      start: (first + head * step) * latent,
      rows,
      columns: latent,
      rowStride: latent,
      columnStride: 1,
    }),
    gain,
  }));
}

/** Keys and values of each head in turn, n rows of keys and v of values: [heads (n + v), latent]. The sizes follow from the shapes. */
export const latentValues = ({ unfold, ...names }: LatentNames & { unfold: string }): Part => ({
  kind: 'values',
  mark: unfold,
  read: (layer) => {
    const { tensor, shape } = layer.readable(unfold, [undefined, undefined]);
    const [rows, latent] = shape as [number, number];
    const turned = layer.shape(names.fold, [undefined, layer.hiddenSize]).shape[0]! - latent;
    const values = layer.shape(names.output, [layer.hiddenSize, undefined]).shape[1]!;
    const query = names.queries.find((name) => layer.has(name)) ?? names.queries[0]!;
    const queries = layer.shape(query, [undefined, undefined]).shape[0]!;
    // queries = heads (n + r), rows = heads (n + v), values = heads v
    const heads = (queries - rows + values) / turned;
    const [v, n] = [values / heads, rows / heads - values / heads];
    if (![heads, v, n].every((size) => Number.isSafeInteger(size) && size > 0))
      throw new Untestable('the shapes of its attention do not fit together');
    if ((layer.number('num_attention_heads') ?? heads) !== heads)
      throw new Untestable(`the config has another number of heads than the ${heads} of its shapes`);
    return blocks(layer, tensor, names.norm, { heads, rows: v, first: n, step: n + v, latent });
  },
});

/** Values by themselves: [heads, v, latent]. */
export const stackedLatentValues = ({
  values,
  norm,
  output,
}: {
  values: string;
  norm: string;
  output: string;
}): Part => ({
  kind: 'values',
  mark: values,
  read: (layer) => {
    const { tensor, shape } = layer.readable(values, [undefined, undefined, undefined]);
    const [heads, v, latent] = shape as [number, number, number];
    layer.shape(output, [layer.hiddenSize, heads * v]);
    return blocks(layer, tensor, norm, { heads, rows: v, first: 0, step: v, latent });
  },
});
