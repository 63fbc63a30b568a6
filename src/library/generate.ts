// Continues and scores texts with a model.

import {
  type Choice,
  type Continued,
  DEFAULT_SAMPLING,
  type EndReason,
  Speaker,
  type TextPiece,
} from '../foundry/generate/index.ts';
import type { Model } from '../foundry/load/index.ts';
import { checkedNumber, checkedThreads } from './checked-options.ts';

export type { Continued, EndReason, TextPiece } from '../foundry/generate/index.ts';

/** How a text is continued. The defaults are those of `jikji sample`; the same options and seed give the same text. */
export interface GenerateOptions {
  /** The most new tokens. @default 100 */
  maxTokens?: number;
  /** 0: always the likeliest token (greedy). @default 0.8 */
  temperature?: number;
  /** Choose among the k likeliest tokens; 0: all. @default 0 */
  topK?: number;
  /** Choose among the likeliest tokens that together reach this probability; 1: all. @default 0.95 */
  topP?: number;
  /** Seed of the random choice. @default 1377 */
  seed?: number;
  /** Ends the text early, with the tokens so far. */
  signal?: AbortSignal;
}

/** The tokens of a text and their likelihood under a model. */
export interface Score {
  tokenIds: number[];
  /** Natural logarithm of 1 / probability of each token, given all tokens before it. */
  nats: Float64Array;
}

/** A model with its weights in memory. Several texts may be generated in turn. */
export interface TextGenerator {
  /** Config, tokenizer and weights; closed with the generator. */
  readonly model: Model;
  /** The most tokens that the model reads; a longer text continues after its later half. */
  readonly context: number;
  /**
   * Continues a text, piece by piece: whole characters with their tokens. Leaving the loop ends it. A base model continues a text; it
   * does not answer.
   * @throws JikjiError `prompt-too-long`, `usage`
   */
  generate(prompt: string, options?: GenerateOptions): AsyncGenerator<TextPiece, EndReason, undefined>;
  /** Like `generate`, but returns the whole text, its tokens, and why it ended. @throws JikjiError as `generate` */
  complete(prompt: string, options?: GenerateOptions): Promise<Continued>;
  /**
   * Scores a text. A text longer than the context is cut into windows; each token is predicted in one of them, as in
   * lm-evaluation-harness.
   */
  score(text: string): Promise<Score>;
  /** Releases memory and threads. */
  close(): void;
}

/** The ranges of the options, the same as for `jikji sample`. */
const RANGES = {
  maxTokens: { min: 1, max: 1_000_000, whole: true },
  temperature: { min: 0, max: 100, whole: false },
  topK: { min: 0, max: Number.MAX_SAFE_INTEGER, whole: true },
  topP: { min: 0, max: 1, whole: false },
  seed: { min: 0, max: Number.MAX_SAFE_INTEGER, whole: true },
};

/** All options, checked. @throws JikjiError `usage` */
function samplingOf({ signal, ...given }: GenerateOptions = {}): Choice & { maxTokens: number; signal?: AbortSignal } {
  const of = (name: keyof typeof RANGES) => checkedNumber(name, given[name], DEFAULT_SAMPLING[name], RANGES[name]);
  return {
    maxTokens: of('maxTokens'),
    temperature: of('temperature'),
    topK: of('topK'),
    topP: of('topP'),
    seed: of('seed'),
    ...(signal && { signal }),
  };
}

/**
 * Opens a model to continue and to score texts. Call `close()` when you are done: until then it holds memory and threads.
 *
 * @param model A run folder or a Hugging Face folder, as for `openModel`.
 * @throws JikjiError for faults of the model; `too-large` where it does not fit into 4 GiB
 * @example
 * const generator = openGenerator('runs/hello');
 * for await (const { text } of generator.generate('The people of')) process.stdout.write(text);
 * generator.close();
 */
export function openGenerator(model: string, { threads }: { threads?: number } = {}): TextGenerator {
  const speaker = Speaker.open(model, checkedThreads(threads));
  return {
    model: speaker.model,
    context: speaker.context,
    generate: (prompt, options) => speaker.pieces(prompt, samplingOf(options)),
    complete: async (prompt, options) => speaker.continue(prompt, { ...samplingOf(options), onText: () => {} }),
    score: (text) => speaker.score(text),
    close: () => speaker.close(),
  };
}
