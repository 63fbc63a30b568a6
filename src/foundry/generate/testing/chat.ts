// For the tests of talks: a tokenizer of single bytes and three special tokens, and a small model of random weights for it.

import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomNumbers } from '../../../base/testing/random-numbers.ts';
import { writeSafetensors } from '../../../formats/index.ts';
import { HEAD, type ModelConfig, parameters, toHuggingFace } from '../../model/index.ts';
import { Tokenizer } from '../../tokenizer/index.ts';

export const CHATML = `{%- for message in messages -%}
{{- '<|im_start|>' + message.role + '\\n' + message.content | trim + '<|im_end|>\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}`;

/** As CHATML, with tools in the form of Qwen 2.5. */
export const CALLING = `{%- if tools -%}
{{- '<|im_start|>system\\n' -}}
{%- for tool in tools -%}{{- tool | tojson + '\\n' -}}{%- endfor -%}
{{- 'Calls: <tool_call>\\n{"name": <name>, "arguments": <object>}\\n</tool_call><|im_end|>\\n' -}}
{%- endif -%}
{%- for message in messages -%}
{%- if message.role == 'tool' -%}
{{- '<|im_start|>user\\n<tool_response>\\n' + message.content + '\\n</tool_response><|im_end|>\\n' -}}
{%- elif message.tool_calls -%}
{{- '<|im_start|>assistant' -}}
{%- if message.content -%}{{- '\\n' + message.content -}}{%- endif -%}
{%- for call in message.tool_calls -%}
{{- '\\n<tool_call>\\n{"name": "' + call.function.name + '", "arguments": ' + (call.function.arguments | tojson) + '}\\n</tool_call>' -}}
{%- endfor -%}
{{- '<|im_end|>\\n' -}}
{%- else -%}
{{- '<|im_start|>' + message.role + '\\n' + message.content | trim + '<|im_end|>\\n' -}}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}`;

export const SPECIALS = { '<|endoftext|>': 256, '<|im_start|>': 257, '<|im_end|>': 258 };

/** `words` are further special tokens, from 259 on. */
export const byteTokenizer = (words: readonly string[] = []): Tokenizer => {
  const encoder = new TextEncoder();
  const specials = [...Object.keys(SPECIALS), ...words];
  return new Tokenizer({
    tokens: [
      ...Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte)),
      ...specials.map((text) => encoder.encode(text)),
    ],
    specials: new Map(specials.map((text, i) => [text, 256 + i])),
    merges: new Uint32Array(),
  });
};

/** Writes a Hugging Face folder of random weights. An endless model never finds a special token the likeliest. */
export function writeModel(
  folder: string,
  context: number,
  { endless = false, words = [] as readonly string[], hiddenSize = 16 } = {},
): void {
  const tokenizer = byteTokenizer(words);
  const config: ModelConfig = {
    vocabSize: tokenizer.vocabSize,
    hiddenSize,
    intermediateSize: 24,
    numHiddenLayers: 2,
    numAttentionHeads: 2,
    numKeyValueHeads: 1,
    maxPositionEmbeddings: context,
    ropeTheta: 10_000,
    rmsNormEps: 1e-5,
    initializerRange: 0.02,
    tieWordEmbeddings: false,
  };
  const random = randomNumbers(5);
  mkdirSync(folder, { recursive: true });
  const tensors = parameters(config).map(({ name, shape }) => {
    const values = Float32Array.from(
      { length: shape.reduce((a, b) => a * b) },
      () => (random() * 2 - 1) * (shape.length === 1 ? 2 : 1),
    );
    if (endless && name === HEAD) values.fill(0, 256 * config.hiddenSize);
    return { name, dtype: 'F32' as const, shape, data: new Uint8Array(values.buffer) };
  });
  const fd = openSync(join(folder, 'model.safetensors'), 'w');
  writeSafetensors(fd, tensors, { format: 'pt' });
  closeSync(fd);
  writeFileSync(join(folder, 'config.json'), JSON.stringify(toHuggingFace(config, 256)));
  writeFileSync(join(folder, 'tokenizer.json'), tokenizer.toJson());
}
