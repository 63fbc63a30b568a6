// Which rank owns what: it keeps the moments, sums the gradients and makes the updates of its pieces. Knows no values.

import { elementsOf } from '../../engine/index.ts';
import { STATE_LEAF_BYTES } from '../../ledger/index.ts';
import type { Parameter } from '../model/index.ts';

/** Elements of a piece at most: a leaf of the state tree, so that owners can hash what they own; and whole blocks of the gradient norm. */
export const PIECE = STATE_LEAF_BYTES / 4;

/** Elements [start, start + length) of a parameter. */
export interface Piece {
  name: string;
  start: number;
  length: number;
  owner: number;
}

/**
 * Cuts parameters into pieces, in the order of names, and gives each to the rank that has least by then: shares differ by one
 * piece at most, whatever the sizes of the tensors.
 */
export function piecesOf(list: readonly Parameter[], ranks: number): Piece[] {
  const has: number[] = Array(ranks).fill(0);
  return list.flatMap(({ name, shape }) => {
    const total = elementsOf(shape);
    return Array.from({ length: Math.ceil(total / PIECE) }, (_, i): Piece => {
      const start = i * PIECE;
      const length = Math.min(PIECE, total - start);
      const owner = has.indexOf(Math.min(...has));
      has[owner]! += length;
      return { name, start, length, owner };
    });
  });
}
