// The planner: what a run would take on a cluster, as intervals.
export { deviceOf, lackingFigures, unverifiedOf } from './device.ts';
export { doneMeanwhile, type Interval } from './interval.ts';
export { measuredBehind } from './measured-steps.ts';
export type { Memory } from './memory.ts';
export { type ModelShape, parameterCount } from './model-shape.ts';
export { planApart } from './plan-process.ts';
export { type Lacking, type Plan, type PlannedPlace, type PlanRequest, planPlace } from './plans.ts';
export { type ServingPlan, servingPlan } from './serving.ts';
export { MAX_CONFIG, parseModelShape } from './shape-reader.ts';
export { shippedLike, shippedModels, shippedShape } from './shipped-models.ts';
export { defaultPrecision, PRECISIONS, type Precision } from './step-time.ts';
