// GPT-2 and GPT-NeoX in the names of llama.cpp, which stores both alike: [out, in], queries, then keys, then values.

import type { Table } from '../family.ts';
import { fusedValues, plain } from '../parts/index.ts';
import { GGUF_ATTENTION, GGUF_BEFORE_ATTENTION, GGUF_BEFORE_MLP, GGUF_EMBEDDING, GGUF_MLP } from './names.ts';

export const GGUF_ALL = 'attn_qkv.weight';

export const GGUF_FUSED: Table = {
  has: [GGUF_ALL, GGUF_ATTENTION.output, GGUF_MLP.up, GGUF_MLP.down, 'attn_norm.bias', 'ffn_norm.bias'],
  lacks: [GGUF_MLP.gate, 'ffn_gate_inp.weight'],
  width: GGUF_BEFORE_ATTENTION.weight,
  embedding: GGUF_EMBEDDING,
  onlyTypes: true,
  parts: [
    plain({ first: GGUF_MLP.up, second: GGUF_MLP.down, norm: { ...GGUF_BEFORE_MLP, centred: true } }),
    fusedValues({
      all: GGUF_ALL,
      output: GGUF_ATTENTION.output,
      order: 'q k v',
      norm: { ...GGUF_BEFORE_ATTENTION, centred: true },
    }),
  ],
};
