// Schemas with what draft 2020-12 has and draft 4, from which the vendored suite is, has not; and values for each of them. Which of them are
// valid is not said here: ajv is the judge.

interface Case {
  schema: object;
  data: readonly unknown[];
}

const PLAIN = [null, true, false, 0, 1, -1, 2, 3, 2.5, '', 'a', 'ab', 'abc', [], {}];

export const CASES: readonly Case[] = [
  ...[null, false, 0, 1.5, 'a', '', [1, [2]], { a: { b: 1 } }].map((value) => ({
    schema: { const: value },
    data: [...PLAIN, 1.5, [1, [2]], [1, 2], { a: { b: 1 } }, { a: { b: 2 } }, { a: {} }],
  })),
  {
    schema: { enum: [1, '1', null, { a: 1 }, [true, 'x']] },
    data: [...PLAIN, '1', { a: 1 }, { a: 2 }, [true, 'x'], ['x', true]],
  },
  { schema: { type: 'string', enum: [1, 'a', null] }, data: PLAIN },
  { schema: { type: ['integer', 'null'], enum: [1, 2.5, null, 'a'] }, data: PLAIN },
  { schema: { const: 'a', enum: ['a', 'b'] }, data: PLAIN },
  { schema: { const: 'a', enum: ['b'] }, data: PLAIN },
  {
    schema: { prefixItems: [{ type: 'integer' }, { const: 'b' }] },
    data: [...PLAIN, [1], ['b'], [1, 'b'], [1, 'c'], [1, 'b', null, {}]],
  },
  {
    schema: { prefixItems: [{ type: 'integer' }, { type: 'string' }], items: { type: 'boolean' } },
    data: [...PLAIN, [1], [1, 'b', true, false], [1, 'b', 1], [true], ['b', 1]],
  },
  { schema: { prefixItems: [{}, {}], items: false }, data: [...PLAIN, [1], [1, 2], [1, 2, 3]] },
  { schema: { prefixItems: [true, false] }, data: [...PLAIN, [1], [1, 2]] },
  {
    schema: { type: 'array', prefixItems: [{ type: 'null' }], minItems: 2, maxItems: 3 },
    data: [...PLAIN, [null], [null, 1], [1, 1], [null, 1, 1], [null, 1, 1, 1]],
  },
  { schema: { items: false }, data: [...PLAIN, [1]] },
  { schema: { exclusiveMinimum: 1 }, data: [...PLAIN, 1.0000000001, 0.9] },
  { schema: { exclusiveMaximum: 2.5 }, data: [...PLAIN, 2.4999999, 100] },
  { schema: { type: 'number', minimum: 1, exclusiveMinimum: 1, maximum: 3 }, data: [...PLAIN, 1.1, 3.1] },
  { schema: { type: 'integer', exclusiveMinimum: -1, exclusiveMaximum: 2 }, data: [...PLAIN, -2] },
  { schema: { type: 'integer', exclusiveMinimum: 1, exclusiveMaximum: 2 }, data: PLAIN },
  { schema: { type: 'integer', minimum: 0.5, maximum: 2.5 }, data: PLAIN },
  {
    schema: { type: 'object', propertyNames: { enum: ['a', 'b'] } },
    data: [...PLAIN, { a: 1 }, { b: 1, a: 2 }, { c: 1 }, { a: 1, c: 1 }],
  },
  {
    schema: { type: 'object', propertyNames: { const: 'a' }, required: ['a'] },
    data: [...PLAIN, { a: 1 }, { b: 1 }, { a: 1, b: 1 }],
  },
  {
    schema: { type: 'object', properties: { a: { const: 1 } }, propertyNames: { enum: ['a', 'b'] } },
    data: [{ a: 1 }, { a: 2 }, { b: 2 }, { a: 1, b: 2 }, { c: 1 }, {}],
  },
  {
    schema: {
      anyOf: [
        { type: 'string', maxLength: 1 },
        { type: 'integer', minimum: 2 },
      ],
    },
    data: PLAIN,
  },
  { schema: { anyOf: [true, { type: 'string' }] }, data: PLAIN },
  { schema: { anyOf: [false, { type: 'string' }] }, data: PLAIN },
  { schema: { allOf: [{ minimum: 0 }, { maximum: 2 }, { type: ['integer', 'string'] }] }, data: PLAIN },
  { schema: { oneOf: [{ const: 1 }, { const: 'a' }, { type: 'array', maxItems: 0 }] }, data: [...PLAIN, [1]] },
  { schema: { pattern: '^a' }, data: PLAIN },
  { schema: { type: 'string', pattern: 'b' }, data: [...PLAIN, 'cba', 'B'] },
  { schema: { type: 'string', pattern: '^[a-c]{2,3}$', maxLength: 2 }, data: [...PLAIN, 'cb', 'ad'] },
  { schema: { type: 'string', pattern: '^\\p{Letter}+$' }, data: [...PLAIN, '안녕', 'é1', 'é'] },
  { schema: { type: 'string', minLength: 2, maxLength: 2 }, data: [...PLAIN, '🧮🧮', '🧮', '안녕'] },
  // Beside a reference other keywords count, which draft 4 passes over.
  { schema: { $ref: '#/$defs/s', maxLength: 2, $defs: { s: { type: 'string', minLength: 1 } } }, data: PLAIN },
  {
    schema: { $defs: { 'a/b~c': { type: 'null' } }, properties: { x: { $ref: '#/$defs/a~1b~0c' } } },
    data: [{ x: null }, { x: 1 }, {}, 1],
  },
  {
    schema: { type: 'object', properties: { next: { $ref: '#' } }, additionalProperties: false },
    data: [{}, { next: {} }, { next: { next: {} } }, { next: { a: 1 } }, { next: 1 }],
  },
  {
    schema: { minProperties: 1, maxProperties: 2, additionalProperties: { type: 'integer' } },
    data: [...PLAIN, { a: 1 }, { a: 1, b: 2 }, { a: 1, b: 2, c: 3 }, { a: 'x' }],
  },
  { schema: { required: ['a'], properties: { a: false } }, data: [...PLAIN, { a: 1 }] },
  {
    schema: {
      title: 't',
      description: 'd',
      default: 1,
      examples: [2],
      $comment: 'c',
      deprecated: true,
      readOnly: true,
      writeOnly: false,
      type: 'integer',
    },
    data: PLAIN,
  },
];
