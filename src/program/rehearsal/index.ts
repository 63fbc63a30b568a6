// Rehearsals of rule books on made-up teams. Nothing is recorded.

export { rehearseApart } from './apart.ts';
export { type AssumptionsGiven, assumptionsShape, SPREADS } from './assumptions.ts';
export { type Plan, planRehearsal } from './plan.ts';
export type { Border, Rate, Rehearsal } from './rehearse.ts';
