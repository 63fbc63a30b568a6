// Conversations by tokenizers of other makers that change texts: what is composed across the ends of pieces, and what cannot be marked.

import { beforeAll, expect, test } from 'vitest';
import { openRunTokenizer, type RunTokenizer } from '../tokenizer/index.ts';
import { foreignFiles } from '../tokenizer/testing/foreign.ts';
import { ConversationEncoder } from './index.ts';
import { templatesRenderHere } from './testing/templates-here.ts';

templatesRenderHere();

let qwen: RunTokenizer;
let llama: RunTokenizer;
beforeAll(async () => {
  const files = await foreignFiles();
  const open = (name: string, [bosToken, eosToken]: [string, string]) =>
    openRunTokenizer(JSON.stringify(files[name]), { vocabSize: 720, bosToken, eosToken });
  qwen = open('Qwen2', ['<|endoftext|>', '<|endoftext|>']);
  llama = open('Llama 2', ['<s>', '</s>']);
});

const encode = async (template: string, tokenizer: RunTokenizer, answer: string) => {
  const encoder = new ConversationEncoder({ template, tokenizer, name: 'template' });
  try {
    return await encoder.encodeOne([
      { role: 'user', content: 'a' },
      { role: 'assistant', content: answer },
    ]);
  } finally {
    encoder.close();
  }
};

test('a mark at the start of an answer is not composed with the text of the template', async () => {
  const template = '{% for m in messages %}<|begin|>{{ m.role }}e{{ m.content }}<|end|>{% endfor %}';
  const { ids, marks } = await encode(template, qwen, '\u0301x');
  expect(qwen.decode(ids)).toBe('<|begin|>usere' + 'a<|end|><|begin|>assistante\u0301x<|end|>');
  const learned = [...ids].filter((_, i) => marks[i] & 1);
  expect(qwen.decode(learned)).toBe('\u0301x<|end|>');
});

test('a template or a message whose text the tokenizer changes is refused', async () => {
  const composed = '{% for m in messages %}<|begin|>{{ m.role }}e\u0301{{ m.content }}<|end|>{% endfor %}';
  await expect(encode(composed, qwen, 'x')).rejects.toMatchObject({
    code: 'chat-template',
    message: expect.stringMatching(/writes text that the tokenizer changes/),
  });
  const plain = '{{ bos_token }}{% for m in messages %}{{ m.role }}\n{{ m.content }}{{ eos_token }}{% endfor %}';
  const { ids, marks } = await encode(plain, llama, 'the whale');
  expect(llama.decode([...ids].filter((_, i) => marks[i] & 1))).toBe('the whale</s>');
  await expect(encode(plain, llama, 'the ▁ whale')).rejects.toMatchObject({
    code: 'chat-template',
    message: expect.stringMatching(/writes text that the tokenizer changes/),
  });
});
