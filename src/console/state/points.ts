// Points of reviewers as text. They have at most three decimals; a mean is cut down to three, so that one below the minimum looks so.

import type { Format } from '../../page-kit/index.ts';

/** More than the error of a sum in doubles, less than a mean of 1000 reviewers can lie beside a thousandth. */
const NEAR = 1e-6;

export function pointsText(format: Format, points: number): string {
  const cut = Math.floor(points * 1000 + NEAR) / 1000;
  const [, decimals = ''] = String(cut).split('.');
  return format.decimal(cut, decimals.length);
}
