// What is read of a model for comparisons, drawn from the model or kept in a sketch.
export { drawTokens, keyOfPair, tieOrder } from './draw.ts';
export {
  type Sample,
  type SampledBlock,
  type SampledGroup,
  type SampledTower,
  type SampleLimits,
  sampleModel,
} from './sample.ts';
export { openSketch, type Sketch, writeSketch } from './sketch-file.ts';
export type { SketchAbout } from './sketch-outline.ts';
