// Limits of a submission's recipe. An audit trains segments again, so without limits a recipe could make the office train for days.

import { type ErrorCode, JikjiError } from '../../base/index.ts';
import { parameterCount, type Recipe, trainingFlops } from '../../foundry/index.ts';
import type { Limits } from '../rules/index.ts';

/** @throws JikjiError `limit-steps`, `limit-parameters`, `limit-training-flops` */
export function checkRecipe(recipe: Recipe, limits: Limits): void {
  const check = (code: ErrorCode, what: string, asked: number, limit: number): void => {
    if (asked <= limit) return;
    const message = `the recipe asks for ${asked} ${what}; the rule book allows ${limit}`;
    throw new JikjiError(code, message, recipe.name, 'submit a smaller run');
  };
  check('limit-steps', 'steps', recipe.train.steps, limits.steps);
  check('limit-parameters', 'parameters', parameterCount(recipe), limits.parameters);
  check('limit-training-flops', 'floating-point operations of training', trainingFlops(recipe), limits.trainingFlops);
}
