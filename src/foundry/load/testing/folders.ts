// Small Hugging Face folders for tests: a Llama with two layers, its weights in any type and any number of files.

import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { elementsOf } from '../../../engine/index.ts';
import { writeSafetensors } from '../../../formats/index.ts';
import { type ModelConfig, parameters, toHuggingFace } from '../../model/index.ts';

export const TINY: ModelConfig = {
  vocabSize: 720,
  hiddenSize: 16,
  intermediateSize: 24,
  numHiddenLayers: 2,
  numAttentionHeads: 4,
  numKeyValueHeads: 2,
  maxPositionEmbeddings: 64,
  ropeTheta: 10000,
  rmsNormEps: 1e-5,
  initializerRange: 0.02,
  tieWordEmbeddings: false,
};

export type Stored = { name: string; dtype: 'F32' | 'F16' | 'BF16'; shape: number[]; data: Uint8Array };

/** Value of number `i` of a weight: a multiple of 1/64 below 2, which every type holds. */
export const numberOf = (name: string, i: number): number => (((i * 7 + name.length * 13) % 127) - 63) / 64;

/** Bits of a multiple of 1/64 below 2 as a number of 16 bits. */
function bits16(dtype: 'F16' | 'BF16', value: number) {
  const float = new Uint32Array(Float32Array.of(value).buffer)[0];
  if (dtype === 'BF16') return float >>> 16;
  if (value === 0) return 0;
  return ((float >>> 16) & 0x8000) | ((((float >>> 23) & 255) - 112) << 10) | ((float >>> 13) & 1023);
}

export function stored(name: string, shape: number[], dtype: Stored['dtype'], value = numberOf): Stored {
  const numbers = Array.from({ length: elementsOf(shape) }, (_, i) => value(name, i));
  const array =
    dtype === 'F32' ? Float32Array.from(numbers) : Uint16Array.from(numbers, (number) => bits16(dtype, number));
  return { name, dtype, shape, data: new Uint8Array(array.buffer) };
}

export const weightsOf = (config: ModelConfig, dtype: Stored['dtype']): Stored[] =>
  parameters(config).map(({ name, shape }) => stored(name, shape, dtype));

/** Writes tensors to a folder, in one file or in `shards` with an index. */
export function writeWeights(folder: string, tensors: Stored[], shards = 1): void {
  const weight_map: Record<string, string> = {};
  const write = (name: string, list: Stored[]) => {
    const fd = openSync(join(folder, name), 'w');
    writeSafetensors(fd, list, { format: 'pt' });
    closeSync(fd);
    for (const tensor of list) weight_map[tensor.name] = name;
  };
  if (shards === 1) {
    write('model.safetensors', tensors);
    return;
  }
  for (let i = 0; i < shards; i++) {
    const number = (n: number) => String(n).padStart(5, '0');
    write(
      `model-${number(i + 1)}-of-${number(shards)}.safetensors`,
      tensors.filter((_, t) => t % shards === i),
    );
  }
  const total_size = tensors.reduce((sum, { data }) => sum + data.length, 0);
  writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify({ metadata: { total_size }, weight_map }));
}

/** A whole folder; `config` has what is to be otherwise in config.json. */
export function writeFolder(
  folder: string,
  model: ModelConfig,
  tensors: Stored[],
  tokenizer: unknown,
  { shards = 1, config = {} }: { shards?: number; config?: Record<string, unknown> } = {},
): string {
  mkdirSync(folder, { recursive: true });
  writeWeights(folder, tensors, shards);
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...toHuggingFace(model, 0), ...config }));
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  return folder;
}
