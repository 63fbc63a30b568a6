// The section of a rule book on the selection of applications: what reviewers mark in each of its two steps, and what follows from their
// points. Knows no application.

import { z } from 'zod';
import { idSchema, titleSchema } from '../../formats/index.ts';

/** The steps of a selection, in their order. */
export const SELECTION_STEPS = ['paper', 'presentation'] as const;
export type SelectionStep = (typeof SELECTION_STEPS)[number];

const thousandths = (points: number): number => Math.round(points * 1000);
/** At most three decimals, so that sums are exact in thousandths. */
export const hasThreeDecimals = (points: number): boolean => Math.abs(points * 1000 - thousandths(points)) < 1e-6;

const step = z.strictObject({
  criteria: z
    .array(
      z.strictObject({
        id: idSchema,
        title: titleSchema,
        points: z.number().gt(0).max(1e6).refine(hasThreeDecimals, 'has more than three decimals'),
      }),
    )
    .min(1)
    .max(100),
  /** How many reviewers must have marked an application. More may. */
  reviewers: z.int().min(1).max(1000),
  /** The mean of the reviewers' points that passes. */
  minimum: z.number().min(0).max(1e8).refine(hasThreeDecimals, 'has more than three decimals'),
});
export type SelectionRules = z.infer<typeof step>;

/** A step that is left out is decided without points. */
export const selectionSchema = z.strictObject({ paper: step.exactOptional(), presentation: step.exactOptional() });

/** All points that a reviewer can give. */
export const fullPoints = ({ criteria }: Pick<SelectionRules, 'criteria'>): number =>
  sumOfPoints(criteria.map(({ points }) => points));

/** Exact for points of at most three decimals. */
export const sumOfPoints = (points: readonly number[]): number =>
  points.reduce((sum, one) => sum + thousandths(one), 0) / 1000;

export interface StepFigures {
  /** Reviewers who gave points, and how many must. */
  given: number;
  reviewers: number;
  /** Mean of the reviewers' sums; null without any. */
  mean: number | null;
  minimum: number;
  /** What follows from the points; null while reviewers are missing. */
  passes: boolean | null;
}

/** What follows from the points of all reviewers, by criterion. */
export function stepFigures(
  { reviewers, minimum }: SelectionRules,
  points: readonly Record<string, number>[],
): StepFigures {
  const sum = points.flatMap((one) => Object.values(one)).reduce((total, mark) => total + thousandths(mark), 0);
  const given = points.length;
  return {
    ...{ given, reviewers, minimum },
    mean: given === 0 ? null : sum / given / 1000,
    // In whole thousandths: a mean that equals the minimum passes.
    passes: given < reviewers ? null : sum >= thousandths(minimum) * given,
  };
}
