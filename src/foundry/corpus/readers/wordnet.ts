// `wordnet`: the data.* files of WordNet's database, a synset a document: "word, other word: gloss".

import { synsetOf } from '../exercises/index.ts';
import { LineSplitter } from '../lines.ts';
import type { Reader, ReaderContext } from './reader.ts';

export function wordnetReader({ label, document }: ReaderContext): Reader {
  const splitter = new LineSplitter(label, (line, number) => {
    const synset = synsetOf(line, number, label, 'wordnet');
    if (!synset) return;
    const shown = synset.words.join(', ');
    document(synset.gloss === '' ? shown : `${shown}: ${synset.gloss}`);
  });
  return { push: (text) => splitter.push(text), end: () => splitter.end() };
}
