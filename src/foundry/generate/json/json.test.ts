// Masks against JSON-Schema-Test-Suite (draft 4, vendored from npm's json-schema-test-suite 0.0.10 with its licence; no package was found with
// that of 2020-12) and against ajv, for what 2020-12 adds too: every valid instance can be written, no invalid one.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomNumbers } from '../../../base/testing/random-numbers.ts';
import { type Decoder, openDecoder, pagesOf } from '../../model/index.ts';
import { Tokenizer } from '../../tokenizer/index.ts';
import { smallModel } from '../../train/testing/small.ts';
import { Continuation } from '../continuation.ts';
import { Scheduler } from '../scheduler.ts';
import { byteTokenizer, SPECIALS } from '../testing/chat.ts';
import { compileSchema, JsonMask, JsonReader, MaskTokens } from './index.ts';
import { admits } from './testing/admits.ts';
import { CASES } from './testing/draft-2020-12.ts';

const bytes = byteTokenizer();
const tokens = new MaskTokens(bytes);
const ajv = new Ajv2020({ strict: false, logger: false });

const readerOf = (schema: unknown) => new JsonReader(compileSchema(schema), tokens);

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

/** The keyword of a refusal: named by its message, and the last name of its place. */
function refusedKeyword(schema: unknown) {
  try {
    compileSchema(schema);
  } catch (error) {
    const { code, message, input } = error as { code: string; message: string; input: string };
    const keyword = input.split('/').at(-1)!;
    expect({ code, message }).toEqual({ code: 'schema-unsupported', message: expect.stringContaining(keyword) });
    return keyword;
  }
  return undefined;
}

/** Groups of the suite by file that are refused, in their order: each by this keyword. */
const REFUSED: Record<string, string[]> = {
  'additionalItems.json': ['additionalItems', 'additionalItems', 'additionalItems', 'additionalItems', 'items'],
  'additionalProperties.json': ['patternProperties'],
  'definitions.json': ['$ref', '$ref'], // to another document
  'dependencies.json': ['dependencies', 'dependencies', 'dependencies'],
  'items.json': ['items'], // a list of them
  'maximum.json': ['exclusiveMaximum'], // true
  'minimum.json': ['exclusiveMinimum'],
  'multipleOf.json': ['multipleOf', 'multipleOf'], // not whole
  'not.json': ['not', 'not', 'not', 'not'],
  'oneOf.json': ['oneOf', 'oneOf'], // of parts that have values in common
  'patternProperties.json': ['patternProperties', 'patternProperties', 'patternProperties'],
  'properties.json': ['patternProperties'],
  'ref.json': ['items', 'tilda~field', '$ref'],
  'refRemote.json': ['$ref', '$ref', '$ref', '$ref'],
  'uniqueItems.json': ['uniqueItems'],
};

test('the suite: what is accepted admits every valid instance and no invalid one; what is not is refused by name', () => {
  const refused: Record<string, string[]> = {};
  for (const { name, description, schema, tests } of groups) {
    const keyword = refusedKeyword(schema);
    if (keyword !== undefined) {
      refused[name] = [...(refused[name] ?? []), keyword];
      continue;
    }
    const reader = readerOf(schema);
    for (const { description: what, data, valid } of tests) {
      const found = admits(reader, JSON.stringify(data));
      expect({ name, description, what, found }).toEqual({ name, description, what, found: valid });
    }
  }
  expect(refused).toEqual(REFUSED);
  expect(groups.length - Object.values(REFUSED).flat().length).toBeGreaterThanOrEqual(39);
});

test('what draft 2020-12 adds: every value that ajv finds valid is admitted, and no other', () => {
  let valid = 0;
  for (const { schema, data } of CASES) {
    const reader = readerOf(schema);
    const validate = ajv.compile(schema);
    for (const one of data) {
      const wanted = validate(one);
      if (wanted) valid++;
      expect({ schema, one, admits: admits(reader, JSON.stringify(one)) }).toEqual({ schema, one, admits: wanted });
    }
  }
  expect(valid).toBeGreaterThan(100);
});

test('every keyword that ajv knows of 2020-12 is in the table of docs/serving.md, or is refused by its name wherever it stands', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../../docs/serving.md'), 'utf8');
  const table = text.slice(text.indexOf('| supported of JSON Schema'), text.indexOf('- All keywords may stand'));
  const documented = new Set([...table.matchAll(/`([$\w]+)`/g)].map(([, name]) => name));
  expect(documented.size).toBeGreaterThan(35);
  const keywords = [...new Set([...Object.keys(ajv.RULES.keywords), '$anchor', 'additionalItems'])];
  const unknown = keywords.filter((keyword) => !documented.has(keyword));
  expect(unknown).toEqual(
    expect.arrayContaining([
      ...['not', 'if', 'then', 'else', 'contains', 'minContains', 'maxContains', 'uniqueItems', 'patternProperties'],
      ...[
        'dependentRequired',
        'dependentSchemas',
        'unevaluatedItems',
        'unevaluatedProperties',
        '$anchor',
        '$dynamicRef',
      ],
    ]),
  );
  for (const keyword of unknown) {
    const schema = { type: 'object', [keyword]: {} };
    const places = [
      schema,
      { properties: { a: schema } },
      { items: schema },
      { prefixItems: [true, schema] },
      { anyOf: [true, schema] },
      { additionalProperties: schema },
      { $ref: '#/$defs/x', $defs: { x: schema } },
    ];
    for (const place of places) expect([place, refusedKeyword(place)]).toEqual([place, keyword]);
  }
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
      const expected = validate(one);
      if (expected) valid++;
      expect({ text, admits: admits(reader, text) }).toEqual({ text, admits: expected });
    }
    if (schema !== true) expect(valid).toBeLessThan(600);
  });
});

/** A tokenizer with tokens of several bytes, some of which end a string in their middle. */
function longTokens() {
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
  const specials = new Map([...Object.keys(SPECIALS)].map((text, i) => [text, 256 + i]));
  const list = [
    ...own,
    ...[...specials.keys()].map((text) => encoder.encode(text)),
    ...texts.map((text) => encoder.encode(text)),
  ];
  expect(base.vocabSize).toBe(259);
  return new Tokenizer({ tokens: list, specials, merges: new Uint32Array() });
}

const TEXTS = process.env.JIKJI_TORTURE ? 1000 : 60;

describe(`${TEXTS} texts of a model of random weights at temperature 2 are valid, however few tokens there are`, () => {
  const tokenizer = longTokens();
  const prepared = new MaskTokens(tokenizer);
  const ends = new Set([SPECIALS['<|endoftext|>']]);
  const config = smallModel({ vocabSize: tokenizer.vocabSize, intermediateSize: 40, tieWordEmbeddings: false });
  const size = { rows: 64, context: 300, pages: 4 * pagesOf(300), logits: 8 };
  const weights = randomNumbers(9);
  const read = (_: string, values: Float32Array) => {
    for (let i = 0; i < values.length; i++) values[i] = weights() * 2 - 1;
  };
  let decoder: Decoder;
  beforeAll(() => {
    decoder = openDecoder(config, size, { threads: 1 }, { read });
  });
  afterAll(() => decoder.close());

  test.each(SCHEMAS)('%j', async (schema) => {
    const reader = new JsonReader(compileSchema(schema), prepared);
    const validate = ajv.compile(schema as object);
    const random = randomNumbers(3);
    const scheduler = new Scheduler(decoder);
    const choice = { temperature: 2, topK: 0, topP: 1, ends, vocabSize: tokenizer.vocabSize, context: size.context };
    const tasks = Array.from({ length: TEXTS / SCHEMAS.length }, (_, seed) => {
      const maxTokens = reader.least + Math.floor(random() * 120);
      expect(maxTokens).toBeLessThan(size.context);
      const mask = new JsonMask(reader, tokenizer, ends);
      const prompt = [256, ...Buffer.from(`${seed}`)];
      return new Continuation(prompt, { ...choice, seed, maxTokens, full: 'end', mask, onToken: () => false });
    });
    await Promise.all(tasks.map((task) => scheduler.run(task)));
    const found = tasks.map((task) => tokenizer.decode(task.ids));
    for (const text of found) {
      let value: unknown;
      expect(() => {
        value = JSON.parse(text);
      }, text).not.toThrow();
      expect({ text, valid: validate(value) }).toEqual({ text, valid: true });
    }
    expect(new Set(found).size).toBeGreaterThan(2); // they are drawn
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

describe('an enum of as many strings of 200 letters as there may be', () => {
  /** Counts the places that walks ask for. */
  class Counted extends JsonReader {
    steps = 0;
    override step(...of: Parameters<JsonReader['step']>) {
      this.steps++;
      return super.step(...of);
    }
  }
  const strings = Array.from({ length: 1996 }, (_, i) => `${'a'.repeat(196)}${String(i).padStart(4, '0')}`);

  test('is one place as long as its strings are alike, and as few as go on after that', () => {
    const reader = readerOf({ enum: [...strings, 1, 12, 'a', null] });
    let at = reader.start();
    for (const byte of Buffer.from(`"${'a'.repeat(196)}00`)) {
      at = reader.step(at, byte)!;
      expect(at.states.length).toBe(1);
    }
    expect([at.least, at.bytes]).toEqual([3, [...'0123456789'].map((digit) => digit.charCodeAt(0))]);
    for (const value of [strings[0], strings.at(-1), 1, 12, 'a', null])
      expect([value, admits(reader, JSON.stringify(value))]).toEqual([value, true]);
    for (const text of ['"aa"', '2', '122', `"${strings[0]}0"`, JSON.stringify(strings[0].slice(0, -1))])
      expect([text, admits(reader, text)]).toEqual([text, false]);
  });

  test('has masks that eight texts share, pressed or not', () => {
    const reader = new Counted(compileSchema({ enum: strings }), tokens);
    for (const left of [1000, 204]) {
      const masks = Array.from({ length: 8 }, () => new JsonMask(reader, bytes, new Set([256])));
      const logits = masks.map((mask) => {
        for (const byte of Buffer.from(`"${'a'.repeat(10)}`)) mask.accept(byte);
        const before = reader.steps;
        const values = new Float32Array(bytes.vocabSize);
        mask.apply(values, left - 11);
        return { steps: reader.steps - before, allowed: [...values.keys()].filter((id) => values[id] === 0) };
      });
      for (const [i, { steps, allowed }] of logits.entries()) {
        expect(steps).toBeLessThanOrEqual(i === 0 ? 1 : 0);
        expect(allowed).toEqual(['a'.charCodeAt(0)]);
      }
    }
  });
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
