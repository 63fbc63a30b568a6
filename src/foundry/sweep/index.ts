// A sweep: the runs of a recipe over a grid of values, a table with the spread over seeds, the best recipe. Runs are made by `make`, or
// by whoever calls.
export { type BestRecipe, outcomeOf, type SweepOutcome, writeBest } from './outcome.ts';
export type { Point, SweepOptions, SweepPlan } from './plan.ts';
export { inSweep, isFinal, isFinished, isOfPoint, isOpen, makePoints } from './runs.ts';
export type { SweepRow, SweepRun } from './table.ts';
