// Weights in safetensors: a Hugging Face folder, or the state file of a checkpoint.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, JikjiError, parseJson } from '../../../base/index.ts';
import { FLOAT_TYPES, readSmallFile, WeightFiles } from '../../../formats/index.ts';
import { findModel, isMoment, MAX_CONFIG, MAX_TOKENIZER } from '../../../foundry/load/index.ts';
import { toHuggingFace } from '../../../foundry/model/index.ts';
import { tokenTableOfJson } from '../../../foundry/tokenizer/index.ts';
import type { Fields } from '../outline.ts';
import { packedIn, readPacked } from './packed.ts';
import { applyScales, gridOf } from './scales.ts';
import type { Source } from './types.ts';

/** A tokenizer.json by its text. */
function tokensIn(text: string | undefined, path: string): ReturnType<Source['readTokens']> {
  if (text === undefined) return { missing: 'there is no tokenizer.json' };
  try {
    return { tokens: tokenTableOfJson(text, path) };
  } catch (error) {
    if (error instanceof JikjiError && error.code === 'tokenizer-unsupported') return { missing: error.message };
    throw error;
  }
}

function sourceOf(
  files: WeightFiles,
  config: Fields,
  readTokens: Source['readTokens'],
  keeps = (_name: string) => true,
): Source {
  const packed = packedIn(files);
  const parts = new Set([...packed.values()].flatMap(({ blocks, scales }) => [blocks, scales]));
  const tensors = new Map<string, { dtype: string; shape: readonly number[] }>(
    [...files.tensors].filter(([name]) => keeps(name) && !parts.has(name)),
  );
  for (const [name, { shape }] of packed) tensors.set(name, { dtype: 'MXFP4', shape });
  /** The scales that were read last: rows of one weight are read one after another. */
  let last: { tensor: string; scales: Float32Array } | undefined;
  const scalesOf = (tensor: string, count: number): Float32Array => {
    if (last?.tensor !== tensor) {
      const scales = new Float32Array(count);
      files.readFloats(tensor, scales);
      last = { tensor, scales };
    }
    return last.scales;
  };
  return {
    outline: {
      form: 'hugging-face',
      tensors,
      config,
      unreadable: (name) => {
        if (packed.has(name)) return undefined;
        const dtype = tensors.get(name)?.dtype ?? 'missing';
        if (!FLOAT_TYPES.includes(dtype)) return `it is stored as ${dtype}, which is not read`;
        return gridOf(files, name, config) === undefined ? 'its scales have no known layout' : undefined;
      },
    },
    files: files.files,
    readTokens,
    readFloats: (name, target, offset) => {
      const of = packed.get(name);
      if (of) {
        readPacked(files, of, target, offset);
        return;
      }
      files.readFloats(name, target, offset);
      const grid = gridOf(files, name, config);
      if (typeof grid === 'object') applyScales(scalesOf(grid.tensor, grid.count), grid, target, offset);
    },
    close: () => files.close(),
  };
}

function readConfig(path: string): Fields {
  const broken = (what: string) => new JikjiError('config-broken', what, path, 'get the file again from its source');
  const config = parseJson(readSmallFile(path, MAX_CONFIG), () => broken('is not JSON'));
  if (!isObject(config)) throw broken('is not a JSON object');
  return config;
}

/** @throws JikjiError for faults of its files */
export function openFolder(folder: string): Source {
  const config = readConfig(join(folder, 'config.json'));
  const path = join(folder, 'tokenizer.json');
  const tokens = () => tokensIn(existsSync(path) ? readSmallFile(path, MAX_TOKENIZER) : undefined, path);
  return sourceOf(WeightFiles.open(folder), config, tokens);
}

/** The weights in a run's newest checkpoint. @throws JikjiError for faults of its files */
export function openCheckpoint(run: string, state: string): Source {
  const { tokenizer, config, close } = findModel(run);
  try {
    const tokens = () => tokensIn(tokenizer.text(), tokenizer.path);
    // The size of the vocabulary does not matter here: heads do.
    return sourceOf(WeightFiles.single(state), toHuggingFace(config(1), 0), tokens, (name) => !isMoment(name));
  } finally {
    close();
  }
}
