// Definitions: a word of WordNet, and four definitions of which one is its own. Asked as the run's documents say it.

import type { ChoiceItem } from './set.ts';
import { closed, type Open } from './wrong-answers.ts';

const MAX_ITEMS = 500;

/** Questions from synsets as the corpus holds them: `word, other word: definition; "example"`. */
export function definitionItems(documents: readonly string[]): ChoiceItem[] {
  const words: Set<string>[] = [];
  const open: Open[] = [];
  documents.forEach((text, document) => {
    const colon = text.indexOf(': ');
    const all = text.slice(0, colon).split(', ');
    words.push(new Set(all));
    const definition = text
      .slice(colon + 2)
      .split('; "')[0]!
      .trim();
    if (colon < 0 || text.includes('\n') || definition.length < 10 || definition.length > 300) return;
    open.push({ context: `${all.join(', ')}:`, answer: definition, document });
  });
  const strangers = (a: Open, b: Open): boolean =>
    [...words[a.document]!].every((word) => !words[b.document]!.has(word));
  return closed(open, strangers).slice(0, MAX_ITEMS);
}
