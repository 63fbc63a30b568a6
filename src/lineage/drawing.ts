// Draws what is compared of two models: by a key of their own where both are there, by a sketch's key where a sketch stands for one.

import { JikjiError } from '../base/index.ts';
import type { StoredModel } from './anatomy/index.ts';
import type { OpenModel } from './open.ts';
import { drawTokens, keyOfPair, type Sample, type SampleLimits, sampleModel } from './sketch/index.ts';

/** Tokens whose rows of the embedding are read: this many, or twice the hidden size. */
const MIN_TOKENS = 4096;
/** Heads or experts of a layer that are looked at. */
const BLOCKS = 8;

export const limitsOf = (rows: number): SampleLimits => ({ rows, blocks: BLOCKS });

/** Whether a model has a row of its embedding for a token: an open model has no other tokens. */
const embedded =
  ({ tokens }: StoredModel) =>
  (token: string): boolean =>
    tokens?.ids.has(token) ?? false;

/** Draws tokens that all of these models embed. */
export function tokensOf(key: string, models: readonly StoredModel[]): string[] {
  const widest = Math.max(0, ...models.flatMap(({ anatomy }) => anatomy.towers.map(({ hiddenSize }) => hiddenSize)));
  const isKnown = models.map(embedded);
  const shared = [...(models[0]?.tokens?.ids.keys() ?? [])].filter((token) => isKnown.every((knows) => knows(token)));
  return drawTokens(key, shared, Math.max(MIN_TOKENS, 2 * widest));
}

export interface DrawnSamples {
  key: string;
  suspect: Sample;
  reference: Sample;
  /** Whether a sketch's key drew: it was fixed when the sketch was made. */
  bySketch: boolean;
}

/**
 * Draws from both sides. `challenge` is not used where a sketch stands for a side.
 * @throws JikjiError `sketches-differ` for two sketches that were drawn by other keys
 */
export function drawPair(challenge: string, suspect: OpenModel, reference: OpenModel, rows: number): DrawnSamples {
  const sketch = reference.sketch ?? suspect.sketch;
  if (!sketch) {
    const key = keyOfPair(challenge, suspect.facts.digest, reference.facts.digest);
    const models = [suspect.model!, reference.model!] as const;
    const draw = { key, tokens: tokensOf(key, models), limits: limitsOf(rows) };
    return { key, suspect: sampleModel(models[0], draw), reference: sampleModel(models[1], draw), bySketch: false };
  }
  const { key, limit } = sketch.about;
  const sampleOf = ({ sketch: own, model, facts }: OpenModel): Sample => {
    if (own && own.about.key !== key)
      throw new JikjiError(
        'sketches-differ',
        'these two sketches were drawn by different keys, so they hold other rows',
        facts.path,
        'compare the model itself with the sketch, or make both sketches with one key',
      );
    if (own) return own.sample;
    const knows = embedded(model!);
    const tokens = sketch.sample.towers.flatMap(({ embedding }) => embedding?.tokens ?? []).filter(knows);
    return sampleModel(model!, { key, tokens: [...new Set(tokens)], limits: limitsOf(limit) });
  };
  return { key, suspect: sampleOf(suspect), reference: sampleOf(reference), bySketch: true };
}
