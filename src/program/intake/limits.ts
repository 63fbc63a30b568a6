// Limits of a submission's recipe. An audit trains segments again, so without limits a recipe could make the office train for days.

import type { Refusal } from '../../base/index.ts';
import { parameterCount, type Recipe, trainingFlops } from '../../foundry/index.ts';
import type { Limits } from '../rules/index.ts';
import * as refuse from './refusals/work.ts';

type Asked = [refused: Refusal<[count: number, limit: number]>, count: number, limit: number];

function check(name: string, all: Asked[]): void {
  for (const [refused, count, limit] of all) if (count > limit) throw refused(name, count, limit);
}

/** @throws JikjiError `limit-steps`, `limit-parameters`, `limit-training-flops` */
export const checkRecipe = (recipe: Recipe, limits: Limits): void =>
  check(recipe.name, [
    [refuse.manySteps, recipe.train.steps, limits.steps],
    [refuse.manyParameters, parameterCount(recipe), limits.parameters],
    [refuse.manyFlops, trainingFlops(recipe), limits.trainingFlops],
  ]);

/** A run that another program trained; what its training costs is not known. @throws JikjiError `limit-steps`, `limit-parameters` */
export const checkWitnessed = (
  { steps = 0, parameters = 0 }: { steps?: number; parameters?: number },
  limits: Limits,
) =>
  check('genesis.json', [
    [refuse.runManySteps, steps, limits.steps],
    [refuse.runManyParameters, parameters, limits.parameters],
  ]);
