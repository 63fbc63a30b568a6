// Models of Llama's shape in bfloat16, as large as those of a national programme, without a tokenizer: for what sketches and reads them.

import { closeSync, ftruncateSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { elementsOf } from '../src/engine/index.ts';
import { safetensorsHeader } from '../src/formats/index.ts';
import { type ModelConfig, parameterCount, parameters, toHuggingFace } from '../src/foundry/model/index.ts';

export const FILE = 'model.safetensors';

const COMMON = { vocabSize: 128_256, maxPositionEmbeddings: 131_072, ropeTheta: 500_000, rmsNormEps: 1e-5, initializerRange: 0.02, tieWordEmbeddings: false }; // biome-ignore format: a table
const LARGE = { ...COMMON, hiddenSize: 8192, intermediateSize: 45_056, numAttentionHeads: 64, numKeyValueHeads: 8 };
const SMALL = { ...COMMON, hiddenSize: 2048, intermediateSize: 8192, numAttentionHeads: 32, numKeyValueHeads: 8 };

/** So many layers that the parameters are about this many. */
export function configOf(billions: number): ModelConfig {
  const shape = billions >= 20 ? LARGE : SMALL;
  const [none, one] = [1, 2].map((numHiddenLayers) => parameterCount({ ...shape, numHiddenLayers })) as [
    number,
    number,
  ];
  return { ...shape, numHiddenLayers: Math.max(1, Math.round((billions * 1e9 - none) / (one - none)) + 1) };
}

/** Writes the folder, its matrices full of zeros that take no room; returns what writes values into a tensor, from an element on. */
export function writeModel(folder: string, config: ModelConfig) {
  const tensors = parameters(config).map(({ name, shape }) => ({ name, dtype: 'BF16' as const, shape }));
  const { bytes, offsets } = layoutOf(tensors);
  const file = openSync(join(folder, FILE), 'w');
  writeSync(file, bytes);
  ftruncateSync(file, bytes.length + tensors.reduce((sum, { shape }) => sum + 2 * elementsOf(shape), 0));
  const write = (tensor: string, element: number, values: Uint16Array) => {
    writeSync(file, values, 0, values.byteLength, bytes.length + offsets.get(tensor)! + 2 * element);
  };
  const ones = new Uint16Array(config.hiddenSize).fill(0x3f80);
  for (const { name, shape } of tensors) if (shape.length === 1) write(name, 0, ones);
  writeFileSync(join(folder, 'config.json'), JSON.stringify(toHuggingFace(config, 0)));
  return { write, close: () => closeSync(file) };
}

function layoutOf(tensors: readonly { name: string; dtype: 'BF16'; shape: readonly number[] }[]) {
  const offsets = new Map<string, number>();
  let at = 0;
  for (const { name, shape } of tensors) {
    offsets.set(name, at);
    at += 2 * elementsOf(shape);
  }
  return { bytes: safetensorsHeader(tensors.map((one) => ({ ...one, shape: [...one.shape] }))), offsets };
}
