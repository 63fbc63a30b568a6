// Models: their shape, weights, layers, losses and gradients, cached generation. Knows no optimizer, no files and no text.
export { ARCHITECTURES, architectureOf, sizesOf } from './architectures/index.ts';
export { contextOf, headDim, type ModelConfig } from './config.ts';
export { Decoder, openDecoder } from './decoder.ts';
export type { DecoderSize } from './decoder-stage.ts';
export { ggufName, rotaryPlace, rotaryRow } from './gguf-names.ts';
export { fromHuggingFace, toHuggingFace } from './hugging-face.ts';
export {
  EMBEDDING,
  FINAL_NORM,
  flopsPerToken,
  HEAD,
  isLayerMatrix,
  type Parameter,
  parameterCount,
  parameters,
} from './parameters.ts';
export { PAGE_POSITIONS, type Piece, pagesOf } from './pieces.ts';
export { type MicroBatch, type Shares, Transformer } from './transformer.ts';
export { get, type StoredWeights, weightBytes } from './weights.ts';
