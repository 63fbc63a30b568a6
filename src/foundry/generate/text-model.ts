// An open model that continues and scores texts given as ids, many at a time. Knows nothing of conversations.

import { type Model, openModel } from '../load/index.ts';
import { contextOf, type Decoder, openDecoder, pagesOf } from '../model/index.ts';
import { Continuation, type ContinueOptions as ContinuationOptions, type Ending } from './continuation.ts';
import { Scheduler } from './scheduler.ts';
import type { ScoreRequest } from './score-request.ts';
import { Scoring } from './scoring.ts';

/** Rows of a pass. */
const MAX_ROWS = 256;
/** Rows of logits for one text: its next token and the guesses after it. */
const LOGITS_OF_TEXT = 9;

export interface OpenOptions {
  threads: number;
  /** Texts at a time whose whole context fits. @default 1 */
  texts?: number;
}

export type ContinueOptions = Omit<ContinuationOptions, 'vocabSize' | 'context' | 'onToken' | 'ends'> & {
  /** Ids that end the text, besides those of the tokenizer. */
  ends?: ReadonlySet<number>;
  signal?: AbortSignal | undefined;
};

/** Why it ended: `stopped` by the signal. */
export type Ended = Ending | 'stopped';

/** A piece of a text that is being generated. */
export interface TextPiece {
  /** Complete characters. */
  text: string;
  /** The tokens of the piece; a character can take several. */
  tokenIds: number[];
}

export interface Continued {
  text: string;
  tokenIds: number[];
  ended: Ended;
}

export class TextModel {
  readonly model: Model;
  readonly scheduler: Scheduler;
  readonly #decoder: Decoder;

  private constructor(model: Model, decoder: Decoder) {
    this.model = model;
    this.#decoder = decoder;
    this.scheduler = new Scheduler(decoder);
  }

  /** @throws JikjiError for faults of the model, `too-large` if it does not fit into memory */
  static open(folder: string, { threads, texts = 1 }: OpenOptions): TextModel {
    const model = openModel(folder);
    try {
      const context = contextOf(model.config);
      const rows = Math.min(context, MAX_ROWS);
      const size = { rows, context, pages: texts * pagesOf(context), logits: LOGITS_OF_TEXT + texts };
      return new TextModel(
        model,
        openDecoder(model.config, size, { threads }, (name, values) => model.read(name, values)),
      );
    } catch (error) {
      model.close();
      throw error;
    }
  }

  /** The limit of tokens of a text and its continuation. */
  get context(): number {
    return this.#decoder.size.context;
  }

  /** Continues 1 to `context` ids, piece by piece. No bit of one text depends on another. Leaving the loop ends it. */
  async *pieces(ids: readonly number[], options: ContinueOptions): AsyncGenerator<TextPiece, Ended, undefined> {
    const { tokenizer } = this.model;
    const stream = tokenizer.stream();
    const { signal: outer, ends = [], ...rest } = options;
    const left = new AbortController();
    const signal = outer ? AbortSignal.any([outer, left.signal]) : left.signal;
    const ready: TextPiece[] = [];
    let wake = (): void => {};
    let pending: number[] = []; // ids without text yet
    const task = new Continuation(ids, {
      ...rest,
      ends: new Set([...tokenizer.endIds, ...ends]),
      vocabSize: tokenizer.vocabSize,
      context: this.context,
      onToken: ({ id }) => {
        pending.push(id);
        const text = stream.push(id);
        if (text === '') return;
        ready.push({ text, tokenIds: pending });
        pending = [];
        wake();
      },
    });
    let failed: { error: unknown } | undefined;
    let isOver = false;
    const over = (error?: { error: unknown }): void => {
      isOver = true;
      failed = error;
      wake();
    };
    this.scheduler.run(task, { signal }).then(
      () => over(),
      (error: unknown) => over({ error }),
    );
    try {
      for (;;) {
        const piece = ready.shift();
        if (piece) yield piece;
        else if (isOver) break;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      left.abort();
    }
    if (failed) throw failed.error;
    const text = stream.end();
    if (text !== '' || pending.length > 0) yield { text, tokenIds: pending };
    return task.ending ?? 'stopped';
  }

  /** Continues 1 to `context` ids; `onText` gets the text piece by piece, in complete characters. */
  async continue(
    ids: readonly number[],
    { onText, ...options }: ContinueOptions & { onText: (text: string) => void },
  ): Promise<Continued> {
    const pieces = this.pieces(ids, options);
    const result: Continued = { text: '', tokenIds: [], ended: 'length' };
    for (;;) {
      const { done, value } = await pieces.next();
      if (done) return { ...result, ended: value };
      result.text += value.text;
      result.tokenIds.push(...value.tokenIds);
      if (value.text !== '') onText(value.text);
    }
  }

  /** -ln p of each token of a continuation. Together with its context, of at least one token, it has at most `context` + 1 tokens. */
  async score({ context, continuation }: ScoreRequest): Promise<Float64Array> {
    const task = new Scoring([...Array.from(context), ...Array.from(continuation)], context.length);
    await this.scheduler.run(task);
    return task.nats;
  }

  close(): void {
    this.#decoder.close();
    this.model.close();
  }
}
