// Calls of tools over HTTP, asked by the client that people use: whole and as a stream, all forms of tool_choice, a conversation with results.
// Arguments are judged by ajv. The model is one of random weights: what it calls has no sense, and must be valid.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseJson } from '../base/index.ts';
import { temporaryFolder } from '../base/testing/temporary-folder.ts';
import { byteTokenizer, CALLING, CHATML, writeModel } from '../foundry/generate/testing/chat.ts';
import { type ModelServer, serveModels } from './server.ts';
import { postJson, SMALL } from './testing/small.ts';

type Create = OpenAI.ChatCompletionCreateParamsNonStreaming;

const WORDS = ['<tool_call>', '</tool_call>'];
/** The token that begins a call. */
const CALL = 259;
const tokenizer = byteTokenizer(WORDS);

const folder = temporaryFolder();
let server: ModelServer;
let client: OpenAI;

beforeAll(async () => {
  const templates = { calling: CALLING, plain: CHATML, endless: CALLING };
  for (const [name, template] of Object.entries(templates)) {
    const own = join(folder, name);
    writeModel(own, 1500, { words: WORDS, endless: name === 'endless' });
    writeFileSync(join(own, 'tokenizer_config.json'), JSON.stringify({ chat_template: template }));
  }
  const models = Object.keys(templates).map((name) => ({ name, folder: join(folder, name) }));
  server = await serveModels({ ...SMALL, models });
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 });
});
afterAll(async () => {
  await server.close();
});

const PARAMETERS: Record<string, Record<string, unknown>> = {
  get_weather: {
    type: 'object',
    properties: {
      city: { type: 'string', minLength: 1, maxLength: 8 },
      unit: { enum: ['C', 'F'] },
      days: { type: 'array', items: { type: 'integer' }, maxItems: 3 },
    },
    required: ['city', 'unit'],
    additionalProperties: false,
  },
  'send-mail_2': {
    type: 'object',
    properties: { to: { $ref: '#/$defs/a' } },
    required: ['to'],
    $defs: { a: { enum: ['a@b', '안'] } },
    additionalProperties: false,
  },
  now: { type: 'object', properties: {}, additionalProperties: false },
};
const ajv = new Ajv2020();
const validators = Object.fromEntries(Object.entries(PARAMETERS).map(([name, one]) => [name, ajv.compile(one)]));
const tools = Object.entries(PARAMETERS).map(
  ([name, parameters]): OpenAI.ChatCompletionTool => ({
    type: 'function',
    // A function without parameters takes none.
    function: { name, description: `does ${name}`, ...(name !== 'now' && { parameters }) },
  }),
);
const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'x' }];
const base = { model: 'endless', messages, tools, temperature: 2, max_tokens: 250 } satisfies Create;
const named = (name: string): OpenAI.ChatCompletionNamedToolChoice => ({ type: 'function', function: { name } });

/** Fails unless an answer's calls are valid ones of these functions. */
function requireCalls(
  { message, finish_reason: reason }: OpenAI.ChatCompletion.Choice,
  names = Object.keys(PARAMETERS),
) {
  expect([message.content, reason]).toEqual([null, 'tool_calls']);
  const calls = message.tool_calls! as OpenAI.ChatCompletionMessageFunctionToolCall[];
  expect(new Set(calls.map(({ id }) => id)).size).toBe(calls.length);
  for (const { id, type, function: of } of calls) {
    expect([type, names.includes(of.name), /^[0-9A-Za-z]{9}$/.test(id)]).toEqual(['function', true, true]);
    expect(validators[of.name]!(JSON.parse(of.arguments)), of.arguments).toBe(true);
  }
  return calls;
}

/** An answer without what is new each time. */
const bitsOf = ({ choices, usage }: OpenAI.ChatCompletion) => [choices, usage?.completion_tokens];

test("names of one client's tools and schemas are not taken for those of another, however they are spelled", async () => {
  const kept: unknown[] = [];
  const schemaOf = (...names: string[]) => ({
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, { enum: ['x'] }])),
    required: names,
    additionalProperties: false,
  });
  // V8's JSON.parse errs where one name alone has followed the earlier ones: each pair of clients has a first name of its own.
  for (const [first, name] of ['p \\', 'p \n', 'q b\\', 'q b\t', 'r \\', 'r "'].map((pair) => pair.split(' '))) {
    const parameters = schemaOf(first!, name!);
    kept.push(parameters);
    const { choices } = await client.chat.completions.create({
      ...{ ...base, tools: [{ type: 'function', function: { name: 'f', parameters } }] },
      ...{ tool_choice: 'required', parallel_tool_calls: false, max_tokens: 100 },
    });
    const [call] = choices[0]!.message.tool_calls as OpenAI.ChatCompletionMessageFunctionToolCall[];
    expect(parseJson(call!.function.arguments)).toEqual({ [first!]: 'x', [name!]: 'x' });
    const answer = await client.chat.completions.create({
      ...{ model: 'endless', messages, temperature: 2, max_tokens: 100 },
      response_format: { type: 'json_schema', json_schema: { name: 's', schema: parameters } },
    });
    expect(parseJson(answer.choices[0]!.message.content!)).toEqual({ [first!]: 'x', [name!]: 'x' });
  }
});

describe('tool_choice', () => {
  test('required: valid calls at temperature 2, of all functions, one or several', async () => {
    const seen = new Map<string, number>();
    let most = 0;
    for (let seed = 0; seed < 12; seed++) {
      const { choices } = await client.chat.completions.create({
        ...base,
        ...{ tool_choice: 'required', seed, n: 3 },
        logit_bias: { [Buffer.from('gsn')[seed % 3]!]: 5 },
      });
      for (const choice of choices) {
        const calls = requireCalls(choice);
        most = Math.max(most, calls.length);
        for (const {
          function: { name },
        } of calls)
          seen.set(name, (seen.get(name) ?? 0) + 1);
      }
    }
    expect([...seen.keys()].sort()).toEqual(Object.keys(PARAMETERS).sort());
    expect(most).toBeGreaterThan(1);
  });

  test('a function by its name: one call of it; parallel_tool_calls false: one call', async () => {
    for (const name of Object.keys(PARAMETERS)) {
      const { choices } = await client.chat.completions.create({ ...base, tool_choice: named(name), n: 4, seed: 5 });
      for (const choice of choices) expect(requireCalls(choice, [name]).length).toBe(1);
    }
    const single = { ...base, tool_choice: 'required' as const, parallel_tool_calls: false };
    const { choices } = await client.chat.completions.create({ ...single, n: 8, seed: 1 });
    for (const choice of choices) expect(requireCalls(choice).length).toBe(1);
  });

  test('auto, the default: a text, or what is said and then valid calls; the tokens of a text are those of the model', async () => {
    const ask = { ...base, model: 'endless', max_tokens: 400, n: 8, seed: 3, logit_bias: { [CALL]: 4 } };
    const { choices } = await client.chat.completions.create(ask);
    const explicit = await client.chat.completions.create({ ...ask, tool_choice: 'auto', parallel_tool_calls: true });
    expect(explicit.choices).toEqual(choices);
    expect(choices.some(({ message }) => message.content !== null && message.tool_calls)).toBe(true);
    for (const { message, finish_reason: reason } of choices) {
      expect(message.content ?? '').not.toContain('<tool_call>');
      for (const call of (message.tool_calls ?? []) as OpenAI.ChatCompletionMessageFunctionToolCall[])
        if (reason === 'tool_calls')
          expect(validators[call.function.name]!(JSON.parse(call.function.arguments))).toBe(true);
    }
    const text = { ...base, max_tokens: 30, logit_bias: { [CALL]: -100 }, seed: 6 };
    const prompt = await prompted(text);
    const said = await client.chat.completions.create(text);
    // The same ids, continued without a word of tools.
    const free = await client.completions.create({
      model: 'endless',
      prompt,
      max_tokens: 30,
      temperature: 2,
      logit_bias: { [CALL]: -100 },
      seed: 6,
    });
    expect([said.choices[0]!.message.content, said.choices[0]!.finish_reason]).toEqual([
      free.choices[0]!.text,
      'length',
    ]);
    expect(said.choices[0]!.message.tool_calls).toBeUndefined();
  });

  test('none: the model sees the tools, and calls none', async () => {
    const ask = { ...base, max_tokens: 60, seed: 1, n: 4, logit_bias: { [CALL]: 100 } };
    const { choices } = await client.chat.completions.create({ ...ask, tool_choice: 'none' });
    for (const { message, finish_reason: reason } of choices) {
      expect(message.tool_calls).toBeUndefined();
      expect(['length', 'stop']).toContain(reason);
      expect(message.content).not.toContain('<tool_call>');
    }
    const own = await client.chat.completions.create(ask);
    expect(own.choices.every(({ message }) => message.content === null)).toBe(true);
  });
});

/** The ids of a conversation with tools. */
async function prompted({ model, tools, messages }: Create) {
  const response = await postJson(`${server.url}/apply-template`, { model, tools, messages });
  return ((await response.json()) as { tokens: number[] }).tokens;
}

describe('streams', () => {
  test("the client's accumulator makes the whole answer of the pieces: index, id and name first, then arguments", async () => {
    for (const [seed, more] of [
      [1, { tool_choice: 'required' }],
      [2, { logit_bias: { [CALL]: 4 } }],
      [3, { max_tokens: 70, tool_choice: 'required' }],
      [4, { tool_choice: named('now') }],
      [5, { stop: ['ity'], tool_choice: named('get_weather') }],
    ] as [number, Partial<Create>][]) {
      const ask = { ...base, ...more, seed, n: 2 };
      const whole = await client.chat.completions.create(ask);
      const stream = client.chat.completions.stream({ ...ask, stream: true, stream_options: { include_usage: true } });
      const firsts = new Map<string, object>();
      for await (const { choices } of stream)
        for (const { index: choice, delta } of choices)
          for (const { index, ...call } of delta.tool_calls ?? []) {
            if (firsts.has(`${choice} ${index}`)) expect(Object.keys(call)).toEqual(['function']);
            else firsts.set(`${choice} ${index}`, call);
          }
      for (const first of firsts.values())
        expect(first).toEqual({
          id: expect.any(String),
          type: 'function',
          function: { name: expect.any(String), arguments: expect.any(String) },
        });
      const final = await stream.finalChatCompletion();
      const plain = (choices: OpenAI.ChatCompletion.Choice[]) =>
        choices.map(({ message: { content, tool_calls: calls }, finish_reason: reason }) => [
          content ?? null,
          (calls as OpenAI.ChatCompletionMessageFunctionToolCall[] | undefined)?.map(({ id, type, function: of }) => [
            id,
            type,
            of.name,
            of.arguments,
          ]),
          reason,
        ]);
      expect(plain(final.choices)).toEqual(plain(whole.choices));
      expect(final.usage?.completion_tokens).toBe(whole.usage?.completion_tokens);
    }
  });

  test('ids, likelihoods and texts are those of the same answer', async () => {
    const ask = {
      ...base,
      tool_choice: 'required',
      seed: 8,
      logprobs: true,
      top_logprobs: 1,
      return_token_ids: true,
    } as Create;
    const whole = await client.chat.completions.create(ask);
    const { token_ids: ids } = whole.choices[0] as unknown as { token_ids: number[] };
    expect(whole.choices[0]!.logprobs!.content!.length).toBe(ids.length);
    const [first] = requireCalls(whole.choices[0]!);
    expect(
      tokenizer
        .decode(ids)
        .startsWith(
          `<tool_call>\n{"name": "${first!.function.name}", "arguments": ${first!.function.arguments}}\n</tool_call>`,
        ),
    ).toBe(true);
    const streamed: number[] = [];
    for await (const { choices } of await client.chat.completions.create({ ...ask, stream: true }))
      for (const choice of choices) streamed.push(...((choice as unknown as { token_ids?: number[] }).token_ids ?? []));
    expect(streamed).toEqual(ids);
  });
});

test('the same bits alone and in company, and again', async () => {
  const asks: Create[] = [
    { ...base, tool_choice: 'required', seed: 1, n: 2 },
    { ...base, logit_bias: { [CALL]: 4 }, seed: 2 },
    { ...base, tool_choice: named('get_weather'), seed: 3, frequency_penalty: 1 },
    { ...base, tool_choice: 'none', seed: 4, max_tokens: 50 },
    { ...base, tools: tools.slice(0, 1), tool_choice: 'required', seed: 5, stop: ['C"'] },
  ];
  const alone: unknown[] = [];
  for (const ask of asks) alone.push(bitsOf(await client.chat.completions.create(ask)));
  const together = await Promise.all([...asks, ...asks].map((ask) => client.chat.completions.create(ask)));
  expect(together.map(bitsOf)).toEqual([...alone, ...alone]);
});

describe('a conversation with results', () => {
  test('the answer of the server goes back as it is, results in any order; the template gets them in the order of the calls', async () => {
    const first = await client.chat.completions.create({ ...base, tool_choice: 'required', seed: 1, n: 8 });
    const { message } = first.choices.find((choice) => (choice.message.tool_calls?.length ?? 0) > 1)!;
    const calls = requireCalls({ ...first.choices[0]!, message, finish_reason: 'tool_calls' });
    // What the strictest templates take.
    for (const { id } of calls) expect(id).toMatch(/^[0-9A-Za-z]{9}$/);
    const results = calls.map(
      ({ id }, i): OpenAI.ChatCompletionToolMessageParam => ({
        role: 'tool',
        tool_call_id: id,
        content: `result ${i}`,
      }),
    );
    const turns = [...messages, message, ...results, { role: 'user' as const, content: 'thanks' }];
    const ids = await prompted({ ...base, messages: turns });
    const shuffled = await prompted({
      ...base,
      messages: [...messages, message, ...results.toReversed(), turns.at(-1)!],
    });
    expect(shuffled).toEqual(ids);
    const text = tokenizer.decode(ids);
    let at = 0;
    for (const {
      function: { name, arguments: of },
    } of calls) {
      const call = JSON.parse(
        /<tool_call>\n(\{"name": .*\})\n<\/tool_call>/
          .exec(text.slice(text.indexOf('assistant', at)))![1]!
          .split('\n')[0]!,
      ) as { name: string; arguments: unknown };
      if (at === 0) expect(call).toEqual({ name, arguments: JSON.parse(of) });
      at++;
    }
    expect(text.indexOf('result 0')).toBeGreaterThan(0);
    expect(text.indexOf('result 1')).toBeGreaterThan(text.indexOf('result 0'));
    const next = await client.chat.completions.create({ ...base, messages: turns, max_tokens: 20 });
    expect(next.usage!.prompt_tokens).toBe(ids.length);
    // Without tools in this turn too.
    const { tools: _, ...without } = base;
    expect((await client.chat.completions.create({ ...without, messages: turns, max_tokens: 5 })).choices.length).toBe(
      1,
    );
  });

  test("the client's own loop calls functions and sends their results", async () => {
    const called: unknown[] = [];
    const runner = client.chat.completions.runTools({
      ...{ model: 'endless', messages, temperature: 2, max_tokens: 120, seed: 4, tool_choice: named('get_weather') },
      tools: [
        {
          type: 'function',
          function: {
            name: 'get_weather',
            description: 'weather',
            parameters: PARAMETERS.get_weather!,
            parse: JSON.parse,
            function: (of: unknown) => {
              called.push(of);
              return 'warm';
            },
          },
        },
      ],
    });
    await runner.done();
    expect(called.length).toBe(1);
    expect(validators.get_weather!(called[0])).toBe(true);
    expect(runner.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool']);
  });
});

describe('what is wrong is said', () => {
  const call = (more: object = {}) => ({
    id: 'a',
    type: 'function',
    function: { name: 'now', arguments: '{}' },
    ...more,
  });
  const asked = (calls: object[], ...rest: object[]) => [
    ...messages,
    { role: 'assistant', content: null, tool_calls: calls },
    ...rest,
  ];
  const result = (id: string, more: object = {}) => ({ role: 'tool', tool_call_id: id, content: 'r', ...more });
  const tool = (more: object) => ({ tools: [{ type: 'function', function: { name: 'f', ...more } }] });
  test.each([
    [{ tools: [] }, 'request-shape', 'tools'],
    [{ tools: [{ type: 'custom', custom: { name: 'f' } }] }, 'request-shape', 'tools.0.type'],
    [{ tools: [tools[0], tools[1], tools[0]] }, 'request-shape', 'tools.2.function.name'],
    [tool({ name: 'a b' }), 'request-shape', 'tools.0.function.name'],
    [tool({ name: 'x'.repeat(65) }), 'request-shape', 'tools.0.function.name'],
    [tool({ examples: [] }), 'request-shape', 'tools.0.function.examples'],
    [tool({ parameters: { type: 'array' } }), 'schema-unsupported', 'tools.0.function.parameters.type'],
    [
      tool({ parameters: { type: 'object', properties: { a: { not: {} } } } }),
      'schema-unsupported',
      'tools.0.function.parameters.properties.a.not',
    ],
    [
      tool({ parameters: { type: 'object', properties: { a: false }, required: ['a'] } }),
      'schema-unsupported',
      'tools.0.function.parameters',
    ],
    [tool({ description: 'x'.repeat(1 << 20) }), 'request-shape', 'tools'],
    [{ tool_choice: 'always' }, 'request-shape', 'tool_choice'],
    [
      { tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [] } } },
      'request-shape',
      'tool_choice',
    ],
    [{ tool_choice: named('other') }, 'request-shape', 'tool_choice.function.name'],
    [{ tools: undefined, tool_choice: 'required' }, 'request-shape', 'tool_choice'],
    [{ tools: undefined, tool_choice: named('now') }, 'request-shape', 'tool_choice'],
    [{ response_format: { type: 'json_object' } }, 'request-shape', 'response_format'],
    [{ functions: [] }, 'request-shape', 'functions'],
    [{ model: 'plain' }, 'tools-unsupported', 'plain'],
    [{ model: 'plain', tools: undefined, messages: asked([call()], result('a')) }, 'tools-unsupported', 'plain'],
    [{ messages: asked([call({ type: 'custom' })], result('a')) }, 'request-shape', 'messages.1.tool_calls.0.type'],
    [{ messages: asked([call(), call()], result('a')) }, 'request-shape', 'messages.1.tool_calls.1.id'],
    [{ messages: asked([call()]) }, 'request-shape', 'messages'],
    [{ messages: asked([call()], messages[0]!) }, 'request-shape', 'messages.2'],
    [{ messages: asked([call()], result('b')) }, 'request-shape', 'messages.2.tool_call_id'],
    [{ messages: asked([call()], result('a'), result('a')) }, 'request-shape', 'messages.3.tool_call_id'],
    [{ messages: asked([call()], result('a', { name: 'other' })) }, 'request-shape', 'messages.2.name'],
    [{ messages: [...messages, result('a')] }, 'request-shape', 'messages.1.tool_call_id'],
    [{ messages: [{ role: 'user', content: null }] }, 'request-shape', 'messages.0.content'],
    [{ messages: [{ role: 'user', content: 'a', tool_calls: [call()] }] }, 'request-shape', 'messages.0.tool_calls'],
    [{ messages: [{ role: 'user', content: 'a', tool_call_id: 'a' }] }, 'request-shape', 'messages.0.tool_call_id'],
    ...['[]', '{', '"x"', '{"a":1}}', '['.repeat(100)].map((text): [object, string, string] => [
      { messages: asked([call({ function: { name: 'now', arguments: text } })], result('a')) },
      'request-shape',
      'messages.1.tool_calls.0.function.arguments',
    ]),
  ] as [object, string, string][])('%j', async (more, code, place) => {
    const response = await postJson(`${server.url}/v1/chat/completions`, { ...base, ...more });
    const { error } = (await response.json()) as { error: { code: string; message: string; param: string | null } };
    expect([response.status, error.code, error.message.startsWith(place)], error.message).toEqual([400, code, true]);
    if (code === 'request-shape') expect(error.param).toBe(place);
  });
});
