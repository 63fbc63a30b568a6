// The routes: OpenAI's and those of llama.cpp's server that people use. Knows models and requests; where it listens is server.ts's.

import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { z } from 'zod';
import { JikjiError } from '../base/index.ts';
import { foreignHost, foreignOrigin, jsonBody } from '../http/index.ts';
import { type AnswerEvent, stream, usageOf } from './answers.ts';
import type { ApiKeys } from './api-keys.ts';
import { Chat, messagesOf } from './chats.ts';
import { Completion } from './completions.ts';
import { errorResponse, failureOf, type Retried, shapeError } from './errors.ts';
import type { CompletionLogprobs } from './likelihoods.ts';
import { Metrics } from './metrics.ts';
import type { ServedModel } from './served-model.ts';
import { chatRequest, completionRequest, detokenizeRequest, templateRequest, tokenizeRequest } from './shapes.ts';

export interface AppOptions {
  models: readonly ServedModel[];
  /** Undefined: everybody who reaches the server may ask. */
  keys?: ApiKeys | undefined;
  origins: () => ReadonlySet<string>;
  /** Texts that may wait for their turn, of one model. */
  maxWaiting: number;
  /** Of one request. */
  maxSeconds: number;
  guesses: boolean;
  /** Aborted when the server stops taking requests. */
  stopping: AbortSignal;
}

type Env = { Variables: { client: string } };

/** Bytes of a request: a prompt of the longest context, as ids or as text. */
const MAX_BYTES = 16 << 20;
/** Seconds after which a client that was sent away may ask again. */
const RETRY_AFTER = 2;
/** Comments in a stream that has nothing to say keep its connection open. */
const BEAT_MS = 15_000;

/** What /v1/completions and /v1/chat/completions have in common. */
interface Conversation {
  object: string;
  prompts: number[][];
  asked: Completion['asked'];
  /** Choices before the first event of a stream. */
  opening: object[];
  choiceOf(event: AnswerEvent): object;
  /** All choices from their events. */
  choices(events: readonly AnswerEvent[]): object[];
}

export function appOf(options: AppOptions): Hono<Env> {
  const { models, keys, origins, maxWaiting, maxSeconds, guesses, stopping } = options;
  const metrics = new Metrics(models);
  const app = new Hono<Env>();

  app.onError((error, c) => errorResponse(error, c));
  app.notFound((c) =>
    errorResponse(new JikjiError('not-found', 'there is no such route', c.req.path, 'see docs/serving.md'), c),
  );

  app.use(async (c, next) => {
    await next();
    const known = c.req.routePath;
    metrics.requests.inc({ route: known, status: c.res.status });
  });
  app.use(async (c, next) => {
    const host = foreignHost(c.req.header('host') ?? new URL(c.req.url).host, origins());
    if (host) throw host;
    // A page of another site must not use the server of somebody who has it open.
    const origin = c.req.header('origin');
    const page = origin === undefined ? undefined : foreignOrigin(origin, origins());
    if (page) throw page;
    await next();
  });
  app.get('/health', (c) => c.json({ status: stopping.aborted ? 'stopping' : 'ok' }, stopping.aborted ? 503 : 200));
  app.use(async (c, next) => {
    const client = keys ? keys.clientOf(c.req.header('authorization')) : '';
    if (client === undefined) {
      const hint = 'send Authorization: Bearer KEY';
      throw new JikjiError('api-key', 'no valid API key', 'Authorization', hint);
    }
    c.set('client', client);
    await next();
  });
  app.get('/metrics', async (c) =>
    c.text(await metrics.registry.metrics(), 200, { 'Content-Type': metrics.registry.contentType }),
  );

  const cardOf = ({ name: id, created, digest, text }: ServedModel): object => ({
    id,
    object: 'model',
    created,
    owned_by: 'jikji',
    sha256: digest,
    context_length: text.context,
    vocab_size: text.model.tokenizer.vocabSize,
    has_chat_template: text.model.chatTemplate !== undefined,
  });
  app.get('/v1/models', (c) => c.json({ object: 'list', data: models.map(cardOf) }));
  app.get('/v1/models/:id{.+}', (c) => c.json(cardOf(named(c.req.param('id')))));

  /** @throws JikjiError `model-unknown` */
  function named(name: string | undefined): ServedModel {
    const found = name === undefined && models.length === 1 ? models[0] : models.find((one) => one.name === name);
    if (found) return found;
    const hint = `there are: ${models.map((one) => one.name).join(', ')}`;
    throw new JikjiError('model-unknown', 'this server has no such model', name ?? 'model', hint);
  }

  async function bodyOf<Shape extends z.ZodType>(c: Context<Env>, shape: Shape): Promise<z.output<Shape>> {
    const parsed = shape.safeParse(await jsonBody(c, MAX_BYTES));
    if (parsed.success) return parsed.data;
    throw shapeError(parsed.error);
  }

  app.post('/tokenize', async (c) => {
    const { model, content, add_special: addSpecial } = await bodyOf(c, tokenizeRequest);
    const { tokenizer } = named(model).text.model;
    return c.json({ tokens: [...(addSpecial ? [tokenizer.prefixId] : []), ...tokenizer.encode(content)] });
  });
  app.post('/detokenize', async (c) => {
    const { model, tokens } = await bodyOf(c, detokenizeRequest);
    const { tokenizer } = named(model).text.model;
    const unknown = tokens.find((id) => id >= tokenizer.vocabSize);
    if (unknown === undefined) return c.json({ content: tokenizer.decode(tokens) });
    throw new JikjiError(
      'request-shape',
      `there is no token ${unknown}`,
      'tokens',
      `they end at ${tokenizer.vocabSize - 1}`,
    );
  });
  app.post('/apply-template', async (c) => {
    const { model, messages } = await bodyOf(c, templateRequest);
    const one = named(model);
    const ids = await one.chatPromptOf(messagesOf(messages));
    return c.json({ prompt: one.text.model.tokenizer.decode(ids), tokens: ids });
  });

  /** What a request shares with all of its texts; the signal aborts when the client goes away or time is up. */
  function commonOf(c: Context<Env>, model: ServedModel) {
    if (stopping.aborted) throw new JikjiError('stopping', 'this server is stopping', c.req.path, 'ask another one');
    if (model.text.scheduler.load.waiting >= maxWaiting) {
      const error: Retried = new JikjiError('too-many', 'too many texts are waiting', model.name, 'ask again soon');
      error.retryAfter = RETRY_AFTER;
      throw error;
    }
    const timeUp = AbortSignal.timeout(maxSeconds * 1000);
    return { client: c.get('client'), signal: AbortSignal.any([c.req.raw.signal, timeUp]), timeUp, guesses };
  }

  app.post('/v1/completions', async (c) => {
    const request = await bodyOf(c, completionRequest);
    const model = named(request.model);
    const { timeUp, ...common } = commonOf(c, model);
    const completion = new Completion(request, model, common);
    type Part = { text: string; logprobs: CompletionLogprobs | null };
    return answer(
      c,
      { model, request, timeUp },
      {
        object: 'text_completion',
        prompts: completion.prompts,
        asked: completion.asked,
        opening: [],
        choiceOf: (event) => completion.choiceOf(event),
        choices: (events) =>
          completion.asked.map((_, index) => {
            const own = events.filter((event) => event.index === index);
            return Completion.joined(own.map((event) => completion.choiceOf(event) as Part));
          }),
      },
    );
  });

  app.post('/v1/chat/completions', async (c) => {
    const request = await bodyOf(c, chatRequest);
    const model = named(request.model);
    const { timeUp, ...common } = commonOf(c, model);
    const chat = await Chat.of(request, model, common);
    return answer(
      c,
      { model, request, timeUp },
      {
        object: 'chat.completion',
        prompts: chat.prompts,
        asked: chat.asked,
        opening: chat.asked.map((_, index) => chat.firstDelta(index)),
        choiceOf: (event) => chat.deltaOf(event),
        choices: (events) =>
          chat.asked.map((_, index) =>
            chat.choiceOf(
              index,
              events.filter((event) => event.index === index),
            ),
          ),
      },
    );
  });

  async function* watched(model: ServedModel, asked: Completion['asked']): AsyncGenerator<AnswerEvent> {
    const label = { model: model.name };
    let last = performance.now();
    let isFirst = true;
    for await (const event of stream(model, asked)) {
      if ('piece' in event) {
        const seconds = (performance.now() - last) / 1000;
        (isFirst ? metrics.firstToken : metrics.betweenTokens).observe(label, seconds);
        isFirst = false;
        last = performance.now();
      }
      yield event;
    }
  }

  /** Sends an answer, whole or as a stream. */
  async function answer(
    c: Context<Env>,
    {
      model,
      request,
      timeUp,
    }: {
      model: ServedModel;
      request: {
        stream?: boolean | null | undefined;
        stream_options?: { include_usage?: boolean | null | undefined } | null | undefined;
      };
      timeUp: AbortSignal;
    },
    conversation: Conversation,
  ): Promise<Response> {
    const { object, prompts, asked, opening, choiceOf, choices } = conversation;
    const id = `${object === 'text_completion' ? 'cmpl' : 'chatcmpl'}-${randomUUID()}`;
    const created = Math.floor(Date.now() / 1000);
    const head = { id, created, model: model.name, system_fingerprint: model.fingerprint };
    const events: AnswerEvent[] = [];
    const usage = () => {
      const used = usageOf(
        prompts,
        events.flatMap((event) => ('end' in event ? [event.end] : [])),
      );
      metrics.prompt.inc({ model: model.name }, used.prompt_tokens);
      metrics.generated.inc({ model: model.name }, used.completion_tokens);
      metrics.cached.inc({ model: model.name }, used.prompt_tokens_details.cached_tokens);
      return used;
    };
    const tooSlow = () => {
      const hint = 'ask for fewer tokens, or start the server with a larger --max-seconds';
      return new JikjiError('model-too-slow', `the answer takes longer than ${maxSeconds} s`, model.name, hint);
    };
    if (!request.stream) {
      for await (const event of watched(model, asked)) events.push(event);
      if (timeUp.aborted) throw tooSlow();
      return c.json({ ...head, object, choices: choices(events), usage: usage() });
    }
    const chunk = { ...head, object: object === 'chat.completion' ? 'chat.completion.chunk' : object };
    const withUsage = request.stream_options?.include_usage === true;
    const extra = withUsage ? { usage: null } : {};
    return streamSSE(c, async (sse) => {
      const send = (data: object) => sse.writeSSE({ data: JSON.stringify(data) });
      const beat = setInterval(() => void sse.write(': \n\n'), BEAT_MS);
      try {
        for (const choice of opening) await send({ ...chunk, ...extra, choices: [choice] });
        for await (const event of watched(model, asked)) {
          events.push(event);
          await send({ ...chunk, ...extra, choices: [choiceOf(event)] });
        }
        if (timeUp.aborted) throw tooSlow();
        const used = usage();
        if (withUsage) await send({ ...chunk, choices: [], usage: used });
        await sse.writeSSE({ data: '[DONE]' });
      } catch (error) {
        await send(failureOf(error).body);
      } finally {
        clearInterval(beat);
      }
    });
  }
  return app;
}
