// Continuing and scoring texts with a model.

import type { Model } from '../foundry/load/index.ts';
import {
  type Choice,
  type Continued,
  DEFAULT_SAMPLING,
  type Ended,
  Speaker,
  type TextPiece,
} from '../foundry/sample/index.ts';
import { checkedNumber, checkedThreads } from './checked-options.ts';

export type { Continued, Ended, TextPiece } from '../foundry/sample/index.ts';

/** How a text is continued. The defaults are those of `jikji sample`; the same options and seed give the same text. */
export interface GenerateOptions {
  /** Tokens at most. @default 100 */
  maxTokens?: number;
  /** 0: always the likeliest token (greedy). @default 0.8 */
  temperature?: number;
  /** Choose among the k likeliest tokens; 0: all. @default 0 */
  topK?: number;
  /** Choose among the likeliest tokens that together reach this probability; 1: all. @default 0.95 */
  topP?: number;
  /** Of the choice. @default 1377 */
  seed?: number;
  /** Ends the text with what there is. */
  signal?: AbortSignal;
}

/** The tokens of a text and how likely a model finds them. */
export interface Score {
  tokenIds: number[];
  /** Natural logarithm of 1 / probability for each token, after all before it. */
  nats: Float64Array;
}

/** A model whose weights lie in memory, ready to run. Texts may take turns. */
export interface TextGenerator {
  /** Config, tokenizer and weights; closed with the generator. */
  readonly model: Model;
  /** Tokens that the model reads at most; a longer text goes on with the later half of them. */
  readonly context: number;
  /**
   * Continues a text, piece by piece: whole characters, and the tokens that they came with. Leaving the loop ends it. A base model
   * continues; it does not answer.
   * @throws JikjiError `prompt-too-long`, `usage`
   */
  generate(prompt: string, options?: GenerateOptions): AsyncGenerator<TextPiece, Ended, undefined>;
  /** The same as a whole: text, tokens, and why it ended. @throws JikjiError as `generate` */
  complete(prompt: string, options?: GenerateOptions): Promise<Continued>;
  /**
   * Scores a text. A text longer than the context is cut into windows that do not overlap in what they predict, as
   * lm-evaluation-harness does.
   */
  score(text: string): Promise<Score>;
  /** Gives memory and threads back. */
  close(): void;
}

/** What each option may be, as for `jikji sample`. */
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
 * @throws JikjiError for what is wrong with the model; `too-large` where it does not fit into 4 GiB
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
