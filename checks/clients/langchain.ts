// LangChain's ChatOpenAI and OpenAI, as their own pages show them.

import assert from 'node:assert/strict';
import { ContextOverflowError } from '@langchain/core/errors';
import { type AIMessageChunk, HumanMessage, ToolMessage, type UsageMetadata } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI, OpenAI } from '@langchain/openai';
import { z } from 'zod';
import { CHAT, type Check, errorOf, MAX_TOKENS, PROMPT, requireWeather, type Scene, SEED, weather } from './scene.ts';

export const langchainChecks = (scene: Scene): Check[] => [...answers(scene), ...faults(scene)];

const fieldsOf = ({ apiKey, baseURL }: Scene) => ({
  ...{ model: 'tuned', apiKey, configuration: { baseURL }, maxRetries: 0 },
  modelKwargs: { seed: SEED },
});

function answers(scene: Scene): Check[] {
  const fields = fieldsOf(scene);
  const model = new ChatOpenAI({ ...fields, maxTokens: MAX_TOKENS });
  const longer = new ChatOpenAI({ ...fields, maxTokens: 400 });
  const chat = { ...CHAT, max_tokens: MAX_TOKENS };
  return [
    [
      'a chat, whole, as a stream and several at a time, with usage',
      async () => {
        const { choices, usage } = await scene.plain('chat/completions', chat);
        const expected = choices[0]!.message!.content;
        const whole = await model.invoke(PROMPT);
        assert.equal(whole.text, expected);
        assert.equal(tokensOf(whole).output_tokens, usage.completion_tokens);
        assert.equal(whole.response_metadata.finish_reason, 'length');
        let all: AIMessageChunk | undefined;
        for await (const chunk of await model.stream(PROMPT)) all = all?.concat(chunk) ?? chunk;
        assert.equal(all!.text, expected);
        assert.equal(tokensOf(all!).input_tokens, usage.prompt_tokens);
        const several = await model.batch([PROMPT, PROMPT], { maxConcurrency: 1 });
        for (const { text } of several) assert.equal(text, expected);
      },
    ],
    [
      'completions, whole and as a stream',
      async () => {
        const llm = new OpenAI({ ...fields, model: 'base', maxTokens: MAX_TOKENS });
        const body = { model: 'base', prompt: PROMPT, seed: SEED, max_tokens: MAX_TOKENS };
        const { choices } = await scene.plain('completions', body);
        assert.equal(await llm.invoke(PROMPT), choices[0]!.text);
        let text = '';
        for await (const chunk of await llm.stream(PROMPT)) text += chunk;
        assert.equal(text, choices[0]!.text);
      },
    ],
    ...(['jsonSchema', 'functionCalling', 'jsonMode'] as const).map(
      (method): Check => [
        `withStructuredOutput by a schema of zod, ${method}`,
        async () => {
          // In JSON mode the schema is the client's alone.
          const schema = method === 'jsonMode' ? z.record(z.string(), z.unknown()) : weather;
          const structured = longer.withStructuredOutput<Record<string, unknown>>(schema, { name: 'weather', method });
          const answer = await structured.invoke(PROMPT);
          if (method === 'jsonMode') assert.equal(typeof answer, 'object');
          else requireWeather(answer);
          let last: unknown;
          for await (const part of await structured.stream(PROMPT)) last = part;
          assert.deepEqual(last, answer);
        },
      ],
    ),
    [
      'bindTools: calls, whole and as a stream, and their results',
      async () => {
        const lookUp = tool(
          (given) => {
            requireWeather(given);
            return 'rain';
          },
          { name: 'weather', description: 'weather of a city', schema: weather },
        );
        const bound = longer.bindTools([lookUp], { tool_choice: 'weather', parallel_tool_calls: false });
        const question = new HumanMessage(PROMPT);
        const message = await bound.invoke([question]);
        const [call] = message.tool_calls!;
        requireWeather(call!.args);
        let all: AIMessageChunk | undefined;
        for await (const chunk of await bound.stream([question])) all = all?.concat(chunk) ?? chunk;
        assert.deepEqual(all!.tool_calls![0]!.args, call!.args);
        const result: ToolMessage = await lookUp.invoke(call!);
        assert.ok(result instanceof ToolMessage);
        const next = await bound.invoke([question, message, result]);
        requireWeather(next.tool_calls![0]!.args);
      },
    ],
  ];
}

function faults(scene: Scene): Check[] {
  const fields = fieldsOf(scene);
  return [
    [
      "errors with LangChain's codes, status, code and param",
      async () => {
        const fault = async (fields: Partial<ConstructorParameters<typeof ChatOpenAI>[0]>, prompt = PROMPT) =>
          (await errorOf(new ChatOpenAI({ ...fields }).invoke(prompt))) as Record<string, unknown>;
        const missing = await fault({ ...fields, model: 'else' });
        assert.deepEqual([missing.lc_error_code, missing.status], ['MODEL_NOT_FOUND', 404]);
        const refused = await fault({ ...fields, apiKey: 'stranger' });
        assert.deepEqual([refused.lc_error_code, refused.status], ['MODEL_AUTHENTICATION', 401]);
        const wrong = await fault({ ...fields, temperature: -1 });
        assert.deepEqual([wrong.status, wrong.code, wrong.param], [400, 'request-shape', 'temperature']);
        const large = await fault(fields, 'x'.repeat(5000));
        assert.ok(ContextOverflowError.isInstance(large), String(large));
        const away = await scene.answersLater(() => fault({ ...fields, maxTokens: MAX_TOKENS }));
        assert.deepEqual([away.lc_error_code, away.status], ['MODEL_RATE_LIMIT', 429]);
      },
    ],
    [
      'asks again after 429',
      async () => {
        const patient = new ChatOpenAI({ ...fields, maxTokens: MAX_TOKENS, maxRetries: 5 });
        const { text } = await scene.answersLater(() => patient.invoke(PROMPT));
        assert.ok(text.length > 0);
      },
    ],
    [
      'a signal ends a stream, and the server notices',
      () =>
        scene.noticesAbort(async () => {
          const own = new AbortController();
          const stream = await new ChatOpenAI(fields).stream(PROMPT, { signal: own.signal });
          const error = await errorOf(
            (async () => {
              for await (const _ of stream) own.abort();
            })(),
          );
          assert.match(String(error), /abort/i);
        }),
    ],
  ];
}

/** The types of this version know no usage of a message without a structure. */
const tokensOf = (message: { usage_metadata?: unknown }) => message.usage_metadata as UsageMetadata;
