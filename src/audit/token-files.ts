// Opens the token files that a run's manifest names: those of conversations with their marks.

import { openTokenFiles } from '../foundry/tokenizer/index.ts';
import type { Evidence } from './structure.ts';
import type { Texts } from './texts.ts';

/** Needs tokenizer and texts. @throws the errors of `openTokenFiles` */
export function openPart({ folder, texts, tokenizer }: Evidence, { source, split, file }: Texts['files'][number]) {
  const { tokens: count, marks } = texts!.tokens.sources[source]![split];
  return openTokenFiles({
    tokens: folder.file(file),
    ...(marks && { marks: folder.file(`corpus/${marks.file}`) }),
    ...{ width: texts!.tokens.width, count, vocabSize: tokenizer!.vocabSize },
  });
}
