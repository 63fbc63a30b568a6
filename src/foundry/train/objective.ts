// What a step minimises: the mean nats of its learned targets, or the mean loss of its pairs.

import type { Shares } from '../model/index.ts';
import { type Batch, countLearned, type UsedRows } from './batch.ts';
import { countPairs, margins, pairLoss, pairShares } from './pairs.ts';
import type { TrainConfig } from './train-config.ts';

export interface Objective {
  /** What the mean of a step is over. At least 1: a batch has a window, a window a conversation or a pair, each of those a learned target. */
  count(batch: Batch): number;
  /** The factor of each row's gradient in a step of `n`. */
  shares(rows: UsedRows, n: number): Shares;
  /** Adds the losses of rows with these nats to `sum`, in order: one chain over the step. */
  add(sum: number, nats: Float64Array, rows: UsedRows): number;
}

const LIKELIHOOD: Objective = {
  count: countLearned,
  shares: ({ tokens }, n) => new Float32Array(tokens.length).fill(1 / n),
  add: (sum, nats) => nats.reduce((a, b) => a + b, sum),
};

/** Direct preference optimization: Rafailov et al. 2023, "Direct Preference Optimization", equation 7. */
const preference = (beta: number): Objective => ({
  count: countPairs,
  shares: (rows, n) => (nats) => pairShares(rows, { nats, beta, n }),
  add: (sum, nats, rows) => margins(rows, nats).reduce((a, margin) => a + pairLoss(beta * margin), sum),
});

export const objectiveOf = ({ dpoBeta }: TrainConfig): Objective =>
  dpoBeta === undefined ? LIKELIHOOD : preference(dpoBeta);
