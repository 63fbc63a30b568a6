// What serving a model on a number of devices would reach at most: how many requests fit, and how fast they are answered when memory is
// read at full speed. Not checked against any measured row, and it says so wherever it is shown.

import { ASSUMED, FITTED } from './constants.ts';
import { type Layer, type ModelShape, matrixParameters, mixingOperations, parameterCount } from './model-shape.ts';
import { BYTES, type Device, type Precision } from './step-time.ts';

export interface ServingPlan {
  /** Bytes of the weights. */
  weights: number;
  /** Bytes of keys and values, or of state, that a request of the whole context keeps. */
  cache: number;
  /** Requests at once. */
  requests: number;
  /** Of all requests together, while they write. */
  tokensPerSecond: number;
}

/** Share of the memory that stays free (a round number), and bytes of a cached element. */
const RESERVED = 0.1;
const CACHED = 2;

/** Null if the weights do not fit, or leave no room for a request of `context` tokens. */
export function servingPlan(
  shape: ModelShape,
  device: Device,
  devices: number,
  context: number,
  precision: Precision,
): ServingPlan | null {
  const weights = parameterCount(shape) * BYTES[precision];
  const cache = shape.layers.reduce((sum, layer) => sum + cacheBytes(layer, context), 0);
  const room = devices * device.memory * (1 - RESERVED) - weights;
  const requests = Math.floor(room / cache);
  if (requests < 1) return null;
  // Each step reads all weights that some request uses, and half of the largest cache in the mean.
  const read = weightsRead(shape, requests) * BYTES[precision] + (requests * cache) / 2;
  const operations = shape.layers.reduce(
    (sum, { mixing }) => sum + (mixing ? mixingOperations(mixing, context) : 0),
    2 * parameterCount(shape, true),
  );
  const peak = precision === 'bf16' ? device.bf16 * FITTED.bf16 : device.fp8 * FITTED.fp8;
  const seconds = read / (devices * device.bandwidth * ASSUMED.memory) + (requests * operations) / (devices * peak);
  return { weights, cache, requests, tokensPerSecond: requests / seconds };
}

function cacheBytes({ mixing }: Layer, context: number): number {
  if (mixing === null) return 0;
  if (mixing.kind === 'recurrent') return mixing.state * CACHED;
  return Math.min(context, mixing.window ?? context) * mixing.cached * CACHED;
}

/** Weights that one token each of `requests` requests uses: experts that none of them is sent to are not read. */
function weightsRead(shape: ModelShape, requests: number): number {
  const unread = shape.layers.flatMap(({ matrices, experts }) => {
    if (experts === null) return [];
    const share = (1 - experts.active / experts.count) ** requests;
    return matrices.filter(({ division }) => division === 'expert').map((matrix) => share * matrixParameters(matrix));
  });
  return parameterCount(shape) - unread.reduce((a, b) => a + b, 0);
}
