// Details of one run: size, speed, remaining time. From its recipe and its sessions, unverified.

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readSmallFile } from '../../formats/index.ts';
import { parameterCount, parseRecipe } from '../../foundry/index.ts';
import { usedTokensOf } from '../../ledger/index.ts';
import { CHECKPOINTS, GENESIS, RECIPE, SEAL, speedOf, TRANSCRIPT } from '../../run-folder/index.ts';
import { sessionsOf, statementOf } from './evidence.ts';
import type { RunInfo } from './listing.ts';
import { readOrNote } from './read-or-note.ts';
import { parametersOf } from './witness.ts';

/** Bytes of the largest recipe that is shown. */
const MAX_RECIPE = 64 << 10;

/** Tokens per second of the running session. */
function speedNow(folder: string, stepsDone: number, tokensOfStep: number): number | null {
  const { start, to, from } = sessionsOf(folder).at(-1) ?? {};
  if (!start || to !== null || from === null) return null;
  const [seconds, steps] = [(Date.now() - Date.parse(start)) / 1000, stepsDone - from!];
  return seconds > 0 && steps > 0 ? (steps * tokensOfStep) / seconds : null;
}

/** The tokens that a finished run with conversations used; null where no seal says it. Unverified. */
function sealedTokens(folder: string): number | null {
  const seal = statementOf(folder, SEAL, 'seal')?.predicate;
  return (seal && usedTokensOf(seal)) ?? null;
}

export interface RunDetail extends RunInfo, Detail {}

interface Detail {
  folder: string;
  /** The text of recipe.yaml; null if it is missing or too large, or where another program trained. */
  recipe: string | null;
  /** As far as the recipe says it, or the first state of another program. */
  parameters: number | null;
  /** Trained so far; where conversations are packed as the seal says it, since not all places of a batch are used. */
  tokens: number | null;
  /** Speed of the running session (null where its batches have conversations), or of the one that finished the run; and the remaining time at that speed. */
  tokensPerSecond: number | null;
  secondsLeft: number | null;
  /** Fingerprint of the key in the genesis; unverified. */
  maker: string | null;
  stateRoot: string | null;
  /** Whether a model can be loaded: a finished one, or a checkpoint. */
  model: boolean;
  /** When the transcript was last written; null without one. */
  lastRecord: string | null;
}

/** When the file was last written; null if it is not there. */
function writtenAt(path: string): string | null {
  try {
    return statSync(path).mtime.toISOString();
  } catch {
    return null;
  }
}

/** Of a run that another program trained: its recipe is its maker's own, and it holds no model that could be loaded here. */
const detailOfWitnessed = (folder: string, stateRoot: string | null): Detail => ({
  ...{ recipe: null, tokens: null, tokensPerSecond: null, secondsLeft: null, model: false },
  folder,
  stateRoot,
  parameters: parametersOf(folder),
  maker: statementOf(folder, GENESIS, 'witness-genesis')?.keyid ?? null,
  lastRecord: writtenAt(join(folder, TRANSCRIPT)),
});

export function detailOf(info: RunInfo, folder: string, stateRoot: string | null): Detail {
  if (info.witnessed) return detailOfWitnessed(folder, stateRoot);
  const { steps, stepsDone, state } = info;
  const text = readOrNote(RECIPE, [], () => readSmallFile(join(folder, RECIPE), MAX_RECIPE)) ?? null;
  const recipe = text === null ? undefined : readOrNote(RECIPE, [], () => parseRecipe(text, { file: RECIPE }));
  const tokensOfStep = recipe ? recipe.train.batchSize * recipe.train.sequenceLength : null;
  const isRunning = state === 'running' && stepsDone !== null && tokensOfStep !== null;
  const ended = state === 'finished' ? speedOf(folder) : null;
  const speed = isRunning ? speedNow(folder, stepsDone, tokensOfStep) : ended;
  return {
    folder,
    recipe: text,
    parameters: recipe ? parameterCount(recipe) : null,
    tokens: recipe?.chat
      ? sealedTokens(folder)
      : tokensOfStep !== null && stepsDone !== null
        ? stepsDone * tokensOfStep
        : null,
    tokensPerSecond: isRunning && recipe?.chat ? null : speed,
    secondsLeft: isRunning && speed !== null && steps !== null ? ((steps - stepsDone) * tokensOfStep) / speed : null,
    maker: statementOf(folder, GENESIS, 'genesis')?.keyid ?? null,
    stateRoot,
    model: existsSync(join(folder, 'model')) || existsSync(join(folder, CHECKPOINTS)),
    lastRecord: writtenAt(join(folder, TRANSCRIPT)),
  };
}
