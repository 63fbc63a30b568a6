// For the tests of talks: a tokenizer of single bytes and three special tokens, and a small model of random weights for it.

import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomNumbers } from '../../../base/testing/random-numbers.ts';
import { writeSafetensors } from '../../../formats/index.ts';
import { HEAD, type ModelConfig, parameters, toHuggingFace } from '../../model/index.ts';
import { Tokenizer } from '../../tokenizer/index.ts';

export const CHATML = `{%- for message in messages -%}
{{- '<|im_start|>' + message.role + '\\n' + message.content | trim + '<|im_end|>\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}`;

export const SPECIALS = { '<|endoftext|>': 256, '<|im_start|>': 257, '<|im_end|>': 258 };

export const byteTokenizer = (): Tokenizer => {
  const encoder = new TextEncoder();
  return new Tokenizer({
    tokens: [
      ...Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte)),
      ...Object.keys(SPECIALS).map((text) => encoder.encode(text)),
    ],
    specials: new Map(Object.entries(SPECIALS)),
    merges: new Uint32Array(),
  });
};

/** Writes a Hugging Face folder of random weights. An endless model never finds a special token the likeliest. */
export function writeModel(folder: string, context: number, { endless = false } = {}): void {
  const config: ModelConfig = {
    vocabSize: 259,
    hiddenSize: 16,
    intermediateSize: 24,
    numHiddenLayers: 2,
    numAttentionHeads: 2,
    numKeyValueHeads: 1,
    maxPositionEmbeddings: context,
    ropeTheta: 10_000,
    rmsNormEps: 1e-5,
    initializerRange: 0.02,
    tieWordEmbeddings: false,
  };
  const random = randomNumbers(5);
  mkdirSync(folder, { recursive: true });
  const tensors = parameters(config).map(({ name, shape }) => {
    const values = Float32Array.from(
      { length: shape.reduce((a, b) => a * b) },
      () => (random() * 2 - 1) * (shape.length === 1 ? 2 : 1),
    );
    if (endless && name === HEAD) values.fill(0, 256 * config.hiddenSize);
    return { name, dtype: 'F32' as const, shape, data: new Uint8Array(values.buffer) };
  });
  const fd = openSync(join(folder, 'model.safetensors'), 'w');
  writeSafetensors(fd, tensors, { format: 'pt' });
  closeSync(fd);
  writeFileSync(join(folder, 'config.json'), JSON.stringify(toHuggingFace(config, 256)));
  writeFileSync(join(folder, 'tokenizer.json'), byteTokenizer().toJson());
}
