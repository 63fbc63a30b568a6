// The parts of a rule book that earn points, with the paths that scores cite. Judges nothing.

import type { RuleBook, RuleSource, Title } from '../types.ts';

export interface PartOfBook {
  path: string;
  title: Title;
  points: number;
  source: RuleSource;
}

export function partsOf(book: RuleBook): PartOfBook[] {
  return book.blocks.flatMap(({ id, title, points, source }): PartOfBook[] =>
    source.kind === 'parts'
      ? source.parts.map((part) => ({ ...part, path: `blocks.${id}.parts.${part.id}` }))
      : [{ path: `blocks.${id}`, title, points, source }],
  );
}
