// Opens a model: a run folder (its finished model, or its newest checkpoint), a Hugging Face folder or a GGUF file.

import { dirname } from 'node:path';
import { JikjiError } from '../../base/index.ts';
import { elementsOf } from '../../engine/index.ts';
import { nearestNameHint } from '../../formats/index.ts';
import { digestOfFile, digestOfFiles, digestOfJson, type Json, sha256Hex } from '../../ledger/index.ts';
import { ChatTemplate } from '../conversation/index.ts';
import type { ModelConfig, StoredWeights } from '../model/index.ts';
import { END_OF_TEXT, type ReadTokenizer, readTokenizer, type TextTokenizer } from '../tokenizer/index.ts';
import { checkTiedHead } from './check.ts';
import { type FoundModel, findModel, type ModelTokenizer } from './find.ts';
import type { ModelFiles } from './model-files.ts';
import { readTextBounds, type TextBounds } from './text-bounds.ts';
import type { Weights } from './weights.ts';

/** An open model. */
export interface Model extends Pick<TextBounds, 'chatTemplate' | 'bosToken' | 'eosToken'>, StoredWeights {
  /** The path that the user gave. */
  folder: string;
  /** The run folder, for the model of a run. */
  run: string | undefined;
  /** Its small files as a Hugging Face folder has them; undefined for a checkpoint. */
  files: ModelFiles | undefined;
  config: ModelConfig;
  tokenizer: TextTokenizer;
  /** A note for the user, for example that the training is not finished. */
  note: string | undefined;
  /** The stored weights by Hugging Face's names. */
  tensors: ReadonlyMap<string, { dtype: string; shape: number[] }>;
  /** Of products with its weights: 2 where some stay signed bytes, else 1. docs/arithmetic.md */
  arithmeticVersion: 1 | 2;
  /** Reads a weight as float32; `target` has exactly its length. */
  read(name: string, target: Float32Array): void;
  /** Names and digests of config, tokenizer and weight files, which its digest covers. Reads all weights. */
  digestedFiles(): { name: string; digest: string }[];
  /** SHA-256 over names and digests of config, weights and tokenizer: equal for equal models. Reads all weights. */
  digest(): string;
  close(): void;
}

/** The bounds of a checkpoint: the run's tokenizer defines them. A run with conversations tells its template of these alone. */
function boundsOfCheckpoint({ chatTemplate, settings }: FoundModel, tokenizer: ReadTokenizer): TextBounds {
  const { bosToken, eosToken } = settings ?? {};
  const template = { bosToken: END_OF_TEXT, eosToken: END_OF_TEXT };
  if (bosToken === undefined || eosToken === undefined)
    return { bosId: undefined, eosIds: [], chatTemplate, ...(chatTemplate === undefined ? UNKNOWN : template) };
  const eosIds = [tokenizer.idOf(eosToken)].filter((id) => id !== undefined);
  return { bosId: tokenizer.idOf(bosToken), eosIds, bosToken, eosToken, chatTemplate };
}

const UNKNOWN = { bosToken: undefined, eosToken: undefined };

/** Reads a model's tokenizer.json. @throws JikjiError `tokenizer-missing`, `tokenizer-broken`, `tokenizer-unsupported` */
function openTokenizer({ path, text }: ModelTokenizer): { read: ReadTokenizer; digest: string } {
  const json = text();
  if (json === undefined) {
    throw new JikjiError('tokenizer-missing', 'there is no tokenizer file here', path, 'check the path');
  }
  return { read: readTokenizer(json, path), digest: sha256Hex(json) };
}

/**
 * Opens a model. Checks its config, its tokenizer, and the names, shapes and types of its weights.
 * @throws JikjiError for faults of the model
 */
export function openModel(folder: string): Model {
  const found = findModel(folder);
  try {
    return open(found, folder);
  } catch (error) {
    found.close();
    throw error;
  }
}

function open(found: FoundModel, folder: string): Model {
  const { read, digest: tokenizerDigest } = openTokenizer(found.tokenizer);
  const config = found.config(read.vocabSize);
  const where = found.files ? dirname(found.files.path('config.json')) : folder;
  if (read.vocabSize > config.vocabSize) {
    const message = `the tokenizer has ${read.vocabSize} entries, vocab_size is ${config.vocabSize}`;
    throw new JikjiError('config-broken', message, where, 'get the model again from its source');
  }
  const bounds = found.files ? readTextBounds(found.files, config.vocabSize, read) : boundsOfCheckpoint(found, read);
  const tokenizer = read.ready(bounds.bosId, bounds.eosIds);
  if (!tokenizer) {
    const hint = 'write bos_token_id or eos_token_id into config.json';
    throw new JikjiError('config-broken', 'no token begins or ends a text', where, hint);
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
    files: found.files,
    config,
    tokenizer,
    chatTemplate,
    bosToken,
    eosToken,
    note: found.note,
    tensors: weights.tensors,
    read: (name, target) => readWhole(weights, name, target),
    ...(weights.q8 && { q8: weights.q8 }),
    arithmeticVersion: weights.q8?.names.size ? 2 : 1,
    digestedFiles: () => digestedFiles(config, tokenizer, tokenizerDigest, weights),
    digest: () => digestOfFiles(digestedFiles(config, tokenizer, tokenizerDigest, weights)),
    close: () => weights.close(),
  };
}

function readWhole(weights: Weights, name: string, target: Float32Array): void {
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

function digestedFiles(config: ModelConfig, tokenizer: TextTokenizer, file: string, weights: Weights) {
  const bounds = { prefixId: tokenizer.prefixId, endIds: [...tokenizer.endIds].sort((a, b) => a - b) };
  return [
    { name: 'config', digest: digestOfJson({ ...config, ...bounds } as unknown as Json) },
    { name: 'tokenizer', digest: file },
    ...weights.files.map(({ name, path }) => ({ name, digest: digestOfFile(path) })),
  ];
}

/** Undefined for a base model. `name` stands for the model in errors. The template's process begins when it is first used. */
export function templateOf(model: Model, name = model.folder): ChatTemplate | undefined {
  const { chatTemplate: template, bosToken, eosToken, tokenizer } = model;
  return template === undefined ? undefined : new ChatTemplate({ template, bosToken, eosToken, tokenizer, name });
}
