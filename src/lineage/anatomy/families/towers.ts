// Encoders of pictures and sounds, by themselves or as towers of other models.

import type { Family, Table } from '../family.ts';
import { fusedValues, gated, plain, values } from '../parts/index.ts';
import { ATTENTION, MLP } from './names.ts';

// Qwen2-VL and Qwen3-VL (LayerNorms, an MLP of two matrices) and Qwen2.5-VL (RMSNorms, a gated MLP).

const VALUES = { all: 'attn.qkv.weight', output: 'attn.proj.weight', order: 'q k v' } as const;
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

const OUTPUT = 'self_attn.out_proj.weight';
const CLIP_MLP = { first: 'mlp.fc1.weight', second: 'mlp.fc2.weight' } as const;

/** The encoders of CLIP and SigLIP, as vision towers of LLaVA, Gemma 3 and others. */
export const clip: Family = {
  name: 'CLIP or SigLIP',
  types: ['clip_vision_model', 'siglip_vision_model', 'clip', 'siglip'],
  tables: {
    'hugging-face': {
      has: [ATTENTION.values, OUTPUT, ...Object.values(CLIP_MLP), 'layer_norm1.weight', 'layer_norm2.weight'],
      width: 'layer_norm1.weight',
      parts: [
        plain({ ...CLIP_MLP, norm: { weight: 'layer_norm2.weight', centred: true } }),
        values({ ...ATTENTION, output: OUTPUT, norm: { weight: 'layer_norm1.weight', centred: true } }),
      ],
    },
  },
};

const WHISPER_MLP = { first: 'fc1.weight', second: 'fc2.weight' } as const;

/** Whisper's encoder, by itself or as the audio tower of Qwen2-Audio and others. */
export const whisper: Family = {
  name: "Whisper's encoder",
  types: ['whisper', 'qwen2_audio_encoder', 'qwen2_5_omni_audio_encoder'],
  tower: 'audio',
  fixedBasis: 'sinusoids are added to its residual stream, which fixes the order of its dimensions',
  tables: {
    'hugging-face': {
      has: [
        ATTENTION.values,
        OUTPUT,
        ...Object.values(WHISPER_MLP),
        'self_attn_layer_norm.weight',
        'final_layer_norm.weight',
      ],
      // Encoders of texts have these names too.
      beside: ['conv1.weight', 'conv2.weight'],
      width: 'self_attn_layer_norm.weight',
      parts: [
        plain({ ...WHISPER_MLP, norm: { weight: 'final_layer_norm.weight', centred: true } }),
        values({ ...ATTENTION, output: OUTPUT, norm: { weight: 'self_attn_layer_norm.weight', centred: true } }),
      ],
    },
  },
};
