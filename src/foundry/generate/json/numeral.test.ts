// Bounded numbers against ajv, which judges doubles: what is admitted is within the bounds once it is read, and every double within them can
// be written.

import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { randomNumbers, wholeBelow } from '../../../base/testing/random-numbers.ts';
import { byteTokenizer } from '../testing/chat.ts';
import { compileSchema, JsonReader, MaskTokens } from './index.ts';
import { admits } from './testing/admits.ts';
import { randomText } from './testing/random-text.ts';

const tokens = new MaskTokens(byteTokenizer());
const random = randomNumbers(11);
const some = <T>(of: readonly T[]): T => of[wholeBelow(random, of.length)]!;
const CASES = process.env.JIKJI_TORTURE ? 3000 : 60;

/** The double `steps` after another one. */
function stepped(value: number, steps: number) {
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  bits[0] += BigInt(steps);
  return new Float64Array(bits.buffer)[0];
}

const NOTABLE = [
  ...[0, 1, 3, 10, 99, 100, 255, 0.1, 0.5, 0.3, 1e-6, 1e-7, 1.5e-9, 123.456, 1e20, 1e21, 1.5e21, 1e23, 1e100],
  ...[Number.MAX_SAFE_INTEGER, 2 ** 53, 2 ** 53 + 2, 2 ** 64, Number.MAX_VALUE, Number.MIN_VALUE, 1e-300, 5e-320],
];

const number = () => {
  const one = random() < 0.5 ? some(NOTABLE) : 10 ** (random() * 40 - 15) * random();
  return random() < 0.3 ? -one : random() < 0.3 ? Math.round(one) : one;
};

/** Numbers at, near and far from others. */
const around = (bounds: readonly number[]) => {
  const one = some([...bounds, number()]);
  const near = some([
    one,
    stepped(one, 1),
    stepped(one, -1),
    one + 1,
    one - 1,
    Math.trunc(one),
    one / 2,
    one * 2,
    -one,
  ]);
  return Number.isFinite(near) ? near : one;
};

/** Other ways to write a number, and what is beside it by a digit. */
const texts = (value: number) => {
  const text = JSON.stringify(value);
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
  const digits = /e/.test(text) ? text : text.includes('.') ? text : `${text}.`;
  return [
    text,
    `${mantissa}e${exponent}`,
    `${mantissa}E${exponent.replace(/^([+-])/, '$10')}`,
    ...(/e/.test(text) ? [] : [`${digits}0`, `${digits}00000000000000000000001`, `${digits}99999999999999999999999`]),
    ...[`${mantissa.includes('.') ? mantissa : `${mantissa}.`}0000000000000000001e${exponent}`],
  ];
};

test(`${CASES} pairs of bounds`, () => {
  const ajv = new Ajv2020({ strict: false, logger: false });
  for (let i = 0; i < CASES; i++) {
    const [low, high] = [number(), number()].sort((a, b) => a - b) as [number, number];
    const schema = {
      type: some(['number', 'integer']),
      ...(random() < 0.7 && { [some(['minimum', 'exclusiveMinimum'])]: low }),
      ...(random() < 0.7 && { [some(['maximum', 'exclusiveMaximum'])]: high }),
    };
    const isWhole = schema.type === 'integer';
    const reader = new JsonReader(compileSchema(schema), tokens);
    const validate = ajv.compile(schema);
    for (let j = 0; j < 40; j++) {
      const value = around([low, high]);
      const own = JSON.stringify(value);
      // Whole numbers are written with digits only.
      if (!isWhole || !own.includes('e'))
        expect({ schema, own, admits: admits(reader, own) }).toEqual({ schema, own, admits: validate(value) });
      for (const text of texts(value))
        if (admits(reader, text))
          expect({ schema, text, valid: validate(JSON.parse(text)) }).toEqual({ schema, text, valid: true });
    }
    if (!Number.isFinite(reader.least)) continue;
    for (let j = 0; j < 10; j++) {
      const text = randomText(reader, random, 1 + wholeBelow(random, 400));
      expect({ schema, text, valid: validate(JSON.parse(text)) }).toEqual({ schema, text, valid: true });
    }
    ajv.removeSchema(schema);
  }
});

test('texts that a double rounds over a bound', () => {
  const has = (schema: object, text: string) =>
    admits(new JsonReader(compileSchema({ type: 'number', ...schema }), tokens), text);
  expect(Number('0.99999999999999999')).toBe(1);
  expect(has({ exclusiveMaximum: 1 }, '0.9999999999999999')).toBe(true);
  expect(has({ exclusiveMaximum: 1 }, '0.99999999999999999')).toBe(false);
  expect(has({ exclusiveMinimum: 1 }, '1.00000000000000001')).toBe(false);
  expect(has({ exclusiveMinimum: 1 }, '1.0000000000000003')).toBe(true);
  expect(has({ exclusiveMinimum: 0 }, '1e-400')).toBe(false);
  expect(has({ exclusiveMinimum: 0 }, '5e-324')).toBe(true);
  expect(has({ exclusiveMaximum: 1e20 }, '99999999999999999999')).toBe(false);
  expect(has({}, '1e400')).toBe(false);
  expect(has({}, '9'.repeat(400))).toBe(false);
  expect(has({ minimum: 0 }, `1${'0'.repeat(59)}`)).toBe(true);
  expect(has({ maximum: 1e99 }, `1${'0'.repeat(99)}`)).toBe(true);
  expect(has({ maximum: 1e99 }, `1${'0'.repeat(98)}1`)).toBe(false);
});

test('multiples of whole numbers', () => {
  const ajv = new Ajv2020({ strict: false, logger: false });
  for (const multipleOf of [1, 2, 3, 7, 10, 25, 64, 100]) {
    const schema = { type: some(['number', 'integer']), multipleOf, minimum: some([-1000, 0, 17]) };
    const reader = new JsonReader(compileSchema(schema), tokens);
    const validate = ajv.compile(schema);
    for (let i = 0; i < 200; i++) {
      const value = some([
        i,
        -i,
        i * multipleOf,
        Math.floor(random() * 2 ** 53),
        multipleOf * Math.floor(random() * 1e13),
        i + 0.5,
      ]);
      expect({ schema, value, admits: admits(reader, String(value)) }).toEqual({
        schema,
        value,
        admits: validate(value),
      });
    }
    for (let i = 0; i < 50; i++) {
      const text = randomText(reader, random, 1 + wholeBelow(random, 40));
      expect({ schema, text, valid: validate(JSON.parse(text)) }).toEqual({ schema, text, valid: true });
    }
  }
  // Multiples beyond 2^53 are valid by both, though they are not written.
  const both = { oneOf: [{ multipleOf: 3 }, { minimum: 1e16 }], type: 'integer' };
  expect(() => compileSchema(both)).toThrow('oneOf is only supported');
  expect(() => compileSchema({ multipleOf: 0.01 })).toThrow('multipleOf is only supported for whole numbers');
  expect(() => compileSchema({ multipleOf: 101 })).toThrow('multipleOf above 100');
});
