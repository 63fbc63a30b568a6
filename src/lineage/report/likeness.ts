// How alike two models look, whatever the labels, signs and basis of their units: numbers without a law of chance, beside the highest that
// independent models were seen to have. No verdict depends on them.

import type { JudgedGroup, TowerComparison } from '../comparison/index.ts';
import type { ReferenceResult } from '../lineage.ts';

type Kind = JudgedGroup['kind'];

export interface Likeness {
  tower: TowerComparison['tower'];
  /** Of embeddings: the cosine after the best rotation, and CKA. Of a kind of unit: the median cosine of matched ones. */
  of: 'rotated' | 'cka' | Kind;
  value: number;
  /** The highest of the independent pairs that were measured, where there were such parts. */
  independent: number | undefined;
}

/**
 * The highest of all pairs of models that `bench/lineage.ts` trained with seeds of their own, by the recipe `hello` on the same data, short
 * ones and full ones: bench/lineage-measured.md. Full ones are more alike; wider models, and models trained for longer still, may be more so.
 */
export const INDEPENDENT: { pairs: number; highest: Partial<Record<Likeness['of'], number>> } = {
  pairs: 2016 + 28,
  highest: { rotated: 0.6674, cka: 0.9384, basis: 0.8907, units: 0.3278, values: 0.3463 },
};

export function likenessesOf({ towers, groups }: Pick<ReferenceResult, 'towers' | 'groups'>): Likeness[] {
  const one = (tower: Likeness['tower'], of: Likeness['of'], value: number | undefined): Likeness[] => {
    if (value === undefined || !Number.isFinite(value)) return [];
    return [{ tower, of, value, independent: tower === 'language' ? INDEPENDENT.highest[of] : undefined }];
  };
  return [
    ...towers.flatMap(({ tower, embedding }) => [
      ...one(tower, 'rotated', embedding?.rotated),
      ...one(tower, 'cka', embedding?.cka),
    ]),
    ...groups.flatMap(({ tower, kind, likeness }) => one(tower, kind, likeness)),
  ];
}

/** More alike than any independent pair that was measured, by more than the last digit that is shown. */
export const isBeyond = ({ value, independent }: Likeness): boolean =>
  independent !== undefined && value > independent + 0.005;
