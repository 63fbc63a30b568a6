// Masks for calls of tools: whatever a model wants, a call that has begun becomes a valid one, at any temperature and with few tokens left.
// Answers are taken apart by plain searches of the test here, arguments are judged by ajv.

import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { randomNumbers } from '../../../base/testing/random-numbers.ts';
import type { CallForm } from '../../conversation/index.ts';
import { Tokenizer } from '../../tokenizer/index.ts';
import { Continuation } from '../continuation.ts';
import { compileSchema, JsonReader, MaskTokens } from '../json/index.ts';
import { byteTokenizer, SPECIALS } from '../testing/chat.ts';
import { CallChooser, CallMask, CallReader, CallText, CallTokens } from './index.ts';

const WORDS = ['<tool_call>', '</tool_call>', '[TOOL_CALLS]', '[ARGS]'];
/** Tokens that reach over the ends of what a call is made of. */
const LONG = [
  ...[
    '{"',
    '": "',
    '"}',
    '"}}',
    '"}}\n</tool',
    '}\n',
    '>\n',
    '\n{"name": "get',
    '_all", "arguments": {"n": ',
    '-", "',
    'get_all"',
  ],
  ...[
    'a <tool_',
    'call>\n',
    'call>x',
    '"C"}}\n</tool_call>\n<tool',
    '<tool_call>x',
    '[{"name": "',
    '", "parameters": {',
    '}, {"name": "',
  ],
  ...[
    '}]',
    '}[TOOL',
    ' <tool_call>\n{"name": "get',
    '{}',
    '{}}',
    ': ',
    ' [',
    'CALLS][',
    '{"name": "g',
    '{"name": "x',
    '안',
  ],
];
const special = byteTokenizer(WORDS);
const tokenizer = new Tokenizer({
  tokens: [
    ...Array.from({ length: special.vocabSize }, (_, id) => special.decodeBytes([id])),
    ...LONG.map((text) => new TextEncoder().encode(text)),
  ],
  specials: special.specials,
  merges: new Uint32Array(),
});
const idOf = (word: string) => 259 + WORDS.indexOf(word);
const tokens = new MaskTokens(tokenizer);
const callTokens = new CallTokens(tokenizer, tokens);
const END = SPECIALS['<|im_end|>'];
const CASES = process.env.JIKJI_TORTURE ? 1000 : 12;
const ajv = new Ajv2020({ strict: false, logger: false });

const HERMES: CallForm = {
  ...{ trigger: '<tool_call>', isAnchored: false, first: '<tool_call>\n{"name": "', middle: '", "arguments": ' },
  ...{ after: '}\n</tool_call>', close: '', next: '\n<tool_call>\n{"name": "', takes: 'object' },
};
const MISTRAL: CallForm = {
  ...{ trigger: '[TOOL_CALLS]', isAnchored: false, first: '[TOOL_CALLS] [{"name": "', middle: '", "arguments": ' },
  ...{ after: '}', close: ']', next: ', {"name": "', takes: 'object' },
};
const NEWER: CallForm = {
  ...{ trigger: '[TOOL_CALLS]', isAnchored: false, first: '[TOOL_CALLS]', middle: '[ARGS]' },
  ...{ after: '', close: '', next: '[TOOL_CALLS]', takes: 'object' },
};
const LLAMA: CallForm = {
  ...{ trigger: '{"name": "', isAnchored: true, first: '{"name": "', middle: '", "parameters": ' },
  ...{ after: '}', close: '', next: undefined, takes: 'object' },
};

const SCHEMAS: Record<string, object> = {
  get: {
    type: 'object',
    properties: { city: { type: 'string', maxLength: 6 }, unit: { enum: ['C', 'F'] } },
    required: ['city'],
    additionalProperties: false,
  },
  get_all: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'], additionalProperties: false },
  'get-': { type: 'object', properties: {}, additionalProperties: false },
  _: { type: 'object', additionalProperties: { type: ['null', 'boolean'] }, maxProperties: 3 },
};
const validators = Object.fromEntries(Object.entries(SCHEMAS).map(([name, schema]) => [name, ajv.compile(schema)]));

const toolOf = ([name, schema]: [string, object]) => {
  const reader = new JsonReader(compileSchema(schema), tokens);
  return { name, least: reader.least, reader: () => reader };
};
const TOOLS = Object.entries(SCHEMAS).map(toolOf);

const readerOf = (form: CallForm, choice: 'auto' | 'required' | 'none', isParallel = true, tools = TOOLS) =>
  new CallReader(form, { choice, isParallel }, tools);

/** What a model of random wishes writes: `wants` are further wishes, by the number of the token. */
function generated(
  reader: CallReader | undefined,
  {
    seed,
    most,
    wants = () => [],
  }: { seed: number; most: number; wants?: (at: number) => [id: number, logit: number][] },
): { text: string; ending: string | undefined; ids: number[] } {
  const random = randomNumbers(seed);
  const mask = reader && new CallMask(new CallChooser(reader, callTokens), new Set([END, 256]));
  const text = new Continuation([256], {
    ...{ temperature: 2, topK: 0, topP: 1, seed, maxTokens: most, ends: new Set([END, 256]) },
    ...{ vocabSize: tokenizer.vocabSize, context: most + 1, full: 'end', ...(mask && { mask }), onToken: () => false },
  });
  while (text.ending === undefined) {
    const values = Float32Array.from({ length: tokenizer.vocabSize }, () => random() * 8);
    for (const [id, logit] of wants(text.ids.length)) values[id] = logit;
    const exponentials = (scale: number) => {
      const largest = values.reduce((a, b) => Math.max(a, b), -Infinity);
      const weights = values.map((value) => Math.exp((value - largest) * scale));
      return { values: weights, sum: weights.reduce((a, b) => a + b, 0) };
    };
    text.next({ values, exponentials });
  }
  return { text: tokenizer.decode(text.ids), ending: text.ending, ids: text.ids };
}

/** Takes an answer apart, piece by piece of random lengths. */
function split(reader: CallReader, text: string, seed = 1) {
  const random = randomNumbers(seed);
  const parts = new CallText(reader);
  const calls: [string, string][] = [];
  let said = '';
  const characters = [...text];
  while (characters.length > 0) {
    const piece = parts.push(characters.splice(0, Math.ceil(random() * 5)).join(''));
    said += piece.said;
    for (const { index, name, arguments: of } of piece.calls) {
      if (name !== undefined) calls.push([name, '']);
      expect(index).toBe(calls.length - 1);
      calls[index][1] += of;
    }
  }
  return { said: said + parts.end(), calls };
}

/** The text of calls in a form. */
const textOf = ({ first, middle, after, next, close }: CallForm, calls: [string, string][]) =>
  calls.map(([name, of], i) => (i === 0 ? first : next) + name + middle + of + after).join('') + close;

const FORMS = Object.entries({ HERMES, MISTRAL, NEWER, LLAMA });

describe.each(FORMS)('%s', (_, form) => {
  test('calls that are required are valid, whatever is wanted and however few tokens there are', () => {
    const names = new Set<string>();
    let several = 0;
    for (let seed = 0; seed < CASES; seed++) {
      const reader = readerOf(form, 'required');
      const { text, ending } = generated(reader, { seed, most: [95, 110, 130, 200][seed % 4] });
      const { said, calls } = split(reader, text, seed);
      expect([said, ending, textOf(form, calls)]).toEqual(['', 'end', text]);
      for (const [name, of] of calls) {
        names.add(name);
        expect(validators[name](JSON.parse(of)), of).toBe(true);
      }
      expect(calls.length).toBeGreaterThan(0);
      if (calls.length > 1) several++;
    }
    expect(names.size).toBeGreaterThan(2);
    expect(several > 0).toBe(form.next !== undefined);
  });

  test('without parallel calls, or with the name of one: one call', () => {
    for (let seed = 0; seed < 20; seed++) {
      const reader = readerOf(form, 'required', false, TOOLS.slice(1, 2));
      const { text, ending } = generated(reader, { seed, most: 300 });
      const { said, calls } = split(reader, text);
      expect([said, ending, calls.length, calls[0][0]]).toEqual(['', 'end', 1, 'get_all']);
      expect(validators.get_all(JSON.parse(calls[0][1]))).toBe(true);
    }
  });

  test('auto: free until a call has begun, in bytes or as a token of its own; then it is a valid one', () => {
    const begun = form.trigger;
    for (let seed = 0; seed < CASES; seed++) {
      const before = form.isAnchored ? '' : ['', 'a<', '<tool_<tool_', '[TOOL_C', '안\n'][seed % 5];
      const word = WORDS.indexOf(begun);
      const whole = seed % 2 === 1 && word >= 0;
      const wanted = [...Buffer.from(before), ...(whole ? [259 + word] : Buffer.from(begun))];
      const reader = readerOf(form, 'auto');
      const wants = (at: number): [number, number][] => (at < wanted.length ? [[wanted[at], 1000]] : []);
      const { text, ending } = generated(reader, { seed, most: 200, wants });
      const { said, calls } = split(reader, text, seed);
      expect([said, ending, before + textOf(form, calls)]).toEqual([before, 'end', text]);
      for (const [name, of] of calls) expect(validators[name](JSON.parse(of)), of).toBe(true);
      expect(calls.length).toBeGreaterThan(0);
    }
  });

  test('auto: an answer without a call is the one that the model gives without tools', () => {
    for (let seed = 0; seed < 20; seed++) {
      // No token brings a call nearer than its bytes do.
      const shunned = [
        ...WORDS.map(idOf),
        ...LONG.flatMap((text, i) => (/call|CALL|TOOL/.test(text) ? [263 + i] : [])),
      ];
      const wants = (at: number): [number, number][] => (at === 0 ? [[65, 1000]] : shunned.map((id) => [id, -1000]));
      const free = generated(undefined, { seed, most: 60, wants });
      const reader = readerOf(form, 'auto', false, TOOLS.slice(0, 1));
      expect(generated(reader, { seed, most: 60, wants })).toEqual(free);
      expect(split(reader, free.text, seed)).toEqual({ said: free.text, calls: [] });
    }
  });

  test('none: no call begins', () => {
    const wanted = [...Buffer.from(form.trigger)];
    for (let seed = 0; seed < 20; seed++) {
      const wants = (at: number): [number, number][] => [
        [wanted[at % wanted.length], 1000],
        ...WORDS.map((word): [number, number] => [idOf(word), seed % 2 ? 2000 : 0]),
      ];
      const reader = readerOf(form, 'none');
      const { text } = generated(reader, { seed, most: 80, wants });
      if (form.isAnchored) expect(text.startsWith(form.trigger)).toBe(false);
      else expect(text).not.toContain(form.trigger);
      expect(split(reader, text, seed)).toEqual({ said: text, calls: [] });
    }
  });

  test('cut off anywhere, what was read is the beginning of what it would be', () => {
    const calls: [string, string][] = [
      ['get', '{"city": "안\\"}"}'],
      ['get-', '{}'],
    ];
    const reader = readerOf(form, form.isAnchored ? 'required' : 'auto');
    const before = form.isAnchored ? '' : 'a <tool_ [';
    const wanted = form.next === undefined ? calls.slice(0, 1) : calls;
    const text = before + textOf(form, wanted);
    expect(split(reader, text)).toEqual({ said: before, calls: wanted });
    for (let length = 0; length < text.length; length++) {
      const found = split(reader, `${text.slice(0, length)}\ufffd`, length);
      // The last piece may end in the middle of a character.
      expect(found.said.replace('\ufffd', '').startsWith(before.slice(0, length))).toBe(true);
      for (const [i, [name, of]] of found.calls.entries()) {
        expect(wanted[i][0]).toBe(name);
        expect(wanted[i][1].startsWith(of.replace('\ufffd', ''))).toBe(true);
      }
    }
  });
});

test('an answer has 128 calls at most: what clients take', () => {
  const reader = readerOf(HERMES, 'required', true, TOOLS.slice(2, 3));
  // After a call the model always wants another one.
  const { text, ending } = generated(reader, {
    seed: 3,
    most: 8000,
    wants: () => [
      [END, -1000],
      [256, -1000],
    ],
  });
  expect([ending, split(reader, text).calls.length]).toEqual(['end', 128]);
});

test('fewer tokens than bytes are left: what leads to the end comes first', () => {
  // The model wants white space most of all, then tokens of many bytes.
  const likes: [number, number][] = [...WORDS.map(idOf), ...LONG.map((_, i) => 263 + i)].map((id) => [id, 500]);
  const wants = (): [number, number][] => [...likes, [10, 1000], [32, 1000]];
  const reader = readerOf(HERMES, 'required', true, TOOLS.slice(0, 1));
  const shortest = textOf(HERMES, [['get', '{"city": ""}']]);
  const { text, ending } = generated(reader, { seed: 1, most: 37, wants });
  expect([text, ending, shortest.length > 37]).toEqual([shortest, 'end', true]);
});

test('special tokens stand for words of the form alone, never for a part of a name or of arguments', () => {
  const named = byteTokenizer(['get', '{"city": "x"}', '"arguments"', 'x']);
  const chooser = new CallChooser(readerOf(HERMES, 'required'), new CallTokens(named, new MaskTokens(named)));
  let at = chooser.reader.start();
  for (const byte of Buffer.from(textOf(HERMES, [['get', '{"city": "x"}']]))) {
    const allowed = chooser.allowed(at, Number.POSITIVE_INFINITY);
    const has = (id: number) => ((allowed[id >>> 5] >>> (id & 31)) & 1) === 1;
    expect([259, 260, 262].some(has)).toBe(false);
    expect(has(byte)).toBe(true);
    at = at.next(byte)!;
  }
});
