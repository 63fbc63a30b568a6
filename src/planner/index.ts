// The planner: what a run would take on a cluster, as intervals.
export { deviceOf } from './device.ts';
export type { Interval } from './interval.ts';
export { shippedModels, shippedShape } from './measured-steps.ts';
export type { Memory } from './memory.ts';
export { type ModelShape, parameterCount } from './model-shape.ts';
export { frontOf, type Limits, limitsOf, type Plan, type PlanRequest, plansOf } from './plans.ts';
export { type ServingPlan, servingPlan } from './serving.ts';
export { readModelShape } from './shape-reader.ts';
export { PRECISIONS, type Precision } from './step-time.ts';
