// Keywords beside each other, against ajv: random schemas and random values. What is accepted admits the valid ones and no other, and every
// text that the masks let through is valid.

import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { randomNumbers, wholeBelow } from '../../../base/testing/random-numbers.ts';
import { byteTokenizer } from '../testing/chat.ts';
import { compileSchema, JsonReader, MaskTokens } from './index.ts';
import { admits } from './testing/admits.ts';
import { randomText } from './testing/random-text.ts';

const tokens = new MaskTokens(byteTokenizer());
const SEED = Number(process.env.JIKJI_TEST_SEED ?? Date.now() % 2 ** 31);
const random = randomNumbers(SEED);
const some = <T>(of: readonly T[]): T => of[wholeBelow(random, of.length)]!;
const several = <T>(most: number, make: () => T) => Array.from({ length: wholeBelow(random, most + 1) }, make);
const CASES = process.env.JIKJI_TORTURE ? 20_000 : 200;

const NAMES = ['a', 'b', 'k"', 'é'];
const SIMPLE = [null, true, false, 0, 1, -7, 2.5, 12, 1e-9, '', 'x', 'ab', 'abc', '안녕', 'a"\n'];
type Json = unknown;

function value(depth: number): Json {
  if (depth > 2 || random() < 0.4) return some(SIMPLE);
  if (random() < 0.4) return several(3, () => value(depth + 1));
  return Object.fromEntries(NAMES.filter(() => random() < 0.5).map((name) => [name, value(depth + 1)]));
}

const TYPES = ['null', 'boolean', 'number', 'integer', 'string', 'array', 'object'];
const REFERENCES = ['#', '#/$defs/one', '#/$defs/two', '#/$defs/three'];

/** Keywords by name, each with a value of its own. */
const KEYWORDS: Record<string, (depth: number) => Json> = {
  type: () => (random() < 0.5 ? some(TYPES) : [...new Set([some(TYPES), some(TYPES), some(TYPES)])]),
  enum: () => [value(1), ...several(6, () => value(1))],
  const: () => value(1),
  minimum: () => some([-7, 0, 1, 2.5]),
  maximum: () => some([0, 1, 2.5, 12]),
  exclusiveMinimum: () => some([-7, 0, 1]),
  exclusiveMaximum: () => some([1, 2.5, 12]),
  multipleOf: () => some([1, 2, 3]),
  minLength: () => wholeBelow(random, 3),
  maxLength: () => wholeBelow(random, 4),
  pattern: () => some(['^a', 'b', '^.?$', '[^a-z]', '^(ab|x)+$', '"']),
  properties: (depth) =>
    Object.fromEntries(NAMES.filter(() => random() < 0.4).map((name) => [name, schema(depth + 1)])),
  required: () => NAMES.filter(() => random() < 0.3),
  additionalProperties: (depth) => schema(depth + 1),
  propertyNames: () =>
    some<Json>([true, { type: 'string' }, { enum: ['a', 'é', 'z'] }, { type: 'string', const: 'b' }]),
  minProperties: () => wholeBelow(random, 3),
  maxProperties: () => wholeBelow(random, 4),
  items: (depth) => schema(depth + 1),
  prefixItems: (depth) => [schema(depth + 1), schema(depth + 1)],
  minItems: () => wholeBelow(random, 3),
  maxItems: () => wholeBelow(random, 4),
  allOf: (depth) => [schema(depth + 1), ...several(2, () => schema(depth + 1))],
  anyOf: (depth) => [schema(depth + 1), ...several(2, () => schema(depth + 1))],
  oneOf: (depth) => [schema(depth + 1), ...several(1, () => schema(depth + 1))],
  $ref: () => some(REFERENCES),
  description: () => 'x',
  default: () => value(1),
};

function schema(depth: number): Json {
  if (depth > 3 || random() < 0.05) return some<Json>([true, true, false, { type: 'integer' }, { type: 'string' }]);
  const keys = several(3, () => some(Object.keys(KEYWORDS)));
  if (random() < 0.5) keys.push('type');
  return Object.fromEntries(keys.map((key) => [key, KEYWORDS[key](depth)]));
}

/** undefined where it never ends: a schema that asks for itself of the same value. */
function isValid(validate: (value: Json) => unknown, one: Json) {
  try {
    return validate(one) === true;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** undefined where ajv follows references without an end. */
function compiled(root: object): ((value: Json) => unknown) | undefined {
  try {
    return new Ajv2020({ strict: false, logger: false, validateSchema: false }).compile(root);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

test(`${CASES} random schemas, seed ${SEED}`, { timeout: 3_600_000 }, () => {
  let [accepted, valid, invalid] = [0, 0, 0];
  for (let i = 0; i < CASES; i++) {
    const root = {
      ...(schema(0) as object),
      $defs: { one: schema(2), two: schema(1), three: schema(1) },
    };
    let reader: JsonReader;
    try {
      reader = new JsonReader(compileSchema(root), tokens);
    } catch (error) {
      const { code, message } = error as { code: string; message: string };
      expect([code, message]).toEqual(['schema-unsupported', expect.stringMatching(/supported/)]);
      continue;
    }
    accepted++;
    const validate = compiled(root);
    if (!validate) continue;
    for (let j = 0; j < 40; j++) {
      const one = value(0);
      const expected = isValid(validate, one);
      if (expected === undefined) continue;
      if (expected) valid++;
      else invalid++;
      const found = admits(reader, JSON.stringify(one));
      if (found !== expected) expect.fail(JSON.stringify({ root, one, expected }));
    }
    if (!Number.isFinite(reader.least)) continue;
    for (let j = 0; j < 5; j++) {
      const text = randomText(reader, random, wholeBelow(random, 60));
      const found = isValid(validate, JSON.parse(text));
      if (found === false) expect.fail(JSON.stringify({ root, text }));
    }
  }
  expect(accepted).toBeGreaterThan(CASES / 3);
  expect(valid).toBeGreaterThan(CASES);
  expect(invalid).toBeGreaterThan(CASES);
});
