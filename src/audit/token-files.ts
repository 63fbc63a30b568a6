// Opens the token files that a run's manifest names: those of conversations with their marks, those of pairs with their references.

import { openTokenFiles } from '../foundry/tokenizer/index.ts';
import type { Evidence } from './structure.ts';
import type { Texts } from './texts.ts';

/** Needs tokenizer and texts. @throws the errors of `openTokenFiles` */
export function openPart(evidence: Evidence, { source, split, file }: Texts['files'][number]) {
  const { folder, texts, tokenizer, references } = evidence;
  const { tokens: count, marks } = texts!.tokens.sources[source]![split];
  const opened = openTokenFiles({
    tokens: folder.file(file),
    ...(marks && { marks: folder.file(`corpus/${marks.file}`) }),
    ...{ width: texts!.tokens.width, count, vocabSize: tokenizer!.vocabSize },
  });
  return { ...opened, references: references?.(source, split) };
}
