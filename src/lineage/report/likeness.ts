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
 * The highest of all pairs of models that `bench/lineage.ts` trained with seeds of their own, by the recipe `hello` on the same data:
 * docs/lineage-measured.md. Wider models, and models trained for longer, may differ.
 */
export const INDEPENDENT: { pairs: number; highest: Partial<Record<Likeness['of'], number>> } = {
  pairs: 2016,
  highest: { rotated: 0.575, cka: 0.7227, basis: 0.8216, units: 0.3196, values: 0.3144 },
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
