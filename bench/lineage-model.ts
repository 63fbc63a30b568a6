// A model of `bench/lineage.ts`: weights and tokens in memory, which may be changed and compared without a file between; and the folders in
// which such models are kept, Hugging Face's, without evidence.

import { closeSync, copyFileSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFolderAtomic } from '../src/base/index.ts';
import { writeSafetensors } from '../src/formats/index.ts';
import { openModel, readWeight } from '../src/foundry/load/index.ts';
import { type ModelConfig, parameters, toHuggingFace } from '../src/foundry/model/index.ts';
import { tokenTableOfJson } from '../src/foundry/tokenizer/index.ts';
import type { StoredModel } from '../src/lineage/anatomy/index.ts';
import { readAnatomy } from '../src/lineage/anatomy/read-anatomy.ts';
import { gatherRows } from '../src/lineage/anatomy/rows.ts';

export interface Weight {
  shape: readonly number[];
  /** Row-major; nobody changes them in place. */
  values: Float32Array;
}

export interface HeldModel {
  config: ModelConfig;
  /** By Hugging Face's names. */
  weights: ReadonlyMap<string, Weight>;
  /** By id: the bytes of a token in hexadecimal; undefined for special tokens. Models of one tokenizer hold one list. */
  tokens: readonly (string | undefined)[];
}

export const weightOf = ({ weights }: HeldModel, name: string): Weight => {
  const found = weights.get(name);
  if (!found) throw new Error(`no weight ${name}`);
  return found;
};

/** Writes weights beside the config and the tokenizer of the run whose recipe they were made by. */
export function keepWeights(run: string, folder: string, weights: ReadonlyMap<string, Weight>): void {
  writeFolderAtomic(folder, (inside) => {
    for (const name of ['config.json', 'tokenizer.json']) copyFileSync(join(run, 'model', name), join(inside, name));
    const fd = openSync(join(inside, 'model.safetensors'), 'wx');
    try {
      const tensors = [...weights].map(([name, { shape, values }]) => {
        const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
        return { name, dtype: 'F32' as const, shape: [...shape], data };
      });
      writeSafetensors(fd, tensors, { format: 'pt' });
    } finally {
      closeSync(fd);
    }
  });
}

export const isKept = (folder: string): boolean => existsSync(join(folder, 'model.safetensors'));

/** The token of each id of a tokenizer. */
export function tokensOfTokenizer(path: string): HeldModel['tokens'] {
  const tokens: (string | undefined)[] = [];
  for (const [token, id] of tokenTableOfJson(readFileSync(path, 'utf8'), path).ids) tokens[id] = token;
  return tokens;
}

/** Reads a kept model. `tokens` is its tokenizer's list, so that models of one tokenizer can be seen to have it. */
export function readKept(folder: string, tokens: HeldModel['tokens']): HeldModel {
  const model = openModel(folder);
  try {
    const { config } = model;
    const weights = parameters(config).map(({ name, shape }): [string, Weight] => [
      name,
      { shape, values: readWeight(model, name) },
    ]);
    return { config, weights: new Map(weights), tokens };
  } finally {
    model.close();
  }
}

/** The model as the comparison reads stored ones: as a folder of float32 weights. */
export function asStored({ config, weights, tokens }: HeldModel): StoredModel {
  const tensors = new Map([...weights].map(([name, { shape }]) => [name, { dtype: 'F32', shape }]));
  const outline = {
    form: 'hugging-face' as const,
    tensors,
    config: toHuggingFace(config, 0),
    unreadable: () => undefined,
  };
  const readFloats = (name: string, target: Float32Array, offset: number) => {
    target.set(weights.get(name)!.values.subarray(offset, offset + target.length));
  };
  const ids = new Map(tokens.flatMap((token, id) => (token === undefined ? [] : [[token, id] as const])));
  return {
    path: 'in memory',
    anatomy: readAnatomy(outline),
    tensors,
    files: [],
    tokens: { ids, merges: undefined, digest: '' },
    tokensMissing: undefined,
    run: undefined,
    readRows: (view, rows, target) => gatherRows({ readFloats }, view, rows, target),
    readVector: (tensor) => weights.get(tensor)!.values.slice(),
    close: () => {},
  };
}
