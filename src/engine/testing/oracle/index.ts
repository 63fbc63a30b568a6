// The oracle: docs/arithmetic.md as naive TypeScript, for tests. Slow on purpose; knows nothing of kernels, memory or threads.
export { binary32, type FloatArray } from './arithmetic.ts';
export { attention, attentionBackward } from './attention.ts';
export { crossEntropy, equalShares, exponentials, firstLargest } from './cross-entropy.ts';
export { rowSum } from './elementary.ts';
export { embedding, embeddingBackward } from './embedding.ts';
export { openOracle } from './engine.ts';
export { initTensor } from './init.ts';
export { columnSums, linear, linearBackwardInput, linearBackwardWeight, repeated } from './linear.ts';
export { muon } from './muon.ts';
export { adamW, gradNormSquare } from './optimizer.ts';
export { embeddingQ8, linearQ8 } from './q8.ts';
export { rmsNorm, rmsNormBackward } from './rms-norm.ts';
export { rope, ropeBackward } from './rope.ts';
export { swiglu, swigluBackward } from './swiglu.ts';
