// Describes a model from its config, the headers of its files and its tokenizer. Reads no weights, so the size does not matter.

import { elementsOf } from '../../engine/index.ts';
import { type ModelConfig, parameterCount } from '../model/index.ts';
import { outlineTokenizer } from '../tokenizer/index.ts';
import { type FoundModel, findModel } from './find.ts';
import { readTextBounds } from './text-bounds.ts';
import type { Weights } from './weights.ts';

export interface Inspection {
  folder: string;
  /** The run folder, for the model of a run. */
  run: string | null;
  note: string | null;
  config: ModelConfig;
  parameters: number;
  /** Number of tensors and of their numbers, by type. */
  dtypes: Record<string, { tensors: number; numbers: number }>;
  /** Weight files with their sizes. */
  files: { name: string; bytes: number }[];
  /** Null if the folder has none: some users download it separately. */
  tokenizer: { kind: string; vocabSize: number; bosToken: string | null; eosToken: string | null } | null;
  chatTemplate: boolean;
  /** In the order of their names. */
  tensors: { name: string; dtype: string; shape: number[]; file: string; bytes: number }[];
}

/**
 * Describes a model.
 * @throws JikjiError for faults of its config, its tokenizer, or the headers of its weights
 */
export function inspectModel(folder: string): Inspection {
  const found = findModel(folder);
  try {
    return inspectFound(found, folder);
  } finally {
    found.close();
  }
}

function inspectFound(found: FoundModel, folder: string): Inspection {
  const { path, text } = found.tokenizer;
  const json = text();
  const outline = json === undefined ? undefined : outlineTokenizer(json, path);
  const config = found.config(outline?.vocabSize ?? 0);
  const bounds = outline && found.files ? readTextBounds(found.files, config.vocabSize, outline) : undefined;
  const weights = found.open(config);
  weights.close();
  return {
    folder,
    run: found.run ?? null,
    note: found.note ?? null,
    config,
    parameters: parameterCount(config),
    dtypes: countTypes(weights),
    files: weights.files.map(({ name, size }) => ({ name, bytes: size })),
    tokenizer: outline
      ? {
          kind: outline.kind,
          vocabSize: outline.vocabSize,
          bosToken: bounds?.bosToken ?? null,
          eosToken: bounds?.eosToken ?? null,
        }
      : null,
    chatTemplate: bounds?.chatTemplate !== undefined,
    tensors: [...weights.tensors]
      .map(([name, { dtype, shape, file, byteLength }]) => ({ name, dtype, shape, file, bytes: byteLength }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

function countTypes({ tensors }: Weights): Inspection['dtypes'] {
  const types: Inspection['dtypes'] = {};
  for (const { dtype, shape } of tensors.values()) {
    types[dtype] ??= { tensors: 0, numbers: 0 };
    types[dtype].tensors++;
    types[dtype].numbers += elementsOf(shape);
  }
  return types;
}
