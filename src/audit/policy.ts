// Policy: whether the other checks mean anything under this recipe. Reads only the recipe.

import { RECIPE } from '../run-folder/index.ts';
import { Findings } from './findings.ts';
import type { Evidence } from './structure.ts';
import type { Check } from './types.ts';

const MIN_EPS = 1e-12;

export function checkPolicy({ recipe }: Evidence): Check {
  const findings = new Findings('policy');
  if (!recipe) {
    findings.incomplete(RECIPE, 'there is no usable recipe');
    return findings.check('not checked');
  }
  const { train } = recipe;
  const { beta1, beta2, eps, gradClip, learningRate, weightDecay, optimizer, momentum, dpoBeta } = train;
  const f = Math.fround;
  const rule = (holds: boolean, text: string): void => {
    if (!holds) findings.refuted(RECIPE, text);
  };
  rule(
    f(beta1) ** 2 < f(beta2),
    `beta1^2 is not below beta2 (${beta1}, ${beta2}): one step could move a weight without bound`,
  );
  rule(eps >= MIN_EPS, `eps is ${eps}, below ${MIN_EPS}`);
  rule(gradClip > 0, 'gradients are not clipped');
  rule(learningRate * weightDecay < 1, `learningRate times weightDecay is ${learningRate * weightDecay}, not below 1`);
  const muon = optimizer === 'muon' ? `Muon with momentum ${momentum} for the matrices of layers, else ` : '';
  const pairs = dpoBeta === undefined ? '' : `, DPO with beta ${dpoBeta}`;
  return findings.check(
    `${muon}AdamW with beta1 ${beta1}, beta2 ${beta2}, eps ${eps}, clipped at ${gradClip}, weight decay ${weightDecay}${pairs}`,
  );
}
