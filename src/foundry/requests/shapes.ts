// The shapes of requests, as OpenAI's clients send them. What would change an answer and is not supported is refused by name; what cannot
// change one is taken and has no effect.

import { z } from 'zod';
import { NONCE } from '../../ledger/index.ts';

/** Texts that a client may give as stop strings. */
const MAX_STOPS = 16;
const MAX_STOP = 1000;
/** Answers to one request. */
const MAX_CHOICES = 16;
/** Likely tokens that are named beside a token. */
const MAX_ALTERNATIVES = 20;
/** Tools of one request, and calls in one message: as many as OpenAI takes. */
const MAX_TOOLS = 128;
/** Prompts of one request. */
const MAX_PROMPTS = 256;

const id = z
  .int()
  .min(0)
  .max(2 ** 31);

/** Members that say who asks and how it is billed or stored. */
const WITHOUT_EFFECT = {
  user: z.unknown(),
  store: z.unknown(),
  metadata: z.unknown(),
  service_tier: z.unknown(),
  safety_identifier: z.unknown(),
  prompt_cache_key: z.unknown(),
};

const schema = z.union([z.boolean(), z.record(z.string(), z.unknown())], 'takes a JSON schema');

const responseFormat = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text') }),
  /** With a schema as Instructor sends it. */
  z.strictObject({ type: z.literal('json_object'), schema: schema.nullish() }),
  z.strictObject({
    type: z.literal('json_schema'),
    json_schema: z.strictObject({
      name: z.string().max(200).nullish(),
      description: z.string().nullish(),
      schema,
      strict: z.boolean().nullish(),
    }),
  }),
]);

const stop = z
  .string()
  .max(MAX_STOP)
  .refine((text) => text.isWellFormed(), 'is not Unicode');

/** A number, or -1 as some clients write that they give none. */
const orNone = (number: z.ZodInt) =>
  z.union([number, z.literal(-1).transform(() => undefined)], 'takes a whole number from 0 on');

const sampling = {
  model: z.string().max(200),
  temperature: z.number().min(0).max(100).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: orNone(z.int().min(0)).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  seed: orNone(z.int().min(0).max(Number.MAX_SAFE_INTEGER)).nullish(),
  n: z.int().min(1).max(MAX_CHOICES).nullish(),
  stop: z
    .union(
      [stop, z.array(stop).max(MAX_STOPS)],
      `takes a text or up to ${MAX_STOPS}, each of up to ${MAX_STOP} characters`,
    )
    .nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  repetition_penalty: z.number().min(0.01).max(100).nullish(),
  logit_bias: z.record(z.string().regex(/^\d{1,10}$/), z.number().min(-100).max(100)).nullish(),
  response_format: responseFormat.nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.strictObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: z.int().min(0).max(1_000_000).nullish(),
  /** What the seed follows from, where none is given, and what a receipt names. */
  nonce: z.string().regex(NONCE, 'takes 1 to 128 characters, none of them a control character').nullish(),
  /** Prompts and answers as ids too, as vLLM gives them. */
  return_token_ids: z.boolean().nullish(),
  ...z.object(WITHOUT_EFFECT).partial().shape,
};

export const completionRequest = z.strictObject({
  ...sampling,
  /** Texts or ids, one or several. */
  prompt: z.union(
    [
      z.string(),
      z.array(z.string()).min(1).max(MAX_PROMPTS),
      z.array(id).min(1),
      z.array(z.array(id).min(1)).min(1).max(MAX_PROMPTS),
    ],
    `takes a text, the ids of one, or a list of 1 to ${MAX_PROMPTS} of either`,
  ),
  echo: z.boolean().nullish(),
  logprobs: z.int().min(0).max(MAX_ALTERNATIVES).nullish(),
  best_of: z.int().nullish(),
  suffix: z.literal('', 'is not supported').nullish(),
});
export type CompletionRequest = z.output<typeof completionRequest>;

const textParts = z.array(z.strictObject({ type: z.literal('text'), text: z.string() }));

const toolName = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/, 'takes 1 to 64 letters, digits, _ and -');

const tool = z.strictObject({
  type: z.literal('function', 'only functions are supported'),
  function: z.strictObject({
    name: toolName,
    description: z.string().nullish(),
    parameters: z.record(z.string(), z.unknown()).nullish(),
    /** Arguments are always held to the schema. */
    strict: z.boolean().nullish(),
  }),
});

const toolChoice = z.union(
  [
    z.enum(['none', 'auto', 'required']),
    z.strictObject({ type: z.literal('function'), function: z.strictObject({ name: toolName }) }),
  ],
  'takes none, auto, required or the name of a function',
);

const toolCall = z.strictObject({
  id: z.string().min(1).max(200),
  type: z.literal('function', 'only functions are supported'),
  function: z.strictObject({ name: toolName, arguments: z.string() }),
});

const none = z.null('is not supported').optional();
/** Members of OpenAI's chats that would change an answer: clients that choose nothing send null. */
const UNSUPPORTED = {
  ...{ audio: none, functions: none, function_call: none, prediction: none },
  ...{ reasoning_effort: none, verbosity: none, web_search_options: none },
};

const message = z.strictObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  content: z.union([z.string(), textParts], 'takes a text, or parts of type text').nullish(),
  name: z.string().nullish(),
  /** Answers have them: clients send them back as they are. */
  refusal: z.null().optional(),
  audio: z.null('is not supported').optional(),
  function_call: z.null('is not supported').optional(),
  annotations: z.array(z.unknown()).max(0, 'is not supported').nullish(),
  tool_calls: z.array(toolCall).min(1).max(MAX_TOOLS).nullish(),
  tool_call_id: z.string().nullish(),
});

export const chatRequest = z.strictObject({
  ...sampling,
  messages: z.array(message).min(1).max(2000),
  max_completion_tokens: z.int().min(1).max(1_000_000).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(MAX_ALTERNATIVES).nullish(),
  tools: z.array(tool).min(1).max(MAX_TOOLS).nullish(),
  tool_choice: toolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  modalities: z.tuple([z.literal('text')], 'takes text alone').nullish(),
  ...UNSUPPORTED,
});
export type ChatRequest = z.output<typeof chatRequest>;

export type SamplingRequest = Pick<ChatRequest, Exclude<keyof ChatRequest & keyof CompletionRequest, 'logprobs'>>;

export const tokenizeRequest = z.strictObject({
  model: sampling.model.nullish(),
  content: z.string(),
  /** Whether the token before every text is added. */
  add_special: z.boolean().nullish(),
});

export const detokenizeRequest = z.strictObject({ model: sampling.model.nullish(), tokens: z.array(id) });

export const templateRequest = z.strictObject({
  model: sampling.model.nullish(),
  messages: chatRequest.shape.messages,
  tools: chatRequest.shape.tools,
});
