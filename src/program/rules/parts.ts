// What scores can cite: every block and part by its path in the rule book.

import type { Block, RuleBook } from './types.ts';

/** Where its source is of kind `parts`, it is the sum of the parts that follow: only a figure from elsewhere is given for the whole of it. */
export interface PartOfBook extends Pick<Block, 'title' | 'points' | 'source'> {
  /** What a score cites as its rule: `blocks.benchmark`, `blocks.benchmark.parts.common`. */
  path: string;
  /** What tieBreak calls it: `benchmark`, `benchmark.common`. */
  name: string;
  /** The block's id. */
  block: string;
}

/** All blocks in their order, each followed by its parts. */
export function partsOf(book: RuleBook): PartOfBook[] {
  return book.blocks.flatMap(({ id: block, title, points, source }) => {
    const path = `blocks.${block}`;
    const parts = source.kind === 'parts' ? source.parts : [];
    return [
      { path, name: block, block, title, points, source },
      ...parts.map(({ id, title, points, source }) => {
        return { path: `${path}.parts.${id}`, name: `${block}.${id}`, block, title, points, source };
      }),
    ];
  });
}
