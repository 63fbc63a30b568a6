// What is to be said of one run beside its line in the list: size, speed, time left. From its recipe and its sessions, unverified.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError } from '../../base/index.ts';
import { readSmallFile } from '../../formats/index.ts';
import { parameterCount, parseRecipe, type Recipe } from '../../foundry/index.ts';
import { GENESIS, RECIPE, RESULT } from '../../run-folder/index.ts';
import { sessionsOf, statementOf } from './evidence.ts';
import type { RunDetail, RunInfo } from './types.ts';

/** Largest recipe that is shown. */
const MOST_RECIPE = 64 << 10;
const MOST_RESULT = 64 << 10;

function optional<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof JikjiError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Tokens a second of the session that runs now, by the clock. */
function speedNow(folder: string, stepsDone: number, tokensOfStep: number): number | null {
  const { start, to, from } = sessionsOf(folder).at(-1) ?? {};
  if (!start || to !== null || from === null) return null;
  const [seconds, steps] = [(Date.now() - Date.parse(start)) / 1000, stepsDone - from!];
  return seconds > 0 && steps > 0 ? (steps * tokensOfStep) / seconds : null;
}

export function detailOf(info: RunInfo, folder: string, stateRoot: string | null): RunDetail {
  const text = optional(() => readSmallFile(join(folder, RECIPE), MOST_RECIPE));
  const recipe: Recipe | undefined =
    text === undefined ? undefined : optional(() => parseRecipe(text, { file: RECIPE }));
  const tokensOfStep = recipe ? recipe.train.batchSize * recipe.train.sequenceLength : null;
  const result = optional(() => JSON.parse(readSmallFile(join(folder, RESULT), MOST_RESULT)));
  const { steps, stepsDone, state } = info;
  let speed: number | null = null;
  if (state === 'running' && stepsDone !== null && tokensOfStep !== null)
    speed = speedNow(folder, stepsDone, tokensOfStep);
  else if (state === 'finished' && Number.isFinite(result?.tokensPerSecond)) speed = result.tokensPerSecond;
  const left =
    state === 'running' && speed !== null && steps !== null ? ((steps - stepsDone!) * tokensOfStep!) / speed : null;
  return {
    ...info,
    folder,
    recipe: text ?? null,
    parameters: recipe ? parameterCount(recipe) : null,
    tokens: tokensOfStep !== null && stepsDone !== null ? stepsDone * tokensOfStep : null,
    tokensPerSecond: speed,
    secondsLeft: left,
    maker: statementOf(folder, GENESIS, 'genesis')?.keyid ?? null,
    stateRoot,
    model: existsSync(join(folder, 'model')) || existsSync(join(folder, 'checkpoints')),
  };
}
