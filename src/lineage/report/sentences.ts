// Sentences that terminal and page share, in the words of a language. Makes no lines and no elements.

import type { Format } from '../../page-kit/text/index.ts';
import { wordFor } from '../../page-kit/text/index.ts';
import type { Control, JudgedGroup, Test } from '../comparison/index.ts';
import type { ReferenceResult } from '../lineage.ts';
import type { Words } from './en.ts';
import { controlOf, isFound, type ReferenceFacts } from './facts.ts';
import { isBeyond, type Likeness, likenessesOf } from './likeness.ts';

export const nounOf = (kind: JudgedGroup['kind'], words: Words): string => wordFor(words.nouns, kind);

/** The name of a part; with its tower's name where the model has more than the language tower. */
export function partName(
  group: Pick<JudgedGroup, 'tower' | 'kind'>,
  { groups }: Pick<ReferenceResult, 'groups'>,
  words: Words,
): string {
  const kind = wordFor(words.kinds, group.kind);
  const isPlain = group.tower === 'language' && groups.every(({ tower }) => tower === 'language');
  return isPlain ? kind : words.part(wordFor(words.towers, group.tower), kind);
}

/** What the verdicts on a reference mean together. */
export function meaningOf({ headline, groups, sameFiles, basisOnly, result }: ReferenceFacts, words: Words): string[] {
  const tested = groups.filter(({ group }) => group.verdict !== 'untestable');
  const found = tested.filter(({ group }) => isFound(group.verdict));
  const names = found.map(({ group }) => partName(group, result, words)).join(', ');
  const first =
    headline === 'shares'
      ? words.meaning.shares(String(found.length), String(tested.length), names)
      : words.meaning[headline];
  return [first, sameFiles && words.sameFiles, basisOnly && words.basisOnly].filter((text) => text !== false);
}

/** What a number of likeness is of. */
export function likenessName({ tower, of }: Likeness, result: ReferenceResult, words: Words): string {
  const { rotated, cka, matched } = words.likeness;
  if (of !== 'rotated' && of !== 'cka') return matched(partName({ tower, kind: of }, result, words));
  const name = { rotated, cka }[of];
  return tower === 'language' ? name : words.part(wordFor(words.towers, tower), name);
}

/** What is more alike than any independent pair that was measured, where no test found anything. */
export function beyondText({ headline, result }: ReferenceFacts, words: Words): string | undefined {
  const beyond = isFound(headline) ? [] : likenessesOf(result).filter(isBeyond);
  return beyond.length === 0
    ? undefined
    : words.likeness.beyond(beyond.map((one) => likenessName(one, result, words)).join('; '));
}

export interface ShownTest {
  test: Test;
  noun: string;
  /** Whether to say what independent models have. */
  withExpected: boolean;
}

/** What a test counted, and by which alignment. */
export function testText({ test, noun, withExpected }: ShownTest, words: Words, format: Format): string {
  const counted = words.tests[test.name](format.count(test.count), format.count(test.of), noun);
  const details = [
    test.alignment === 'tokens' && words.alignments.tokens,
    withExpected && test.expected !== undefined && words.expected(format.short(Math.round(test.expected * 10) / 10)),
  ].filter((text) => text !== false);
  return details.length > 0 ? `${counted} (${details.join('; ')})` : counted;
}

export const placesText = ({ inPlace, matches }: Control, words: Words, format: Format): string =>
  words.controls.of(format.count(inPlace), format.count(matches));

/** What a copy would have shown, for each part in which none was found. */
export function seenTexts({ groups, result }: ReferenceFacts, words: Words, format: Format): string[] {
  return groups.flatMap(({ group, isLarge }) => {
    if (group.verdict !== 'none' && group.verdict !== 'trace') return [];
    const part = partName(group, result, words);
    if (!isLarge) return words.seen.small(part);
    const [noise, noise3] = [controlOf(group, 'noise'), controlOf(group, 'noise-3')];
    return noise && noise3
      ? words.seen.group(part, placesText(noise, words, format), placesText(noise3, words, format))
      : [];
  });
}

/** A cosine in two digits. */
export const cosineText = (cosine: number, format: Format): string =>
  format.decimal(Math.round(cosine * 100) / 100 + 0, 2); // never -0

/** What is known of a shared beginning, which a small chance does not rule out. */
export function startText({ headline, result: { kinship } }: ReferenceFacts, words: Words): string {
  const { start, startSame, startOther, startKnown } = words.ruledOut;
  if (headline === 'identical') return startSame;
  if (kinship === undefined || kinship === 'parent-elsewhere') return start;
  return kinship === 'other-start' ? startOther : startKnown;
}
