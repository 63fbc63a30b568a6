// Conversations as ids and marks: against Hugging Face's template code and tokenizer, read without this house; hostile templates and
// messages; the same bits on another day and in other batches.

import { Template } from '@huggingface/jinja';
import { Tokenizer as HuggingFace } from '@huggingface/tokenizers';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { randomNumbers } from '../../base/testing/random-numbers.ts';
import { byteTokenizer, CHATML } from '../generate/testing/chat.ts';
import { type Tokenizer, trainTokenizer } from '../tokenizer/index.ts';
import type { Conversation } from './conversation.ts';
import { ChatTemplate, ConversationEncoder, DEFAULT_TEMPLATE, type EncodedConversation, LEARNED } from './index.ts';
import { FIRST } from './marks.ts';
import { inTemplateProcesses, templatesRenderHere } from './testing/templates-here.ts';

templatesRenderHere();

const TURNS = ['<|system|>', '<|user|>', '<|assistant|>', '<|tool|>', '<|end|>'];
let tokenizer: Tokenizer;
let theirs: HuggingFace;
/** Without special tokens. */
let plain: HuggingFace;
beforeAll(async () => {
  const text =
    'hello there, how are you? I am well. 안녕하세요, 반갑습니다. user assistant end system <|user|> \n\n'.repeat(30);
  tokenizer = await trainTokenizer([{ text, weight: 1 }], { vocabSize: 340, turnTokens: TURNS });
  const file = JSON.parse(tokenizer.toJson());
  theirs = new HuggingFace(file, { clean_up_tokenization_spaces: false });
  plain = new HuggingFace({ ...file, added_tokens: [] }, { clean_up_tokenization_spaces: false });
});

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});
const encoder = (template = DEFAULT_TEMPLATE, of: Tokenizer = tokenizer, seconds = 2) => {
  const made = new ConversationEncoder({ template, tokenizer: of, name: 'chat.jinja', seconds });
  opened.push(made);
  return made;
};

type Role = Conversation[number]['role'];
const talk = (...said: [Role, string][]): Conversation => said.map(([role, content]) => ({ role, content }));
const QUESTION = talk(['user', 'how are you?'], ['assistant', 'I am well.']);

async function all(of: ConversationEncoder, conversations: readonly Conversation[]) {
  const encoded: { ids: number[]; marks: number[] }[] = [];
  for await (const { ids, marks } of of.encode(conversations.map((messages) => ({ messages }))))
    encoded.push({ ids: [...ids], marks: [...marks] });
  return encoded;
}

/** The texts of what is learned, one for each run of learned tokens. */
const learned = ({ ids, marks }: { ids: ArrayLike<number>; marks: ArrayLike<number> }) => {
  const texts: number[][] = [];
  for (let i = 0; i < ids.length; i++) {
    if (!(marks[i] & LEARNED)) continue;
    if (i === 0 || !(marks[i - 1] & LEARNED)) texts.push([]);
    texts.at(-1)!.push(ids[i]);
  }
  return texts.map((ids) => tokenizer.decode(ids));
};

test('the turn tokens are the last entries, and nothing before them changes', async () => {
  expect([...tokenizer.specials]).toEqual([
    ['<|endoftext|>', 0],
    ...TURNS.map((token, i) => [token, tokenizer.vocabSize - 5 + i]),
  ]);
  expect(tokenizer.spelledTokens().slice(1, 4)).toEqual(['Ā', 'ā', 'Ă']);
});

test('a pair: two conversations, of which only the last answers are learned, and the second one is marked', async () => {
  const before = talk(['user', 'hello'], ['assistant', 'there'], ['user', 'how are you?']);
  const example = (answer: string, of: 'chosen' | 'rejected') => ({
    messages: [...before, ...talk(['assistant', answer])],
    of,
  });
  const pair = [example('I am well.', 'chosen'), example('No.', 'rejected')];
  const made: EncodedConversation[] = [];
  for await (const one of encoder().encode(pair)) made.push(one);
  const [chosen, rejected] = await all(
    encoder(),
    pair.map(({ messages }) => messages),
  );
  expect(made.map(({ ids }) => [...ids])).toEqual([chosen.ids, rejected.ids]);
  expect(made.map(({ marks }) => marks[0])).toEqual([2, 6]);
  expect(made.map(learned)).toEqual([['I am well.<|end|>'], ['No.<|end|>']]);
  expect(learned(chosen)).toEqual(['there<|end|>', 'I am well.<|end|>']);
});

test('random conversations: ids as separate pieces by another tokenizer, and only answers are learned', async () => {
  const random = randomNumbers(7);
  const below = (n: number) => Math.floor(random() * n);
  const words = [
    'hello',
    ' there',
    '안녕',
    '\n\n',
    '<|end|>',
    '<|assistant|>',
    '<|endoftext|>',
    '<',
    '|',
    'e\u0301',
    '  ',
    '{{ 7 }}',
    '\u{f0000}1',
    'x',
  ];
  const text = () => `.${Array.from({ length: below(9) }, () => words[below(words.length)]).join('')}.`;
  const conversations = Array.from({ length: 300 }, () => {
    const turns = Array.from({ length: 1 + below(4) }, (): [Role, string][] => [
      ['user', text()],
      ['assistant', text()],
    ]);
    return talk(
      ...(below(3) === 0 ? [['system', text()] as [Role, string]] : []),
      ...turns.flat(),
      ...(below(5) === 0 ? [['tool', text()] as [Role, string]] : []),
    );
  });
  const encoded = await all(encoder(), conversations);
  for (const [n, conversation] of conversations.entries()) {
    const ids = [0];
    const marks = [FIRST];
    const written = new RegExp(
      `(?<=<)(?=\\|(?:${['endoftext', 'end', ...conversation.map(({ role }) => role)].join('|')})\\|>)`,
      'u',
    );
    for (const { role, content } of conversation) {
      // What is written as a token of the template's is cut behind its first character.
      const said = content.split(written).flatMap((piece) => plain.encode(piece).ids);
      const is = role === 'assistant' ? LEARNED : 0;
      ids.push(tokenizer.specials.get(`<|${role}|>`)!, ...said, tokenizer.specials.get('<|end|>')!);
      marks.push(0, ...said.map(() => is), is);
    }
    expect(encoded[n]).toEqual({ ids, marks });
  }
});

test("a talk gives the model what it was trained on, by this house and by Hugging Face's code", async () => {
  const said = talk(
    ['system', 'Be kind.'],
    ['user', 'hello there'],
    ['assistant', '안녕하세요'],
    ['user', 'you?'],
    ['assistant', 'well'],
  );
  const of = encoder();
  const { ids, marks } = await of.encodeOne(said);
  expect(learned({ ids, marks })).toEqual(['안녕하세요<|end|>', 'well<|end|>']);
  const template = new ChatTemplate({
    template: DEFAULT_TEMPLATE,
    bosToken: '<|endoftext|>',
    eosToken: '<|endoftext|>',
    tokenizer,
    name: 'm',
  });
  opened.push(template);
  for (const answer of [2, 4]) {
    const prompt = await template.encode(said.slice(0, answer));
    expect([...ids.slice(0, prompt.length)]).toEqual(prompt);
    expect(marks[prompt.length]).toBe(LEARNED);
    const text = new Template(DEFAULT_TEMPLATE).render({
      messages: said.slice(0, answer),
      add_generation_prompt: true,
      bos_token: '<|endoftext|>',
    });
    expect(theirs.encode(text).ids).toEqual(prompt);
  }
  expect(await of.check()).toEqual([tokenizer.specials.get('<|end|>')]);
});

test('another template: what stands between answer and end, and tokens that reach over', async () => {
  const bytes = byteTokenizer();
  expect(await encoder(CHATML, bytes).check()).toEqual([258]);
  const { ids, marks } = await encoder(CHATML, bytes).encodeOne(QUESTION);
  expect(bytes.decode(ids)).toBe(
    '<|im_start|>user\nhow are you?<|im_end|>\n<|im_start|>assistant\nI am well.<|im_end|>\n',
  );
  expect([...marks].lastIndexOf(LEARNED)).toBe(ids.length - 2); // not the line break after it
  // Llama 2's form: a space before the end is learned, or the model would never come to the end.
  const llama =
    "{% for m in messages %}{% if m.role == 'user' %}[{{ m.content }}]{% else %} {{ m.content }} <|end|>{% endif %}{% endfor %}";
  const one = await encoder(llama).encodeOne(QUESTION);
  expect(tokenizer.decode(one.ids)).toBe('[how are you?] I am well. <|end|>');
  // The token ` I` begins before the first byte of the answer.
  expect(tokenizer.encode(' I')).toHaveLength(1);
  expect(learned(one)).toEqual([' am well. <|end|>']);
  // And a talk would ask for the answer in other tokens: that is found before any training.
  await expect(encoder(llama).check()).rejects.toMatchObject({
    code: 'chat-template',
    message: expect.stringContaining('other tokens'),
  });
});

test.each([
  [
    'strips thoughts',
    "{% for m in messages %}<|user|>{{ m.content.split('</think>')[-1] }}<|end|>{% endfor %}",
    /changes its own text|changes a part of a message/,
  ],
  [
    'leaves an answer out',
    "{% for m in messages %}<|user|>{% if m.role == 'user' %}{{ m.content }}{% endif %}<|end|>{% endfor %}",
    /leaves out message 2 \(assistant\)/,
  ],
  [
    'writes an answer twice',
    '{% for m in messages %}<|user|>{{ m.content + m.content }}<|end|>{% endfor %}',
    /writes message 2 \(assistant\) twice/,
  ],
  ['turns the order', '{% for m in messages[::-1] %}<|user|>{{ m.content }}<|end|>{% endfor %}', /order of answers/],
  [
    'rewrites',
    '{% for m in messages %}<|user|>{{ m.content | upper }}<|end|>{% endfor %}',
    /changes message 1 \(user\)/,
  ],
  ['cuts', '{% for m in messages %}<|user|>{{ m.content[3:] }}<|end|>{% endfor %}', /changes/],
  [
    'looks at lengths',
    '{% for m in messages %}{{ m.content | length }}<|user|>{{ m.content }}<|end|>{% endfor %}',
    /changes its own text by what messages say/,
  ],
  ['never ends an answer', '{% for m in messages %}<|user|>{{ m.content }}{% endfor %}', /without a special token/],
  ['ends it in words', '{% for m in messages %}{{ m.content }}</s>{% endfor %}', /without a special token/],
  [
    'asks for the date',
    "{{ strftime_now('%Y') }}{% for m in messages %}{{ m.content }}<|end|>{% endfor %}",
    /asks for the date/,
  ],
  ['refuses', "{{ raise_exception('roles must alternate') }}", /roles must alternate/],
  ['does not parse', '{% for %}', /fails/],
  ['reaches out', '{{ messages.constructor.constructor("return process")().exit() }}', /fails/],
  [
    'reaches into prototypes',
    '{{ messages.__proto__.x }}{% set messages.__proto__ = 1 %}{% for m in messages %}{{ m.content }}<|end|>{% endfor %}',
    /./,
  ],
  ['loops', '{% for i in range(90000) %}{% for j in range(90000) %}{% endfor %}{% endfor %}', /did not end within 2 s/],
  [
    'writes a lot',
    '{% for i in range(100000) %}a{% endfor %}{% for m in messages %}{{ m.content }}<|end|>{% endfor %}',
    /gives a text of \d+ characters/,
  ],
])('a template that %s is refused', async (_, template, message) => {
  const two = talk(['user', 'you?'], ['assistant', 'so</think>well'], ['user', 'good'], ['assistant', 'yes']);
  const work = encoder(template);
  await inTemplateProcesses(() =>
    expect(work.encodeOne(two)).rejects.toMatchObject({
      code: 'chat-template',
      input: 'chat.jinja',
      message: expect.stringMatching(message),
    }),
  );
});

test('an error names the conversation; the next encoder works', async () => {
  const template =
    "{% for m in messages %}{% if 'bad' in m.content %}{{ raise_exception('no') }}{% endif %}{{ m.content }}<|end|>{% endfor %}";
  const many = Array.from({ length: 200 }, (_, i) => talk(['user', i === 150 ? 'bad' : 'a'], ['assistant', 'b']));
  await expect(all(encoder(template), many)).rejects.toThrow(/\(conversation 151\)/);
  expect(await all(encoder(), [QUESTION])).toHaveLength(1);
});

test('in other batches and by itself: the same ids and marks', async () => {
  const many = Array.from({ length: 150 }, (_, i) =>
    talk(['user', `hello ${i}`], ['assistant', `there${'a'.repeat(i % 7)}`]),
  );
  const together = await all(encoder(), many);
  const of = encoder();
  for (const i of [0, 63, 64, 149]) {
    const { ids, marks } = await of.encodeOne(many[i]);
    expect({ ids: [...ids], marks: [...marks] }).toEqual(together[i]);
  }
  expect(await all(encoder(), [])).toEqual([]);
});
