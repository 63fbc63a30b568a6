// The cases of the planner's check: small models, how each is divided, and the memory that the planner says. Knows nothing of PyTorch.

import { memoryOf } from '../../src/planner/memory.ts';
import { readModelShape } from '../../src/planner/shape-reader.ts';
import type { Batch, Layout } from '../../src/planner/step-time.ts';
import { ONE_DEVICE } from '../../src/planner/testing/one-device.ts';

const LLAMA = {
  architectures: ['LlamaForCausalLM'],
  hidden_size: 256,
  num_hidden_layers: 4,
  num_attention_heads: 8,
  num_key_value_heads: 4,
  intermediate_size: 768,
  vocab_size: 2048,
};
const UNEVEN = { ...LLAMA, num_hidden_layers: 7 };
const LARGE_HEAD = { ...LLAMA, vocab_size: 8192 };
/** Heads wider than the stream, with norms of queries and keys. */
const QWEN = { ...LLAMA, architectures: ['Qwen3ForCausalLM'], head_dim: 64 };
/** A dense first layer and a shared expert. */
const MIXTURE = {
  ...LLAMA,
  architectures: ['SolarOpenForCausalLM'],
  num_key_value_heads: 8,
  first_k_dense_replace: 1,
  n_routed_experts: 8,
  num_experts_per_tok: 2,
  n_shared_experts: 1,
  moe_intermediate_size: 384,
};
const LATENT = {
  ...LLAMA,
  architectures: ['DeepseekV3ForCausalLM'],
  q_lora_rank: 128,
  kv_lora_rank: 64,
  qk_nope_head_dim: 32,
  qk_rope_head_dim: 16,
  v_head_dim: 32,
};
const LATENT_MIXTURE = { ...MIXTURE, ...LATENT };

function formsOf(): [string, object, Partial<Layout>, Partial<Batch>?][] {
  return [
    ['llama', LLAMA, {}],
    ['llama, micro batch 2', LLAMA, { microBatch: 2 }],
    ['qwen3', QWEN, {}],
    ['mixture', MIXTURE, {}],
    ['latent', LATENT, {}],
    ['latent mixture', LATENT_MIXTURE, {}],
    ['llama, data 2, ZeRO 1', LLAMA, { devices: 2 }],
    ['llama, data 2, ZeRO 2', LLAMA, { devices: 2, zero: 2 }],
    ['llama, data 4, ZeRO 3', LLAMA, { devices: 4, zero: 3 }],
    ['mixture, data 2, ZeRO 3', MIXTURE, { devices: 2, zero: 3 }],
    ['llama, tensor 2', LLAMA, { devices: 2, tensor: 2 }],
    ['llama, tensor 4', LLAMA, { devices: 4, tensor: 4 }],
    ['latent, tensor 2', LATENT, { devices: 2, tensor: 2 }],
    ['mixture, tensor 2', MIXTURE, { devices: 2, tensor: 2 }],
    ['llama, pipeline 2', LLAMA, { devices: 2, pipeline: 2 }, { sequences: 4 }],
    ['llama, pipeline 4', LLAMA, { devices: 4, pipeline: 4 }, { sequences: 6 }],
    ['llama, pipeline 2, 2 chunks', LLAMA, { devices: 2, pipeline: 2, virtual: 2 }, { sequences: 4 }],
    ['7 layers, pipeline 4', UNEVEN, { devices: 4, pipeline: 4 }, { sequences: 5 }],
    ['large head, pipeline 2', LARGE_HEAD, { devices: 2, pipeline: 2 }, { sequences: 2 }],
    ['mixture, pipeline 2', MIXTURE, { devices: 2, pipeline: 2 }, { sequences: 3 }],
    ['mixture, expert 2', MIXTURE, { devices: 2, expert: 2 }],
    ['mixture, expert 4', MIXTURE, { devices: 4, expert: 4 }],
    ['mixture, expert 2 x data 2', MIXTURE, { devices: 4, expert: 2 }],
    ['llama, context 2', LLAMA, { devices: 2, context: 2 }],
    ['latent, context 4', LATENT, { devices: 4, context: 4 }],
    ['llama, tensor 2 x pipeline 2', LLAMA, { devices: 4, tensor: 2, pipeline: 2 }, { sequences: 3 }],
    ['latent mixture, tensor 2 x expert 4', LATENT_MIXTURE, { devices: 4, tensor: 2, expert: 4 }],
  ];
}

/** Each form, and again where activations are computed again. */
export function plannedCases() {
  return formsOf().flatMap(([name, config, parts, given]) =>
    (['none', 'full'] as const).map((recompute) => {
      const layout: Layout = { ...ONE_DEVICE, ...parts, recompute };
      const copies = layout.devices / (layout.tensor * layout.pipeline * layout.context);
      const batch: Batch = { sequence: 128, sequences: copies * layout.microBatch, precision: 'bf16', ...given };
      const planned = memoryOf(readModelShape(config, name), layout, batch);
      return { name: recompute === 'full' ? `${name}, recompute` : name, config, layout, batch, planned };
    }),
  );
}
