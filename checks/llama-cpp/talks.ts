// Runs with conversations, exported: llama.cpp reads the template, gives the prompt's ids and knows the token that ends a turn.

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from '@huggingface/jinja';
import { ChatTemplate, type Message } from '../../src/foundry/conversation/index.ts';
import { exportModel } from '../../src/foundry/index.ts';
import { openModel } from '../../src/foundry/load/index.ts';
import type { PeerModel } from './peer.ts';

const RECIPE = `
seed: 1377
corpus: { sources: [{ files: talks.jsonl, read: conversations }], validation: 0 }
tokenizer: { vocabSize: 320 }
model: { hiddenSize: 32, numHiddenLayers: 1, numAttentionHeads: 2 }
train: { steps: 1, batchSize: 2, sequenceLength: 64 }
`;
const OWN =
  "{{- bos_token -}}{%- for m in messages -%}{{- '<|' + m.role + '|>\\n' + m.content | trim + '<|stop|>\\n' -}}{%- endfor -%}{%- if add_generation_prompt -%}{{- '<|assistant|>\\n' -}}{%- endif -%}";
const TEMPLATES = {
  'the built-in template': [],
  'a template of its own': ['chat.template=own.jinja', 'chat.tokens=["<|user|>","<|assistant|>","<|stop|>"]'],
};
const TALK: readonly Message[] = [
  { role: 'user', content: 'What is 7 plus one? 숫자' },
  { role: 'assistant', content: 'It is 8.' },
  { role: 'user', content: 'And 9?\n\nTell me.' },
];

/** Compares a run of each template; `report` gets what differs. */
export async function checkTalks(
  work: string,
  open: (file: string) => Promise<PeerModel>,
  report: (what: string, differences: string[]) => void,
): Promise<void> {
  const lines = Array.from({ length: 40 }, (_, i) => JSON.stringify({ instruction: `What is ${i}?`, output: `${i}.` }));
  writeFileSync(join(work, 'talks.jsonl'), lines.join('\n'));
  writeFileSync(join(work, 'own.jinja'), OWN);
  writeFileSync(join(work, 'talks.yaml'), RECIPE);
  for (const [i, [name, settings]] of Object.entries(TEMPLATES).entries()) {
    const run = join(work, `talks-${i}`);
    const make = ['make', join(work, 'talks.yaml'), '--out', run, ...settings.flatMap((one) => ['--set', one])];
    const { status } = spawnSync(join(import.meta.dirname, '../../bin/jikji'), make, {
      stdio: ['ignore', 'ignore', 2],
    });
    if (status !== 0) throw new Error('the run with conversations was not made');
    await exportModel({ model: run, to: 'gguf', out: `${run}.gguf`, type: 'f32' });
    const peer = await open(`${run}.gguf`);
    const { chatTemplate, bosToken, eosToken, tokenizer, close } = openModel(run);
    const chat = new ChatTemplate({ template: chatTemplate!, bosToken, eosToken, tokenizer, name: run });
    const mine = await chat.encode(TALK);
    const variables = { bos_token: peer.bosText, eos_token: peer.eosText, add_generation_prompt: true };
    const text = new Template(peer.chatTemplate ?? '').render({ ...variables, messages: TALK });
    const theirs = peer.encode(text, true);
    const ends = [...(await chat.endIds())];
    report(`the prompt of a talk by ${name}, and the end of a turn`, [
      ...(mine.join() === theirs.join() ? [] : [`ours ${mine}, llama.cpp ${theirs}`]),
      ...(ends.length === 1 && peer.ends(ends[0]!) ? [] : [`${ends} ends a turn, and llama.cpp goes on after it`]),
    ]);
    chat.close();
    close();
    await peer.close();
  }
}
