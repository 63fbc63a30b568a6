// Models: their shape, weights, layers, losses and gradients. Knows no optimizer, no files and no text.
export * from './config.ts';
export { Llama, modelScratch } from './llama.ts';
export { get, planWeights, type Weights } from './weights.ts';
