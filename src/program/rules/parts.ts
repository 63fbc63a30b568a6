// The blocks and parts that scores can cite, by their paths in the rule book.

import type { Block, RuleBook } from './types.ts';

/** A block whose source is of kind `parts` is the sum of the parts that follow it; only an entered figure is given for the whole block. */
export interface PartOfBook extends Pick<Block, 'title' | 'points' | 'source'> {
  /** Cited by scores: `blocks.benchmark`, `blocks.benchmark.parts.common`. */
  path: string;
  /** Its name in tieBreak: `benchmark`, `benchmark.common`. */
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
