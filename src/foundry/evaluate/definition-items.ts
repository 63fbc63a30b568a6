// Definition questions: words of a WordNet synset, and four definitions to choose from. Worded as the run's documents are.

import type { ChoiceItem } from './set.ts';
import { addWrongAnswers, type Question } from './wrong-answers.ts';

const MAX_ITEMS = 500;

/** Questions from synsets in the corpus's form: `word, other word: definition; "example"`. */
export function definitionItems(documents: readonly string[]): ChoiceItem[] {
  const words: Set<string>[] = [];
  const questions: Question[] = [];
  documents.forEach((text, document) => {
    const colon = text.indexOf(': ');
    const all = text.slice(0, colon).split(', ');
    words.push(new Set(all));
    const definition = text
      .slice(colon + 2)
      .split('; "')[0]
      .trim();
    if (colon < 0 || text.includes('\n') || definition.length < 10 || definition.length > 300) return;
    questions.push({ context: `${all.join(', ')}:`, answer: definition, document });
  });
  const shareNoWord = (a: Question, b: Question): boolean =>
    [...words[a.document]].every((word) => !words[b.document].has(word));
  return addWrongAnswers(questions, shareNoWord).slice(0, MAX_ITEMS);
}
