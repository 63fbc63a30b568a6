// Do two models share weights? A verdict for each part, with the chance that independent models look so.
export type { JudgedGroup, Verdict } from './comparison/index.ts';
export type { FixedDate } from './dates.ts';
export { kinshipOfRuns } from './evidence.ts';
export {
  compareModels,
  type Lineage,
  type LineageOptions,
  type LineageProgress,
  type ReferenceResult,
} from './lineage.ts';
export type { ModelFacts } from './open.ts';
export { factsOf, lineageHtml, lineageLines, outcomeOf, partSaid, sharedCaveats } from './report/index.ts';
export { signLineage } from './signed-lineage.ts';
export { makeSketch, type SketchOptions } from './sketching.ts';
