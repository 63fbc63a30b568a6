// What is to be said of one run beside its line in the list: size, speed, time left. From its recipe and its sessions, unverified.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readSmallFile } from '../../formats/index.ts';
import { parameterCount, parseRecipe } from '../../foundry/index.ts';
import { CHECKPOINTS, GENESIS, RECIPE, speedOf } from '../../run-folder/index.ts';
import { readOrNote, sessionsOf, statementOf } from './evidence.ts';
import type { RunInfo } from './listing.ts';

/** Largest recipe that is shown. */
const MAX_RECIPE = 64 << 10;

/** Tokens a second of the session that runs now, by the clock. */
function speedNow(folder: string, stepsDone: number, tokensOfStep: number): number | null {
  const { start, to, from } = sessionsOf(folder).at(-1) ?? {};
  if (!start || to !== null || from === null) return null;
  const [seconds, steps] = [(Date.now() - Date.parse(start)) / 1000, stepsDone - from!];
  return seconds > 0 && steps > 0 ? (steps * tokensOfStep) / seconds : null;
}

export interface RunDetail extends RunInfo, ReturnType<typeof detailOf> {}

export function detailOf({ steps, stepsDone, state }: RunInfo, folder: string, stateRoot: string | null) {
  const text = readOrNote(RECIPE, [], () => readSmallFile(join(folder, RECIPE), MAX_RECIPE)) ?? null;
  const recipe = text === null ? undefined : readOrNote(RECIPE, [], () => parseRecipe(text, { file: RECIPE }));
  const tokensOfStep = recipe ? recipe.train.batchSize * recipe.train.sequenceLength : null;
  const isRunning = state === 'running' && stepsDone !== null && tokensOfStep !== null;
  const ended = state === 'finished' ? speedOf(folder) : null;
  const speed = isRunning ? speedNow(folder, stepsDone, tokensOfStep) : ended;
  return {
    folder,
    /** As it is written; null where it is not there or too large to be shown. */
    recipe: text,
    parameters: recipe ? parameterCount(recipe) : null,
    /** Seen in training so far. */
    tokens: tokensOfStep !== null && stepsDone !== null ? stepsDone * tokensOfStep : null,
    /** Of the session that is running, or of the one that finished the run; and what is left at that speed. */
    tokensPerSecond: speed,
    secondsLeft: isRunning && speed !== null && steps !== null ? ((steps - stepsDone) * tokensOfStep) / speed : null,
    /** Fingerprint of the key that genesis names; unverified. */
    maker: statementOf(folder, GENESIS, 'genesis')?.keyid ?? null,
    stateRoot,
    /** There is a finished model, or a state to speak with. */
    model: existsSync(join(folder, 'model')) || existsSync(join(folder, CHECKPOINTS)),
  };
}
