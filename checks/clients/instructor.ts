// Instructor around `openai`, as its own pages show it. It reads schemas of zod 3 alone.

import assert from 'node:assert/strict';
import Instructor from '@instructor-ai/instructor';
import OpenAI from 'openai';
import { z } from 'zod/v3';
import { CHAT, type Check, errorOf, requireWeather, type Scene } from './scene.ts';

const weather = z.object({
  city: z.string().max(8),
  unit: z.enum(['C', 'F']),
  days: z.array(z.number().int().min(0).max(99)).max(3),
});
const MODES = ['TOOLS', 'JSON_SCHEMA'] as const;

export function instructorChecks({ apiKey, baseURL }: Scene): Check[] {
  const oai = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
  const response_model = { schema: weather, name: 'weather' };
  const ask = { ...CHAT, max_tokens: 400, response_model };
  const of = (mode: (typeof MODES)[number] | 'JSON' | 'FUNCTIONS') => Instructor({ client: oai, mode });

  return [
    ...MODES.map(
      (mode): Check => [
        `${mode}: an answer by a schema, whole and as a stream`,
        async () => {
          const client = of(mode);
          const { _meta, ...answer } = await client.chat.completions.create(ask);
          requireWeather(answer);
          assert.ok(_meta!.usage!.completion_tokens > 0);
          let last: unknown;
          for await (const part of await client.chat.completions.create({ ...ask, stream: true })) last = part;
          const { _meta: _, ...streamed } = last as Record<string, unknown>;
          assert.deepEqual(streamed, answer);
        },
      ],
    ),
    [
      'JSON: an answer that is JSON, of any shape',
      async () => {
        const any = { schema: z.object({}).passthrough(), name: 'any' };
        const answer = await of('JSON').chat.completions.create({ ...ask, response_model: any });
        assert.equal(typeof answer, 'object');
      },
    ],
    [
      "errors of openai's classes, with status, code and param",
      async () => {
        const client = of('TOOLS');
        const missing = await quietly(client.chat.completions.create({ ...ask, model: 'else' }));
        assert.ok(missing instanceof OpenAI.NotFoundError, String(missing));
        assert.equal(missing.code, 'model_not_found');
        const wrong = await quietly(client.chat.completions.create({ ...ask, temperature: -1 }));
        assert.ok(wrong instanceof OpenAI.BadRequestError, String(wrong));
        assert.deepEqual([wrong.code, wrong.param], ['request-shape', 'temperature']);
        const old = await quietly(of('FUNCTIONS').chat.completions.create(ask));
        assert.ok(old instanceof OpenAI.BadRequestError, String(old));
        assert.equal(old.param, 'functions');
      },
    ],
  ];
}

/** The error, which Instructor writes to standard error as well. */
async function quietly(work: Promise<unknown>): Promise<unknown> {
  const { error } = console;
  console.error = () => {};
  return errorOf(work).finally(() => {
    console.error = error;
  });
}
