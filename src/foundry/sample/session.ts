// An open model that continues and scores texts, and keeps the keys and values of shared prefixes between them. Knows ids and how the
// next one is chosen, nothing of conversations.

import { setImmediate } from 'node:timers/promises';
import type { ScoreRequest } from '../evaluate/index.ts';
import { type Model, openModel } from '../load/index.ts';
import type { Generator } from '../model/index.ts';
import { type Choice, choose } from './choose.ts';
import { loadGenerator } from './generator.ts';

export interface ContinueOptions extends Choice {
  maxTokens: number;
  /** The number of earlier draws with this seed, so that a second text gets other random numbers than the first. */
  drawn?: number;
  /** Ids that end the text, besides those of the tokenizer. */
  ends?: ReadonlySet<number>;
  /** When the context is full: continue with its later half, or end. */
  full: 'slide' | 'end';
  signal?: AbortSignal;
}

/** The reason for the end: `end`: the model; `length`: maxTokens; `full`: the context; `stopped`: the signal. */
export type Ended = 'end' | 'length' | 'full' | 'stopped';

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

/** Milliseconds between the turns of signal handlers and the screen. */
const TURN_MS = 30;

export class Session {
  readonly model: Model;
  readonly #generator: Generator;
  /** The ids with keys and values in the generator. */
  #read: number[] = [];

  private constructor(model: Model, generator: Generator) {
    this.model = model;
    this.#generator = generator;
  }

  /** @throws JikjiError for faults of the model, `too-large` if it does not fit into memory */
  static open(folder: string, threads: number): Session {
    const model = openModel(folder);
    try {
      return new Session(model, loadGenerator(model, threads));
    } catch (error) {
      model.close();
      throw error;
    }
  }

  /** The limit of tokens of a text and its continuation. */
  get context(): number {
    return this.#generator.context;
  }

  /** Logits after these ids. A prefix shared with the previous ids is not computed again; no bit depends on it. */
  #logits(ids: readonly number[]): Float32Array {
    let shared = 0;
    const maxShared = Math.min(this.#read.length, ids.length - 1);
    while (shared < maxShared && this.#read[shared] === ids[shared]) shared++;
    this.#generator.position = shared;
    this.#read = ids.slice();
    return this.#generator.feed(ids.slice(shared));
  }

  /** Continues 1 to `context` ids, piece by piece. Several texts may take turns: no bit of one depends on another. */
  async *pieces(ids: readonly number[], options: ContinueOptions): AsyncGenerator<TextPiece, Ended, undefined> {
    const { tokenizer } = this.model;
    const stream = tokenizer.stream();
    const all = [...ids];
    /** The model's input: all ids, or, after the context was full, its later half and the ids since then. */
    let window = [...ids];
    let ended: Ended = 'length';
    let pending: number[] = []; // ids without text yet
    let turn = performance.now();
    for (let count = 0; count < options.maxTokens; count++) {
      // Rows of the head without a token are never chosen.
      const known = this.#logits(window).subarray(0, tokenizer.vocabSize);
      const id = choose(known, options, (options.drawn ?? 0) + count);
      if (tokenizer.endIds.has(id) || options.ends?.has(id)) {
        ended = 'end';
        break;
      }
      pending.push(id);
      all.push(id);
      const text = stream.push(id);
      if (text !== '') {
        yield { text, tokenIds: pending };
        pending = [];
      }
      if (count + 1 === options.maxTokens) break;
      if (performance.now() - turn > TURN_MS) {
        await setImmediate();
        turn = performance.now();
      }
      if (options.signal?.aborted) {
        ended = 'stopped';
        break;
      }
      if (window.length < this.context) window.push(id);
      else if (options.full === 'slide') {
        // The later half of the context becomes the start of a new one.
        window = all.slice(-Math.ceil(this.context / 2));
      } else {
        ended = 'full';
        break;
      }
    }
    const text = stream.end();
    if (text !== '' || pending.length > 0) yield { text, tokenIds: pending };
    return ended;
  }

  /** Continues 1 to `context` ids; `onText` gets the text piece by piece, in complete characters. */
  async continue(
    ids: readonly number[],
    options: ContinueOptions & { onText: (text: string) => void },
  ): Promise<Continued> {
    const pieces = this.pieces(ids, options);
    const result: Continued = { text: '', tokenIds: [], ended: 'length' };
    for (;;) {
      const { done, value } = await pieces.next();
      if (done) return { ...result, ended: value };
      result.text += value.text;
      result.tokenIds.push(...value.tokenIds);
      if (value.text !== '') options.onText(value.text);
    }
  }

  /** -ln p of each token of a continuation. Together with its context, of at least one token, it has at most `context` + 1 tokens. */
  score({ context, continuation }: ScoreRequest): Float64Array {
    const ids = [...Array.from(context), ...Array.from(continuation)];
    this.#read = [];
    this.#generator.reset();
    return this.#generator.score(ids, context.length);
  }

  close(): void {
    this.#generator.close();
    this.model.close();
  }
}
