// Policy: whether the recipe itself leaves the other checks a meaning. Looks at numbers of the recipe, at nothing else.

import { learningRateAt } from '../foundry/train/index.ts';
import { Findings } from './findings.ts';
import { bound } from './motion/index.ts';
import { type Evidence, RECIPE } from './structure.ts';
import { MOST_STEPS } from './transcript.ts';
import type { Check, Segment } from './types.ts';

const LEAST_EPS = 1e-12;
const LONG = 100_000;

export function checkPolicy({ recipe }: Evidence, segments: readonly Segment[]): Check {
  const findings = new Findings('policy');
  if (!recipe) {
    findings.incomplete(RECIPE, 'there is no usable recipe');
    return findings.check('not checked');
  }
  const { train, model } = recipe;
  const { beta1, beta2, eps, gradClip, learningRate, weightDecay } = train;
  const f = Math.fround;
  const rule = (holds: boolean, text: string): void => {
    if (!holds) findings.refuted(RECIPE, text);
  };
  rule(
    f(beta1) ** 2 < f(beta2),
    `beta1^2 is not below beta2 (${beta1}, ${beta2}): one step could move a weight without bound`,
  );
  rule(eps >= LEAST_EPS, `eps is ${eps}, below ${LEAST_EPS}`);
  rule(gradClip > 0, 'gradients are not clipped');
  rule(learningRate * weightDecay < 1, `learningRate times weightDecay is ${learningRate * weightDecay}, not below 1`);

  // How far the bound lets a weight go that starts at 0, against the deviation that weights start with.
  // Of a plan that nobody could read to its end, nothing is computed step by step; and as it only grows, the first steps of a
  // very long segment say enough.
  const looked = train.steps > MOST_STEPS ? [] : segments;
  const loose = looked.filter(({ from, to }) => {
    const rates = Array.from({ length: Math.min(to - from, LONG) }, (_, i) => learningRateAt(train, from + 1 + i));
    return bound(train, from, rates, true).alpha > model.initializerRange;
  });
  if (loose.length > 0) {
    findings.note(
      `In ${loose.length} of ${segments.length} segments the bound lets weights move further than they are large at the start: there it means little. Shorter segments (train.checkpointEvery, train.keepEvery) tighten it.`,
    );
  }
  return findings.check(
    `beta1 ${beta1}, beta2 ${beta2}, eps ${eps}, clipped at ${gradClip}, weight decay ${weightDecay}`,
  );
}
