// Towers for pictures and sound beside a language model: small ones and their definitions.

import { type ExpectedBlock, type FamilyCase, gelu, layerNorm, rmsNorm, silu } from './case.ts';
import { gatedUnits, layered, SIZES, UNITS, valueNames } from './dense.ts';
import type { Shapes } from './weights.ts';

const { F, V } = SIZES;
const [D, heads, d] = [12, 3, 4];

/** A language model that no table knows. */
const UNKNOWN: Shapes = {
  'model.word_embeddings.weight': [V, 8],
  ...layered('model.strange.', { 'mixer.in.weight': [9, 8], 'mixer.out.weight': [8, 9] }),
};

interface Names {
  root: string;
  norms: [beforeAttention: string, beforeMlp: string];
  mlp: [first: string, second: string];
  values: string;
  output: string;
}

const linear = (name: string, out: number, size: number): Shapes => ({
  [`${name}.weight`]: [out, size],
  [`${name}.bias`]: [out],
});
const norm = (name: string): Shapes => ({ [`${name}.weight`]: [D], [`${name}.bias`]: [D] });

/** An MLP of two matrices, and values as the rows from `first` on of a matrix. */
function blocksOf({ root, norms, mlp: [one, two], values, output }: Names, first: number): ExpectedBlock[] {
  const at = (part: string) => `${root}1.${part}`;
  return [
    {
      kind: 'units',
      name: 'layers.1.mlp',
      units: F,
      forward: (w, x) => w.linear(at(two), w.linear(at(one), x).map(gelu)),
      exchange: (w, i, j) => {
        w.exchange(`${at(one)}.bias`, 0, i, j);
        w.exchange(`${at(two)}.weight`, 1, i, j);
      },
      norm: (w, x) => layerNorm(w, at(norms[1]), x),
    },
    {
      kind: 'values',
      name: 'layers.1.values.2',
      units: d,
      forward: (w, x) => w.linear(at(output), w.linear(at(values), x).slice(first, first + D)),
      exchange: (w, i, j) => {
        w.exchange(`${at(values)}.bias`, 0, first + 2 * d + i, first + 2 * d + j);
        w.exchange(`${at(output)}.weight`, 1, 2 * d + i, 2 * d + j);
      },
      norm: (w, x) => layerNorm(w, at(norms[0]), x),
    },
  ];
}

const encoder = (names: Names, fused: boolean) =>
  layered(names.root, {
    ...norm(names.norms[0]),
    ...norm(names.norms[1]),
    ...linear(names.mlp[0], F, D),
    ...linear(names.mlp[1], D, F),
    ...linear(names.output, D, D),
    ...(fused
      ? linear(names.values, 3 * D, D)
      : Object.assign({}, ...['q', 'k', 'v'].map((one) => linear(`self_attn.${one}_proj`, D, D)))),
  });

const tower = (one: Pick<FamilyCase, 'name' | 'family' | 'config' | 'shapes' | 'tower' | 'expected'>): FamilyCase => ({
  ...one,
  hiddenSize: D,
  blocks: { units: UNITS, values: valueNames(heads) },
});

const CLIP: Names = {
  root: 'vision_tower.vision_model.encoder.layers.',
  norms: ['layer_norm1', 'layer_norm2'],
  mlp: ['mlp.fc1', 'mlp.fc2'],
  values: 'self_attn.v_proj',
  output: 'self_attn.out_proj',
};
const QWEN_2: Names = {
  root: 'visual.blocks.',
  norms: ['norm1', 'norm2'],
  mlp: ['mlp.fc1', 'mlp.fc2'],
  values: 'attn.qkv',
  output: 'attn.proj',
};
const QWEN_3: Names = { ...QWEN_2, root: 'model.visual.blocks.', mlp: ['mlp.linear_fc1', 'mlp.linear_fc2'] };
const WHISPER: Names = {
  root: 'audio_tower.layers.',
  norms: ['self_attn_layer_norm', 'final_layer_norm'],
  mlp: ['fc1', 'fc2'],
  values: 'self_attn.v_proj',
  output: 'self_attn.out_proj',
};
const AT = 'visual.blocks.1.';

export const TOWER_CASES: FamilyCase[] = [
  tower({
    name: 'CLIP beside a language model that no table knows',
    family: 'CLIP or SigLIP',
    config: { model_type: 'clip', vision_config: { num_attention_heads: heads } },
    shapes: { ...UNKNOWN, ...encoder(CLIP, false) },
    tower: 'vision',
    expected: blocksOf(CLIP, 0),
  }),
  tower({
    name: "Qwen2-VL's",
    family: "Qwen2-VL's vision tower",
    config: { model_type: 'qwen2_vl', vision_config: { num_heads: heads } },
    shapes: { ...UNKNOWN, ...encoder(QWEN_2, true) },
    tower: 'vision',
    expected: blocksOf(QWEN_2, 2 * D),
  }),
  tower({
    name: "Qwen3-VL's",
    family: "Qwen3-VL's vision tower",
    config: { model_type: 'qwen3_vl', vision_config: { num_heads: heads } },
    shapes: { ...UNKNOWN, ...encoder(QWEN_3, true) },
    tower: 'vision',
    expected: blocksOf(QWEN_3, 2 * D),
  }),
  tower({
    name: "Qwen2.5-VL's",
    family: "Qwen2.5-VL's vision tower",
    config: { model_type: 'qwen2_5_vl', vision_config: { num_heads: heads } },
    shapes: {
      ...UNKNOWN,
      ...layered('visual.blocks.', {
        'norm1.weight': [D],
        'norm2.weight': [D],
        ...linear('attn.qkv', 3 * D, D),
        ...linear('attn.proj', D, D),
        ...linear('mlp.gate_proj', F, D),
        ...linear('mlp.up_proj', F, D),
        ...linear('mlp.down_proj', D, F),
      }),
    },
    tower: 'vision',
    expected: [
      gatedUnits(
        'layers.1.mlp',
        { gate: `${AT}mlp.gate_proj`, up: `${AT}mlp.up_proj`, down: `${AT}mlp.down_proj` },
        silu,
        (w, x) => rmsNorm(w, `${AT}norm2`, x),
      ),
      { ...blocksOf(QWEN_2, 2 * D)[1]!, norm: (w, x) => rmsNorm(w, `${AT}norm1`, x) },
    ],
  }),
  tower({
    name: 'Whisper as an audio tower',
    family: "Whisper's encoder",
    config: { model_type: 'whisper', audio_config: { encoder_attention_heads: heads } },
    shapes: {
      ...UNKNOWN,
      'audio_tower.conv1.weight': [D, 4, 3],
      'audio_tower.conv2.weight': [D, D, 3],
      ...encoder(WHISPER, false),
    },
    tower: 'audio',
    expected: blocksOf(WHISPER, 0),
  }),
];
