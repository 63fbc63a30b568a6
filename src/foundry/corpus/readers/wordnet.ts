// `wordnet`: the data.* files of WordNet's database (wndb(5WN)), a synset a document: "word, other word: gloss".

import { JikjiError } from '../../../base/index.ts';
import { LineSplitter } from '../lines.ts';
import type { Reader, ReaderContext } from './reader.ts';

export function wordnetReader({ label, document }: ReaderContext): Reader {
  const splitter = new LineSplitter(label, (line, number) => {
    if (line.startsWith('  ') || line === '') return; // the licence, whose lines start with two spaces
    const bar = line.indexOf(' | ');
    const fields = (bar < 0 ? line : line.slice(0, bar)).split(' ');
    // offset, file number, part of speech, number of words in hex, then each word and its sense number
    const count = /^[0-9a-f]{2}$/i.test(fields[3] ?? '') ? Number.parseInt(fields[3], 16) : 0;
    const words: string[] = [];
    for (let i = 0; i < count; i++) words.push(fields[4 + 2 * i] ?? '');
    if (!/^\d{8}$/.test(fields[0]) || !/^[nvasr]$/.test(fields[2] ?? '') || count === 0 || words.includes('')) {
      throw new JikjiError(
        'source-broken',
        `line ${number} is not a synset of WordNet's database`,
        label,
        'read only dict/data.noun, data.verb, data.adj and data.adv with the reader wordnet',
      );
    }
    // Adjectives may carry their place in a marker: "galore(ip)".
    const shown = words.map((word) => word.replace(/\((?:a|p|ip)\)$/, '').replaceAll('_', ' ')).join(', ');
    const gloss = bar < 0 ? '' : line.slice(bar + 3).trim();
    document(gloss === '' ? shown : `${shown}: ${gloss}`);
  });
  return { push: (text) => splitter.push(text), end: () => splitter.end() };
}
