// Whisper's encoder, by itself or as the audio tower of Qwen2-Audio and others.

import type { Family } from '../family.ts';
import { plain, values } from '../parts/index.ts';
import { ATTENTION } from './names.ts';

const OUTPUT = 'self_attn.out_proj.weight';
const MLP = { first: 'fc1.weight', second: 'fc2.weight' } as const;

export const whisper: Family = {
  name: "Whisper's encoder",
  types: ['whisper', 'qwen2_audio_encoder', 'qwen2_5_omni_audio_encoder'],
  tower: 'audio',
  fixedBasis: 'sinusoids are added to its residual stream, which fixes the order of its dimensions',
  tables: {
    'hugging-face': {
      has: [ATTENTION.values, OUTPUT, ...Object.values(MLP), 'self_attn_layer_norm.weight', 'final_layer_norm.weight'],
      // Encoders of texts have these names too.
      beside: ['conv1.weight', 'conv2.weight'],
      width: 'self_attn_layer_norm.weight',
      parts: [
        plain({ ...MLP, norm: { weight: 'final_layer_norm.weight', centred: true } }),
        values({ ...ATTENTION, output: OUTPUT, norm: { weight: 'self_attn_layer_norm.weight', centred: true } }),
      ],
    },
  },
};
