// Shares of home, abroad and not known, as the API gives them.

import type { Shares } from '../types.ts';

/** Sums of shares miss by less than this. */
const NEAR = 1e-9;

/** Whether something is not known, and not only left over by rounding. */
export const hasUnknown = ({ unknown }: Shares): boolean => unknown > NEAR;
