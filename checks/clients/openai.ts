// The package `openai`, as its own pages show it.

import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { zodFunction, zodResponseFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import { CHAT, type Check, errorOf, MAX_TOKENS, PROMPT, requireWeather, type Scene, SEED, weather } from './scene.ts';

export const openaiChecks = (scene: Scene): Check[] => [...texts(scene), ...structures(scene), ...faults(scene)];

const chat = { ...CHAT, max_completion_tokens: MAX_TOKENS };
const openAI = ({ apiKey, baseURL }: Scene): OpenAI => new OpenAI({ baseURL, apiKey, maxRetries: 0 });

function texts(scene: Scene): Check[] {
  const client = openAI(scene);
  return [
    [
      'models',
      async () => {
        const ids = [];
        for await (const { id } of client.models.list()) ids.push(id);
        assert.deepEqual(ids, ['base', 'tuned']);
        assert.equal((await client.models.retrieve('tuned')).id, 'tuned');
      },
    ],
    [
      'completions, whole and as a stream, with usage',
      async () => {
        const body = { model: 'base', prompt: PROMPT, seed: SEED, max_tokens: MAX_TOKENS };
        const { choices, usage } = await scene.plain('completions', body);
        const whole = await client.completions.create(body);
        assert.equal(whole.choices[0]!.text, choices[0]!.text);
        let text = '';
        let streamed: OpenAI.CompletionUsage | undefined;
        const stream = await client.completions.create({
          ...body,
          stream: true,
          stream_options: { include_usage: true },
        });
        for await (const chunk of stream) {
          text += chunk.choices[0]?.text ?? '';
          streamed = chunk.usage ?? streamed;
        }
        assert.equal(text, choices[0]!.text);
        assert.equal(streamed?.completion_tokens, usage.completion_tokens);
      },
    ],
    [
      'a chat, whole, as a stream, and by the helper for streams',
      async () => {
        const expected = (await scene.plain('chat/completions', chat)).choices[0]!.message!.content;
        const whole = await client.chat.completions.create(chat);
        assert.equal(whole.choices[0]!.message.content, expected);
        let text = '';
        for await (const chunk of await client.chat.completions.create({ ...chat, stream: true }))
          text += chunk.choices[0]?.delta.content ?? '';
        assert.equal(text, expected);
        const helper = client.chat.completions.stream(chat);
        assert.equal(await helper.finalContent(), expected);
        assert.equal((await helper.finalChatCompletion()).choices[0]!.finish_reason, 'length');
      },
    ],
  ];
}

function structures(scene: Scene): Check[] {
  const client = openAI(scene);
  const tool = { name: 'weather', description: 'weather of a city', parameters: weather };
  return [
    [
      'JSON by a schema of zod, whole and as a stream',
      async () => {
        const ask = { ...CHAT, response_format: zodResponseFormat(weather, 'weather'), max_completion_tokens: 300 };
        const { choices } = await client.chat.completions.parse(ask);
        requireWeather(choices[0]!.message.parsed);
        const last = await client.chat.completions.stream(ask).finalChatCompletion();
        assert.deepEqual(last.choices[0]!.message.parsed, choices[0]!.message.parsed);
      },
    ],
    [
      'tools by schemas of zod, whole and as a stream',
      async () => {
        const ask = {
          ...{ ...CHAT, max_completion_tokens: 400, tools: [zodFunction(tool)] },
          tool_choice: { type: 'function' as const, function: { name: 'weather' } },
        };
        const { choices } = await client.chat.completions.parse(ask);
        const [call] = choices[0]!.message.tool_calls!;
        assert.ok(call!.type === 'function');
        requireWeather(call.function.parsed_arguments);
        const last = await client.chat.completions.stream(ask).finalChatCompletion();
        assert.deepEqual(last.choices[0]!.message.tool_calls, choices[0]!.message.tool_calls);
      },
    ],
    [
      'runTools: the result of a call goes back to the model',
      async () => {
        let calls = 0;
        const runner = client.chat.completions.runTools(
          {
            ...{ ...CHAT, max_completion_tokens: 400 },
            tool_choice: { type: 'function' as const, function: { name: 'weather' } },
            tools: [
              {
                type: 'function' as const,
                function: {
                  ...{ name: 'weather', description: 'weather of a city' },
                  parameters: z.toJSONSchema(weather) as Record<string, unknown>,
                  parse: JSON.parse,
                  function: (given: unknown) => {
                    calls++;
                    requireWeather(given);
                    return 'rain';
                  },
                },
              },
            ],
          },
          { maxChatCompletions: 2 },
        );
        await runner.done();
        assert.ok(calls >= 1);
        const results = runner.messages.filter(({ role }) => role === 'tool');
        assert.equal(results[0]!.content, 'rain');
      },
    ],
  ];
}

function faults(scene: Scene): Check[] {
  const client = openAI(scene);
  return [
    [
      'errors of its own classes, with status, code, param and request id',
      async () => {
        const { BadRequestError, NotFoundError, AuthenticationError, RateLimitError } = OpenAI;
        const missing = await errorOf(client.chat.completions.create({ ...chat, model: 'else' }));
        assert.ok(missing instanceof NotFoundError);
        assert.deepEqual([missing.status, missing.code], [404, 'model_not_found']);
        assert.match(missing.requestID!, /^[\w-]{36}$/);
        const wrong = await errorOf(client.chat.completions.create({ ...chat, temperature: -1 }));
        assert.ok(wrong instanceof BadRequestError);
        assert.deepEqual([wrong.status, wrong.code, wrong.param], [400, 'request-shape', 'temperature']);
        assert.equal(wrong.type, 'invalid_request_error');
        const long = [{ role: 'user' as const, content: 'x'.repeat(5000) }];
        const large = await errorOf(client.chat.completions.create({ ...chat, messages: long }));
        assert.ok(large instanceof BadRequestError);
        assert.deepEqual([large.code, large.param], ['context_length_exceeded', 'messages']);
        const stranger = client.withOptions({ apiKey: 'stranger' });
        const refused = await errorOf(stranger.chat.completions.create(chat));
        assert.ok(refused instanceof AuthenticationError);
        assert.deepEqual([refused.status, refused.code], [401, 'invalid_api_key']);
        const away = await scene.answersLater(() => errorOf(client.chat.completions.create(chat)));
        assert.ok(away instanceof RateLimitError);
        assert.deepEqual([away.status, away.code], [429, 'rate_limit_exceeded']);
      },
    ],
    [
      "the request's id, the server's and its own",
      async () => {
        const { request_id: id, response } = await client.chat.completions.create(chat).withResponse();
        assert.match(id!, /^[\w-]{36}$/);
        assert.equal(response.headers.get('x-request-id'), id);
        assert.match((await client.chat.completions.create(chat))._request_id!, /^[\w-]{36}$/);
        const headers = { 'x-request-id': 'mine-1' };
        assert.equal((await client.chat.completions.create(chat, { headers }))._request_id, 'mine-1');
      },
    ],
    [
      'asks again after 429',
      async () => {
        const patient = client.withOptions({ maxRetries: 3 });
        const { choices } = await scene.answersLater(() => patient.chat.completions.create(chat));
        assert.equal(choices[0]!.message.content!.length > 0, true);
      },
    ],
    [
      'a signal, or the end of a loop, ends a stream, and the server notices',
      async () => {
        await scene.noticesAbort(async () => {
          for await (const _ of await client.chat.completions.create({ ...CHAT, stream: true })) break;
        });
        await scene.noticesAbort(async () => {
          const { signal, abort } = controller();
          const stream = await client.chat.completions.create({ ...CHAT, stream: true }, { signal });
          for await (const _ of stream) abort();
        });
        await scene.noticesAbort(async () => {
          const { signal, abort } = controller();
          const answer = errorOf(client.chat.completions.create({ ...CHAT, n: 4 }, { signal }));
          await scene.until('a text runs', async () => (await scene.texts('running')) > 0);
          abort();
          assert.ok((await answer) instanceof OpenAI.APIUserAbortError);
        });
      },
    ],
  ];
}

function controller(): { signal: AbortSignal; abort(): void } {
  const own = new AbortController();
  return { signal: own.signal, abort: () => own.abort() };
}
