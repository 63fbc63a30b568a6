// Says a thing in both languages, with names and titles in the language of the sentence.

import type { Both } from '../../base/index.ts';
import { formatFor, type Lang, plain, TERMS, wordFor } from '../../page-kit/text/index.ts';
import type { PartOfBook, RuleBook, Title } from '../rules/index.ts';
import type { Tables } from '../state/index.ts';
import { WORDS } from './words.ts';

/** Names in a sentence; more are counted. */
const MAX_NAMES = 4;
const MAX_NAME = 80;

/** What a sentence needs of its language. */
export interface Speaker {
  words: (typeof WORDS)['en'];
  title(title: Title): string;
  team(consortium: string): string;
  teams(consortia: readonly string[]): string;
  stage(stage: string): string;
  /** A component of a model by its name in the rule book. */
  component(component: string): string;
  /** The title of a part, with the title of its block. */
  part(book: RuleBook, part: PartOfBook): string;
}

function speakerIn(tables: Tables, lang: Lang): Speaker {
  const words = WORDS[lang];
  const title = (of: Title): string => plain(formatFor(lang).title(of), MAX_NAME);
  const team = (id: string): string => title(tables.get('consortia', id)?.name ?? { en: id });
  return {
    words,
    title,
    team,
    teams: (ids) => words.names(ids.slice(0, MAX_NAMES).map(team), Math.max(0, ids.length - MAX_NAMES)),
    stage: (id) => title(tables.get('stages', id)?.title ?? tables.get('stageDates', id)?.title ?? { en: id }),
    component: (name) => wordFor(TERMS[lang].components, name),
    part(book, { path, block, title: own }) {
      const over = book.blocks.find(({ id }) => id === block)!;
      return path === `blocks.${block}` ? title(own) : `${title(over.title)}, ${title(own)}`;
    },
  };
}

export function inBoth(tables: Tables, say: (speaker: Speaker) => string): Both {
  return { en: say(speakerIn(tables, 'en')), ko: say(speakerIn(tables, 'ko')) };
}
