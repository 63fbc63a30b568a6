// Sums over the sources of a corpus, for display.

import type { TrainingData } from '../types.ts';

type Source = NonNullable<TrainingData['corpus']>['sources'][number];

/** What a recipe states of a source whose licence nobody named. */
export const UNKNOWN_LICENCE = 'unknown';

/** The largest share first; of equal ones as the manifest has them. */
export const byShare = (sources: readonly Source[]): Source[] =>
  sources.toSorted((a, b) => (b.share ?? 0) - (a.share ?? 0));

/** Each language once with its share, the largest first; null where shares are not known. */
export function languagesOf(sources: readonly Source[]): { language: string; share: number | null }[] {
  const found = new Map<string, number | null>();
  for (const { language, share } of sources) {
    const before = found.get(language) ?? 0;
    found.set(language, share === null || before === null ? null : before + share);
  }
  return [...found].map(([language, share]) => ({ language, share })).sort((a, b) => (b.share ?? 0) - (a.share ?? 0));
}

/** Each licence once, that of the largest share first. */
export const licencesOf = (sources: readonly Source[]): string[] => [
  ...new Set(byShare(sources).map(({ licence }) => licence)),
];
