// A recipe becomes a run: the stages in order, each found again when a run goes on.

import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type ErrorCode, JikjiError, syncFolder, writeFileAtomic } from '../../base/index.ts';
import { checkEngine } from '../../engine/index.ts';
import { defaultSigner } from '../../ledger/index.ts';
import { noteRun, RESULT, runPaths } from '../../run-folder/index.ts';
import { type CorpusManifest, checkSources } from '../corpus/index.ts';
import { type ModelConfig, parameterCount } from '../model/index.ts';
import type { Recipe } from '../recipe/index.ts';
import type { Tokenizer } from '../tokenizer/index.ts';
import { conduct, type Machines, machineName, planTraining } from '../train/index.ts';
import type { MakeOptions } from './events.ts';
import { writeSeal } from './evidence.ts';
import { type Claim, claimFolder, forgetRun } from './folder.ts';
import { lodgeSeal, openLodger } from './lodge-run.ts';
import { folderFailure, readMadeFile } from './made-files.ts';
import { writeModel } from './model.ts';
import { agreeOnProgram } from './ranks.ts';
import type { MakeResult } from './result.ts';
import { corpusStage, tokenizerStage, tokensStage } from './text.ts';
import type { TokensManifest } from './tokens-manifest.ts';
import { trainStage } from './training.ts';

/** The model that a recipe asks for, with the vocabulary that its tokenizer came to. */
export const modelOf = (recipe: Recipe, vocabSize: number): ModelConfig => ({ ...recipe.model, vocabSize });

/** What is no fault of recipe and texts: the same run can go on, and what it has done by then stays. */
const GOES_ON: readonly string[] = [
  'disk-full',
  'disk-broken',
  'not-writable',
  'no-memory',
  'no-fma',
  'rank-lost',
  'run-taken',
] satisfies ErrorCode[];

/** Whether somebody has something signed of this run. */
const begun = (folder: string): boolean => existsSync(runPaths(folder).request) || existsSync(runPaths(folder).genesis);

function claim(...of: Parameters<typeof claimFolder>): Claim {
  try {
    return claimFolder(...of);
  } catch (error) {
    throw folderFailure(error, of[0]);
  }
}

type Planned = Pick<MakeOptions, 'recipe' | 'recipeFolder' | 'out' | 'threads'> & {
  ranks?: { rank: number; size: number } | undefined;
};

/** What can be known to fail is told before anything is written. */
function checkPlan({ recipe, recipeFolder, out, threads, ranks }: Planned): void {
  planTraining(modelOf(recipe, recipe.tokenizer.vocabSize), recipe.train, threads, ranks);
  checkEngine();
  if (!existsSync(runPaths(out).corpus)) checkSources(recipe.corpus.sources, recipeFolder, recipe.corpus.validation);
}

/**
 * Checks what can be known of a run that somebody else will make, later or elsewhere, and lays down its folder. The function that
 * it returns takes the folder back, where this call made it.
 * @throws JikjiError what `makeRun` would throw before its first stage
 */
export function prepareRun(options: Planned & Pick<MakeOptions, 'resume'>): () => void {
  const { recipe, out, resume } = options;
  checkPlan(options);
  const { fresh, release } = claim(out, recipe, resume);
  release();
  noteRun(out);
  return () => fresh && forgetRun(out);
}

/**
 * Makes a run, or goes on with it. Everything it leaves is either whole or not there, and going on gives the same bits, with
 * whatever ranks and threads.
 * @throws JikjiError for everything people can cause; `interrupted` when `signal` was aborted
 */
export async function makeRun(options: MakeOptions): Promise<MakeResult> {
  const { ranks } = options;
  if (!ranks) return make(options, [machineName()]);
  const machines = agreeOnProgram(ranks);
  return conduct(ranks, () => make(options, machines));
}

/** What the stages before training come to. */
interface Text {
  manifest: CorpusManifest;
  tokenizer: Tokenizer;
  tokens: TokensManifest;
}

/**
 * The stages before training, which one process does whatever the training takes. They are found again by `makeRun` with `resume`.
 * @throws JikjiError as `makeRun`
 */
export async function makeText(options: Omit<MakeOptions, 'ranks' | 'signer' | 'lodge'>): Promise<void> {
  checkPlan(options);
  await inFolder(options, (begin) => begin());
}

async function make(options: MakeOptions, machines: Machines): Promise<MakeResult> {
  const { recipe, out, threads, ranks, signal, lodge, office, onEvent: tell } = options;
  const started = performance.now();
  const paths = runPaths(out);
  checkPlan(options);
  const signer = options.signer ?? defaultSigner((text) => tell({ kind: 'note', text })); // before the folder: it may fail
  return inFolder(options, async (begin, holds) => {
    if (existsSync(paths.result)) {
      const found = readMadeFile(RESULT, paths.result, 'delete it, and --resume makes it again');
      tell({ kind: 'note', text: 'This run is finished.' });
      if (office && !existsSync(paths.sealLodging)) {
        const lodger = openLodger({ folder: out, office, signer, tell }, found.steps);
        await lodgeSeal(out, lodger, signal);
      }
      return { run: out, ...found };
    }
    const text = await begin();
    const { manifest, tokenizer } = text;
    const config = modelOf(recipe, tokenizer.vocabSize);
    const input = {
      folder: out,
      recipe,
      config,
      ...text,
      threads,
      ranks,
      machines,
      holds,
      signer,
      lodge,
      office,
      signal,
      tell,
    };
    const trained = await trainStage(input);
    const { lodger, trainer } = trained;
    try {
      tell({ kind: 'stage', stage: 'model', state: 'start' });
      try {
        writeModel(out, recipe, config, tokenizer.endOfTextId, manifest, trained, trainer.weights());
      } finally {
        trainer.close();
      }
      tell({ kind: 'stage', stage: 'model', state: 'done', detail: paths.model });
      const result: MakeResult = {
        run: out,
        steps: recipe.train.steps,
        tokens: recipe.train.steps * recipe.train.batchSize * recipe.train.sequenceLength,
        parameters: parameterCount(config),
        stateRoot: trained.stateRoot,
        head: trained.head,
        valBitsPerByte: trained.validation.bitsPerByte,
        tokensPerSecond: trained.tokensPerSecond,
        seconds: (performance.now() - started) / 1000,
      };
      writeSeal(input, result);
      writeFileAtomic(paths.result, `${JSON.stringify(result, null, 2)}\n`);
      syncFolder(dirname(paths.result));
      if (lodger) await lodgeSeal(out, lodger, signal);
      return result;
    } finally {
      lodger?.close();
    }
  });
}

/** Takes the run's folder for `work`, which is handed what does the first stages, and gives it back whatever comes of it. */
async function inFolder<T>(
  options: Omit<MakeOptions, 'signer' | 'lodge'>,
  work: (begin: () => Promise<Text>, holds: () => boolean) => Promise<T>,
): Promise<T> {
  const { recipe, recipeFolder, out, resume, signal, onEvent: tell } = options;
  const { fresh, holds, release } = claim(out, recipe, resume);
  if (fresh && resume) tell({ kind: 'note', text: `There is no run in ${out} to go on with: a new one begins.` });
  const pause = async (): Promise<void> => {
    await setImmediate(); // let a signal have its turn
    signal.throwIfAborted();
  };
  try {
    return await work(async () => {
      const manifest = await corpusStage(out, recipe, recipeFolder, tell, signal);
      noteRun(out);
      await pause();
      const tokenizer = await tokenizerStage(out, recipe, manifest, tell);
      await pause();
      const tokens = await tokensStage(out, manifest, tokenizer, tell);
      await pause();
      return { manifest, tokenizer, tokens };
    }, holds);
  } catch (error) {
    if (signal.aborted && error === signal.reason) {
      throw new JikjiError('interrupted', 'stopped before training began', out, 'go on with --resume');
    }
    const failure = folderFailure(error, out);
    if (fresh && failure instanceof JikjiError && !GOES_ON.includes(failure.code) && !begun(out)) forgetRun(out);
    throw failure;
  } finally {
    release();
  }
}
