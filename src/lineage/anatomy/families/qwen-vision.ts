// The vision towers of Qwen2-VL and Qwen3-VL (LayerNorms, an MLP of two matrices) and of Qwen2.5-VL (RMSNorms, a gated MLP).

import type { Family, Table } from '../family.ts';
import { fusedValues, gated, plain } from '../parts/index.ts';

const VALUES = { all: 'attn.qkv.weight', output: 'attn.proj.weight', order: 'q k v' } as const;
const MLP = { gate: 'mlp.gate_proj.weight', up: 'mlp.up_proj.weight', down: 'mlp.down_proj.weight' } as const;
const NORMS = ['norm1.weight', 'norm2.weight'] as const;

const twoMatrices = (first: string, second: string): Table => ({
  has: [VALUES.all, VALUES.output, first, second, ...NORMS, 'norm1.bias', 'norm2.bias'],
  // InternViT scales what each part adds.
  lacks: ['ls1', 'ls1.gamma'],
  width: NORMS[0],
  parts: [
    plain({ first, second, norm: { weight: NORMS[1], centred: true } }),
    fusedValues({ ...VALUES, norm: { weight: NORMS[0], centred: true } }),
  ],
});

export const qwen2Vision: Family = {
  name: "Qwen2-VL's vision tower",
  types: ['qwen2_vl', 'qwen2_vl_vision'],
  tower: 'vision',
  tables: { 'hugging-face': twoMatrices('mlp.fc1.weight', 'mlp.fc2.weight') },
};

export const qwen3Vision: Family = {
  name: "Qwen3-VL's vision tower",
  types: ['qwen3_vl', 'qwen3_vl_vision', 'qwen3_vl_moe'],
  tower: 'vision',
  tables: { 'hugging-face': twoMatrices('mlp.linear_fc1.weight', 'mlp.linear_fc2.weight') },
};

export const qwen25Vision: Family = {
  name: "Qwen2.5-VL's vision tower",
  types: ['qwen2_5_vl', 'qwen2_5_vl_vision', 'qwen2_5_omni_vision_encoder'],
  tower: 'vision',
  tables: {
    'hugging-face': {
      has: [VALUES.all, VALUES.output, ...Object.values(MLP), ...NORMS],
      lacks: ['norm1.bias', 'norm2.bias'],
      width: NORMS[0],
      parts: [gated({ ...MLP, norm: { weight: NORMS[1] } }), fusedValues({ ...VALUES, norm: { weight: NORMS[0] } })],
    },
  },
};
