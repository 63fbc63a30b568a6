// The tokens that may come next, against each token taken byte by byte alone: also inside names of open objects, whose places are not made.

import { expect, test } from 'vitest';
import { randomNumbers, wholeBelow } from '../../base/testing/random-numbers.ts';
import type { TextTokenizer } from '../tokenizer/index.ts';
import { compileSchema, JsonReader, MaskTokens } from './json/index.ts';

const seed = Number(process.env.JIKJI_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
const random = randomNumbers(seed);
const below = (limit: number) => wholeBelow(random, limit);

/** Pieces of JSON with names that meet, halves of characters and escapes. */
const PIECES = [
  '"',
  '":',
  '": ',
  ',"',
  '{"',
  '}',
  'a',
  'ab',
  'b',
  'é',
  '안',
  '\\n',
  '\\u00',
  '1f',
  '\\',
  '1',
  'true',
  ' ',
];
const TOKENS = Array.from({ length: 1500 }, () => {
  const text = Buffer.from(Array.from({ length: 1 + below(6) }, () => PIECES[below(PIECES.length)]).join(''));
  return new Uint8Array(text.subarray(below(4) === 0 ? Math.min(1, text.length - 1) : 0));
});
const tokenizer = { vocabSize: TOKENS.length, plainBytes: (id: number) => TOKENS[id] } as unknown as TextTokenizer;

const object = (more: object) => ({ type: 'object', ...more });
const SCHEMAS = [
  object({}),
  object({ properties: { a: { type: 'integer' }, ab: { type: 'boolean' } }, required: ['ab'] }),
  object({ properties: { é: {} }, additionalProperties: { type: 'integer' }, maxProperties: 3 }),
  {
    anyOf: [
      object({ additionalProperties: { type: 'integer' } }),
      object({ additionalProperties: { type: 'boolean' } }),
    ],
  },
];

test.each(SCHEMAS)(`%j (seed ${seed})`, (schema) => {
  const reader = new JsonReader(compileSchema(schema), new MaskTokens(tokenizer));
  let free = 0;
  for (let text = 0; text < 6; text++) {
    let at = reader.start();
    for (let length = 0; length < 12; length++) {
      const most = below(2) === 0 ? Number.POSITIVE_INFINITY : at.least + below(12);
      const bits = reader.allowed(at, most);
      const alone = TOKENS.map((bytes) => {
        let place: typeof at | null = at;
        for (const byte of bytes) place = place && reader.step(place, byte);
        return place !== null && place.least <= most;
      });
      expect(alone.map((_, id) => ((bits[id >>> 5]! >>> (id & 31)) & 1) === 1)).toEqual(alone);
      if (at.free || at.parts) free++;
      const allowed = alone.flatMap((isAllowed, id) => (isAllowed ? [id] : []));
      if (allowed.length === 0) break;
      for (const byte of TOKENS[allowed[below(allowed.length)]]) at = reader.step(at, byte)!;
    }
  }
  expect(free).toBeGreaterThan(0);
});
