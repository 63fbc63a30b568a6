// What is read of a model for comparisons.
export { drawTokens, keyOfPair, tieOrder } from './draw.ts';
export {
  type Sample,
  type SampledBlock,
  type SampledGroup,
  type SampledTower,
  type SampleLimits,
  sampleModel,
} from './sample.ts';
