// A text that a model continues, as a task of the scheduler: what it may become, and when it ends. Knows ids, not texts.

import { log64 } from '../../engine/index.ts';
import { type Choice, choose, type Logits, likeliest } from './choose.ts';
import type { Next, ScoreInput, Task } from './task.ts';

/** How tokens that are already there become less likely. All of them at their neutral value change nothing. */
export interface Penalties {
  /** Divides positive logits of tokens of the whole text, and multiplies negative ones; 1 is neutral. */
  repetition: number;
  /** Subtracted from the logit of a token that was generated. */
  presence: number;
  /** Subtracted as often as it was generated. */
  frequency: number;
}

/** Narrows what may come next; keeps its own place in what must come. */
export interface TokenMask {
  /** Sets the logits of tokens that may not follow to -Infinity; `left` tokens may still come. */
  apply(logits: Float32Array, left: number): void;
  /** The token was chosen. */
  accept(id: number): void;
  /** Nothing can follow but the end. */
  readonly isOver: boolean;
}

export interface ContinueOptions extends Choice {
  maxTokens: number;
  /** The number of earlier draws with this seed, so that a second text gets other random numbers than the first. */
  drawn?: number;
  /** Ids that end the text. */
  ends: ReadonlySet<number>;
  /** Tokens that exist: rows of the head behind them are never chosen. */
  vocabSize: number;
  /** Positions of the longest input. */
  context: number;
  /** When the context is full: continue with its later half, or end. */
  full: 'slide' | 'end';
  penalties?: Penalties;
  /** Added to logits, by id. */
  logitBias?: ReadonlyMap<number, number>;
  mask?: TokenMask;
  /** For each token its likelihood, and so many alternatives. */
  likelihoods?: number;
  /** Guesses tokens that the text has had after the same ones before. */
  guesses?: boolean;
  /** Gets each token; true ends the text with it. */
  onToken(token: Token): boolean;
  /** Gets the likelihood of each token of the first input but the first one, before anything is generated. */
  onPromptToken?(token: Token): void;
}

/** A token of a text with its likelihood, natural logarithms of 1 / probability. */
export interface Likelihood {
  nats: number;
  /** The likeliest tokens, likeliest first. */
  alternatives: { id: number; nats: number }[];
}

export interface Token {
  id: number;
  likelihood?: Likelihood;
}

/** Why it ended: `end`: the model; `stop`: its reader; `length`: maxTokens; `full`: the context. */
export type Ending = 'end' | 'stop' | 'length' | 'full';

export class Continuation implements Task {
  input: number[];
  /** Generated ids. */
  readonly ids: number[] = [];
  /** Undefined until it has ended. */
  ending: Ending | undefined;
  /** The token that the model chose to end it, where it did. */
  last: Token | undefined;
  readonly scored?: ScoreInput;
  readonly #all: number[];
  readonly #options: ContinueOptions;
  readonly #counts = new Map<number, number>();

  /** Continues 1 to `context` ids. */
  constructor(ids: readonly number[], options: ContinueOptions) {
    this.input = [...ids];
    this.#all = [...ids];
    this.#options = options;
    if (options.maxTokens === 0) this.ending = 'length';
    const { onPromptToken, likelihoods = 0, vocabSize } = options;
    if (onPromptToken) {
      let next = 1;
      // A text that had to wait is computed again from its beginning.
      const onLogits = (index: number, logits: Logits): void => {
        if (index < next) return;
        next = index + 1;
        onPromptToken({ id: ids[index], likelihood: likelihoodsOf(logits, vocabSize)(ids[index], likelihoods) });
      };
      this.scored = { tokens: [...ids], first: 1, onLogits };
    }
  }

  get isCostly(): boolean {
    return this.#options.mask !== undefined;
  }

  next(logits: Logits): Next {
    const { maxTokens, ends, mask, likelihoods, context, full, drawn = 0, onToken } = this.#options;
    if (this.ending) return 'ended';
    const likely = likelihoods === undefined ? undefined : likelihoodsOf(logits, this.#options.vocabSize);
    this.#edit(logits.values);
    const id = choose(logits, this.#options, drawn + this.ids.length);
    const token: Token = likely ? { id, likelihood: likely(id, likelihoods!) } : { id };
    if (ends.has(id)) {
      this.last = token;
      return this.#end('end');
    }
    mask?.accept(id);
    this.ids.push(id);
    this.#all.push(id);
    this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
    if (onToken(token)) return this.#end('stop');
    if (mask?.isOver) return this.#end('end');
    if (this.ids.length === maxTokens) return this.#end('length');
    if (this.input.length < context) {
      this.input.push(id);
      return 'grown';
    }
    if (full === 'end') return this.#end('full');
    // The later half of the context becomes the start of a new one.
    this.input = this.#all.slice(-Math.ceil(context / 2));
    return 'restarted';
  }

  #end(ending: Ending): Next {
    this.ending = ending;
    return 'ended';
  }

  /** What may not be chosen gets no chance, and what is there already less. */
  #edit(values: Float32Array): void {
    const { vocabSize, penalties, logitBias, mask } = this.#options;
    values.fill(-Infinity, vocabSize);
    for (const [id, bias] of logitBias ?? []) values[id] += bias;
    if (penalties) this.#penalise(values, penalties);
    mask?.apply(values, this.#options.maxTokens - this.ids.length);
  }

  #penalise(values: Float32Array, { repetition, presence, frequency }: Penalties): void {
    if (repetition !== 1) {
      for (const id of new Set(this.#all)) {
        const logit = values[id];
        values[id] = logit > 0 ? logit / repetition : logit * repetition;
      }
    }
    if (presence === 0 && frequency === 0) return;
    for (const [id, count] of this.#counts) values[id] -= presence + frequency * count;
  }

  guess(most: number): readonly number[] {
    return this.#options.guesses && !this.#options.mask ? lookUp(this.#all, most) : [];
  }
}

/** The likelihoods of tokens by the model's own logits, before anything is changed in them. */
function likelihoodsOf({ values, exponentials }: Logits, vocabSize: number): (id: number, count: number) => Likelihood {
  const logits = values.slice();
  const most = logits[likeliest(logits)];
  const logSum = log64(exponentials(1).sum);
  const natsOf = (id: number) => logSum + (most - logits[id]);
  return (id, count) => ({
    nats: natsOf(id),
    alternatives: likeliestIds(logits.subarray(0, vocabSize), count).map((one) => ({ id: one, nats: natsOf(one) })),
  });
}

/** The ids of the largest logits, largest first, of equals the lowest id first. */
function likeliestIds(logits: Float32Array, count: number): number[] {
  const ids: number[] = [];
  for (let id = 0; id < logits.length && count > 0; id++) {
    if (ids.length === count && !(logits[id] > logits[ids.at(-1)!])) continue;
    let at = ids.length;
    while (at > 0 && logits[id] > logits[ids[at - 1]]) at--;
    ids.splice(at, 0, id);
    if (ids.length > count) ids.pop();
  }
  return ids;
}

/** Tokens that must agree before others are guessed. */
const LOOK_UP = 3;

/** What followed the last time that the text had the same three tokens as at its end now. */
function lookUp(ids: readonly number[], most: number): readonly number[] {
  const end = ids.length - LOOK_UP;
  for (let at = end - 1; at >= 0; at--) {
    if (ids[at] === ids[end] && ids[at + 1] === ids[end + 1] && ids[at + 2] === ids[end + 2]) {
      return ids.slice(at + LOOK_UP, at + LOOK_UP + most);
    }
  }
  return [];
}
