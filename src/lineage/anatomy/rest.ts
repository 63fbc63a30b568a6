// Names the parts of a model that are outside all blocks, with the reason.

import { shownName } from '../../base/index.ts';
import type { Outline } from './outline.ts';
import { patternOf } from './stacks.ts';
import type { Untested } from './untested.ts';

/** By the end of a tensor's name. */
const REASONS: readonly [RegExp, part: string, why: string][] = [
  [
    /(^|\.)(lm_head|embed_out|output)\.weight$/,
    'output head',
    'its rows are tokens, whose order a shared tokenizer explains',
  ],
  [
    /[._](q_proj|k_proj|wq|wk|attn_q|attn_k|q_norm|k_norm|q_a_proj|q_b_proj|attn_q_a|attn_q_b|attn_q_norm|attn_k_norm|attn_k_b)\.(weight|bias)$/,
    'queries and keys',
    'positions tie their dimensions together in pairs, or any mixture of them is the same model: they have no labels that are free',
  ],
  [
    /(scale|scale_inv|inv_freq|input_scale)$|rope_freqs\.weight$|rotary_emb\.|masked_bias$|attn\.bias$|attention\.bias$/,
    '',
    '',
  ],
];

/** `used`: tensors that blocks are read from, or are checked against. */
export function noteRest(outline: Outline, used: ReadonlySet<string>, untested: Untested): void {
  for (const [name, { shape }] of outline.tensors) {
    const [, part, why] = REASONS.find(([end]) => end.test(name)) ?? [];
    if (part === '') continue;
    if (part !== undefined && why !== undefined) untested.add(part, why);
    else if (used.has(name)) continue;
    else if (shape.length < 2) untested.add('norms, biases and other vectors', 'a vector has too few numbers to tell');
    else untested.add(shownName(patternOf(name)), 'no table says what its rows are');
  }
}
