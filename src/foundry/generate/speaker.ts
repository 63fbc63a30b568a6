// An open model for independent requests: no request depends on an earlier one, except that shared prefixes are not computed again.

import { JikjiError } from '../../base/index.ts';
import type { Model } from '../load/index.ts';
import type { TextPiece } from './growing-text.ts';
import { rollingRequests } from './score-request.ts';
import { type Continued, type ContinueOptions, type EndReason, TextModel } from './text-model.ts';

export type SpeakOptions = Omit<ContinueOptions, 'drawn' | 'ends' | 'full'>;

export class Speaker {
  readonly #model: TextModel;

  private constructor(model: TextModel) {
    this.#model = model;
  }

  /**
   * `model` is a run folder or a Hugging Face model folder; `texts` is how many at a time have room for a whole context.
   * @throws JikjiError for faults of the model
   */
  static open(model: string, threads: number, texts = 1): Speaker {
    return new Speaker(TextModel.open(model, { threads, texts }));
  }

  /** A note about the model for the user. */
  get note(): string | undefined {
    return this.#model.model.note;
  }

  /** The open model; `close` closes it. */
  get model(): Model {
    return this.#model.model;
  }

  /** The limit of tokens of a text and its continuation; beyond it the first half is dropped. */
  get context(): number {
    return this.#model.context;
  }

  /**
   * Continues a text, up to `maxTokens` tokens or its end.
   * @throws JikjiError `prompt-too-long`
   */
  async continue(text: string, options: SpeakOptions & { onText: (text: string) => void }): Promise<Continued> {
    return this.#model.continue(this.#promptOf(text), { ...options, full: 'slide' });
  }

  /** Continues a text piece by piece. @throws JikjiError `prompt-too-long` */
  async *pieces(text: string, options: SpeakOptions): AsyncGenerator<TextPiece, EndReason, undefined> {
    const { ended } = yield* this.#model.pieces(this.#promptOf(text), { ...options, full: 'slide' });
    return ended;
  }

  /**
   * -ln p of each token of a text. A text longer than the context is scored in windows, as in lm-evaluation-harness.
   */
  async score(text: string): Promise<{ tokenIds: number[]; nats: Float64Array }> {
    const tokenIds: number[] = [];
    const nats: number[] = [];
    for (const request of rollingRequests(this.model.tokenizer, text, this.context)) {
      tokenIds.push(...Array.from(request.continuation));
      nats.push(...(await this.#model.score(request)));
    }
    return { tokenIds, nats: Float64Array.from(nats) };
  }

  /** The ids of a prompt. A document begins after the prefix token, in training and here. */
  #promptOf(text: string): number[] {
    const { tokenizer } = this.model;
    const prompt = [tokenizer.prefixId, ...tokenizer.encode(text)];
    if (prompt.length > this.context) {
      throw new JikjiError(
        'prompt-too-long',
        `the prompt has ${prompt.length - 1} tokens, the model's maximum context length is ${this.context} tokens`,
        'prompt',
        `shorten it to ${this.context - 1} tokens`,
      );
    }
    return prompt;
  }

  close(): void {
    this.#model.close();
  }
}
