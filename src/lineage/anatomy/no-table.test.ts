// Families that have no table: their models open, nothing of them is compared, and the result says so.

import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { openStored } from './index.ts';
import { Weights, writeFolder } from './testing/weights.ts';

const root = temporaryFolder();

const [D, F, V] = [8, 16, 20];
const norms = (...names: string[]) => Object.fromEntries(names.map((name) => [`${name}.weight`, [D]]));

/** The tensors of a layer, as these families' files name them. */
const LAYERS: Record<string, { prefix: string; embedding: string; layer: Record<string, number[]> }> = {
  bloom: {
    prefix: 'h.',
    embedding: 'word_embeddings.weight',
    layer: {
      ...norms('input_layernorm', 'post_attention_layernorm'),
      'self_attention.query_key_value.weight': [3 * D, D],
      'self_attention.dense.weight': [D, D],
      'mlp.dense_h_to_4h.weight': [F, D],
      'mlp.dense_4h_to_h.weight': [D, F],
    },
  },
  falcon: {
    prefix: 'transformer.h.',
    embedding: 'transformer.word_embeddings.weight',
    layer: {
      ...norms('input_layernorm'),
      'self_attention.query_key_value.weight': [3 * D, D],
      'self_attention.dense.weight': [D, D],
      'mlp.dense_h_to_4h.weight': [F, D],
      'mlp.dense_4h_to_h.weight': [D, F],
    },
  },
  internlm2: {
    prefix: 'model.layers.',
    embedding: 'model.tok_embeddings.weight',
    layer: {
      ...norms('attention_norm', 'ffn_norm'),
      'attention.wqkv.weight': [3 * D, D],
      'attention.wo.weight': [D, D],
      'feed_forward.w1.weight': [F, D],
      'feed_forward.w3.weight': [F, D],
      'feed_forward.w2.weight': [D, F],
    },
  },
  mpt: {
    prefix: 'transformer.blocks.',
    embedding: 'transformer.wte.weight',
    layer: {
      ...norms('norm_1', 'norm_2'),
      'attn.Wqkv.weight': [3 * D, D],
      'attn.out_proj.weight': [D, D],
      'ffn.up_proj.weight': [F, D],
      'ffn.down_proj.weight': [D, F],
    },
  },
  phi: {
    prefix: 'model.layers.',
    embedding: 'model.embed_tokens.weight',
    layer: {
      ...norms('input_layernorm'),
      'self_attn.q_proj.weight': [D, D],
      'self_attn.k_proj.weight': [D, D],
      'self_attn.v_proj.weight': [D, D],
      'self_attn.dense.weight': [D, D],
      'mlp.fc1.weight': [F, D],
      'mlp.fc2.weight': [D, F],
    },
  },
};

test.each(Object.entries(LAYERS))('%s', (type, { prefix, embedding, layer }) => {
  const layers = [0, 1].flatMap((l) => Object.entries(layer).map(([name, shape]) => [`${prefix}${l}.${name}`, shape]));
  const weights = Weights.random({ [embedding]: [V, D], ...Object.fromEntries(layers) });
  const config = { model_type: type, hidden_size: D, num_attention_heads: 2, num_key_value_heads: 2, vocab_size: V };
  const model = openStored(writeFolder(mkdtempSync(join(root, 'x')), weights, config));
  const { towers, untested } = model.anatomy;
  model.close();
  expect(towers).toEqual([]);
  expect(untested[0]).toEqual({
    part: 'language model',
    why: `no table knows the names and shapes of its tensors (it calls itself "${type}")`,
  });
});
