// A server on a real port, asked by the client that people use, by plain requests, and the way lm-evaluation-harness asks. Answers are held
// against the model's own functions, not against the server's.

import { request as plain } from 'node:http';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../base/testing/temporary-folder.ts';
import { openLanguageModel } from '../foundry/evaluate/scorer.ts';
import { TextModel } from '../foundry/generate/index.ts';
import { byteTokenizer, SPECIALS } from '../foundry/generate/testing/chat.ts';
import { openModel } from '../foundry/load/index.ts';
import { ApiKeys, newApiKey } from './api-keys.ts';
import { type ModelServer, type ServeModelsOptions, serveModels } from './server.ts';
import { modelsIn, postJson, SMALL, withServer, writeModels } from './testing/small.ts';

const CONTEXT = 200;
const tokenizer = byteTokenizer();
const bytes = (text: string) => [...Buffer.from(text)];

const folder = temporaryFolder();
let server: ModelServer;
let client: OpenAI;

const optionsOf = (more: Partial<ServeModelsOptions> = {}): ServeModelsOptions => ({
  models: modelsIn(folder),
  ...SMALL,
  ...more,
});

beforeAll(async () => {
  writeModels(folder, CONTEXT);
  server = await serveModels(optionsOf());
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 });
});
afterAll(async () => {
  await server.close();
});

const post = (path: string, body: unknown, headers: Record<string, string> = {}, url = server.url) =>
  postJson(url + path, body, { headers });

type Failure = { error: { message: string; type: string; param: string | null; code: string } };
const failure = async (response: Response): Promise<[number, Failure['error']]> => [
  response.status,
  ((await response.json()) as Failure).error,
];

/** What the model itself continues with. */
async function continuation(
  name: string,
  ids: number[],
  options: object,
): Promise<{ text: string; tokenIds: number[] }> {
  const model = TextModel.open(join(folder, name), { threads: 1 });
  try {
    const common = { temperature: 1, topK: 0, topP: 1, seed: 0, full: 'end' as const, onText: () => {} };
    return await model.continue(ids, { ...common, maxTokens: 16, ...options });
  } finally {
    model.close();
  }
}

describe('the OpenAI client', () => {
  test('models', async () => {
    const list = await client.models.list();
    expect(list.data.map(({ id }) => id)).toEqual(['base', 'tuned']);
    expect(await client.models.retrieve('tuned')).toMatchObject({ id: 'tuned', object: 'model' });
    await expect(client.models.retrieve('other')).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
  });

  test('a completion is what the model continues with, whole and as a stream', async () => {
    const ask = { model: 'base', prompt: 'abc', max_tokens: 20, seed: 7, temperature: 0.9, top_p: 0.95 };
    const own = await continuation('base', [256, ...bytes('abc')], {
      seed: 7,
      temperature: 0.9,
      topP: 0.95,
      maxTokens: 20,
    });
    const whole = await client.completions.create(ask);
    expect(whole.choices[0]).toMatchObject({ text: own.text, index: 0 });
    expect(whole.usage).toMatchObject({ prompt_tokens: 4, completion_tokens: own.tokenIds.length });
    let streamed = '';
    let reason: string | null = null;
    for await (const chunk of await client.completions.create({ ...ask, stream: true })) {
      streamed += chunk.choices[0]!.text;
      reason = chunk.choices[0]!.finish_reason ?? reason;
    }
    expect([streamed, reason]).toEqual([own.text, whole.choices[0]!.finish_reason]);
  });

  test('several prompts and several answers: each is that of its prompt alone, with the next seed', async () => {
    const { choices } = await client.completions.create({
      model: 'base',
      prompt: ['ab', 'xyz'],
      n: 2,
      seed: 5,
      max_tokens: 12,
    });
    const alone = [];
    for (const prompt of ['ab', 'xyz'])
      for (const seed of [5, 6])
        alone.push(await continuation('base', [256, ...bytes(prompt)], { seed, maxTokens: 12 }));
    expect(choices.map(({ text, index }) => [index, text])).toEqual(alone.map(({ text }, i) => [i, text]));
  });

  test('a chat, whole and as a stream, with likelihoods', async () => {
    const ask = {
      model: 'tuned',
      messages: [
        { role: 'system' as const, content: 'Be short.' },
        {
          role: 'user' as const,
          content: [
            { type: 'text' as const, text: 'hel' },
            { type: 'text' as const, text: 'lo' },
          ],
        },
      ],
      max_completion_tokens: 10,
      seed: 3,
      logprobs: true,
      top_logprobs: 2,
    };
    const frame = (role: string, text: string) => [
      SPECIALS['<|im_start|>'],
      ...bytes(`${role}\n${text}`),
      SPECIALS['<|im_end|>'],
      10,
    ];
    const prompt = [
      ...frame('system', 'Be short.'),
      ...frame('user', 'hello'),
      SPECIALS['<|im_start|>'],
      ...bytes('assistant\n'),
    ];
    const own = await continuation('tuned', prompt, {
      seed: 3,
      maxTokens: 10,
      ends: new Set([SPECIALS['<|im_end|>']]),
    });
    const whole = await client.chat.completions.create(ask);
    const [choice] = whole.choices;
    expect(choice!.message).toMatchObject({ role: 'assistant', content: own.text });
    expect(choice!.finish_reason).toBe('length');
    const likely = choice!.logprobs!.content!;
    expect(likely).toHaveLength(own.tokenIds.length);
    for (const { logprob, top_logprobs: top } of likely) {
      expect(top.map((one) => one.logprob)).toEqual(top.map((one) => one.logprob).toSorted((a, b) => b - a));
      expect(logprob).toBeLessThanOrEqual(top[0]!.logprob);
    }
    const usage: unknown[] = [];
    let text = '';
    let role: string | undefined;
    for await (const chunk of await client.chat.completions.create({
      ...ask,
      stream: true,
      stream_options: { include_usage: true },
    })) {
      if (chunk.usage) usage.push(chunk.usage);
      role ??= chunk.choices[0]?.delta.role;
      text += chunk.choices[0]?.delta.content ?? '';
    }
    expect([role, text]).toEqual(['assistant', own.text]);
    expect(usage).toEqual([{ ...whole.usage, prompt_tokens_details: { cached_tokens: prompt.length - 1 } }]);
  });

  test('an answer of a schema is JSON of it, at any temperature; a keyword that is not supported is named', async () => {
    const schema = {
      type: 'object',
      properties: {
        city: { enum: ['Seoul', '부산'] },
        people: { type: 'integer' },
        tags: { type: 'array', items: { type: 'boolean' }, maxItems: 3 },
      },
      required: ['city', 'people'],
      additionalProperties: false,
    };
    const ask = (of: object) => ({
      ...{ model: 'tuned', messages: [{ role: 'user' as const, content: 'x' }], temperature: 2, max_tokens: 90 },
      response_format: {
        type: 'json_schema' as const,
        json_schema: { name: 'place', schema: of as Record<string, unknown>, strict: true },
      },
    });
    const validate = new Ajv2020().compile(schema);
    for (let seed = 0; seed < 5; seed++) {
      const { choices } = await client.chat.completions.create({ ...ask(schema), seed, n: 2 });
      for (const { message, finish_reason: reason } of choices) {
        const { content } = message;
        expect([validate(JSON.parse(content!)), reason], content!).toEqual([true, 'stop']);
      }
    }
    const any = await client.chat.completions.create({ ...ask(schema), response_format: { type: 'json_object' } });
    expect(JSON.parse(any.choices[0]!.message.content!)).toBeTypeOf('object');
    await expect(client.chat.completions.create(ask({ type: 'array', uniqueItems: true }))).rejects.toThrow(
      'uniqueItems is not supported',
    );
  });

  test('a stop string ends the text before it, in a stream too', async () => {
    const ask = { model: 'tuned', prompt: 'abc', max_tokens: 60, seed: 1 };
    const { text } = (await client.completions.create(ask)).choices[0]!;
    const characters = [...text].slice(0, -1);
    const stop = characters.slice(20, 22).join('');
    const wanted = text.slice(0, text.indexOf(stop));
    const stopped = (await client.completions.create({ ...ask, stop: ['never', stop] })).choices[0]!;
    expect([stopped.text, stopped.finish_reason]).toEqual([wanted, 'stop']);
    let streamed = '';
    for await (const chunk of await client.completions.create({ ...ask, stop, stream: true }))
      streamed += chunk.choices[0]!.text;
    expect(streamed).toBe(wanted);
  });

  test('a base model refuses to chat and says what it can do', async () => {
    const error = await client.chat.completions
      .create({ model: 'base', messages: [{ role: 'user', content: 'hi' }] })
      .then(
        () => undefined,
        (e: unknown) => e as InstanceType<typeof OpenAI.APIError>,
      );
    expect(error).toMatchObject({ status: 400, code: 'not-tuned' });
    expect(error!.message).toContain('/v1/completions');
  });

  test('a client that leaves its stream frees its place at once', async () => {
    const stream = await client.completions.create({ model: 'tuned', prompt: 'a', max_tokens: 150, stream: true });
    for await (const _ of stream) break;
    stream.controller.abort();
    await expect.poll(() => gauge('jikji_texts_running', 'tuned')).toBe(0);
  });
});

/** A figure of /metrics. */
async function gauge(name: string, model: string) {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(new RegExp(`^${name}\\{model="${model}"\\} (\\d+)`, 'm').exec(text)?.[1]);
}

describe('as lm-evaluation-harness asks', () => {
  test('echo and logprobs give every score of an evaluation, to the last bit', async () => {
    const model = openModel(join(folder, 'base'));
    const own = openLanguageModel(model, { threads: 1 });
    const requests = ['The answer is', 'a', 'x'.repeat(150)].flatMap((context) =>
      [' yes', ' no, never', '!'].map((continuation) => ({
        context: [tokenizer.prefixId, ...bytes(context)],
        continuation: bytes(continuation),
      })),
    );
    try {
      const scored = await own.score(requests);
      for (const [i, { context, continuation }] of requests.entries()) {
        // One token more is asked for and left out, as that program does, whether it ends the text or not.
        const ends = i % 2 === 0 && { logit_bias: { [[...tokenizer.endIds][0]!]: 100 } };
        const ask = {
          ...ends,
          model: 'base',
          prompt: [...context, ...continuation],
          max_tokens: 1,
          logprobs: 1,
          echo: true,
          temperature: 0,
        };
        const answer = (await (await post('/v1/completions', ask)).json()) as OpenAI.Completion;
        const { token_logprobs: all, top_logprobs: top, tokens } = answer.choices[0]!.logprobs!;
        expect(answer.usage!.completion_tokens).toBe(ends ? 0 : 1);
        const own = all!.slice(context.length, -1);
        if (ends) expect(tokens!.at(-1)).toBe('<|endoftext|>');
        expect(own).toEqual([...scored[i]!.nats].map((nats) => 0 - nats));
        const greedy = own.every((value, at) => value === Math.max(...Object.values(top![context.length + at]!)));
        expect(greedy).toBe(scored[i]!.greedy);
      }
    } finally {
      own.close();
      model.close();
    }
  });
});

describe('what is wrong is said', () => {
  test.each([
    [{ model: 'base', prompt: 'a', suffix: 'b' }, 'suffix'],
    [{ model: 'base', prompt: 'a', temperature: -1 }, 'temperature'],
    [{ model: 'base', prompt: 'a', logit_bias: { 999: 1 } }, 'logit_bias.999'],
    [{ model: 'base', prompt: [1, 2, 259] }, 'prompt'],
    [{ model: 'base', prompt: 'a', best_of: 3 }, 'best_of'],
    [{ model: 'base', prompt: 'a', n: 100 }, 'n'],
    [{ model: 'base' }, 'prompt'],
    [{ model: 'base', prompt: Array.from({ length: 257 }, () => 'a') }, 'prompt', /a list of 1 to 256/],
    [{ model: 'base', prompt: ['a', 1] }, 'prompt', /a text, the ids of one/],
    [{ model: 'base', prompt: 'a', stop: Array.from({ length: 17 }, () => 'a') }, 'stop', /up to 16/],
    [{ model: 'base', prompt: 'a', stop: ['a', 1] }, 'stop', /takes a text/],
    [{ model: 'base', prompt: 'a', response_format: { type: 'xml' } }, 'response_format.type'],
    [{ model: 'base', prompt: 'a', response_format: { type: 'json_schema' } }, 'response_format.json_schema'],
    [
      { model: 'base', prompt: 'a', response_format: { type: 'json_schema', json_schema: { schema: 'x' } } },
      'response_format.json_schema.schema',
      /takes a JSON schema/,
    ],
  ] as [object, string, RegExp?][])('%j', async (body, param, words = /./) => {
    const [status, error] = await failure(await post('/v1/completions', body));
    expect([status, error.type, error.param]).toEqual([400, 'invalid_request_error', param]);
    expect(error.message).toMatch(words);
    expect(error.message).not.toContain('Invalid input (');
  });

  test('a picture in a message is refused by its place', async () => {
    const content = [{ type: 'image_url', image_url: { url: 'x' } }];
    const messages = [{ role: 'user', content }];
    const [status, error] = await failure(await post('/v1/chat/completions', { model: 'tuned', messages }));
    expect([status, error.param]).toEqual([400, 'messages.0.content']);
    expect(error.message).toContain('takes a text, or parts of type text');
  });

  test('a text that would keep everybody waiting while it becomes tokens is refused first', async () => {
    const text = ' '.repeat((1 << 20) + 1);
    const messages = [{ role: 'user', content: text }];
    for (const [path, body, place] of [
      ['/v1/completions', { model: 'base', prompt: text }, 'prompt'],
      ['/v1/chat/completions', { model: 'tuned', messages }, 'messages'],
      ['/apply-template', { model: 'tuned', messages }, 'messages'],
      ['/tokenize', { model: 'base', content: text }, 'content'],
    ] as const) {
      const [status, error] = await failure(await post(path, body));
      expect([path, status, error.code, error.param]).toEqual([path, 400, 'context_length_exceeded', place]);
      expect(error.message).toMatch(new RegExp(`^${place}: has \\d+ bytes; at most 1048576 are taken`));
    }
    const most = await post('/tokenize', { model: 'base', content: text.slice(1) });
    expect((await most.json()).tokens).toHaveLength(1 << 20);
  });

  test('a prompt that does not fit, an unknown model, no JSON, a body that is too large, a route that is not there', async () => {
    const codeOf = async (response: Response) =>
      (await failure(response)).map((one) => (typeof one === 'number' ? one : one.code));
    const ask = (body: unknown) => post('/v1/completions', body);
    const content = 'x'.repeat(CONTEXT);
    for (const [param, response] of [
      ['prompt', await ask({ model: 'base', prompt: content })],
      ['messages', await post('/v1/chat/completions', { model: 'tuned', messages: [{ role: 'user', content }] })],
    ] as const) {
      const [status, error] = await failure(response);
      expect([status, error.code, error.param]).toEqual([400, 'context_length_exceeded', param]);
      // Clients that shorten a conversation know the error by these words of OpenAI's.
      expect(error.message).toContain(`maximum context length is ${CONTEXT} tokens`);
    }
    expect(await codeOf(await ask({ model: 'else', prompt: 'x' }))).toEqual([404, 'model_not_found']);
    expect(await codeOf(await ask('{'))).toEqual([400, 'request-broken']);
    expect(await codeOf(await ask('['.repeat(100)))).toEqual([400, 'request-too-deep']);
    expect(await codeOf(await ask(`{"prompt": "${'x'.repeat(17 << 20)}"}`))).toEqual([413, 'request-too-large']);
    expect(await codeOf(await post('/v1/embeddings', {}))).toEqual([404, 'not-found']);
  });

  test('another host name and a page of another site are refused', async () => {
    const { port } = new URL(server.url);
    const status = await new Promise<number>((resolve) => {
      plain({ port, path: '/v1/models', headers: { Host: 'evil.example' } }, (r) => resolve(r.statusCode!)).end();
    });
    expect(status).toBe(403);
    const foreign = await post('/v1/completions', { model: 'base', prompt: 'a' }, { Origin: 'https://evil.example' });
    expect(foreign.status).toBe(403);
    expect((await post('/v1/completions', { model: 'base', prompt: 'a' }, { Origin: server.url })).status).toBe(200);
  });
});

test('tokens that are part of a character have their bytes: together they are the text', async () => {
  const ask = { max_tokens: 60, temperature: 5, seed: 3 };
  const text = await client.completions.create({ ...ask, model: 'tuned', prompt: 'a', logprobs: 2 });
  const { tokens, top_logprobs: top } = text.choices[0]!.logprobs!;
  for (const name of [...tokens!, ...top!.flatMap((one) => Object.keys(one))])
    expect(name).toMatch(/^([\0-\x7f]|bytes:\\x[89a-f][0-9a-f]|<\|.*\|>)$/);
  const messages = [{ role: 'user' as const, content: 'a' }];
  const chat = await client.chat.completions.create({ ...ask, model: 'tuned', messages, logprobs: true });
  const [{ logprobs, message }] = chat.choices as [(typeof chat.choices)[0]];
  const all = logprobs!.content!.flatMap(({ bytes: some }) => some!);
  expect(all.some((byte) => byte > 0x7f)).toBe(true);
  expect(Buffer.from(all).toString()).toBe(message.content);
});

test('tokens of a text, the text of tokens, the prompt of a chat', async () => {
  const json = async (path: string, body: object) => (await post(path, body)).json();
  expect(await json('/tokenize', { model: 'base', content: '안a' })).toEqual({ tokens: bytes('안a') });
  expect(await json('/tokenize', { model: 'base', content: 'a', add_special: true })).toEqual({ tokens: [256, 97] });
  expect(await json('/detokenize', { model: 'base', tokens: bytes('안a') })).toEqual({ content: '안a' });
  const messages = [{ role: 'user', content: 'x' }];
  expect(await json('/apply-template', { model: 'tuned', messages })).toMatchObject({
    prompt: '<|im_start|>user\nx<|im_end|>\n<|im_start|>assistant\n',
  });
});

test('API keys: only their hashes are in the file, and without one nothing but /health answers', async () => {
  const [a, b] = [newApiKey('a'), newApiKey('b')];
  const file = `# clients\n${a.line}\n\n${b.line}\n`;
  expect(file).not.toContain(a.key);
  await withServer(optionsOf({ keys: new ApiKeys(file, 'keys') }), async (guarded) => {
    const ask = (headers: Record<string, string>) =>
      post('/v1/completions', { model: 'base', prompt: 'a', max_tokens: 1 }, headers, guarded.url);
    for (const key of [a.key, b.key]) expect((await ask({ Authorization: `Bearer ${key}` })).status).toBe(200);
    for (const headers of [{}, { Authorization: 'Bearer x' }, { Authorization: a.key }]) {
      const [status, error] = await failure(await ask(headers as Record<string, string>));
      expect([status, error.code]).toEqual([401, 'invalid_api_key']);
    }
    expect((await fetch(`${guarded.url}/metrics`)).status).toBe(401);
    expect((await fetch(`${guarded.url}/health`)).status).toBe(200);
  });
  expect(() => new ApiKeys('a b', 'keys')).toThrow('line 1');
  expect(() => newApiKey('a b')).toThrow('name of a key');
  await expect(
    serveModels(optionsOf({ host: '0.0.0.0', origin: 'https://x.example', proxy: '127.0.0.1' })),
  ).rejects.toThrow('no API keys');
});

test('a full queue sends clients away for a while; a server that stops ends what it is saying and refuses what is new', async () => {
  await withServer(optionsOf({ texts: 1, maxWaiting: 2 }), async (small) => {
    const ask = (more: object = {}) =>
      post('/v1/completions', { model: 'tuned', prompt: 'a', max_tokens: 190, seed: 1, ...more }, {}, small.url);
    // One that fills the queue alone.
    const many = await ask({ max_tokens: 60, n: 16, stream: true });
    const sent = await ask();
    expect(sent.status).toBe(429);
    expect(Number(sent.headers.get('Retry-After'))).toBeGreaterThan(0);
    expect(await many.text()).toContain('data: [DONE]');
    expect((await ask()).status).toBe(200);
    const stream = await ask({ stream: true });
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = (await reader.read()).value!;
    const closing = small.close();
    await expect(ask()).rejects.toThrow();
    for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
    expect(text).toContain('"finish_reason":"length"');
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
    await closing;
  });
});
