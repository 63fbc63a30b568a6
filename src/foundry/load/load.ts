// Opens a model: a run folder (its finished model, or its newest checkpoint) or a Hugging Face folder.

import { existsSync } from 'node:fs';
import { JikjiError } from '../../base/index.ts';
import { elementsOf } from '../../engine/index.ts';
import { nearestNameHint, readSmallFile, type WeightFiles } from '../../formats/index.ts';
import { digestOfFile, digestOfJson, type Json, sha256Hex } from '../../ledger/index.ts';
import type { ModelConfig } from '../model/index.ts';
import { type ReadTokenizer, readTokenizer, type TextTokenizer } from '../tokenizer/index.ts';
import { checkTiedHead } from './check.ts';
import { findModel, MAX_TOKENIZER } from './find.ts';
import { readTextBounds, type TextBounds } from './text-bounds.ts';

/** An open model. */
export interface Model extends Pick<TextBounds, 'chatTemplate' | 'bosToken' | 'eosToken'> {
  /** The path that the user gave. */
  folder: string;
  /** The run folder, for the model of a run. */
  run: string | undefined;
  config: ModelConfig;
  tokenizer: TextTokenizer;
  /** A note for the user, for example that the training is not finished. */
  note: string | undefined;
  /** The stored weights by Hugging Face's names. */
  tensors: ReadonlyMap<string, { dtype: string; shape: number[] }>;
  /** Reads a weight as float32; `target` has exactly its length. */
  read(name: string, target: Float32Array): void;
  /** SHA-256 over names and digests of config, weights and tokenizer: equal for equal models. Reads all weights. */
  digest(): string;
  close(): void;
}

/** The bounds of a checkpoint: the run's tokenizer defines them. */
const NO_BOUNDS: TextBounds = {
  bosId: undefined,
  eosIds: [],
  bosToken: undefined,
  eosToken: undefined,
  chatTemplate: undefined,
};

/** Reads a model's tokenizer.json. @throws JikjiError `tokenizer-missing`, `tokenizer-broken`, `tokenizer-unsupported` */
function openTokenizer(path: string): { read: ReadTokenizer; digest: string } {
  if (!existsSync(path)) {
    throw new JikjiError('tokenizer-missing', 'there is no tokenizer file here', path, 'check the path');
  }
  const text = readSmallFile(path, MAX_TOKENIZER);
  return { read: readTokenizer(text, path), digest: sha256Hex(text) };
}

/**
 * Opens a model. Checks its config, its tokenizer, and the names, shapes and types of its weights.
 * @throws JikjiError for faults of the model
 */
export function openModel(folder: string): Model {
  const found = findModel(folder);
  const { read, digest: tokenizerDigest } = openTokenizer(found.tokenizer);
  const config = found.config(read.vocabSize);
  if (read.vocabSize > config.vocabSize) {
    throw new JikjiError(
      'config-broken',
      `the tokenizer has ${read.vocabSize} entries, vocab_size is ${config.vocabSize}`,
      found.folder ?? folder,
      'get the folder again from its source',
    );
  }
  const bounds = found.folder === undefined ? NO_BOUNDS : readTextBounds(found.folder, config.vocabSize, read);
  const tokenizer = read.ready(bounds.bosId, bounds.eosIds);
  if (!tokenizer) {
    throw new JikjiError(
      'config-broken',
      'no token begins or ends a text',
      found.folder ?? folder,
      'write bos_token_id or eos_token_id into config.json',
    );
  }
  const weights = found.open(config);
  try {
    checkTiedHead(weights, config, folder);
  } catch (error) {
    weights.close();
    throw error;
  }
  const { chatTemplate, bosToken, eosToken } = bounds;
  return {
    folder,
    run: found.run,
    config,
    tokenizer,
    chatTemplate,
    bosToken,
    eosToken,
    note: found.note,
    tensors: weights.tensors,
    read: (name, target) => readWhole(weights, name, target),
    digest: () => digestOf(config, tokenizer, tokenizerDigest, weights),
    close: () => weights.close(),
  };
}

function readWhole(weights: WeightFiles, name: string, target: Float32Array): void {
  const length = elementsOf(weights.tensors.get(name)?.shape ?? []);
  if (target.length !== length) throw new Error(`${name} has ${length} numbers, not ${target.length}`);
  weights.readFloats(name, target);
}

/** A weight as float32, row-major. @throws JikjiError `tensor-unknown` */
export function readWeight(model: Model, name: string): Float32Array {
  const tensor = model.tensors.get(name);
  if (!tensor) {
    const hint = nearestNameHint(name, [...model.tensors.keys()], 'use a name from `tensors`');
    throw new JikjiError('tensor-unknown', 'the model has no weight of this name', name, hint);
  }
  const values = new Float32Array(elementsOf(tensor.shape));
  model.read(name, values);
  return values;
}

function digestOf(config: ModelConfig, tokenizer: TextTokenizer, file: string, weights: WeightFiles): string {
  const bounds = { prefixId: tokenizer.prefixId, endIds: [...tokenizer.endIds].sort((a, b) => a - b) };
  const parts = [
    ['config', digestOfJson({ ...config, ...bounds } as unknown as Json)],
    ['tokenizer', file],
    ...weights.files.map(({ name, path }) => [name, digestOfFile(path)]),
  ];
  return sha256Hex(parts.map(([name, digest]) => `${digest}  ${name}\n`).join(''));
}
