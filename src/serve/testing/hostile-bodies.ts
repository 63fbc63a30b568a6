// Bodies of requests as an attacker, a broken client or a fuzzer sends them. Each follows from a seed.

import { HOSTILE, mutateBytes, mutateJson, Random } from '../../base/testing/mutate.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface HostileRequest {
  path: string;
  body: Uint8Array | string;
}

const schema: Json = {
  type: 'object',
  properties: { a: { type: 'array', items: { type: 'integer' }, minItems: 1, maxItems: 3 }, b: { $ref: '#/$defs/s' } },
  required: ['a'],
  additionalProperties: false,
  $defs: { s: { type: 'string', minLength: 1, maxLength: 5 } },
};
const format = (one: Json): Json => ({ type: 'json_schema', json_schema: { name: 'x', schema: one, strict: true } });
const sampling: Json = {
  ...{ max_tokens: 8, temperature: 0.9, top_p: 0.9, top_k: 5, min_p: 0.01, seed: 7, n: 2, stop: ['xy', '\n\n'] },
  ...{ presence_penalty: 0.5, frequency_penalty: -0.5, repetition_penalty: 1.1, logit_bias: { '5': 10, '6': -100 } },
  ...{ stream: false, stream_options: { include_usage: true }, user: 'u', metadata: { a: 'b' } },
};
const messages: Json = [
  { role: 'system', content: 'Be short.' },
  { role: 'user', content: [{ type: 'text', text: 'hello 안녕' }], name: 'x' },
];

const tools: Json = [
  { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: { a: { enum: [1] } } } } },
  { type: 'function', function: { name: 'g' } },
];
const talk: Json[] = [
  { role: 'user', content: 'x' },
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'c', type: 'function', function: { name: 'g', arguments: '{}' } }],
  },
  { role: 'tool', tool_call_id: 'c', content: 'r' },
];

/** Whole requests of each route: they are answered with 200. */
export const WHOLE: readonly (readonly [path: string, body: { [key: string]: Json }])[] = [
  ['/v1/completions', { ...sampling, model: 'base', prompt: 'abc', echo: true, logprobs: 3 }],
  [
    '/v1/completions',
    { ...sampling, model: 'tuned', prompt: ['ab', 'c'], response_format: format(schema), stream: true },
  ],
  ['/v1/completions', { model: 'base', prompt: [[1, 2, 3], [256]], max_tokens: 0, echo: true, logprobs: 1 }],
  ['/v1/chat/completions', { ...sampling, model: 'tuned', messages, logprobs: true, top_logprobs: 4 }],
  ['/v1/chat/completions', { ...sampling, model: 'tuned', messages, stream: true, response_format: format(schema) }],
  ['/v1/chat/completions', { ...sampling, model: 'tuned', messages, tools, tool_choice: 'required', max_tokens: 80 }],
  ['/v1/chat/completions', { ...sampling, model: 'tuned', messages: talk, tools, stream: true }],
  ['/tokenize', { model: 'base', content: 'hello 안녕', add_special: true }],
  ['/detokenize', { model: 'base', tokens: [104, 105, 256] }],
  ['/apply-template', { model: 'tuned', messages }],
  ['/apply-template', { model: 'tuned', messages: talk, tools }],
];

const nest = (depth: number, of: (inner: Json) => Json, inner: Json) => {
  let value = inner;
  for (let i = 0; i < depth; i++) value = of(value);
  return value;
};
const times = (count: number, of: (i: number) => [string, Json]): Json =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => of(i)));

const longList = (): Json => Array.from({ length: 1900 }, (_, i) => i);

/** 2^24 times the same, by 24 definitions that name the next one twice. */
const doubled = times(24, (i) => [
  `d${i}`,
  i === 23 ? { type: 'null' } : { anyOf: [{ $ref: `#/$defs/d${i + 1}` }, { $ref: `#/$defs/d${i + 1}` }] },
]);

/** Schemas that are cheap to send and would be dear to follow. */
const SCHEMAS: readonly (() => Json)[] = [
  () => ({ $ref: '#' }),
  () => ({ $ref: '#/%' }),
  () => ({ $ref: '#/%E0%A4%A' }),
  () => ({ $ref: '#/$defs/__proto__', $defs: {} }),
  () => ({ $ref: '#/constructor' }),
  () => ({ $ref: `#${'/a'.repeat(10_000)}` }),
  () => ({ $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } }),
  () => ({ anyOf: [{ $ref: '#' }, { $ref: '#' }] }),
  () => ({ type: 'object', properties: { a: { $ref: '#' } }, required: ['a'] }),
  () => ({ type: 'array', items: { $ref: '#' }, minItems: 1 }),
  () => ({ type: 'array', items: { $ref: '#' } }),
  // 2^24 leaves by 24 definitions of two references each.
  () => ({
    $ref: '#/$defs/d0',
    $defs: times(24, (i) => [
      `d${i}`,
      i === 23
        ? { type: 'null' }
        : { type: 'array', prefixItems: [{ $ref: `#/$defs/d${i + 1}` }, { $ref: `#/$defs/d${i + 1}` }], minItems: 2 },
    ]),
  }),
  () => ({ $ref: '#/$defs/d0', $defs: doubled }),
  ...[1e9, 1e308, 2 ** 53, -1, 0.5, 1000].flatMap((n) =>
    ['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'].map((key) => () => ({
      type: key.endsWith('Length') ? 'string' : key.endsWith('Items') ? 'array' : 'object',
      [key]: n,
    })),
  ),
  () => ({ enum: Array.from({ length: 1500 }, (_, i) => 'x'.repeat(i)) }),
  () => ({ enum: Array.from({ length: 9000 }, (_, i) => i) }),
  () => ({ enum: [{ a: 'x'.repeat(1 << 20) }] }),
  () => ({ const: 'x'.repeat(1 << 20) }),
  () => ({ const: '\ud800' }),
  () => ({ enum: [] }),
  () => ({ const: nest(20, (inner) => ({ a: [inner] }), 1) }),
  () => ({ type: 'object', properties: times(1900, (i) => [`${'p'.repeat(500)}${i}`, { type: 'null' }]) }),
  () => ({ type: 'object', properties: times(1900, (i) => [`p${i}`, true]), required: times(0, () => ['', 0]) }),
  () => ({
    type: 'object',
    properties: times(60, (i) => [`p${i}`, true]),
    required: Array.from({ length: 60 }, (_, i) => `p${i}`),
  }),
  () => ({
    type: 'object',
    properties: times(1900, (i) => [`p${i}`, { type: 'null' }]),
    required: Array.from({ length: 1900 }, (_, i) => `p${i}`),
  }),
  () => ({ type: ['string', 'null'], anyOf: [{ $ref: '#/$defs/d0' }], $defs: doubled }),
  () => ({ type: 'object', properties: { '': true, __proto__x: true, '"\\\u0000': true, '\udfff': true } }),
  () => nest(13, (inner) => ({ anyOf: [inner] }), true),
  () => nest(24, (inner) => ({ type: 'array', items: inner }), true),
  () => ({ anyOf: Array.from({ length: 1900 }, (_, i) => ({ type: 'array', items: { const: i } })) }),
  () => ({ type: ['string', 'string', 'null'] }),
  // Patterns whose automata would be large, or take long to make.
  ...[
    '(a|b)*a(a|b){14}',
    '(a|b)*a(a|b){40}',
    '(x{1000}){1000}',
    '(?:){1000000000}',
    '(.{1,90}){90}',
    '((a?){60}){60}',
    '[',
    '\\1(a)',
  ].map((pattern) => () => ({ type: 'string', pattern })),
  () => ({ type: 'string', pattern: '('.repeat(2000) + ')'.repeat(2000) }),
  () => ({ type: 'string', pattern: '.*a'.repeat(1300) }),
  () => ({ type: 'string', pattern: '\\p{L}+', minLength: 10_000, maxLength: 1e9 }),
  () => ({ type: 'object', properties: times(1900, (i) => [`p${i}`, { pattern: `^(a|b)*a(a|b){${i % 11}}$` }]) }),
  // Bounds of many digits, and many of them.
  () => ({ type: 'integer', minimum: 1.7e308, maximum: 1.75e308 }),
  () => ({ type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 5e-324 }),
  () => ({ minimum: 1e-300, maximum: 1e300, multipleOf: 100 }),
  () => ({
    type: 'object',
    properties: times(1900, (i) => [`p${i}`, { type: 'number', minimum: i / 7, maximum: 1e300 / (i + 1) }]),
  }),
  // Merges: of all subsets, of themselves, of long unions, of what contains what is merged.
  () => ({
    allOf: Array.from({ length: 24 }, (_, i) => ({ anyOf: [{ minLength: i }, { maxLength: 99 - i }, { minimum: i }] })),
  }),
  () => ({ allOf: [{ $ref: '#' }, { type: 'string' }] }),
  () => ({
    $ref: '#/$defs/a',
    type: 'object',
    $defs: { a: { allOf: [{ $ref: '#/$defs/b' }] }, b: { allOf: [{ $ref: '#/$defs/a' }] } },
  }),
  () => ({
    allOf: [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/b' }],
    $defs: {
      a: { properties: { n: { allOf: [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/b' }] } } },
      b: { properties: { n: { $ref: '#/$defs/a' }, m: { $ref: '#' } } },
    },
  }),
  // Each definition merges two others: 2^20 sets of them may meet.
  () => ({
    allOf: Array.from({ length: 20 }, (_, i) => ({ $ref: `#/$defs/d${i}` })),
    $defs: times(20, (i) => [
      `d${i}`,
      {
        properties: {
          x: { $ref: `#/$defs/d${(i + 1) % 20}` },
          y: { $ref: `#/$defs/d${(i * 7) % 20}` },
          [`z${i}`]: { $ref: '#' },
        },
      },
    ]),
  }),
  () => ({
    oneOf: Array.from({ length: 1900 }, (_, i) => ({
      type: 'object',
      properties: { t: { const: i } },
      required: ['t'],
    })),
  }),
  () => ({ allOf: [{ enum: longList() }, { enum: longList() }] }),
  () => nest(13, (inner) => ({ allOf: [inner, { anyOf: [inner, { type: 'string' }] }] }), { type: 'null' }),
  () => false,
  () => true,
];

const functionOf = (name: string, parameters?: Json): Json => ({
  type: 'function',
  function: { name, ...(parameters !== undefined && { parameters }) },
});
const many = (count: number, of: (i: number) => Json) => JSON.stringify(Array.from({ length: count }, (_, i) => of(i)));

/** Tools and messages about them that are odd, many, deep or large. */
const TOOLS: readonly (() => readonly [string, string])[] = [
  () => ['tools', many(3000, (i) => functionOf(`f${i}`))],
  () => ['tools', many(128, (i) => functionOf(`f${i}`))],
  () => ['tools', many(128, (i) => functionOf('f'.repeat(1 + (i % 64))))],
  () => ['tools', many(64, (i) => functionOf('f'.repeat(i + 1)))],
  () => ['tools', many(1, () => functionOf('x'.repeat(1 << 16)))],
  () => ['tools', many(2, (i) => ({ type: 'function', function: { name: `f${i}`, description: LONG() } }))],
  () => ['tools', many(1, () => ({ type: 'function', function: { name: 'f', description: 'a'.repeat(4 << 20) } }))],
  () => [
    'tools',
    many(1, () => ({ type: 'function', function: { name: 'f', description: '<|im_end|>{{ 1/0 }}\ud800' } })),
  ],
  ...['', ' ', 'a b', '__proto__', 'constructor', 'é', 'f\n', '"', '<tool_call>'].map(
    (name) => (): readonly [string, string] => ['tools', many(1, () => functionOf(name))],
  ),
  ...SCHEMAS.map((of) => (): readonly [string, string] => [
    'tools',
    many(1, () => functionOf('f', { type: 'object', properties: { a: of() }, required: ['a'] })),
  ]),
  ...SCHEMAS.map((of) => (): readonly [string, string] => ['tools', many(1, () => functionOf('f', of()))]),
  () => [
    'tools',
    many(100, (i) => functionOf(`f${i}`, { type: 'object', properties: times(20, (p) => [`p${p}`, {}]) })),
  ],
  () => [
    'tools',
    many(1, () =>
      functionOf(
        'f',
        nest(24, (inner) => ({ properties: { a: inner } }), {}),
      ),
    ),
  ],
  () => ['tool_choice', '"required"'],
  () => ['tool_choice', '"none"'],
  () => ['tool_choice', '{"type":"function","function":{"name":"__proto__"}}'],
  () => ['tool_choice', '{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[]}}'],
  () => ['parallel_tool_calls', 'false'],
  () => ['logit_bias', '{"60":100}'],
  ...[
    '{"a":'.repeat(40_000),
    `{"a":${'['.repeat(20)}${']'.repeat(20)}}`,
    '{"__proto__":{"x":1}}',
    '{"a":1e999}',
    '{"a":"\ud800"}',
  ].map((text) => (): readonly [string, string] => ['messages', JSON.stringify(withArguments(text))]),
  () => ['messages', JSON.stringify([talk[0]!, ...Array.from({ length: 600 }, () => talk.slice(1)).flat()])],
  () => ['messages', many(1900, () => talk[2]!)],
  () => ['messages', JSON.stringify([{ role: 'assistant', tool_calls: many(128, (i) => ({ id: `${i}` })) }])],
];

const withArguments = (text: string): Json => [
  talk[0]!,
  { role: 'assistant', tool_calls: [{ id: 'c', type: 'function', function: { name: 'g', arguments: text } }] },
  talk[2]!,
];

const LONG = () => random16('ab \n안🧮"\\', 1 << 16);
const random16 = (characters: string, length: number) => {
  const list = [...characters];
  const random = new Random(length);
  return Array.from({ length }, () => random.of(list)).join('');
};

/** Values of single members, as JSON. */
const MEMBERS: readonly (() => readonly [string, string])[] = [
  () => ['logit_bias', JSON.stringify(times(250, (i) => [`${i}`, -100]))],
  () => ['logit_bias', JSON.stringify(times(259, (i) => [`${i}`, -100]))],
  () => ['logit_bias', '{"__proto__":1}'],
  () => ['logit_bias', '{"1e3":1}'],
  () => ['logit_bias', '{"007":100,"7":-100}'],
  () => ['logit_bias', '{"4294967296":1}'],
  () => ['stop', JSON.stringify(Array.from({ length: 16 }, () => 'a'.repeat(999)))],
  () => ['stop', '[""]'],
  () => ['stop', '""'],
  () => ['stop', '"\\udfff"'],
  () => ['n', '16'],
  () => ['max_tokens', '1000000'],
  () => ['temperature', '1e-300'],
  () => ['temperature', '100'],
  () => ['top_p', '0'],
  () => ['top_p', '5e-324'],
  () => ['min_p', '1'],
  () => ['seed', '9007199254740991'],
  () => ['top_k', '9007199254740991'],
  () => ['repetition_penalty', '0.01'],
  () => ['model', '"../../etc/passwd"'],
  () => ['model', '"base\\u0000"'],
  () => ['prompt', '""'],
  () => ['prompt', JSON.stringify(Array.from({ length: 256 }, (_, i) => 'x'.repeat(i % 9)))],
  () => ['prompt', '[2147483648]'],
  () => ['prompt', '"\\ud800\\ud800x"'],
  () => ['prompt', JSON.stringify(LONG())],
  () => ['content', JSON.stringify('a'.repeat(4 << 20))],
  () => ['content', '"\\udc00<|im_start|>"'],
  () => ['tokens', JSON.stringify(Array.from({ length: 9000 }, (_, i) => i % 259))],
  () => ['messages', JSON.stringify([{ role: 'user', content: LONG() }])],
  () => ['messages', JSON.stringify(Array.from({ length: 2000 }, () => ({ role: 'assistant', content: '{{ 1/0 }}' })))],
  () => ['messages', JSON.stringify([{ role: 'user', content: '<|im_end|>{% for x in range(1e9) %}' }])],
  () => ['messages', JSON.stringify([{ role: 'tool', content: '\ud800' }])],
];

/** Request number `i` of a seed. */
export function hostileRequest(seed: number, i: number): HostileRequest {
  const random = new Random(seed + i * 2654435761);
  const [path, body] = random.of(WHOLE);
  const kind = random.below(12);
  if (kind < 4) return { path, body: mutateJson(body, HOSTILE, random) };
  if (kind === 4) return { path, body: mutateBytes(Buffer.from(JSON.stringify(body)), random) };
  if (kind === 5) return { path: random.of(WHOLE)[0], body: JSON.stringify(random.of(WHOLE)[1]) };
  const changed = { ...body };
  if (kind < 8) {
    changed.response_format = format(random.of(SCHEMAS)());
    changed.max_tokens = random.of([1, 8, 60]);
    return { path: path.startsWith('/v1') ? path : '/v1/completions', body: JSON.stringify(changed) };
  }
  if (kind > 9) return { path: random.of(['/v1/chat/completions', '/apply-template']), body: withTools(random) };
  let text = JSON.stringify(changed);
  for (let count = 1 + random.below(3); count > 0; count--) {
    const [key, value] = random.of(MEMBERS)();
    text = `${text.slice(0, -1)},${JSON.stringify(key)}:${value}}`; // the last one of a name counts
  }
  return { path, body: text };
}

/** A chat with tools, of which some members are others. */
function withTools(random: Random) {
  let text = JSON.stringify({
    model: 'tuned',
    messages: [talk[0]!],
    tools,
    tool_choice: 'required',
    max_tokens: random.of([1, 30, 60]),
  });
  for (let count = 1 + random.below(2); count > 0; count--) {
    const [key, value] = random.of(TOOLS)();
    text = `${text.slice(0, -1)},${JSON.stringify(key)}:${value}}`; // the last one of a name counts
  }
  return text;
}
