// Sends the texts of a request, whole or as server-sent events, and counts what they used.

import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import { JikjiError } from '../base/index.ts';
import { type AnswerEvent, type Asked, stream, type Usage, usageOf } from './answers.ts';
import type { Env, ServerContext } from './context.ts';
import type { ServedModel } from './served-model.ts';

/** Comments in a stream that has nothing to say keep its connection open. */
const BEAT_MS = 15_000;

/** What is asked for, and how its texts become the choices of an answer. */
export interface Conversation {
  /** OpenAI's name for a whole answer, and for a piece of a stream. */
  object: { whole: string; piece: string };
  idPrefix: string;
  prompts: readonly (readonly number[])[];
  asked: readonly Asked[];
  /** Choices before the first event of a stream. */
  opening: object[];
  pieceOf(event: AnswerEvent): object;
  /** All choices from their events. */
  choices(events: readonly AnswerEvent[]): object[];
}

export interface Wanted {
  model: ServedModel;
  isStream: boolean;
  withUsage: boolean;
  /** Aborted when the time for an answer is over. */
  timeUp: AbortSignal;
}

/** The events of all texts, with their times in the figures. */
async function* timed({ metrics }: ServerContext, model: ServedModel, asked: readonly Asked[]) {
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

/** What was used, counted in the figures. */
function used(
  { metrics }: ServerContext,
  { model }: Wanted,
  prompts: Conversation['prompts'],
  events: readonly AnswerEvent[],
): Usage {
  const ends = events.flatMap((event) => ('end' in event ? [event.end] : []));
  const usage = usageOf(prompts, ends);
  const label = { model: model.name };
  metrics.prompt.inc(label, usage.prompt_tokens);
  metrics.generated.inc(label, usage.completion_tokens);
  metrics.cached.inc(label, usage.prompt_tokens_details.cached_tokens);
  return usage;
}

function requireTime({ maxSeconds }: ServerContext, { model, timeUp }: Wanted): void {
  if (!timeUp.aborted) return;
  const hint = 'ask for fewer tokens; jikji serve takes --max-seconds';
  throw new JikjiError('model-too-slow', `the answer takes longer than ${maxSeconds} s`, model.name, hint);
}

export async function reply(
  c: Context<Env>,
  context: ServerContext,
  wanted: Wanted,
  conversation: Conversation,
): Promise<Response> {
  const { model, isStream } = wanted;
  const { object, idPrefix, prompts, asked } = conversation;
  const created = Math.floor(Date.now() / 1000);
  const head = { id: `${idPrefix}-${randomUUID()}`, created, model: model.name, system_fingerprint: model.fingerprint };
  if (isStream) return replyInPieces(c, context, { wanted, conversation, head: { ...head, object: object.piece } });
  const events: AnswerEvent[] = [];
  for await (const event of timed(context, model, asked)) events.push(event);
  requireTime(context, wanted);
  const usage = used(context, wanted, prompts, events);
  return c.json({ ...head, object: object.whole, choices: conversation.choices(events), usage });
}

function replyInPieces(
  c: Context<Env>,
  context: ServerContext,
  { wanted, conversation, head }: { wanted: Wanted; conversation: Conversation; head: object },
): Response {
  const { model, withUsage } = wanted;
  const { asked, opening, prompts } = conversation;
  const chunk = (choices: object[]) => ({ ...head, ...(withUsage && { usage: null }), choices });
  return streamSSE(c, async (sse) => {
    const send = (data: object) => sse.writeSSE({ data: JSON.stringify(data) });
    const beat = setInterval(() => void sse.write(': \n\n'), BEAT_MS);
    const events: AnswerEvent[] = [];
    try {
      for (const choice of opening) await send(chunk([choice]));
      for await (const event of timed(context, model, asked)) {
        events.push(event);
        await send(chunk([conversation.pieceOf(event)]));
      }
      requireTime(context, wanted);
      const usage = used(context, wanted, prompts, events);
      if (withUsage) await send({ ...chunk([]), usage });
      await sse.writeSSE({ data: '[DONE]' });
    } catch (error) {
      await send(context.failureOf(error).body);
    } finally {
      clearInterval(beat);
    }
  });
}
