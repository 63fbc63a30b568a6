// The routes that generate: /v1/completions and /v1/chat/completions.

import { type Context, Hono } from 'hono';
import { JikjiError } from '../base/index.ts';
import { chatRequest, completionRequest, type SamplingRequest, type ServedModel } from '../foundry/requests/index.ts';
import type { RequestContext } from './answers.ts';
import { Chat } from './chats.ts';
import { Completion } from './completions.ts';
import { bodyOf, type Env, findModel, type ServerContext } from './context.ts';
import type { RetryError } from './errors.ts';
import { type Conversation, type ReplyOptions, reply } from './reply.ts';

/** Seconds after which a client that was sent away may ask again. */
const RETRY_AFTER = 2;

/**
 * What a request wants, and what its texts share: their signal aborts when the client goes away or the time is up.
 * @throws JikjiError `stopping`, `too-many`, `request-shape`
 */
function begin(
  c: Context<Env>,
  { stopping, maxWaiting, maxSeconds, guesses, receipts }: ServerContext,
  model: ServedModel,
  request: SamplingRequest,
) {
  if (stopping.aborted) throw new JikjiError('stopping', 'this server is stopping', c.req.path, 'ask another one');
  if (model.text.scheduler.load.waiting >= maxWaiting) {
    const error: RetryError = new JikjiError('too-many', 'too many texts are waiting', model.name, 'ask again soon');
    error.retryAfter = RETRY_AFTER;
    throw error;
  }
  if (request.nonce != null && !receipts) {
    const hint = 'leave it out, or start the server with --receipts KEY';
    throw new JikjiError('request-shape', 'this server gives no receipts', 'nonce', hint);
  }
  const timeUp = AbortSignal.timeout(maxSeconds * 1000);
  const shared: RequestContext = {
    client: c.get('client'),
    signal: AbortSignal.any([c.req.raw.signal, timeUp]),
    guesses,
  };
  const { stream, stream_options: streaming } = request;
  const wanted: ReplyOptions = {
    model,
    isStream: stream === true,
    withUsage: streaming?.include_usage === true,
    timeUp,
  };
  return { shared, wanted };
}

const answer = (c: Context<Env>, context: ServerContext, wanted: ReplyOptions, conversation: Conversation) => {
  context.receipts?.requireRoom(conversation.meaning);
  return reply(c, context, wanted, conversation);
};

export function answerRoutes(context: ServerContext): Hono<Env> {
  const app = new Hono<Env>();
  app.post('/v1/completions', async (c) => {
    const request = await bodyOf(c, completionRequest);
    const model = findModel(context, request.model);
    const { shared, wanted } = begin(c, context, model, request);
    return answer(c, context, wanted, await Completion.of(request, model, shared));
  });
  app.post('/v1/chat/completions', async (c) => {
    const request = await bodyOf(c, chatRequest);
    const model = findModel(context, request.model);
    const { shared, wanted } = begin(c, context, model, request);
    return answer(c, context, wanted, await Chat.of(request, model, shared));
  });
  return app;
}
