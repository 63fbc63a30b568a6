// Models: their shape, weights, layers, losses and gradients, cached generation. Knows no optimizer, no files and no text.
export * from './config.ts';
export { Decoder, type DecoderSize, openDecoder, type Piece } from './decoder.ts';
export { Generator } from './generate.ts';
export { fromHuggingFace, toHuggingFace } from './hugging-face.ts';
export { keyValueSize } from './layer.ts';
export { Transformer } from './transformer.ts';
export { declareTensors, get } from './weights.ts';
