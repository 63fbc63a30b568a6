// Limits of a submission's recipe. An audit trains segments again, so without limits a recipe could make the office train for days.

import { type ErrorCode, JikjiError } from '../../base/index.ts';
import { parameterCount, type Recipe, trainingFlops } from '../../foundry/index.ts';
import type { Limits } from '../rules/index.ts';

type Asked = [code: ErrorCode, what: string, count: number, limit: number];

function check(name: string, says: string, all: Asked[]): void {
  for (const [code, what, count, limit] of all) {
    if (count <= limit) continue;
    const message = `${says} ${count} ${what}; the rule book allows ${limit}`;
    throw new JikjiError(code, message, name, 'submit a smaller run');
  }
}

/** @throws JikjiError `limit-steps`, `limit-parameters`, `limit-training-flops` */
export const checkRecipe = (recipe: Recipe, limits: Limits): void =>
  check(recipe.name, 'the recipe asks for', [
    ['limit-steps', 'steps', recipe.train.steps, limits.steps],
    ['limit-parameters', 'parameters', parameterCount(recipe), limits.parameters],
    ['limit-training-flops', 'floating-point operations of training', trainingFlops(recipe), limits.trainingFlops],
  ]);

/** A run that another program trained; what its training costs is not known. @throws JikjiError `limit-steps`, `limit-parameters` */
export const checkWitnessed = (
  { steps = 0, parameters = 0 }: { steps?: number; parameters?: number },
  limits: Limits,
) =>
  check('genesis.json', 'the run has', [
    ['limit-steps', 'steps', steps, limits.steps],
    ['limit-parameters', 'parameters', parameters, limits.parameters],
  ]);
