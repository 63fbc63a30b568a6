// The head of a decoder: logits, likelihoods and losses of selected rows of a pass.

import type { Engine, Tensor } from '../../engine/index.ts';
import type { ModelConfig } from './config.ts';
import { viewsOf } from './layer.ts';
import { FINAL_NORM } from './parameters.ts';
import { get, headOf, type Weights } from './weights.ts';

/** A row of the last forward pass, and the token whose likelihood after that row is needed. */
export interface Target {
  row: number;
  token: number;
}

/** The most rows that the head takes at once. */
const MAX_ROWS = 1024;

/** The tensors for selected rows of a pass. */
interface HeadRows {
  last: Tensor;
  normed: Tensor;
  inv: Tensor;
  targets: Tensor;
  losses: Tensor;
  isGreedy: Tensor;
}

export class DecoderHead {
  readonly #engine: Engine;
  readonly #config: ModelConfig;
  readonly #weights: Weights;
  /** [M, D]: what the last layer leaves. */
  readonly #x: Tensor;
  readonly #rows: HeadRows;
  #current: HeadRows;
  readonly #logits: Tensor;
  /** Exponentials of a row of logits [V], and their sum [1]. */
  readonly #exponentials: Tensor;
  readonly #sum: Tensor;

  /** Declares its tensors. `logits` rows of logits at once. */
  constructor(e: Engine, of: { config: ModelConfig; weights: Weights; x: Tensor; logits: number }) {
    const { config, weights, x } = of;
    const [M, D] = x.shape as [number, number];
    const rows = Math.min(M, MAX_ROWS);
    this.#engine = e;
    this.#config = config;
    this.#weights = weights;
    this.#x = x;
    this.#rows = {
      last: e.tensor([rows, D]),
      normed: e.tensor([rows, D]),
      inv: e.tensor([rows]),
      targets: e.tensor([rows], 'i32'),
      losses: e.tensor([rows], 'f64'),
      isGreedy: e.tensor([rows], 'i32'),
    };
    this.#current = this.#rows;
    this.#logits = e.tensor([Math.min(rows, of.logits), config.vocabSize]);
    this.#exponentials = e.tensor([config.vocabSize]);
    this.#sum = e.tensor([1]);
  }

  /** Rows of logits at once. */
  get logitRows(): number {
    return this.#logits.shape[0];
  }

  get #lossRows(): number {
    return this.#rows.inv.shape[0];
  }

  /** The largest work, for the planner. */
  exercise(): void {
    this.#score(Array.from({ length: this.#lossRows }, (_, row) => ({ row, token: 0 })));
    this.#logitsOf([...Array(this.logitRows).keys()]);
  }

  /** Logits [rows, V] after rows of the last pass, at most logitRows: a view, valid until the next call. */
  logits(rows: readonly number[]): Float32Array {
    return this.#engine.floats(this.#logitsOf(rows));
  }

  #logitsOf(rows: readonly number[]): Tensor {
    const { normed: x } = this.#gather(rows);
    const y = this.#logits.rows(0, rows.length);
    this.#engine.linear({ x, layers: [{ weight: headOf(this.#config, this.#weights), y }] });
    return y;
  }

  /**
   * exp((logit - largest) * scale) of row `index` of the last `logits`, and their sum: a view, valid until the next call. What was
   * written into the logits counts.
   */
  exponentials(index: number, scale: number): { values: Float32Array; sum: number } {
    const V = this.#config.vocabSize;
    const x = this.#logits.elements(index * V, V);
    this.#engine.exponentials({ x, scale, y: this.#exponentials, sum: this.#sum });
    return { values: this.#engine.floats(this.#exponentials), sum: this.#engine.floats(this.#sum)[0] };
  }

  /**
   * Calls `onLoss` for each target: -ln of the probability of its token after its row, and whether that token is the likeliest (the
   * lowest on a tie).
   */
  losses(targets: readonly Target[], onLoss: (index: number, nats: number, isGreedy: boolean) => void): void {
    for (let first = 0; first < targets.length; first += this.#lossRows) {
      const part = targets.slice(first, first + this.#lossRows);
      const { losses, isGreedy } = this.#score(part);
      const nats = this.#engine.doubles(losses);
      const greedy = this.#engine.ints(isGreedy);
      for (let i = 0; i < part.length; i++) onLoss(first + i, nats[i], greedy[i] === 1);
    }
  }

  #score(targets: readonly Target[]): HeadRows {
    const e = this.#engine;
    const head = this.#gather(targets.map(({ row }) => row));
    e.set(
      head.targets,
      targets.map(({ token }) => token),
    );
    const { normed: x, losses, isGreedy } = head;
    e.headLosses({ x, weight: headOf(this.#config, this.#weights), targets: head.targets, losses, isGreedy });
    return head;
  }

  /** Copies rows of the last pass and normalises them. */
  #gather(rows: readonly number[]): HeadRows {
    const e = this.#engine;
    if (rows.length !== this.#current.inv.shape[0]) this.#current = viewsOf(this.#rows, rows.length);
    const { last, normed, inv } = this.#current;
    for (let i = 0; i < rows.length; ) {
      let count = 1;
      while (rows[i + count] === rows[i] + count) count++;
      e.copy({ target: last.rows(i, count), source: this.#x.rows(rows[i], count) });
      i += count;
    }
    const weight = get(this.#weights, FINAL_NORM).values;
    e.norm({ x: last, weight, eps: this.#config.rmsNormEps, y: normed, inv });
    return this.#current;
  }
}
