// One part of a comparison in the words of the report, for pages of others that keep no more than this of it.

import { formatFor, type Lang, wordFor } from '../../page-kit/text/index.ts';
import type { JudgedGroup, Test } from '../comparison/index.ts';
import { chanceText } from './chance.ts';
import { en, type Words } from './en.ts';
import { ko } from './ko.ts';

const WORDS: Record<Lang, Words> = { en, ko };

/** What is kept of a part. */
export interface KeptPart extends Pick<JudgedGroup, 'tower' | 'kind' | 'verdict'> {
  /** ln of the chance, corrected for all comparisons. */
  lnChance: number;
  seen: { test: Test['name']; count: number; of: number } | null;
}

/** `name`: of the part; `seen`: what was counted, and its chance; empty where nothing was. */
export function partSaid({ tower, kind, verdict, lnChance, seen }: KeptPart, lang: Lang) {
  const words = WORDS[lang];
  const format = formatFor(lang);
  const plainName = wordFor(words.kinds, kind);
  const name = tower === 'language' ? plainName : words.part(wordFor(words.towers, tower), plainName);
  if (!seen) return { name, verdict: words.verdicts[verdict], seen: '' };
  const counted = words.tests[seen.test](format.count(seen.count), format.count(seen.of), wordFor(words.nouns, kind));
  const chance = lnChance >= 0 ? words.asChance : words.byChance(chanceText(lnChance, words.chance, format));
  return { name, verdict: words.verdicts[verdict], seen: `${counted}; ${chance}` };
}

/** What a part that is shared does not say; `startKnown`: whether the makers' evidence speaks of the beginnings of both. */
export function sharedCaveats(startKnown: boolean, lang: Lang): string[] {
  const { caveats } = WORDS[lang];
  return startKnown ? [caveats.direction] : [caveats.start, caveats.direction];
}
