// An open model that continues texts one after the other: opened once, with what it has read kept between them. Knows ids and
// the choice of the next one, nothing of who speaks.

import { setImmediate } from 'node:timers/promises';
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
  /** Pieces of text as they come, whole characters. */
  onText: (text: string) => void;
  signal?: AbortSignal;
}

export interface Continued {
  text: string;
  tokenIds: number[];
  /** `end`: the model ended it. `length`: maxTokens. `full`: the context. `stopped`: the signal. */
  ended: 'end' | 'length' | 'full' | 'stopped';
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

  /** Continues 1 to `context` ids. */
  async continue(ids: readonly number[], options: ContinueOptions): Promise<Continued> {
    const { tokenizer } = this.model;
    const stream = tokenizer.stream();
    const all = [...ids];
    const result: Continued = { text: '', tokenIds: [], ended: 'length' };
    const { tokenIds } = result;
    const tell = (piece: string): void => {
      if (piece === '') return;
      result.text += piece;
      options.onText(piece);
    };
    let turn = performance.now();
    let logits = this.#logits(all);
    while (tokenIds.length < options.maxTokens) {
      // Entries of the head that the tokenizer does not have are never chosen.
      const known = logits.subarray(0, tokenizer.vocabSize);
      const id = choose(known, options, (options.drawn ?? 0) + tokenIds.length);
      if (tokenizer.endIds.has(id) || options.ends?.has(id)) {
        result.ended = 'end';
        break;
      }
      tokenIds.push(id);
      all.push(id);
      tell(stream.push(id));
      if (tokenIds.length === options.maxTokens) break;
      if (performance.now() - turn > TURN_MS) {
        await setImmediate();
        turn = performance.now();
      }
      if (options.signal?.aborted) {
        result.ended = 'stopped';
        break;
      }
      if (this.#generator.position < this.context) {
        this.#read.push(id);
        logits = this.#generator.feed([id]);
      } else if (options.full === 'slide') {
        // The later half of the context becomes the start of a new one.
        logits = this.#logits(all.slice(-Math.ceil(this.context / 2)));
      } else {
        result.ended = 'full';
        break;
      }
    }
    tell(stream.end());
    return result;
  }

  close(): void {
    this.#generator.close();
    this.model.close();
  }
}
