// Rehearsals of rule books on made-up teams. Nothing is recorded.

export { type AssumptionsGiven, assumptionsShape, SPREADS } from './assumptions.ts';
export { type Plan, planRehearsal } from './plan.ts';
export { rehearseInProcess } from './rehearsal-process.ts';
export type { Border, Rate, Rehearsal } from './rehearse.ts';
