// The pieces of parameters and their owners: a rank keeps the moments, sums the gradients and makes the updates of its pieces.
// Knows no values.

import { elementsOf } from '../../engine/index.ts';
import { STATE_LEAF_BYTES } from '../../ledger/index.ts';
import type { Parameter } from '../model/index.ts';

/** A leaf of the state tree, so that owners can hash their pieces; a multiple of the blocks of the gradient norm. */
export const MAX_PIECE = STATE_LEAF_BYTES / 4;

/** Elements [start, start + length) of a parameter. */
export interface Piece {
  name: string;
  start: number;
  length: number;
  owner: number;
}

/**
 * Cuts parameters into pieces, in the order of names, and gives each piece to the rank with the fewest elements so far. Shares
 * differ by at most one piece, whatever the sizes of the tensors; but all pieces of a parameter that `isWhole` go to one rank.
 */
export function piecesOf(
  list: readonly Parameter[],
  ranks: number,
  isWhole: (parameter: Parameter) => boolean,
): Piece[] {
  const owned: number[] = Array(ranks).fill(0);
  const least = (): number => owned.indexOf(Math.min(...owned));
  return list.flatMap((parameter) => {
    const { name, shape } = parameter;
    const total = elementsOf(shape);
    const one = isWhole(parameter) ? least() : undefined;
    return Array.from({ length: Math.ceil(total / MAX_PIECE) }, (_, i): Piece => {
      const start = i * MAX_PIECE;
      const length = Math.min(MAX_PIECE, total - start);
      const owner = one ?? least();
      owned[owner] += length;
      return { name, start, length, owner };
    });
  });
}
