// What a forward pass computes: pieces of sequences.

import type { CachedSpan } from '../../engine/index.ts';
import type { WholeSpan } from './layer.ts';

/** Consecutive tokens of one sequence. */
export interface Piece {
  tokens: ArrayLike<number>;
  /** Position of the first token; the earlier positions are in the pages. */
  start: number;
  /** The pages of the sequence, with room for this piece; undefined for a whole sequence in one piece, which is not kept. */
  pages?: readonly number[] | undefined;
}

/** Positions of a page. */
export const PAGE_POSITIONS = 64;

/** Pages that so many positions take. */
export const pagesOf = (positions: number): number => Math.ceil(positions / PAGE_POSITIONS);

/** Rows of pieces, numbered in their order. */
export const rowsOf = (pieces: readonly Piece[]): number => pieces.reduce((sum, { tokens }) => sum + tokens.length, 0);

/** Token and position of each row. */
export function rowsWithPositions(pieces: readonly Piece[]): { tokens: Int32Array; positions: Int32Array } {
  const M = rowsOf(pieces);
  const [tokens, positions] = [new Int32Array(M), new Int32Array(M)];
  let first = 0;
  for (const piece of pieces) {
    tokens.set(piece.tokens, first);
    for (let i = 0; i < piece.tokens.length; i++) positions[first + i] = piece.start + i;
    first += piece.tokens.length;
  }
  return { tokens, positions };
}

/** Groups pieces for attention: neighbouring whole sequences share a span. */
export function spansOf(pieces: readonly Piece[], context: number): { whole: WholeSpan[]; cached: CachedSpan[] } {
  const whole: (WholeSpan & { lengths: number[] })[] = [];
  const cached: CachedSpan[] = [];
  let first = 0;
  /** The row behind the last whole sequence. */
  let end = -1;
  for (const { start, pages, tokens } of pieces) {
    const { length } = tokens;
    if (length === 0 || start + length > context)
      throw new Error(`${length} tokens at position ${start} do not fit into the context`);
    if (pages) cached.push({ first, length, start, pages });
    else if (start > 0) throw new Error('a piece that is not a whole sequence needs pages');
    else {
      if (end === first) whole.at(-1)!.lengths.push(length);
      else whole.push({ first, lengths: [length] });
      end = first + length;
    }
    first += length;
  }
  return { whole, cached };
}
