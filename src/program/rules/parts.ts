// What scores can cite: every block and part by its path in the rule book.

import type { Title } from '../../formats/index.ts';
import type { Block, RuleBook } from './types.ts';

export interface PartOfBook {
  /** What a score cites as its rule: `blocks.benchmark`, `blocks.benchmark.parts.common`. */
  path: string;
  /** What tieBreak calls it: `benchmark`, `benchmark.common`. */
  name: string;
  /** The block's id. */
  block: string;
  title: Title;
  points: number;
  /** Of kind `parts`: this is the sum of the parts that follow; only a figure from elsewhere can be given for the whole of it. */
  source: Block['source'];
}

/** All blocks in their order, each followed by its parts. */
export function partsOf(book: RuleBook): PartOfBook[] {
  return book.blocks.flatMap(({ id, title, points, source }) => {
    const path = `blocks.${id}`;
    const parts = source.kind === 'parts' ? source.parts : [];
    return [
      { path, name: id, block: id, title, points, source },
      ...parts.map((part) => ({
        path: `${path}.parts.${part.id}`,
        name: `${id}.${part.id}`,
        block: id,
        title: part.title,
        points: part.points,
        source: part.source,
      })),
    ];
  });
}
