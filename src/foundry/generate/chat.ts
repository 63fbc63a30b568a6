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
  /** Answers to each message. @default 1 */
  count?: number;
}

export interface Talk {
  /** True if the model has a chat template. */
  readonly tuned: boolean;
  /** A note about the model for the user. */
  readonly note: string | undefined;
  /** @throws JikjiError `prompt-too-long`, `chat-template` */
  say(text: string, saying: AnswerHandlers): Promise<Said>;
  /** Forgets the conversation. */
  reset(): void;
  close(): void;
}

/** Opens a model for a conversation. @throws JikjiError for faults of the model */
export async function openTalk(options: TalkOptions): Promise<Talk> {
  const model = TextModel.open(options.model, { threads: options.threads, texts: options.count ?? 1 });
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
  readonly #answers: SeveralAnswers;
  #messages: Message[] = [];

  constructor(model: TextModel, options: TalkOptions, template: ChatTemplate) {
    this.note = model.model.note;
    this.#model = model;
    this.#options = options;
    this.#template = template;
    this.#answers = new SeveralAnswers(options.seed, options.count ?? 1);
  }

  async say(text: string, saying: AnswerHandlers): Promise<Said> {
    const messages: Message[] = [...this.#messages, { role: 'user', content: text }];
    const all = await this.#answers.ask(saying, (one) =>
      answerTo(this.#model, this.#template, messages, { ...this.#options, ...one }),
    );
    const { kept } = all[0];
    const [answer, ...others] = all.map(({ kept: _, ...rest }) => rest);
    this.#messages = [...kept, { role: 'assistant', content: answer.text }];
    return { ...answer, others };
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
  readonly #answers: SeveralAnswers;
  /** The ids of the conversation so far. */
  #ids: number[] = [];

  constructor(model: TextModel, options: TalkOptions) {
    this.note = model.model.note;
    this.#model = model;
    this.#options = options;
    this.#answers = new SeveralAnswers(options.seed, options.count ?? 1);
  }

  async say(text: string, saying: AnswerHandlers): Promise<Said> {
    const { context } = this.#model;
    const { tokenizer } = this.#model.model;
    // The conversation begins after the prefix token; each later message begins a new line.
    const begun = this.#ids.length > 0;
    const message = begun ? tokenizer.encode(`\n${text}`) : [tokenizer.prefixId, ...tokenizer.encode(text)];
    const maxTokens = maxPromptTokens(context, this.#options.maxTokens);
    if (message.length > maxTokens) throw tooLong(message.length - 1, maxTokens - 1);
    const all = [...this.#ids, ...message];
    const forgotten = Math.max(0, all.length - maxTokens);
    if (forgotten > 0) saying.onForgotten?.(forgotten);
    const ids = all.slice(forgotten);
    const [answer, ...others] = await this.#answers.ask(saying, async ({ onForgotten: _, ...one }): Promise<Answer> => {
      const continued = await this.#model.continue(ids, { ...this.#options, ...one, full: 'slide' });
      return { ...continued, forgotten };
    });
    // If the model ended its text, the next message begins a new one.
    this.#ids = answer.ended === 'end' ? [] : [...ids, ...answer.tokenIds];
    return { ...answer, others };
  }

  reset(): void {
    this.#ids = [];
  }

  close(): void {
    this.#model.close();
  }
}

// Several answers to one message: the first has the seed, each later one the next. A talk goes on with the first one, which alone is shown
// as it comes.

/** The first answer, and the others. */
export interface Said extends Answer {
  others: Answer[];
}

class SeveralAnswers {
  readonly #seed: number;
  /** Earlier draws with each seed. */
  readonly #drawn: number[];

  constructor(seed: number, count: number) {
    this.#seed = seed;
    this.#drawn = Array.from({ length: count }, () => 0);
  }

  /** Asks for all of them at once; the first one comes first. */
  async ask<T extends Answer>(
    handlers: AnswerHandlers,
    answer: (one: AnswerHandlers & { seed: number; drawn: number }) => Promise<T>,
  ): Promise<T[]> {
    const { signal } = handlers;
    const quiet: AnswerHandlers = { onText: () => {}, ...(signal && { signal }) };
    const answers = await Promise.all(
      this.#drawn.map((drawn, i) => answer({ ...(i === 0 ? handlers : quiet), seed: this.#seed + i, drawn })),
    );
    for (const [i, { tokenIds }] of answers.entries()) this.#drawn[i] += tokenIds.length;
    return answers;
  }
}
