// Masks against JSON-Schema-Test-Suite (draft 4, vendored from npm's json-schema-test-suite 0.0.10 with its licence) and against ajv: every
// valid instance can be written, no invalid one. Texts of random tokens at a high temperature are valid.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { randomNumbers } from '../../../base/testing/random-numbers.ts';
import { Tokenizer } from '../../tokenizer/index.ts';
import { Continuation } from '../continuation.ts';
import { byteTokenizer, SPECIALS } from '../testing/chat.ts';
import { compileSchema, JsonMask, JsonReader, MaskTokens } from './index.ts';
import { admits } from './testing/admits.ts';

const bytes = byteTokenizer();
const tokens = new MaskTokens(bytes);
const ajv = new Ajv2020({ strict: false, logger: false });

const readerOf = (schema: unknown): JsonReader => new JsonReader(compileSchema(schema), tokens);

interface Group {
  description: string;
  schema: unknown;
  tests: { description: string; data: unknown; valid: boolean }[];
}

const SUITE = join(import.meta.dirname, 'testing', 'suite');
const groups = readdirSync(SUITE)
  .filter((name) => name.endsWith('.json'))
  .flatMap((name) =>
    (JSON.parse(readFileSync(join(SUITE, name), 'utf8')) as Group[]).map((group) => ({ name, ...group })),
  );

test('the suite: what is accepted admits every valid instance and no invalid one; what is not is refused by name', () => {
  let accepted = 0;
  for (const { name, description, schema, tests } of groups) {
    let reader: JsonReader;
    try {
      reader = readerOf(schema);
    } catch (error) {
      const { code, message } = error as { code: string; message: string };
      expect([name, description, code]).toEqual([name, description, 'schema-unsupported']);
      expect(message).toMatch(/not supported|only supported|leads nowhere/);
      continue;
    }
    accepted++;
    for (const { description: what, data, valid } of tests) {
      const found = admits(reader, JSON.stringify(data));
      expect({ name, description, what, found }).toEqual({ name, description, what, found: valid });
    }
  }
  expect(accepted).toBeGreaterThanOrEqual(39);
});

const PERSON = {
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 8 },
    age: { type: 'integer' },
    tags: { type: 'array', items: { enum: ['a', 'b', '안녕', 'q"\\'] }, minItems: 1, maxItems: 3 },
    child: { anyOf: [{ type: 'null' }, { $ref: '#' }] },
  },
  required: ['name', 'child'],
  additionalProperties: false,
};

const SCHEMAS: unknown[] = [
  PERSON,
  true,
  { type: 'array', prefixItems: [{ type: 'integer' }, { type: 'boolean' }], items: false },
  {
    type: 'object',
    additionalProperties: { type: ['string', 'null'], maxLength: 2 },
    minProperties: 2,
    maxProperties: 4,
  },
  { enum: [null, 1, 'x', { a: [1], b: 2 }, [true]] },
  { type: 'object', properties: { a: true, b: false, 'k"\n': { const: 1 } }, required: ['a'] },
  { type: ['number', 'string'], minLength: 3 },
  { oneOf: [{ type: 'number' }, { type: 'array', items: { type: 'number' }, minItems: 2 }] },
  { type: ['integer', 'string'], minimum: -7, exclusiveMaximum: 2, pattern: '^.?b|"' },
  {
    $ref: '#/$defs/named',
    description: 'a name beside others',
    allOf: [{ type: 'object', properties: { a: { type: 'number', multipleOf: 1 } } }],
    anyOf: [{ required: ['b'] }, { required: ['a'], maxProperties: 2 }],
    $defs: { named: { type: 'object', properties: { name: { type: 'string', pattern: '^\\p{L}+$', maxLength: 4 } } } },
  },
];

describe('against ajv', () => {
  test.each(SCHEMAS)('%j', (schema) => {
    const reader = readerOf(schema);
    const validate = ajv.compile(schema as object);
    const random = randomNumbers(JSON.stringify(schema).length);
    const some = <T>(...of: T[]): T => of[Math.floor(random() * of.length)]!;
    const value = (depth: number): unknown => {
      const list = (n: number): unknown[] => Array.from({ length: Math.floor(random() * n) }, () => value(depth + 1));
      const simple = some<unknown>(null, true, false, 0, 1, -7, 2.5, 1e-9, '', 'x', 'ab', '안녕', 'a"\n', 'abcdefghij');
      if (depth > 2 || random() < 0.4) return simple;
      if (random() < 0.4) return list(4);
      const names = ['a', 'b', 'name', 'age', 'tags', 'child', 'k"\n', 'é', ''].filter(() => random() < 0.4);
      return Object.fromEntries(names.sort(() => random() - 0.5).map((name) => [name, value(depth + 1)]));
    };
    const person = (depth: number): unknown => ({
      ...(random() < 0.7 && { age: some<unknown>(3, 2.5, -1) }),
      child: depth < 2 && random() < 0.6 ? person(depth + 1) : some<unknown>(null, 1),
      ...(random() < 0.8 && { name: some<unknown>('a', '', 'abcdefgh', 'abcdefghi', '안녕') }),
      ...(random() < 0.5 && { tags: some<unknown>(['a'], [], ['b', '안녕', 'q"\\'], ['c'], ['a', 'a', 'a', 'a']) }),
    });
    let valid = 0;
    for (let i = 0; i < 600; i++) {
      const one = schema === PERSON && random() < 0.7 ? person(0) : value(0);
      const text = JSON.stringify(one);
      const expected = validate(one) as boolean;
      if (expected) valid++;
      expect({ text, admits: admits(reader, text) }).toEqual({ text, admits: expected });
    }
    if (schema !== true) expect(valid).toBeLessThan(600);
  });
});

/** A tokenizer with tokens of several bytes, some of which end a string in their middle. */
function longTokens(): Tokenizer {
  const base = byteTokenizer();
  const texts = [
    '": ',
    '", "',
    '"}',
    '{"',
    '[1, ',
    'name',
    'child": null}',
    'tags',
    '\\"',
    'e12',
    '  ',
    '안',
    '":"a',
    'a","child',
  ];
  const encoder = new TextEncoder();
  const own = [...Array(256).keys()].map((byte) => Uint8Array.of(byte));
  const specials = new Map([...Object.keys(SPECIALS)].map((text, i): [string, number] => [text, 256 + i]));
  const list = [
    ...own,
    ...[...specials.keys()].map((text) => encoder.encode(text)),
    ...texts.map((text) => encoder.encode(text)),
  ];
  expect(base.vocabSize).toBe(259);
  return new Tokenizer({ tokens: list, specials, merges: new Uint32Array() });
}

const TEXTS = process.env.JIKJI_TORTURE ? 1000 : 60;

describe(`${TEXTS} random texts at temperature 2 are valid, however few tokens there are`, () => {
  const tokenizer = longTokens();
  const prepared = new MaskTokens(tokenizer);
  const ends = new Set([SPECIALS['<|endoftext|>']]);

  test.each(SCHEMAS)('%j', (schema) => {
    const reader = new JsonReader(compileSchema(schema), prepared);
    const validate = ajv.compile(schema as object);
    const random = randomNumbers(3);
    for (let i = 0; i < TEXTS / SCHEMAS.length; i++) {
      const maxTokens = reader.least + Math.floor(random() * 120);
      const ids: number[] = [];
      const task = new Continuation([256], {
        ...{
          temperature: 2,
          topK: 0,
          topP: 1,
          seed: i,
          maxTokens,
          ends,
          vocabSize: tokenizer.vocabSize,
          context: 1000,
        },
        full: 'end',
        mask: new JsonMask(reader, tokenizer, ends),
        onToken: ({ id }) => {
          ids.push(id);
          return false;
        },
      });
      for (let next = ''; next !== 'ended'; ) {
        const values = Float32Array.from({ length: tokenizer.vocabSize }, () => random() * 8);
        const exponentials = (scale: number) => ({ values: values.map((x) => Math.exp((x - 8) * scale)), sum: 0 });
        next = task.next({ values, exponentials });
      }
      const text = tokenizer.decode(ids);
      let value: unknown;
      expect(() => {
        value = JSON.parse(text);
      }, text).not.toThrow();
      expect({ text, valid: validate(value) }).toEqual({ text, valid: true });
    }
  });
});

test('what is not supported is refused by name and place', () => {
  const refused = (schema: unknown): [string, string] => {
    try {
      compileSchema(schema);
    } catch (error) {
      const { message, input } = error as { message: string; input: string };
      return [message, input];
    }
    throw new Error('accepted');
  };
  expect(refused({ properties: { a: { pattern: '(?=x)' } } })).toEqual([
    'pattern that looks ahead or back is not supported',
    '/properties/a/pattern',
  ]);
  expect(refused({ type: 'array', uniqueItems: true })).toEqual(['uniqueItems is not supported', '/uniqueItems']);
  expect(refused({ anyOf: [{ type: 'string', format: 'uri' }], minLength: 2 })[1]).toBe('/anyOf/0/format');
  expect(refused({ oneOf: [{ type: 'integer' }, { type: 'number' }] })[0]).toContain('oneOf');
  expect(refused({ $ref: '#/$defs/none' })[0]).toContain('leads nowhere');
  expect(refused({ type: 'strnig' })[0]).toContain('is not a type');
  let deep: unknown = true;
  for (let i = 0; i < 100; i++) deep = { items: deep };
  expect(refused(deep)[0]).toContain('levels deep');
});

test('a schema that no text has: nothing may come, and that is known before', () => {
  expect(readerOf(false).least).toBe(Number.POSITIVE_INFINITY);
  expect(
    readerOf({
      $ref: '#/$defs/a',
      $defs: { a: { type: 'object', properties: { a: { $ref: '#/$defs/a' } }, required: ['a'] } },
    }).least,
  ).toBe(Number.POSITIVE_INFINITY);
});

test('bounds that nothing meets: known before, and a member of that kind never begins', () => {
  const impossible = [
    { type: 'array', items: { type: 'integer' }, minItems: 1_000_000_001, maxItems: 3 },
    { type: 'string', minLength: 4, maxLength: 3 },
    { type: 'object', minProperties: 3, maxProperties: 2 },
    { type: 'integer', minimum: 4, maximum: 3 },
  ];
  for (const schema of impossible) {
    expect([schema, readerOf(schema).least]).toEqual([schema, Number.POSITIVE_INFINITY]);
    const within = { type: 'object', properties: { a: schema }, required: ['a'] };
    expect([schema, readerOf(within).least]).toEqual([schema, Number.POSITIVE_INFINITY]);
    const besides = readerOf({ type: 'object', properties: { a: schema }, additionalProperties: false });
    expect(besides.least).toBe(2);
    expect([schema, admits(besides, '{}')]).toEqual([schema, true]);
    expect([schema, admits(readerOf({ anyOf: [schema, { type: 'null' }] }), 'null')]).toEqual([schema, true]);
  }
});

describe('schemas that cost little to send', () => {
  const names = Array.from({ length: 24 }, (_, i) => `d${i}`);
  /** 24 definitions, each of which names the next one twice; the last one is null. */
  const doubled = Object.fromEntries(
    names.map((name, i) => {
      const next = { $ref: `#/$defs/d${i + 1}` };
      return [name, i === 23 ? { type: 'null' } : { anyOf: [next, next] }];
    }),
  );

  test('are followed at their size, not at that of what they say', () => {
    expect(admits(readerOf({ $ref: '#/$defs/d0', $defs: doubled }), 'null')).toBe(true);
    const typed = { type: ['null', 'string'], anyOf: [{ $ref: '#/$defs/d0' }], $defs: doubled };
    expect(admits(readerOf(typed), 'null')).toBe(true);
    expect(readerOf({ type: 'array', items: { type: 'null' }, minItems: 1e9 }).least).toBe(5e9 + 1);
    expect(readerOf({ type: 'string', minLength: Number.MAX_SAFE_INTEGER }).least).toBeGreaterThan(1e15);
    const long = 'x'.repeat(20_000);
    expect(admits(readerOf({ const: long }), JSON.stringify(long))).toBe(true);
  });

  test.each([
    [{ $ref: '#/%' }, 'leads nowhere'],
    [{ $ref: '#/__proto__' }, 'leads nowhere'],
    [{ type: 'object', minProperties: 2001 }, 'more than 2000'],
    [{ type: 'array', minItems: 1e308 }, 'whole number'],
    [{ $ref: `#${'/a'.repeat(10_000)}` }, '/a/a'],
  ])('or are refused, case %#', (schema, message) => {
    const compile = () => compileSchema(schema);
    expect(compile).toThrow(message);
    try {
      compile();
    } catch (error) {
      expect((error as Error).message.length).toBeLessThan(300);
    }
  });
});
