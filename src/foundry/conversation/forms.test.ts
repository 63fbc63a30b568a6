// The forms in which data has conversations, and what is refused of them. The documents are written out by hand.

import { expect, test } from 'vitest';
import { parseConversation } from './conversation.ts';
import {
  ConversationFault,
  contentsOf,
  conversationOf,
  conversationText,
  examplesOf,
  pairOf,
  pairText,
} from './index.ts';
import { templatesRenderHere } from './testing/templates-here.ts';

templatesRenderHere();

const textOf = (value: unknown) => conversationText(conversationOf(value));

const ONE = '{"messages":[{"content":"a","role":"user"},{"content":"b","role":"assistant"}]}';

test.each([
  [
    'messages',
    {
      messages: [
        { role: 'user', content: 'a' },
        { role: 'assistant', content: 'b' },
      ],
      id: 7,
    },
  ],
  [
    'other members of a message',
    {
      messages: [
        { content: 'a', role: 'user', name: 'x' },
        { role: 'assistant', content: 'b', tool_calls: [] },
      ],
    },
  ],
  [
    'ShareGPT',
    {
      conversations: [
        { from: 'human', value: 'a' },
        { from: 'gpt', value: 'b', weight: 1 },
      ],
      system: '',
    },
  ],
  ['Alpaca', { instruction: 'a', output: 'b' }],
  ['a question and its answer', { id: '1', question: 'a', answer: 'b' }],
  ['a prompt and its completion', { prompt: 'a', completion: 'b' }],
  ['a prompt and its response', { prompt: 'a', response: 'b' }],
  ['two columns of Korean data', { Q: 'a', A: 'b', label: '0' }],
  ['the same in Korean', { 질문: 'a', 답변: 'b' }],
  ['Alpaca with an empty input', { instruction: 'a', input: '', output: 'b' }],
  ['Alpaca with no input', { instruction: 'a', input: null, output: 'b' }],
  [
    'white space around what is said',
    {
      messages: [
        { role: 'user', content: ' a\n' },
        { role: 'assistant', content: '\r\n\u00a0b\t' },
      ],
    },
  ],
])('%s', (_, value) => {
  expect(textOf(value)).toBe(ONE);
});

test('all roles, an input, composed Hangul, line ends', () => {
  expect(textOf({ instruction: 'Add.', input: '1 2', output: '3' })).toBe(
    '{"messages":[{"content":"Add.\\n\\n1 2","role":"user"},{"content":"3","role":"assistant"}]}',
  );
  const from = [
    ['system', 's'],
    ['human', '\u1112\u1161\u11ab'],
    ['gpt', 'x\r\ny'],
    ['tool', 't'],
    ['gpt', 'z'],
  ];
  expect(textOf({ conversations: from.map(([from, value]) => ({ from, value })) })).toBe(
    '{"messages":[{"content":"s","role":"system"},{"content":"한","role":"user"},{"content":"x\\ny","role":"assistant"},{"content":"t","role":"tool"},{"content":"z","role":"assistant"}]}',
  );
});

const user = { role: 'user', content: 'a' };
const assistant = { role: 'assistant', content: 'b' };
const system = { role: 'system', content: 's' };

test.each([
  [{ messages: [user] }, /has no answer/],
  [{ messages: [] }, /has no answer/],
  [{ conversations: [{ from: 'human', value: 'a' }] }, /has no answer/],
  [
    { messages: [{ role: 'bot', content: 'a' }, assistant] },
    /message 1 has the role "bot": known are system, user, assistant, tool/,
  ],
  [{ messages: [{ content: 'a' }, assistant] }, /message 1 has the role nothing/],
  [{ messages: [{ role: '__proto__', content: 'a' }, assistant] }, /message 1 has the role/],
  [
    { conversations: [{ from: '__proto__', value: 'a' }] },
    /message 1 is from "__proto__": known are system, human, gpt, tool/,
  ],
  [{ conversations: [{ from: 'bing', value: 'a' }] }, /is from "bing"/],
  [
    { messages: [user, { role: 'assistant', content: [{ type: 'text', text: 'b' }] }] },
    /message 2 \(assistant\) has content that is not text/,
  ],
  [{ messages: [user, { role: 'assistant', content: null, tool_calls: [{}] }] }, /message 2 calls tools/],
  [{ messages: [user, { role: 'assistant' }] }, /message 2 \(assistant\) has content that is not text: nothing/],
  [{ messages: [user, { role: 'assistant', content: ' \n' }] }, /message 2 \(assistant\) is empty/],
  [{ messages: [{ role: 'system', content: '' }, user, assistant] }, /message 1 \(system\) is empty/],
  [{ messages: [user, { role: 'assistant', content: 'x\ud800' }] }, /half of a character/],
  [{ messages: [user, system, assistant] }, /message 2 is a system message that is not the first/],
  [{ messages: [system, system, user, assistant] }, /message 2 is a second system message/],
  [{ messages: [user, 'b'] }, /message 2 is not an object/],
  [{ messages: 'a' }, /messages is not a list/],
  [{ instruction: '', output: 'b' }, /message 1 \(user\) is empty/],
  [{ instruction: 'a', input: 3, output: 'b' }, /content that is not text: 3/],
  [{ instruction: 'a' }, /none of the members .*; it has "instruction"$/],
  [{ text: 'a', meta: {} }, /it has "text", "meta"$/],
  [{}, /it has no members$/],
  [[user, assistant], /is not an object/],
  [null, /is not an object/],
])('refused: %j', (value, message) => {
  expect(() => conversationOf(value)).toThrow(ConversationFault);
  expect(() => conversationOf(value)).toThrow(message);
});

test('a document has one spelling', () => {
  expect(parseConversation(ONE)).toEqual([user, assistant]);
  expect(contentsOf(examplesOf(ONE, 'conversation'))).toEqual(['a', 'b']);
  for (const other of [
    ONE.replace('"a"', '" a"'),
    ONE.replace('{"content"', '{ "content"'),
    ONE.replace('"content":"a","role":"user"', '"role":"user","content":"a"'),
    ONE.replace('"a"', '"a","name":"x"'),
    ONE.replace('{"messages"', '{"id":1,"messages"'),
    ONE.replace('"a"', '"\\u0061"'),
    ONE.replace('a', '\u1112\u1161\u11ab'),
    ONE.replace('user', 'bot'),
    ONE.replace('assistant', 'user'),
    'a',
    '{}',
    '{"messages":[1]}',
  ])
    expect(() => parseConversation(other), other).toThrow(ConversationFault);
});

const PAIR = '{"chosen":"b","messages":[{"content":"a","role":"user"}],"rejected":"c"}';
const said = (role: string, content: string) => ({ role, content });

test.each([
  ['a prompt and answers as texts', { prompt: 'a', chosen: ' b', rejected: 'c\n', score: 3 }],
  ['a prompt of messages', { prompt: [said('user', 'a')], chosen: 'b', rejected: 'c' }],
  ['messages', { messages: [said('user', 'a')], chosen: [said('assistant', 'b')], rejected: [said('assistant', 'c')] }],
  [
    'two lists',
    { chosen: [said('user', 'a'), said('assistant', 'b')], rejected: [said('user', 'a'), said('assistant', 'c')] },
  ],
  [
    'a prompt, and lists with it',
    {
      prompt: 'a',
      chosen: [said('user', 'a'), said('assistant', 'b')],
      rejected: [said('user', 'a'), said('assistant', 'c')],
    },
  ],
  ['an empty system', { system: '', prompt: 'a', chosen: 'b', rejected: 'c' }],
])('a pair: %s', (_, value) => {
  expect(pairText(pairOf(value))).toBe(PAIR);
});

test('a pair gives two conversations, of which the last answers are learned', () => {
  const earlier = [said('system', 's'), said('user', 'a'), said('assistant', 'b'), said('user', 'c')];
  const text = pairText(pairOf({ prompt: earlier, chosen: 'd', rejected: 'e' }));
  const examples = examplesOf(text, 'pair');
  expect(examples).toEqual([
    { messages: [...earlier, said('assistant', 'd')], of: 'chosen' },
    { messages: [...earlier, said('assistant', 'e')], of: 'rejected' },
  ]);
  expect(contentsOf(examples)).toEqual(['s', 'a', 'b', 'c', 'd', 'e']);
  expect(pairText(pairOf({ system: 's', prompt: 'a', chosen: 'b', rejected: 'c' }))).toContain('"role":"system"');
});

test.each([
  [
    'no rejected one',
    { prompt: 'a', chosen: 'b' },
    'has not both members chosen and rejected; it has "prompt", "chosen"',
  ],
  ['no list', 7, 'is not an object'],
  ['the same answer', { prompt: 'a', chosen: 'b', rejected: ' b' }, 'has the same answer twice'],
  ['an empty answer', { prompt: 'a', chosen: 'b', rejected: '' }, 'rejected (assistant) is empty'],
  [
    'an answer that is a number',
    { prompt: 'a', chosen: 1, rejected: 'c' },
    'chosen (assistant) has content that is not text: 1',
  ],
  [
    'a system message that is a number',
    { system: 4, prompt: 'a', chosen: 'b', rejected: 'c' },
    'system (system) has content that is not text: 4',
  ],
  ['no prompt', { chosen: 'b', rejected: 'c' }, 'has nothing that the answers are to'],
  ['prompt and messages', { prompt: 'a', messages: [], chosen: 'b', rejected: 'c' }, 'both a prompt and messages'],
  [
    'a prompt that ends with an answer',
    { prompt: [said('user', 'a'), said('assistant', 'b')], chosen: 'b', rejected: 'c' },
    'has an answer before the answers',
  ],
  ['a system message alone', { prompt: [said('system', 'a')], chosen: 'b', rejected: 'c' }, 'has no question'],
  ['a role', { prompt: [said('robot', 'a')], chosen: 'b', rejected: 'c' }, 'prompt: message 1 has the role "robot"'],
  [
    'two questions',
    { chosen: [said('user', 'a'), said('assistant', 'b')], rejected: [said('user', 'x'), said('assistant', 'c')] },
    'chosen and rejected differ before their last message',
  ],
  [
    'another question than the prompt',
    { prompt: 'a', chosen: [said('user', 'x'), said('assistant', 'b')], rejected: 'c' },
    'chosen does not go on from the prompt with one answer',
  ],
  [
    'no answer at the end',
    { prompt: 'a', chosen: [said('assistant', 'b'), said('user', 'x')], rejected: 'c' },
    'chosen does not end with a message of the assistant',
  ],
])('no pair: %s', (_, value, message) => {
  expect(() => pairOf(value)).toThrow(ConversationFault);
  expect(() => pairOf(value)).toThrow(message);
});

test('a document of a pair has one spelling', () => {
  for (const other of [
    PAIR.replace('"b"', '" b"'),
    PAIR.replace('{"chosen"', '{ "chosen"'),
    PAIR.replace(',"rejected":"c"', ''),
    PAIR.replace('"rejected":"c"', '"rejected":"c","x":1'),
    PAIR.replace('"c"', '"b"'),
    ONE,
  ])
    expect(() => examplesOf(other, 'pair'), other).toThrow(ConversationFault);
  expect(() => examplesOf(PAIR, 'conversation')).toThrow(ConversationFault);
  expect(() => conversationOf({ prompt: 'a', chosen: 'b', rejected: 'c' })).toThrow(
    'read: preferences learns from those',
  );
});
