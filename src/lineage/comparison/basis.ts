// The dimensions of the residual stream as units: one block of the whole tower, by the embeddings of tokens that both models have.

import type { SampledBlock, SampledTower } from '../sketch/index.ts';
import { type GroupComparison, notTested, testPairs, type Work } from './compared-group.ts';
import { equalityOf } from './equality.ts';
import { rowsOf } from './matching.ts';
import { type Matrix, transposed } from './products.ts';

export interface Towers {
  suspect: SampledTower;
  reference: SampledTower;
  /** Tokens that both embed. */
  tokens: readonly string[];
}

/** The embeddings of a tower's tokens, [tokens, hiddenSize]; they are among its sampled ones. */
export function embeddingOf({ hiddenSize, embedding }: SampledTower, tokens: readonly string[]): Matrix {
  const rowOf = new Map(embedding!.tokens.map((token, row) => [token, row]));
  const values = { rows: embedding!.tokens.length, columns: hiddenSize, values: embedding!.rows() };
  return rowsOf(
    values,
    tokens.map((token) => rowOf.get(token)!),
  );
}

/** The dimensions of the residual stream as one block: a row for each, with what each token has there. */
function basisBlock(tower: SampledTower, tokens: readonly string[]): SampledBlock {
  const { hiddenSize } = tower;
  const labels = Uint32Array.from({ length: hiddenSize }, (_, i) => i);
  const rows = (): Float32Array => transposed(embeddingOf(tower, tokens)).values;
  return { name: 'basis', layer: 0, size: hiddenSize, columns: tokens.length, labels, rows, signed: undefined };
}

/** Tokens whose embeddings both samples have. */
export function sharedTokens({ embedding: ours }: SampledTower, { embedding: theirs }: SampledTower): string[] {
  const known = new Set(theirs?.tokens);
  return ours?.tokens.filter((token) => known.has(token)) ?? [];
}

export function compareBasis(work: Work, { suspect, reference, tokens }: Towers): GroupComparison {
  const why =
    suspect.fixedBasis ??
    reference.fixedBasis ??
    (tokens.length > 0 ? undefined : 'there are no tokens that both models embed');
  if (why !== undefined) return notTested(suspect.name, 'basis', why);
  work.onPart('embedding');
  const [ours, theirs] = [basisBlock(suspect, tokens), basisBlock(reference, tokens)];
  const aligned = [{ with: { name: 'stored' as const, map: undefined }, pairs: [[0, 0]] as [number, number][] }];
  const tested = testPairs(work, [[ours], [theirs]], aligned, `${suspect.name} basis`);
  return { tower: suspect.name, kind: 'basis', ...tested, equality: equalityOf([[ours, theirs]]) };
}
