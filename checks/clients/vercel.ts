// Vercel's `ai` with both of its providers for servers like this one, as its own pages show it.

import assert from 'node:assert/strict';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, generateText, isStepCount, Output, streamText, tool } from 'ai';
import { CHAT, type Check, errorOf, MAX_TOKENS, PROMPT, requireWeather, type Scene, SEED, weather } from './scene.ts';

// Else it says on standard error that completions take no tools.
globalThis.AI_SDK_LOG_WARNINGS = false;

const ask = { prompt: PROMPT, seed: SEED, maxOutputTokens: MAX_TOKENS, maxRetries: 0 };
type Model = ReturnType<ReturnType<typeof createOpenAICompatible>>;

export function vercelChecks(scene: Scene): Check[] {
  const { apiKey, baseURL } = scene;
  const compatible = createOpenAICompatible({
    ...{ name: 'jikji', baseURL, apiKey },
    ...{ includeUsage: true, supportsStructuredOutputs: true },
  });
  const openai = createOpenAI({ baseURL, apiKey });
  const chats = { '@ai-sdk/openai-compatible': compatible('tuned'), '@ai-sdk/openai': openai.chat('tuned') };
  const completions = { compatible: compatible.completionModel('base'), openai: openai.completion('base') };

  return [
    ...Object.entries(chats).flatMap(([name, model]) => [
      ...answers(name, model, scene),
      ...faults(name, model, scene),
    ]),
    [
      'completions, whole and as a stream',
      async () => {
        const body = { model: 'base', seed: SEED, max_tokens: MAX_TOKENS };
        // Its providers write a prompt as a conversation, and stop where the user would go on.
        const own = { prompt: `user:\n${PROMPT}\n\nassistant:\n`, stop: ['\nuser:'] };
        const { choices } = await scene.plain('completions', { ...body, ...own });
        for (const model of Object.values(completions)) {
          assert.equal((await generateText({ model, ...ask })).text, choices[0]!.text);
          let streamed = '';
          for await (const part of streamText({ model, ...ask }).textStream) streamed += part;
          assert.equal(streamed, choices[0]!.text);
        }
      },
    ],
    [
      'no such model, a stranger',
      async () => {
        const missing = await errorOf(generateText({ model: compatible('else'), ...ask }));
        requireError(missing, 404, { code: 'model_not_found' });
        const strange = createOpenAICompatible({ name: 'jikji', baseURL, apiKey: 'stranger' });
        const refused = await errorOf(generateText({ model: strange('tuned'), ...ask }));
        requireError(refused, 401, { code: 'invalid_api_key' });
      },
    ],
    [
      "what openai('MODEL') asks for, /v1/responses, is named in the error",
      async () => {
        const error = await errorOf(generateText({ model: openai('tuned'), ...ask }));
        requireError(error, 404, { code: 'not-found' });
        assert.match(String(error), /\/v1\/responses/);
      },
    ],
  ];
}

function answers(name: string, model: Model, scene: Scene): Check[] {
  return [
    [
      `${name}: a chat, whole and as a stream, with usage`,
      async () => {
        const body = { ...CHAT, max_tokens: MAX_TOKENS };
        const { choices, usage } = await scene.plain('chat/completions', body);
        const { text, finishReason, response } = await generateText({ model, ...ask });
        assert.deepEqual([text, finishReason], [choices[0]!.message!.content, 'length']);
        assert.match(response.headers!['x-request-id']!, /^[\w-]{36}$/);
        const result = streamText({ model, ...ask });
        let streamed = '';
        for await (const part of result.textStream) streamed += part;
        assert.equal(streamed, text);
        const { inputTokens, outputTokens } = await result.usage;
        assert.deepEqual([inputTokens, outputTokens], [usage.prompt_tokens, usage.completion_tokens]);
      },
    ],
    [
      `${name}: JSON by a schema of zod, whole and as a stream`,
      async () => {
        const wanted = { ...ask, maxOutputTokens: 300, output: Output.object({ schema: weather }) };
        const { output } = await generateText({ model, ...wanted });
        requireWeather(output);
        const result = streamText({ model, ...wanted });
        let partial: unknown;
        for await (const part of result.partialOutputStream) partial = part;
        assert.deepEqual(partial, output);
      },
    ],
    [
      `${name}: a list, a choice, and JSON without a schema`,
      async () => {
        const more = { model, ...ask, maxOutputTokens: 400 };
        const { output: list } = await generateText({
          ...more,
          output: Output.array({ element: weather, maxItems: 2 }),
        });
        for (const one of list) requireWeather(one);
        const { output: word } = await generateText({ ...more, output: Output.choice({ options: ['rain', 'sun'] }) });
        assert.ok(word === 'rain' || word === 'sun');
        const { output: any } = await generateText({ ...more, output: Output.json() });
        assert.equal(typeof any, 'object');
      },
    ],
    [
      `${name}: tools, and the result of a call goes back to the model`,
      async () => {
        const tools = {
          weather: tool({
            description: 'weather of a city',
            inputSchema: weather,
            execute: async (given) => {
              requireWeather(given);
              return 'rain';
            },
          }),
        };
        const wanted = { model, ...ask, tools, toolChoice: { type: 'tool' as const, toolName: 'weather' as const } };
        const { steps } = await generateText({ ...wanted, maxOutputTokens: 400, stopWhen: isStepCount(2) });
        assert.equal(steps.length, 2);
        for (const { toolResults, finishReason } of steps) {
          assert.equal(finishReason, 'tool-calls');
          assert.deepEqual(
            toolResults.map(({ output }) => output),
            ['rain'],
          );
        }
        const result = streamText({ ...wanted, maxOutputTokens: 400 });
        const [call] = await result.toolCalls;
        assert.deepEqual(call!.input, steps[0]!.toolCalls[0]!.input);
      },
    ],
  ];
}

function faults(name: string, model: Model, scene: Scene): Check[] {
  return [
    [
      `${name}: errors of its own class, whole and in a stream, with status, code and param`,
      async () => {
        const wrong = await errorOf(generateText({ model, ...ask, temperature: -1 }));
        requireError(wrong, 400, { code: 'request-shape', param: 'temperature' });
        let streamed: unknown;
        const result = streamText({ model, ...ask, temperature: -1, onError: ({ error }) => (streamed = error) });
        await result.consumeStream();
        requireError(streamed, 400, { code: 'request-shape', param: 'temperature' });
      },
    ],
    [
      `${name}: asks again after 429`,
      async () => {
        const { text } = await scene.answersLater(() => generateText({ model, ...ask, maxRetries: 3 }));
        assert.ok(text.length > 0);
      },
    ],
    [
      `${name}: a signal ends a stream, and the server notices`,
      () =>
        scene.noticesAbort(async () => {
          const own = new AbortController();
          const { maxOutputTokens: _, ...endless } = ask;
          const result = streamText({ model, ...endless, abortSignal: own.signal });
          const seen = new Set<string>();
          for await (const part of result.stream) {
            seen.add(part.type);
            if (part.type === 'text-delta') own.abort();
          }
          assert.ok(seen.has('abort'));
        }),
    ],
  ];
}

function requireError(error: unknown, status: number, expected: { code: string; param?: string }): void {
  assert.ok(APICallError.isInstance(error), String(error));
  assert.deepEqual([error.statusCode, error.isRetryable], [status, false]);
  const { error: body } = JSON.parse(error.responseBody!);
  for (const [name, value] of Object.entries(expected)) assert.equal(body[name], value);
  // It shows the server's own words.
  assert.equal(error.message, body.message);
}
