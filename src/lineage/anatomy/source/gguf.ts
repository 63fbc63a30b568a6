// Weights in a GGUF file, with its metadata as the config would have them.

import { basename } from 'node:path';
import { JikjiError } from '../../../base/index.ts';
import { Gguf, type GgufValue } from '../../../formats/index.ts';
import { tokenTableOfGguf } from '../../../foundry/tokenizer/index.ts';
import type { Fields } from '../outline.ts';
import type { Source } from './types.ts';

/** Keys of config.json by llama.cpp's, after the name of the architecture. */
const KEYS: Readonly<Record<string, string>> = {
  'attention.head_count': 'num_attention_heads',
  'attention.head_count_kv': 'num_key_value_heads',
  expert_group_count: 'n_group',
};

const plain = (value: GgufValue | undefined): unknown =>
  value?.type === 'array' && value.of === 'array' ? undefined : value?.value;

function configOf({ metadata }: Gguf): Fields {
  const architecture = plain(metadata.get('general.architecture'));
  const fields = Object.entries(KEYS).map(([key, name]) => [name, plain(metadata.get(`${architecture}.${key}`))]);
  return { ...Object.fromEntries(fields), model_type: architecture };
}

function listOf<T extends 'string' | 'number'>(
  value: GgufValue | undefined,
  type: T,
): (T extends 'string' ? string : number)[] {
  const list = value?.type === 'array' && value.of !== 'array' ? value.value : [];
  return list.every((one) => typeof one === type) ? (list as never[]) : [];
}

function tokensOf({ metadata }: Gguf): ReturnType<Source['readTokens']> {
  const kind = plain(metadata.get('tokenizer.ggml.model'));
  if (typeof kind !== 'string') return { missing: 'the file has no tokenizer' };
  const key = (name: string) => metadata.get(`tokenizer.ggml.${name}`);
  const tokens = tokenTableOfGguf({
    kind,
    tokens: listOf(key('tokens'), 'string'),
    types: listOf(key('token_type'), 'number'),
    merges: listOf(key('merges'), 'string'),
  });
  return tokens ? { tokens } : { missing: `a tokenizer of kind ${kind.slice(0, 40)} is not read` };
}

/** @throws JikjiError `gguf-broken`, `gguf-unsupported`, `file-missing` */
export function openGgufFile(path: string): Source {
  const gguf = Gguf.open(path, { others: true });
  if (Number(plain(gguf.metadata.get('split.count')) ?? 1) > 1) {
    gguf.close();
    const hint = "join its parts with llama.cpp's llama-gguf-split --merge";
    throw new JikjiError('gguf-unsupported', 'this file is one of several parts of a model', path, hint);
  }
  const tensors = new Map(
    [...gguf.tensors, ...gguf.others].map(([name, { type, shape }]) => [name, { dtype: type as string, shape }]),
  );
  return {
    outline: {
      form: 'gguf',
      tensors,
      config: configOf(gguf),
      unreadable: (name) =>
        gguf.tensors.has(name) ? undefined : `it is stored as ${tensors.get(name)?.dtype}, which is not read`,
    },
    files: [{ name: basename(path), path, size: gguf.size }],
    readTokens: () => tokensOf(gguf),
    readFloats: (name, target, offset) => readAligned(gguf, name, target, offset),
    close: () => gguf.close(),
  };
}

/** Reads whole blocks around a range. */
function readAligned(gguf: Gguf, name: string, target: Float32Array, offset: number): void {
  const block = gguf.tensors.get(name)?.block ?? 1;
  if (offset % block === 0 && target.length % block === 0) {
    gguf.read(name, target, offset);
    return;
  }
  const from = offset - (offset % block);
  const whole = new Float32Array(Math.ceil((offset + target.length - from) / block) * block);
  gguf.read(name, whole, from);
  target.set(whole.subarray(offset - from, offset - from + target.length));
}
