// A conversation with a model: its history, and the part of it that fits into the context. A model that was tuned to talk answers by
// its chat template; a base model continues the text of the conversation.

import type { ChatTemplate, Message } from '../conversation/index.ts';
import { templateOf } from '../load/index.ts';
import { type Answer, type AnswerHandlers, answerTo, maxPromptTokens, tooLong } from './answer.ts';
import type { Choice } from './choose.ts';
import { type ContinueOptions, TextModel } from './text-model.ts';

export interface TalkOptions extends Choice, Pick<ContinueOptions, 'penalties' | 'stop'> {
  /** A run folder or a Hugging Face model folder. */
  model: string;
  /** The limit of tokens of an answer. */
  maxTokens: number;
  threads: number;
}

export interface Talk {
  /** True if the model has a chat template. */
  readonly tuned: boolean;
  /** A note about the model for the user. */
  readonly note: string | undefined;
  /** @throws JikjiError `prompt-too-long`, `chat-template` */
  say(text: string, saying: AnswerHandlers): Promise<Answer>;
  /** Forgets the conversation. */
  reset(): void;
  close(): void;
}

/** Opens a model for a conversation. @throws JikjiError for faults of the model */
export async function openTalk(options: TalkOptions): Promise<Talk> {
  const model = TextModel.open(options.model, options);
  try {
    const template = templateOf(model.model);
    if (!template) return new BaseTalk(model, options);
    try {
      await template.endIds(); // a template that fails is reported before the conversation begins
      return new TunedTalk(model, options, template);
    } catch (error) {
      template.close();
      throw error;
    }
  } catch (error) {
    model.close();
    throw error;
  }
}

class TunedTalk implements Talk {
  readonly tuned = true;
  readonly note: string | undefined;
  readonly #model: TextModel;
  readonly #options: TalkOptions;
  readonly #template: ChatTemplate;
  #messages: Message[] = [];
  #drawn = 0;

  constructor(model: TextModel, options: TalkOptions, template: ChatTemplate) {
    this.note = model.model.note;
    this.#model = model;
    this.#options = options;
    this.#template = template;
  }

  async say(text: string, saying: AnswerHandlers): Promise<Answer> {
    const messages: Message[] = [...this.#messages, { role: 'user', content: text }];
    const options = { ...this.#options, ...saying, drawn: this.#drawn };
    const { kept, ...answer } = await answerTo(this.#model, this.#template, messages, options);
    this.#drawn += answer.tokenIds.length;
    this.#messages = [...kept, { role: 'assistant', content: answer.text }];
    return answer;
  }

  reset(): void {
    this.#messages = [];
  }

  close(): void {
    this.#template.close();
    this.#model.close();
  }
}

class BaseTalk implements Talk {
  readonly tuned = false;
  readonly note: string | undefined;
  readonly #model: TextModel;
  readonly #options: TalkOptions;
  /** The ids of the conversation so far. */
  #ids: number[] = [];
  #drawn = 0;

  constructor(model: TextModel, options: TalkOptions) {
    this.note = model.model.note;
    this.#model = model;
    this.#options = options;
  }

  async say(text: string, { onText, onForgotten, signal }: AnswerHandlers): Promise<Answer> {
    const { context } = this.#model;
    const { tokenizer } = this.#model.model;
    // The conversation begins after the prefix token; each later message begins a new line.
    const begun = this.#ids.length > 0;
    const message = begun ? tokenizer.encode(`\n${text}`) : [tokenizer.prefixId, ...tokenizer.encode(text)];
    const maxTokens = maxPromptTokens(context, this.#options.maxTokens);
    if (message.length > maxTokens) throw tooLong(message.length - 1, maxTokens - 1);
    const all = [...this.#ids, ...message];
    const forgotten = Math.max(0, all.length - maxTokens);
    if (forgotten > 0) onForgotten?.(forgotten);
    const ids = all.slice(forgotten);
    const answer = await this.#model.continue(ids, {
      ...this.#options,
      drawn: this.#drawn,
      full: 'slide',
      onText,
      ...(signal && { signal }),
    });
    this.#drawn += answer.tokenIds.length;
    // If the model ended its text, the next message begins a new one.
    this.#ids = answer.ended === 'end' ? [] : [...ids, ...answer.tokenIds];
    return { ...answer, forgotten };
  }

  reset(): void {
    this.#ids = [];
  }

  close(): void {
    this.#model.close();
  }
}
