// The dimensions of the residual stream as units: one block of the whole tower, by the embeddings of tokens that both models have.

import type { SampledBlock, SampledTower } from '../sketch/index.ts';
import { type GroupComparison, notTested, testPairs, type Work } from './compared-group.ts';
import { equalityOf } from './equality.ts';
import { limitLengths } from './lengths.ts';
import { rowsOf } from './matching.ts';
import { type Matrix, transposed } from './products.ts';

export interface Towers {
  suspect: SampledTower;
  reference: SampledTower;
  /** Tokens that both embed. */
  tokens: readonly string[];
}

/** The embeddings of a tower's tokens, [tokens, hiddenSize]; they are among its sampled ones. */
function storedEmbedding({ hiddenSize, embedding }: SampledTower, tokens: readonly string[]): Matrix {
  const rowOf = new Map(embedding!.tokens.map((token, row) => [token, row]));
  const values = { rows: embedding!.tokens.length, columns: hiddenSize, values: embedding!.rows() };
  return rowsOf(
    values,
    tokens.map((token) => rowOf.get(token)!),
  );
}

/** The same with long rows shortened. */
export function embeddingOf(tower: SampledTower, tokens: readonly string[]): Matrix {
  const embedding = storedEmbedding(tower, tokens);
  limitLengths(embedding);
  return embedding;
}

/** The dimensions of the residual stream as one block: a row for each, with what each token has there. */
function basisBlock(tower: SampledTower, tokens: readonly string[], embedding = embeddingOf): SampledBlock {
  const { hiddenSize } = tower;
  const labels = Uint32Array.from({ length: hiddenSize }, (_, i) => i);
  const { values } = transposed(embedding(tower, tokens)); // read and turned once: the tests ask for it many times
  return {
    name: 'basis',
    layer: 0,
    size: hiddenSize,
    columns: tokens.length,
    labels,
    rows: () => values,
    signed: undefined,
  };
}

/** The tokens of a sample whose embeddings are finite and not zero. */
function soundTokens({ embedding, hiddenSize }: SampledTower): string[] {
  if (!embedding) return [];
  const values = embedding.rows();
  return embedding.tokens.filter((_, row) => {
    const own = values.subarray(row * hiddenSize, (row + 1) * hiddenSize);
    return own.every(Number.isFinite) && own.some((value) => value !== 0);
  });
}

/** Tokens of which both samples have an embedding. */
export function sharedTokens(suspect: SampledTower, reference: SampledTower): string[] {
  const known = new Set(soundTokens(reference));
  return soundTokens(suspect).filter((token) => known.has(token));
}

export function compareBasis(work: Work, { suspect, reference, tokens }: Towers): GroupComparison {
  const why =
    suspect.fixedBasis ??
    reference.fixedBasis ??
    (tokens.length > 0
      ? undefined
      : 'there are no tokens of which both models have an embedding that is finite and not zero');
  if (why !== undefined) return notTested(suspect.name, 'basis', why);
  work.onPart('embedding');
  const [ours, theirs] = [basisBlock(suspect, tokens), basisBlock(reference, tokens)];
  const aligned = [{ with: { name: 'stored' as const, map: undefined }, pairs: [[0, 0]] as [number, number][] }];
  const tested = testPairs(work, [[ours], [theirs]], aligned, { tower: suspect.name, kind: 'basis' });
  const stored = [suspect, reference].map((tower) => basisBlock(tower, tokens, storedEmbedding));
  return { ...tested, equality: equalityOf([[stored[0]!, stored[1]!]]) };
}
