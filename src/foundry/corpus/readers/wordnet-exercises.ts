// `wordnet-exercises`: the data.* files of WordNet's database, as conversations: questions about words, and small sums.

import { canonicalJson, type Json } from '../../../ledger/index.ts';
import { conversationsAbout, entriesOf, synsetOf } from '../exercises/index.ts';
import { LineSplitter } from '../lines.ts';
import type { Reader, ReaderContext } from './reader.ts';

export function wordnetExercisesReader({ label, document }: ReaderContext): Reader {
  const seen = new Set<string>();
  const splitter = new LineSplitter(label, (line, number) => {
    const synset = synsetOf(line, number, label, 'wordnet-exercises');
    if (!synset) return;
    for (const entry of entriesOf(synset, seen))
      for (const messages of conversationsAbout(entry)) document(canonicalJson({ messages } as unknown as Json));
  });
  return { push: (text) => splitter.push(text), end: () => splitter.end() };
}
