// POST /v1/chat/completions: answers a conversation with a model that has a chat template.

import { JikjiError } from '../base/index.ts';
import type { Message, Token } from '../foundry/generate/index.ts';
import type { AnswerEvent, Asked } from './answers.ts';
import { finishReason } from './answers.ts';
import { type ChatLogprobs, chatLogprobs } from './likelihoods.ts';
import type { Conversation } from './reply.ts';
import { optionsOf, type Shared } from './sampling.ts';
import type { ServedModel } from './served-model.ts';
import type { ChatRequest } from './shapes.ts';

/** A conversation in the roles that templates know. */
export const messagesOf = (messages: ChatRequest['messages']): Message[] =>
  messages.map(({ role, content }) => ({
    role: role === 'developer' ? 'system' : role,
    content: typeof content === 'string' ? content : content.map(({ text }) => text).join(''),
  }));

export class Chat implements Conversation {
  readonly object = { whole: 'chat.completion', piece: 'chat.completion.chunk' };
  readonly idPrefix = 'chatcmpl';
  readonly asked: Asked[];
  readonly prompts: number[][];
  readonly #request: ChatRequest;
  readonly #model: ServedModel;

  private constructor(request: ChatRequest, model: ServedModel, ids: number[], asked: Asked[]) {
    this.#request = request;
    this.#model = model;
    this.prompts = [ids];
    this.asked = asked;
  }

  /** @throws JikjiError `not-tuned`, `chat-template`, `prompt-too-long`, `request-shape` */
  static async of(request: ChatRequest, model: ServedModel, shared: Shared): Promise<Chat> {
    const { context } = model.text;
    const ids = await model.chatPromptOf(messagesOf(request.messages));
    if (ids.length > context) {
      const message = `the conversation has ${ids.length} tokens, the model's context is ${context}`;
      throw new JikjiError('prompt-too-long', message, 'messages', 'leave out the oldest ones');
    }
    const { n, logprobs, top_logprobs: alternatives } = request;
    if (alternatives != null && !logprobs)
      throw new JikjiError('request-shape', 'needs logprobs', 'top_logprobs', 'set logprobs to true');
    const options = optionsOf(request, model, shared, await model.template.endIds());
    const asked = Array.from({ length: n ?? 1 }, (_, i) => ({
      ids,
      options: {
        ...options(i),
        maxTokens: request.max_completion_tokens ?? request.max_tokens ?? context,
        ...(logprobs && { likelihoods: alternatives ?? 0 }),
      },
    }));
    return new Chat(request, model, ids, asked);
  }

  #partOf(event: AnswerEvent): { text: string; logprobs: ChatLogprobs | null; finish: 'stop' | 'length' | null } {
    if ('end' in event) return { text: '', logprobs: null, finish: finishReason(event.end) };
    const { text, tokenIds, likelihoods } = event.piece;
    const tokens: Token[] = tokenIds.map((id, i) => ({ id, ...(likelihoods && { likelihood: likelihoods[i]! }) }));
    const logprobs = this.#request.logprobs ? chatLogprobs(this.#model.text.model.tokenizer, tokens) : null;
    return { text, logprobs, finish: null };
  }

  /** The first piece of each choice names the role. */
  get opening(): object[] {
    const delta = { role: 'assistant', content: '' };
    return this.asked.map((_, index) => ({ index, delta, logprobs: null, finish_reason: null }));
  }

  /** The part of a choice that an event brings. */
  pieceOf(event: AnswerEvent): object {
    const { text, logprobs, finish } = this.#partOf(event);
    return { index: event.index, delta: finish ? {} : { content: text }, logprobs, finish_reason: finish };
  }

  choices(events: readonly AnswerEvent[]): object[] {
    return this.asked.map((_, index) =>
      this.#choice(
        index,
        events.filter((event) => event.index === index),
      ),
    );
  }

  #choice(index: number, events: readonly AnswerEvent[]): object {
    const parts = events.map((event) => this.#partOf(event));
    const content = parts.map(({ text }) => text).join('');
    const likely = parts.flatMap(({ logprobs }) => logprobs?.content ?? []);
    return {
      index,
      message: { role: 'assistant', content, refusal: null },
      logprobs: this.#request.logprobs ? { content: likely, refusal: null } : null,
      finish_reason: parts.at(-1)?.finish ?? 'stop',
    };
  }
}
