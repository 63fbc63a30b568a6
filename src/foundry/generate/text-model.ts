// An open model that continues and scores texts given as ids, many at a time. Knows nothing of conversations.

import { bytesOfPage, MEMORY_LIMIT } from '../../engine/index.ts';
import { type Model, openModel } from '../load/index.ts';
import {
  contextOf,
  type Decoder,
  type DecoderSize,
  headDim,
  openDecoder,
  PAGE_POSITIONS,
  pagesOf,
  weightBytes,
} from '../model/index.ts';
import { Continuation, type ContinueOptions as ContinuationOptions, type Ending, type Token } from './continuation.ts';
import { GrowingText, type TextPiece } from './growing-text.ts';
import { Pipe } from './pipe.ts';
import { Replay, type ReplayedText } from './replay.ts';
import { Scheduler, type TaskOptions } from './scheduler.ts';
import type { ScoreRequest } from './score-request.ts';
import type { Next, ScoreInput, Task } from './task.ts';

export interface OpenOptions {
  threads: number;
  /** Texts at a time with room for a whole context each, or fewer where memory ends before. @default 1 */
  texts?: number;
}

export type ContinueOptions = Omit<ContinuationOptions, 'vocabSize' | 'context' | 'onToken' | 'ends'> & {
  /** Ids that end the text, besides those of the tokenizer. */
  ends?: ReadonlySet<number>;
  /** The text ends where one of these begins. */
  stop?: readonly string[];
} & TaskOptions;

/** Why it ended: `stopped` by the signal. */
export type EndReason = Ending | 'stopped';

/** How a text ended. */
export interface End {
  ended: EndReason;
  /** Tokens generated, those of a stop string too. */
  generated: number;
  /** Tokens of the prompt that were taken over from an earlier text. */
  cached: number;
  /** Tokens that no piece has, as their text belongs to a stop string. */
  hidden: readonly number[];
  /** The token that ended it, which is in no text. */
  last?: Token;
}

export interface Continued {
  text: string;
  tokenIds: number[];
  ended: EndReason;
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
      return new TextModel(model, openDecoder(model.config, generationSize(model, texts), { threads }, model));
    } catch (error) {
      model.close();
      throw error;
    }
  }

  /** The limit of tokens of a text and its continuation. */
  get context(): number {
    return this.#decoder.size.context;
  }

  /** Engines that hold it. */
  get engines(): number {
    return this.#decoder.engines;
  }

  /** Continues 1 to `context` ids, piece by piece. No bit of one text depends on another. Leaving the loop ends it. */
  async *pieces(ids: readonly number[], options: ContinueOptions): AsyncGenerator<TextPiece, End, undefined> {
    const { signal: outer, client, ends = [], stop = [], ...rest } = options;
    const { tokenizer } = this.model;
    const left = new AbortController();
    const signal = outer ? AbortSignal.any([outer, left.signal]) : left.signal;
    const text = new GrowingText(tokenizer.stream(), stop);
    const ready = new Pipe<TextPiece>();
    const task = new Continuation(ids, {
      ...rest,
      ends: new Set([...tokenizer.endIds, ...ends]),
      vocabSize: tokenizer.vocabSize,
      context: this.context,
      onToken: (token) => {
        const piece = text.push(token);
        if (piece) ready.push(piece);
        return text.isStopped;
      },
    });
    const run = this.scheduler.run(task, { ...(client !== undefined && { client }), signal });
    run.then(
      () => ready.end(),
      () => ready.end(),
    );
    try {
      yield* ready.items();
    } finally {
      left.abort();
    }
    const { cached } = await run;
    const last = text.end();
    if (last) yield last;
    const end: End = { ended: task.ending ?? 'stopped', generated: task.ids.length, cached, hidden: text.hidden };
    return task.last ? { ...end, last: task.last } : end;
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
      if (done) return { ...result, ended: value.ended };
      result.text += value.text;
      result.tokenIds.push(...value.tokenIds);
      if (value.text !== '') onText(value.text);
    }
  }

  /** The first `count` tokens of the continuation of 1 to `context` ids, or as many as it has. */
  async firstTokens(ids: readonly number[], count: number, options: ContinueOptions): Promise<number[]> {
    if (count === 0) return [];
    const { signal } = options;
    const text = this.#continuation(ids, options, () => text.ids.length === count);
    await this.scheduler.run(text, { signal });
    return text.ids;
  }

  /**
   * Holds a text that is there already against what the model chooses after 1 to `context` ids, in one pass. `mayGoOn`: it was broken off.
   * All ids must be tokens. Gives the text of the given tokens too, up to a stop string.
   */
  async replay(
    ids: readonly number[],
    { given, mayGoOn }: { given: readonly number[]; mayGoOn: boolean },
    options: ContinueOptions,
  ): Promise<ReplayedText & { text: string }> {
    const { signal, stop = [] } = options;
    const task = new Replay(ids, { given, text: this.#continuation(ids, options), context: this.context, mayGoOn });
    await this.scheduler.run(task, { signal });
    const growing = new GrowingText(this.model.tokenizer.stream(), stop);
    let text = '';
    for (const id of given) if (!growing.isStopped) text += growing.push({ id })?.text ?? '';
    return { ...task.result, text: text + (growing.end()?.text ?? '') };
  }

  /** A continuation that nobody reads as it grows; `isEnough` ends it after a token. */
  #continuation(
    ids: readonly number[],
    { signal: _, client: __, ends = new Set<number>(), stop = [], ...rest }: ContinueOptions,
    isEnough = () => false,
  ): Continuation {
    const { tokenizer } = this.model;
    const growing = new GrowingText(tokenizer.stream(), stop);
    return new Continuation(ids, {
      ...rest,
      ends: new Set([...tokenizer.endIds, ...ends]),
      vocabSize: tokenizer.vocabSize,
      context: this.context,
      onToken: (token) => {
        growing.push(token);
        return growing.isStopped || isEnough();
      },
    });
  }

  /** -ln p of each token of a continuation. Together with its context, of at least one token, it has at most `context` + 1 tokens. */
  async score({ context, continuation }: ScoreRequest): Promise<Float64Array> {
    const task = new Scoring([...Array.from(context), ...Array.from(continuation)], context.length);
    await this.scheduler.run(task);
    return task.nats;
  }

  close(): void {
    this.scheduler.close();
    this.#decoder.close();
    this.model.close();
  }
}

/** Given tokens whose likelihood is wanted, as a task of the scheduler. */
export class Scoring implements Task {
  readonly input: readonly number[];
  readonly scored: ScoreInput;
  /** -ln p of each token from `first` on. */
  readonly nats: Float64Array;
  /** Whether each of them is the likeliest one. */
  greedy = true;

  /** Scores 2 to `context` + 1 tokens from index `first` on, at least 1. */
  constructor(tokens: readonly number[], first: number) {
    this.input = tokens.slice(0, -1);
    this.nats = new Float64Array(tokens.length - first);
    const onToken = (index: number, nats: number, isGreedy: boolean): void => {
      this.nats[index - first] = nats;
      this.greedy &&= isGreedy;
    };
    this.scored = { tokens, first, onToken };
  }

  next(): Next {
    return 'ended';
  }
}

// How much of the engines' memory generation takes: rows of a pass, and pages for as many texts as fit beside the weights.

/** Rows of a pass. */
const MAX_ROWS = 256;
/** Rows of logits for one text: its next token and the guesses after it. */
const LOGITS_OF_TEXT = 9;
/** Texts at a time for each that has room for a whole context: most are shorter. */
const SHORT_TEXTS = 4;
/** Bytes of the pages of a model that no single memory holds. */
const MAX_PAGES = 2 * 1024 ** 3;

/** Room for `texts` texts at a time with a whole context each, or for fewer where memory ends before; for one at least. */
function generationSize(model: Pick<Model, 'config' | 'q8'>, texts: number): DecoderSize {
  const { config } = model;
  const context = contextOf(config);
  const { numKeyValueHeads: keyValueHeads } = config;
  const page = bytesOfPage({ positions: PAGE_POSITIONS, keyValueHeads, headDim: headDim(config) });
  const pagesIn = (bytes: number): number => Math.floor(bytes / (config.numHiddenLayers * page));
  // In one memory, beside the weights and what a pass needs; else over several.
  const inOne = pagesIn(0.8 * (0.9 * MEMORY_LIMIT - weightBytes(config, model)));
  const fitting = inOne >= pagesOf(context) ? inOne : pagesIn(MAX_PAGES);
  const pages = Math.max(pagesOf(context), Math.min(texts * pagesOf(context), fitting));
  const logits = texts === 1 ? LOGITS_OF_TEXT : LOGITS_OF_TEXT + SHORT_TEXTS * texts;
  return { rows: Math.min(context, MAX_ROWS), context, pages, logits };
}
