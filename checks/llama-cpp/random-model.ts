// Models with random weights, of shapes that trained models here do not have: an untied head, rows that are not whole blocks of Q8_0,
// more rows in the embedding than tokens in the tokenizer, and the requested variations.

import { closeSync, copyFileSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { elementsOf } from '../../src/engine/index.ts';
import { writeSafetensors } from '../../src/formats/index.ts';
import { type ModelConfig, parameters, toHuggingFace } from '../../src/foundry/model/index.ts';
import { Tokenizer } from '../../src/foundry/tokenizer/index.ts';

/** The variations of such a model. */
export type Special = Pick<ModelConfig, 'architecture' | 'headDim' | 'ropeScaling'>;

/** Writes it as a Hugging Face folder, with the tokenizer at `tokenizer`. */
export function writeRandomModel(folder: string, tokenizer: string, special: Special): void {
  const config: ModelConfig = {
    vocabSize: Tokenizer.load(tokenizer).vocabSize + 5,
    hiddenSize: 120,
    intermediateSize: 192,
    numHiddenLayers: 3,
    numAttentionHeads: 6,
    numKeyValueHeads: 2,
    maxPositionEmbeddings: 512,
    ropeTheta: 5000,
    rmsNormEps: 1e-5,
    initializerRange: 0.02,
    tieWordEmbeddings: false,
    ...special,
  };
  // Wide enough that attention and logits are far from even.
  writeModelOf(folder, tokenizer, { config, vectors: 0.5, matrices: 0.25 });
}

/** Writes a model of any shape; its weights are up to `vectors` or `matrices` away from their start or from 0. */
export function writeModelOf(
  folder: string,
  tokenizer: string,
  { config, vectors, matrices, endId }: { config: ModelConfig; vectors: number; matrices: number; endId?: number },
): void {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  const tensors = parameters(config).map(({ name, shape, value }) => {
    const values = new Float32Array(elementsOf(shape));
    for (let i = 0; i < values.length; i++)
      values[i] = shape.length === 1 ? value + random() * vectors : random() * matrices;
    return { name, shape, dtype: 'F32' as const, data: new Uint8Array(values.buffer) };
  });
  mkdirSync(folder);
  const fd = openSync(join(folder, 'model.safetensors'), 'wx');
  writeSafetensors(fd, tensors);
  closeSync(fd);
  const end = endId ?? Tokenizer.load(tokenizer).endOfTextId;
  writeFileSync(join(folder, 'config.json'), JSON.stringify(toHuggingFace(config, end)));
  copyFileSync(tokenizer, join(folder, 'tokenizer.json'));
}
