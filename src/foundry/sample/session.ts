// An open model that continues and scores texts: opened once, with what it has read kept between them. Knows ids and the choice
// of the next one, nothing of who speaks.

import { setImmediate } from 'node:timers/promises';
import type { ScoreRequest } from '../evaluate/index.ts';
import { type Model, openModel } from '../load/index.ts';
import type { Generator } from '../model/index.ts';
import { type Choice, choose } from './choose.ts';
import { loadGenerator } from './generator.ts';

export interface ContinueOptions extends Choice {
  maxTokens: number;
  /** Draws made with this seed before: a second text gets other random numbers than the first. */
  drawn?: number;
  /** Ids that end the text, besides the tokenizer's own. */
  ends?: ReadonlySet<number>;
  /** Where the context is full: go on with its later half, or end. */
  full: 'slide' | 'end';
  signal?: AbortSignal;
}

/** `end`: the model ended it. `length`: maxTokens. `full`: the context. `stopped`: the signal. */
export type Ended = 'end' | 'length' | 'full' | 'stopped';

/** A part of a text as it comes. */
export interface TextPiece {
  /** Whole characters. */
  text: string;
  /** The tokens that it came with; a character can take several. */
  tokenIds: number[];
}

export interface Continued {
  text: string;
  tokenIds: number[];
  ended: Ended;
}

/** Milliseconds after which signals and the screen have their turn. */
const TURN_MS = 30;

export class Session {
  readonly model: Model;
  readonly #generator: Generator;
  /** The ids whose keys and values are in the generator. */
  #read: number[] = [];

  private constructor(model: Model, generator: Generator) {
    this.model = model;
    this.#generator = generator;
  }

  /** @throws JikjiError for what is wrong with the model, or where it does not fit */
  static open(folder: string, threads: number): Session {
    const model = openModel(folder);
    try {
      return new Session(model, loadGenerator(model, threads));
    } catch (error) {
      model.close();
      throw error;
    }
  }

  /** Tokens that a text and its continuation may have together. */
  get context(): number {
    return this.#generator.context;
  }

  /** Logits after these ids. What they share with the ids before is not computed again; no bit depends on it. */
  #logits(ids: readonly number[]): Float32Array {
    let shared = 0;
    const most = Math.min(this.#read.length, ids.length - 1);
    while (shared < most && this.#read[shared] === ids[shared]) shared++;
    this.#generator.position = shared;
    this.#read = ids.slice();
    return this.#generator.feed(ids.slice(shared));
  }

  /** Continues 1 to `context` ids, piece by piece. Several texts may take turns: no bit of one depends on the others. */
  async *pieces(ids: readonly number[], options: ContinueOptions): AsyncGenerator<TextPiece, Ended, undefined> {
    const { tokenizer } = this.model;
    const stream = tokenizer.stream();
    const all = [...ids];
    /** What the model reads: all, or since the context was full its later half and what came after. */
    let window = [...ids];
    let ended: Ended = 'length';
    let untold: number[] = [];
    let turn = performance.now();
    for (let count = 0; count < options.maxTokens; count++) {
      // Entries of the head that the tokenizer does not have are never chosen.
      const known = this.#logits(window).subarray(0, tokenizer.vocabSize);
      const id = choose(known, options, (options.drawn ?? 0) + count);
      if (tokenizer.endIds.has(id) || options.ends?.has(id)) {
        ended = 'end';
        break;
      }
      untold.push(id);
      all.push(id);
      const text = stream.push(id);
      if (text !== '') {
        yield { text, tokenIds: untold };
        untold = [];
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
    if (text !== '' || untold.length > 0) yield { text, tokenIds: untold };
    return ended;
  }

  /** Continues 1 to `context` ids; `onText` is told pieces of text as they come, whole characters. */
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

  /** -ln p of each token of a continuation; it and its context of at least one token fit into the context and one more. */
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
