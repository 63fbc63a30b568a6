// The lines of the data.* files of WordNet's database (wndb(5WN)).

import { JikjiError } from '../../../base/index.ts';
import type { Entry } from './exercises.ts';

export interface Synset {
  /** As they are shown: with spaces, without markers. */
  words: string[];
  /** Definition and examples; empty where there is none. */
  gloss: string;
}

/** The synset of a line; undefined for a line of the licence. @throws JikjiError `source-broken` */
export function synsetOf(line: string, number: number, label: string, reader: string): Synset | undefined {
  if (line.startsWith('  ') || line === '') return undefined; // the licence, whose lines start with two spaces
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
      `read only dict/data.noun, data.verb, data.adj and data.adv with the reader ${reader}`,
    );
  }
  // Adjectives may carry their place in a marker: "galore(ip)".
  const shown = words.map((word) => word.replace(/\((?:a|p|ip)\)$/, '').replaceAll('_', ' '));
  return { words: shown, gloss: bar < 0 ? '' : line.slice(bar + 3).trim() };
}

/** Words of a synset that are not among those `seen`, with what they mean: a word has the meaning of its first synset in a file. */
export function entriesOf({ words, gloss }: Synset, seen: Set<string>): Entry[] {
  const definition = gloss.split('; "')[0].trim();
  if (definition === '') return [];
  return words.flatMap((word) => {
    if (seen.has(word)) return [];
    seen.add(word);
    return [{ word, definition }];
  });
}
