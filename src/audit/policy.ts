// Policy: whether the other checks mean anything under this recipe. Reads only the recipe.

import type { Both } from '../base/index.ts';
import { RECIPE } from '../run-folder/index.ts';
import { Findings } from './findings.ts';
import { COMMON } from './sentences/common.ts';
import { POLICY } from './sentences/training.ts';
import type { Evidence } from './structure.ts';
import type { Check } from './types.ts';

const MIN_EPS = 1e-12;

export function checkPolicy({ recipe }: Evidence): Check {
  const findings = new Findings('policy');
  if (!recipe) {
    findings.incomplete(RECIPE, COMMON.noRecipe);
    return findings.check(COMMON.notChecked);
  }
  const { train } = recipe;
  const { beta1, beta2, eps, gradClip, learningRate, weightDecay, optimizer, momentum, dpoBeta } = train;
  const f = Math.fround;
  const rule = (holds: boolean, text: Both): void => {
    if (!holds) findings.refuted(RECIPE, text);
  };
  rule(f(beta1) ** 2 < f(beta2), POLICY.betas(beta1, beta2));
  rule(eps >= MIN_EPS, POLICY.eps(eps, MIN_EPS));
  rule(gradClip > 0, POLICY.notClipped);
  rule(learningRate * weightDecay < 1, POLICY.decay(learningRate * weightDecay));
  const ofMuon = optimizer === 'muon' ? momentum : undefined;
  const update = { beta1, beta2, eps, gradClip, weightDecay, momentum: ofMuon, dpoBeta };
  return findings.check(POLICY.update(update));
}
