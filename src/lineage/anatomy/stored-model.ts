// Opens a model as it is stored, whoever made it: its anatomy, its tokens, and the rows of its blocks. Computes nothing with it.

import { JikjiError, shownName } from '../../base/index.ts';
import { placeOfModel } from '../../foundry/load/index.ts';
import type { TokenTable } from '../../foundry/tokenizer/index.ts';
import { readAnatomy } from './read-anatomy.ts';
import { gatherRows } from './rows.ts';
import { openGgufFile } from './source/gguf.ts';
import { openCheckpoint, openFolder } from './source/safetensors.ts';
import type { Source } from './source/types.ts';
import type { Anatomy, View } from './types.ts';

/** A model's stored weights: of a Hugging Face folder, a GGUF file, a run folder (its finished model, or its newest checkpoint). */
export interface StoredModel {
  /** As it was given. */
  path: string;
  anatomy: Anatomy;
  /** By stored name. */
  tensors: ReadonlyMap<string, { dtype: string; shape: readonly number[] }>;
  /** Weight files, in the order of names. */
  files: readonly { name: string; path: string; size: number }[];
  /**
   * Id by token, in lower-case hexadecimal of the bytes that the token stands for; special tokens, and tokens without a row in the input
   * embedding, are left out. The digest covers all tokens but special ones. Undefined where `tokensMissing` says why.
   */
  tokens: TokenTable | undefined;
  tokensMissing: string | undefined;
  /** The run folder, where it is a run's model: its evidence may say more. */
  run: string | undefined;
  /**
   * Fills `target` with chosen rows of a view as float32, [rows.length, view.columns], FP8 with its scales. Reads by ranges.
   * @throws JikjiError `dtype-unsupported`, `safetensors-broken`, `gguf-broken`
   */
  readRows(view: View, rows: ArrayLike<number>, target: Float32Array): void;
  /** A vector, such as a norm's weights. @throws JikjiError as `readRows` */
  readVector(tensor: string): Float32Array;
  close(): void;
}

function openSource(path: string): { source: Source; run: string | undefined } {
  const place = placeOfModel(path);
  if (place.kind === 'gguf') return { source: openGgufFile(path), run: undefined };
  if (place.kind === 'folder') return { source: openFolder(place.path), run: place.run };
  return { source: openCheckpoint(place.run, place.path), run: place.run };
}

/** The tokens with a row in the embedding. */
function embedded(tokens: TokenTable, anatomy: Anatomy): TokenTable {
  const rows = anatomy.towers.find(({ name }) => name === 'language')?.embedding?.rows ?? Infinity;
  return { ...tokens, ids: new Map([...tokens.ids].filter(([, id]) => id < rows)) };
}

/** @throws JikjiError for faults of its files; a model that no table knows opens, and its anatomy says so */
export function openStored(path: string): StoredModel {
  const { source, run } = openSource(path);
  try {
    const { outline, files } = source;
    const anatomy = readAnatomy(outline);
    const read = source.readTokens();
    return {
      path,
      anatomy,
      tensors: outline.tensors,
      files,
      tokens: 'tokens' in read ? embedded(read.tokens, anatomy) : undefined,
      tokensMissing: 'missing' in read ? read.missing : undefined,
      run,
      readRows: (view, rows, target) => {
        checkReadable(source, view.tensor, path);
        gatherRows(source, view, rows, target);
      },
      readVector: (tensor) => {
        checkReadable(source, tensor, path);
        const [length = 1, ...more] = outline.tensors.get(tensor)!.shape;
        if (more.length > 0) throw new Error(`${tensor} is not a vector`);
        const target = new Float32Array(length);
        source.readFloats(tensor, target, 0);
        return target;
      },
      close: () => source.close(),
    };
  } catch (error) {
    source.close();
    throw error;
  }
}

function checkReadable({ outline }: Source, tensor: string, path: string): void {
  const why = outline.unreadable(tensor);
  if (why === undefined) return;
  throw new JikjiError(
    'dtype-unsupported',
    `${shownName(tensor)}: ${why}`,
    path,
    'convert the model to float32, float16 or bfloat16',
  );
}
