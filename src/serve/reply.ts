// Sends the texts of a request, whole or as server-sent events, and counts what they used.

import type { Context } from 'hono';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import { JikjiError } from '../base/index.ts';
import type { Meaning, ServedModel } from '../foundry/requests/index.ts';
import type { ReceiptEnd } from '../ledger/index.ts';
import { type AnswerEvent, stream, type TextRequests, type Usage, usageOf } from './answers.ts';
import type { Env, ServerContext } from './context.ts';
import { newId } from './receipts/index.ts';
import { SentTokens } from './sent-tokens.ts';

/** Comments in a stream that has nothing to say keep its connection open. */
const BEAT_MS = 15_000;

/** What is asked for, and how its texts become the choices of an answer. */
export interface Conversation {
  /** OpenAI's name for a whole answer, and for a piece of a stream. */
  object: { whole: string; piece: string };
  idPrefix: string;
  request: object;
  meaning: Meaning;
  texts: TextRequests;
  /** Further members of an answer; of a stream, in its first piece. */
  more?: object;
  /** Choices before the first event of a stream. */
  opening: object[];
  pieceOf(event: AnswerEvent): object;
  /** All choices from their events. */
  choices(events: readonly AnswerEvent[]): object[];
}

export interface ReplyOptions {
  model: ServedModel;
  isStream: boolean;
  withUsage: boolean;
  /** Aborted when the time for an answer is over. */
  timeUp: AbortSignal;
}

/** The events of all texts, with their times in the figures. */
async function* timed({ metrics }: ServerContext, model: ServedModel, { asked }: TextRequests) {
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
  { model }: ReplyOptions,
  { prompts }: Meaning,
  events: readonly AnswerEvent[],
): Usage {
  const ends = events.flatMap((event) => ('end' in event ? [event.end] : []));
  const usage = usageOf(
    prompts.map(({ ids }) => ids),
    ends,
  );
  const label = { model: model.name };
  metrics.prompt.inc(label, usage.prompt_tokens);
  metrics.generated.inc(label, usage.completion_tokens);
  metrics.cached.inc(label, usage.prompt_tokens_details.cached_tokens);
  return usage;
}

const isBrokenOff = (event: AnswerEvent): boolean => 'end' in event && event.end.ended === 'stopped';

/** @throws JikjiError `model-too-slow` if a text was broken off for want of time */
function requireTime(
  { maxSeconds }: ServerContext,
  { model, timeUp }: ReplyOptions,
  events: readonly AnswerEvent[],
): void {
  if (!timeUp.aborted || !events.some(isBrokenOff)) return;
  const hint = 'ask for fewer tokens; jikji serve takes --max-seconds';
  throw new JikjiError('model-too-slow', `the answer takes longer than ${maxSeconds} s`, model.name, hint);
}

/** An answer on its way. */
interface Reply {
  c: Context<Env>;
  context: ServerContext;
  wanted: ReplyOptions;
  conversation: Conversation;
  /** Of the answer, and of its receipt. */
  id: string;
  /** Members of the answer, or of each piece. */
  head: object;
}

/** Signs what was sent, and gives the member that names the receipt; nothing without receipts, or if nothing was sent. */
async function receiptOf(
  { c, context: { receipts }, wanted: { model }, conversation, id }: Reply,
  sent: SentTokens,
  brokenOff: ReceiptEnd,
): Promise<{ receipt?: string }> {
  if (!receipts || sent.isEmpty) return {};
  const { request, meaning, texts } = conversation;
  const requestId = c.get('requestId');
  await receipts.issue({ id, requestId, model, request, meaning, texts, answers: sent.answers(brokenOff) });
  return { receipt: id };
}

export async function reply(
  c: Context<Env>,
  context: ServerContext,
  wanted: ReplyOptions,
  conversation: Conversation,
): Promise<Response> {
  const { model, isStream } = wanted;
  const { object, idPrefix } = conversation;
  const id = newId();
  const about = { created: Math.floor(Date.now() / 1000), model: model.name, system_fingerprint: model.fingerprint };
  const head = { id: `${idPrefix}-${id}`, object: isStream ? object.piece : object.whole, ...about };
  const one: Reply = { c, context, wanted, conversation, id, head };
  const during = <T>(answer: Promise<T>): Promise<T> => context.receipts?.during(id, answer) ?? answer;
  if (isStream) {
    const ended = Promise.withResolvers<void>();
    c.set('stream', ended.promise);
    return streamSSE(c, (sse) => during(replyInPieces(one, sse)).finally(ended.resolve));
  }
  return during(replyWhole(one));
}

async function replyWhole(one: Reply): Promise<Response> {
  const { c, context, wanted, conversation, head } = one;
  const { meaning, texts } = conversation;
  const events: AnswerEvent[] = [];
  for await (const event of timed(context, wanted.model, texts)) events.push(event);
  requireTime(context, wanted, events);
  const usage = used(context, wanted, meaning, events);
  const choices = conversation.choices(events);
  const sent = new SentTokens(texts.asked.length);
  // Who has gone gets nothing, and so no receipt.
  if (!events.some(isBrokenOff)) for (const event of events) sent.add(event);
  const receipt = await receiptOf(one, sent, 'client-gone');
  if (receipt.receipt !== undefined) c.header('Jikji-Receipt', receipt.receipt);
  return c.json({ ...head, choices, usage, ...conversation.more, ...receipt });
}

/** The last piece comes when the receipt is on disk, and names it. */
async function replyInPieces(one: Reply, sse: SSEStreamingApi): Promise<void> {
  const { c, context, wanted, conversation, head } = one;
  const { texts, opening, meaning } = conversation;
  const sent = new SentTokens(texts.asked.length);
  const send = (data: object) => sse.writeSSE({ data: JSON.stringify(data) });
  let more = conversation.more;
  const sendChoices = (choices: object[], members: object = {}): Promise<void> => {
    const first = more;
    more = undefined;
    return send({ ...head, ...(wanted.withUsage && { usage: null }), choices, ...first, ...members });
  };
  const beat = setInterval(() => void sse.write(': \n\n'), BEAT_MS);
  const events: AnswerEvent[] = [];
  let open = texts.asked.length;
  try {
    for (const choice of opening) await sendChoices([choice]);
    for await (const event of timed(context, wanted.model, texts)) {
      events.push(event);
      if ('end' in event) open--;
      if (open === 0 || isBrokenOff(event) || c.req.raw.signal.aborted) continue;
      sent.add(event);
      await sendChoices([conversation.pieceOf(event)]);
    }
    const usage = used(context, wanted, meaning, events);
    if (c.req.raw.signal.aborted)
      return void (await receiptOf(one, sent, wanted.timeUp.aborted ? 'time-up' : 'client-gone'));
    requireTime(context, wanted, events);
    const last = events.at(-1)!;
    sent.add(last);
    const receipt = await receiptOf(one, sent, 'client-gone');
    await sendChoices([conversation.pieceOf(last)], wanted.withUsage ? {} : receipt);
    if (wanted.withUsage) await send({ ...head, choices: [], usage, ...receipt });
    await sse.writeSSE({ data: '[DONE]' });
  } catch (error) {
    await send(await failureIn(one, sent, error));
  } finally {
    clearInterval(beat);
  }
}

/** The event for an error in a stream. It names the receipt of what was sent until then. */
async function failureIn(one: Reply, sent: SentTokens, error: unknown): Promise<object> {
  const failureOf = (why: unknown) => one.context.failureOf(why, one.c.get('requestId'));
  const { body } = failureOf(error);
  const isLate = error instanceof JikjiError && error.code === 'model-too-slow';
  try {
    return { ...body, ...(await receiptOf(one, sent, isLate ? 'time-up' : 'server-stopped')) };
  } catch (second) {
    return second === error ? body : failureOf(second).body;
  }
}
