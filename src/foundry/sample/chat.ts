// A talk with a model: what was said so far, and what of it still fits. A model that was tuned to talk is asked by its own chat
// template; a base model continues the text that grows between it and the person.

import { type Answer, answerTo, roomFor, type Saying, tooLong } from './answer.ts';
import { ChatTemplate, type Message } from './chat-template.ts';
import type { Choice } from './choose.ts';
import { Session } from './session.ts';

export interface TalkOptions extends Choice {
  /** A run folder or a Hugging Face model folder. */
  model: string;
  /** Tokens of an answer, at most. */
  maxTokens: number;
  threads: number;
}

export interface Talk {
  /** True where the model has a chat template; a base model continues what is said. */
  readonly tuned: boolean;
  /** What is to be said of the model. */
  readonly note: string | undefined;
  /** @throws JikjiError `prompt-too-long`, `chat-template` */
  say(text: string, saying: Saying): Promise<Answer>;
  /** Forgets what was said. */
  reset(): void;
  close(): void;
}

/** Opens a model to talk with. @throws JikjiError for what is wrong with it */
export async function openTalk(options: TalkOptions): Promise<Talk> {
  const session = Session.open(options.model, options.threads);
  try {
    const { chatTemplate, bosToken, eosToken, tokenizer, folder } = session.model;
    if (chatTemplate === undefined) return new BaseTalk(session, options);
    const template = new ChatTemplate({ template: chatTemplate, bosToken, eosToken, tokenizer, name: folder });
    try {
      await template.ends(); // a template that fails is told before anybody speaks
      return new TunedTalk(session, options, template);
    } catch (error) {
      template.close();
      throw error;
    }
  } catch (error) {
    session.close();
    throw error;
  }
}

class TunedTalk implements Talk {
  readonly tuned = true;
  readonly note: string | undefined;
  readonly #session: Session;
  readonly #options: TalkOptions;
  readonly #template: ChatTemplate;
  #messages: Message[] = [];
  #drawn = 0;

  constructor(session: Session, options: TalkOptions, template: ChatTemplate) {
    this.note = session.model.note;
    this.#session = session;
    this.#options = options;
    this.#template = template;
  }

  async say(text: string, saying: Saying): Promise<Answer> {
    const messages: Message[] = [...this.#messages, { role: 'user', content: text }];
    const options = { ...this.#options, ...saying, drawn: this.#drawn };
    const { kept, ...answer } = await answerTo(this.#session, this.#template, messages, options);
    this.#drawn += answer.tokenIds.length;
    this.#messages = [...kept, { role: 'assistant', content: answer.text }];
    return answer;
  }

  reset(): void {
    this.#messages = [];
  }

  close(): void {
    this.#template.close();
    this.#session.close();
  }
}

class BaseTalk implements Talk {
  readonly tuned = false;
  readonly note: string | undefined;
  readonly #session: Session;
  readonly #options: TalkOptions;
  /** The text so far. */
  #ids: number[] = [];
  #drawn = 0;

  constructor(session: Session, options: TalkOptions) {
    this.note = session.model.note;
    this.#session = session;
    this.#options = options;
  }

  async say(text: string, { onText, onForgotten, signal }: Saying): Promise<Answer> {
    const { context } = this.#session;
    const { tokenizer } = this.#session.model;
    // A text begins after the prefix token; what is said later begins a line of it.
    const begun = this.#ids.length > 0;
    const said = begun ? tokenizer.encode(`\n${text}`) : [tokenizer.prefixId, ...tokenizer.encode(text)];
    const most = roomFor(context, this.#options.maxTokens);
    if (said.length > most) throw tooLong(said.length - 1, most - 1);
    const all = [...this.#ids, ...said];
    const forgotten = Math.max(0, all.length - most);
    if (forgotten > 0) onForgotten?.(forgotten);
    const ids = all.slice(forgotten);
    const answer = await this.#session.continue(ids, {
      ...this.#options,
      drawn: this.#drawn,
      full: 'slide',
      onText,
      ...(signal && { signal }),
    });
    this.#drawn += answer.tokenIds.length;
    // A text that the model ended is ended: what is said next begins another.
    this.#ids = answer.ended === 'end' ? [] : [...ids, ...answer.tokenIds];
    return { ...answer, forgotten };
  }

  reset(): void {
    this.#ids = [];
  }

  close(): void {
    this.#session.close();
  }
}
