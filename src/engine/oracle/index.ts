// The oracle: docs/arithmetic.md as naive TypeScript, for tests. Slow on purpose; knows nothing of kernels, memory or threads.
export { type Arithmetic, binary32, binary64, type FloatArray, fma32 } from './arithmetic.ts';
export { attention, attentionBackward } from './attention.ts';
export { crossEntropy } from './cross-entropy.ts';
export { exp, rowSum, rowSumOfProducts, sigmoid } from './elementary.ts';
export { embedding, embeddingBackward } from './embedding.ts';
export { initTensor } from './init.ts';
export { linear, linearBackwardInput, linearBackwardWeight } from './linear.ts';
export { type LlamaConfig, logits, lossAndGradients, type StepOptions, tensorShapes, type Weights } from './model.ts';
export { type AdamWOptions, adamW, clipFactor, gradNormSquare } from './optimizer.ts';
export { rmsNorm, rmsNormBackward } from './rms-norm.ts';
export { rope, ropeBackward } from './rope.ts';
export { swiglu, swigluBackward } from './swiglu.ts';
