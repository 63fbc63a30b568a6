// POST /v1/chat/completions: answers a conversation with a model that has a chat template.

import { JikjiError } from '../base/index.ts';
import type { Token } from '../foundry/generate/index.ts';
import {
  type AnswerPart,
  type CallAnswer,
  type ChatRequest,
  callAnswerOf,
  chatMeaning,
  joinedParts,
  type Meaning,
  type ServedModel,
} from '../foundry/requests/index.ts';
import { type AnswerEvent, finishReason, idsOf, type RequestContext, type TextRequests, textsOf } from './answers.ts';
import { type ChatLogprobs, chatLogprobs } from './likelihoods.ts';
import type { Conversation } from './reply.ts';

/** What an event brings of a choice. */
interface Part extends AnswerPart {
  logprobs: ChatLogprobs | null;
  finish: 'stop' | 'length' | 'tool_calls' | null;
}

export class Chat implements Conversation {
  readonly object = { whole: 'chat.completion', piece: 'chat.completion.chunk' };
  readonly idPrefix = 'chatcmpl';
  readonly meaning: Meaning;
  readonly texts: TextRequests;
  readonly request: ChatRequest;
  readonly #model: ServedModel;
  /** By choice, where there are tools. */
  readonly #answers: readonly (CallAnswer | undefined)[];

  private constructor(request: ChatRequest, model: ServedModel, { meaning, texts }: Pick<Chat, 'meaning' | 'texts'>) {
    this.request = request;
    this.#model = model;
    this.meaning = meaning;
    this.texts = texts;
    this.#answers = texts.asked.map(({ options: { seed } }, at) => callAnswerOf(meaning, model, { at, seed }));
  }

  /** @throws JikjiError `not-tuned`, `chat-template`, `tools-unsupported`, `prompt-too-long`, `request-shape`, `schema-unsupported` */
  static async of(request: ChatRequest, model: ServedModel, shared: RequestContext): Promise<Chat> {
    const meaning = await chatMeaning(request, model);
    const { logprobs, top_logprobs: alternatives } = request;
    if (alternatives != null && !logprobs)
      throw new JikjiError('request-shape', 'needs logprobs', 'top_logprobs', 'set logprobs to true');
    const more = () => (logprobs ? { likelihoods: alternatives ?? 0 } : {});
    return new Chat(request, model, { meaning, texts: await textsOf(meaning, model, { shared, more }) });
  }

  /** The conversation as ids, where they are asked for. */
  get more(): object {
    return this.request.return_token_ids ? { prompt_token_ids: this.meaning.prompts[0]!.ids } : {};
  }

  /** The events of a choice come here once each, in their order. */
  #partOf(event: AnswerEvent): Part {
    const answer = this.#answers[event.index];
    if ('end' in event) {
      const { content } = answer?.end() ?? { content: '' };
      const isCall = event.end.ended === 'end' && answer?.isCalling === true;
      return { content, calls: [], logprobs: null, finish: isCall ? 'tool_calls' : finishReason(event.end) };
    }
    const { text, tokenIds, likelihoods } = event.piece;
    const tokens: Token[] = tokenIds.map((id, i) => ({ id, ...(likelihoods && { likelihood: likelihoods[i]! }) }));
    const logprobs = this.request.logprobs ? chatLogprobs(this.#model.text.model.tokenizer, tokens) : null;
    return { ...(answer?.push(text) ?? { content: text, calls: [] }), logprobs, finish: null };
  }

  /** The first piece of each choice names the role. With tools there may be no content. */
  get opening(): object[] {
    const delta = { role: 'assistant', content: this.meaning.held && 'calls' in this.meaning.held ? null : '' };
    return this.texts.asked.map((_, index) => ({ index, delta, logprobs: null, finish_reason: null }));
  }

  /** The part of a choice that an event brings. */
  pieceOf(event: AnswerEvent): object {
    const { content, calls, logprobs, finish } = this.#partOf(event);
    const ids = this.request.return_token_ids ? { token_ids: idsOf(event) } : {};
    // Tokens of a call's form bring no text.
    const isSilent = content === '' && (finish !== null || this.#answers[event.index] !== undefined);
    const delta = { ...(!isSilent && { content }), ...(calls.length > 0 && { tool_calls: calls }) };
    return { index: event.index, delta, logprobs, finish_reason: finish, ...ids };
  }

  choices(events: readonly AnswerEvent[]): object[] {
    return this.texts.asked.map((_, index) =>
      this.#choice(
        index,
        events.filter((event) => event.index === index),
      ),
    );
  }

  #choice(index: number, events: readonly AnswerEvent[]): object {
    const parts = events.map((event) => this.#partOf(event));
    const { content, calls } = joinedParts(parts);
    const likely = parts.flatMap(({ logprobs }) => logprobs?.content ?? []);
    const message = {
      ...{ role: 'assistant', content: content === '' && calls.length > 0 ? null : content, refusal: null },
      ...(calls.length > 0 && { tool_calls: calls.map(({ index: _, ...call }) => call) }),
    };
    return {
      index,
      message,
      logprobs: this.request.logprobs ? { content: likely, refusal: null } : null,
      finish_reason: parts.at(-1)?.finish ?? 'stop',
      ...(this.request.return_token_ids && { token_ids: events.flatMap(idsOf) }),
    };
  }
}
