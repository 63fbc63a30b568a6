// Self-reliance: the graph of a catalogue, the index by layer, what-if without suppliers or countries, the smallest sets that stop
// everything; and accounts of compute. Pure: knows no database, no log and no file.

export * from './accounts.ts';
export { fullestDays, hoursOn, overlapsOf } from './allotment-sums.ts';
export * from './component-facts.ts';
export { flowFates, flowFatesShape } from './flow-fates.ts';
export { type FoldedPicture, flowPictureShape, pictureOfFlows } from './flow-picture.ts';
export { type Flows, flowsOf } from './flows.ts';
export { Graph } from './graph.ts';
export { type Operation, operationShape, operationsOf } from './operation.ts';
export * from './self-reliance.ts';
export * from './shapes.ts';
export { smallestSets } from './smallest-sets.ts';
export { corpusSource, type Library, type RunEvidence, type UseOfRun, useOfRun, withRuns } from './use-of-run.ts';
export { whatIf } from './what-if.ts';
