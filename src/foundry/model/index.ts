// Models: their shape, weights, layers, losses and gradients, cached generation. Knows no optimizer, no files and no text.
export * from './config.ts';
export { Decoder, type DecoderSize, type Piece } from './decoder.ts';
export { Generator } from './generate.ts';
export { fromHuggingFace, toHuggingFace } from './hugging-face.ts';
export { Llama, modelScratch } from './llama.ts';
export { get, planWeights } from './weights.ts';
