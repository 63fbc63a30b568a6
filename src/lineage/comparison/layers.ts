// Which layer of the reference each layer of the suspect looks like. The score knows no labels, so choosing by it costs no chance.

import type { SampledBlock } from '../sketch/index.ts';
import { bestPairs, blockScores } from './block-scores.ts';
import type { PairOptions } from './blocks.ts';

export interface LayerMap {
  /** For each of the suspect's layers that has a partner, the reference's layer. No layer of the reference is used twice. */
  pairs: ReadonlyMap<number, number>;
  /** Mean cosine of matched units, of each layer of the suspect with each of the reference; of several blocks the mean of each one's best. */
  scores: { suspect: number[]; reference: number[]; values: number[][] };
}

/** The indices of the blocks of each layer: a mixture has one for each expert. */
function byLayer(blocks: readonly SampledBlock[]): Map<number, number[]> {
  const layers = new Map<number, number[]>();
  for (const [i, { layer }] of blocks.entries()) layers.set(layer, [...(layers.get(layer) ?? []), i]);
  return layers;
}

/** Pairs layers by falling score; of equal ones those with one number first. */
export function mapLayers(
  suspect: readonly SampledBlock[],
  reference: readonly SampledBlock[],
  options: PairOptions,
): LayerMap {
  const [ours, theirs] = [byLayer(suspect), byLayer(reference)];
  const [rows, columns] = [[...ours.keys()], [...theirs.keys()]];
  const scores = blockScores(suspect, reference, options);
  const values = rows.map((layer) =>
    columns.map((other) => {
      const best = ours.get(layer)!.map((i) => Math.max(...theirs.get(other)!.map((j) => scores[i]![j]!)));
      return best.reduce((sum, score) => sum + score, 0) / best.length;
    }),
  );
  const pairs = new Map(bestPairs(values, [rows, columns]).map(([i, j]) => [rows[i]!, columns[j]!]));
  return { pairs, scores: { suspect: rows, reference: columns, values } };
}
