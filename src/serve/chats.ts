// POST /v1/chat/completions: answers a conversation with a model that has a chat template.

import { JikjiError } from '../base/index.ts';
import type { Token } from '../foundry/generate/index.ts';
import { type ChatRequest, chatMeaning, type Meaning, type ServedModel } from '../foundry/requests/index.ts';
import { type AnswerEvent, type AskedTexts, finishReason, idsOf, type Shared, textsOf } from './answers.ts';
import { type ChatLogprobs, chatLogprobs } from './likelihoods.ts';
import type { Conversation } from './reply.ts';

export class Chat implements Conversation {
  readonly object = { whole: 'chat.completion', piece: 'chat.completion.chunk' };
  readonly idPrefix = 'chatcmpl';
  readonly meaning: Meaning;
  readonly texts: AskedTexts;
  readonly request: ChatRequest;
  readonly #model: ServedModel;

  private constructor(request: ChatRequest, model: ServedModel, { meaning, texts }: Pick<Chat, 'meaning' | 'texts'>) {
    this.request = request;
    this.#model = model;
    this.meaning = meaning;
    this.texts = texts;
  }

  /** @throws JikjiError `not-tuned`, `chat-template`, `prompt-too-long`, `request-shape`, `schema-unsupported` */
  static async of(request: ChatRequest, model: ServedModel, shared: Shared): Promise<Chat> {
    const meaning = await chatMeaning(request, model);
    const { logprobs, top_logprobs: alternatives } = request;
    if (alternatives != null && !logprobs)
      throw new JikjiError('request-shape', 'needs logprobs', 'top_logprobs', 'set logprobs to true');
    const more = () => (logprobs ? { likelihoods: alternatives ?? 0 } : {});
    return new Chat(request, model, { meaning, texts: textsOf(meaning, model, { shared, more }) });
  }

  /** The conversation as ids, where they are asked for. */
  get more(): object {
    return this.request.return_token_ids ? { prompt_token_ids: this.meaning.prompts[0]!.ids } : {};
  }

  #partOf(event: AnswerEvent): { text: string; logprobs: ChatLogprobs | null; finish: 'stop' | 'length' | null } {
    if ('end' in event) return { text: '', logprobs: null, finish: finishReason(event.end) };
    const { text, tokenIds, likelihoods } = event.piece;
    const tokens: Token[] = tokenIds.map((id, i) => ({ id, ...(likelihoods && { likelihood: likelihoods[i]! }) }));
    const logprobs = this.request.logprobs ? chatLogprobs(this.#model.text.model.tokenizer, tokens) : null;
    return { text, logprobs, finish: null };
  }

  /** The first piece of each choice names the role. */
  get opening(): object[] {
    const delta = { role: 'assistant', content: '' };
    return this.texts.asked.map((_, index) => ({ index, delta, logprobs: null, finish_reason: null }));
  }

  /** The part of a choice that an event brings. */
  pieceOf(event: AnswerEvent): object {
    const { text, logprobs, finish } = this.#partOf(event);
    const ids = this.request.return_token_ids ? { token_ids: idsOf(event) } : {};
    return { index: event.index, delta: finish ? {} : { content: text }, logprobs, finish_reason: finish, ...ids };
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
    const content = parts.map(({ text }) => text).join('');
    const likely = parts.flatMap(({ logprobs }) => logprobs?.content ?? []);
    return {
      index,
      message: { role: 'assistant', content, refusal: null },
      logprobs: this.request.logprobs ? { content: likely, refusal: null } : null,
      finish_reason: parts.at(-1)?.finish ?? 'stop',
      ...(this.request.return_token_ids && { token_ids: events.flatMap(idsOf) }),
    };
  }
}
