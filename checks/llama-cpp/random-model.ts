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
  const { vocabSize, endOfTextId } = Tokenizer.load(tokenizer);
  const config: ModelConfig = {
    vocabSize: vocabSize + 5,
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
  let state = 1;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  const tensors = parameters(config).map(({ name, shape, value }) => {
    // Wide enough that attention and logits are far from even.
    const values = Float32Array.from({ length: elementsOf(shape) }, () =>
      shape.length === 1 ? value + random() / 2 : random() * 0.25,
    );
    return { name, shape, dtype: 'F32' as const, data: new Uint8Array(values.buffer) };
  });
  mkdirSync(folder);
  const fd = openSync(join(folder, 'model.safetensors'), 'wx');
  writeSafetensors(fd, tensors);
  closeSync(fd);
  writeFileSync(join(folder, 'config.json'), JSON.stringify(toHuggingFace(config, endOfTextId)));
  copyFileSync(tokenizer, join(folder, 'tokenizer.json'));
}
