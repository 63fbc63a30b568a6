// Makes a run from a recipe, the face of this room: runs the stages in order; a resumed run finds the results of finished stages in its folder.

import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type ErrorCode, JikjiError, packageVersion, syncFolder, writeFileAtomic } from '../../base/index.ts';
import { checkEngine } from '../../engine/index.ts';
import { defaultSigner } from '../../ledger/index.ts';
import { noteRun, RESULT, readValidations, runPaths } from '../../run-folder/index.ts';
import { type CorpusManifest, checkSources, corpusDifficulty } from '../corpus/index.ts';
import { flopsPerToken, type ModelConfig, parameterCount } from '../model/index.ts';
import {
  type Expected,
  expectedBitsPerByte,
  modelOf,
  type Recipe,
  reasonOfKind,
  sayExpected,
} from '../recipe/index.ts';
import type { RunTokenizer } from '../tokenizer/index.ts';
import { agree, conduct, follow, type Machines, machineName, planTraining, type Ranks } from '../train/index.ts';
import { pairsInWords } from './card.ts';
import { chatFiles, readTemplate, takeTemplate, templateName } from './chat-files.ts';
import type { MakeOptions } from './events.ts';
import { ARITHMETIC_VERSION, codeDigest, writeSeal } from './evidence.ts';
import { type Claim, claimFolder, forgetRun } from './folder.ts';
import { sayMemorised } from './held-out.ts';
import { lodgeHandOvers, lodgeSeal, openLodger } from './lodge-run.ts';
import { folderFailure, readMadeFile } from './made-files.ts';
import { writeModel } from './model.ts';
import { takeParent } from './parent.ts';
import type { MakeResult } from './result.ts';
import { sourcePlaces } from './source-place.ts';
import { corpusStage, tokenizerStage } from './text.ts';
import { copyText } from './text-copy.ts';
import { tokensStage } from './tokens.ts';
import type { TokensManifest } from './tokens-manifest.ts';
import { trainStage } from './training.ts';

export { type CardFacts, runCard } from './card.ts';
export { CHAT_FILES, chatFiles, openEncoder, readTemplate, tokenizerConfig } from './chat-files.ts';
export type { MakeEvent, MakeOptions, Stage } from './events.ts';
export { ARITHMETIC_VERSION, checkpointPlan } from './evidence.ts';
export { checkFolder, folderOfRun } from './folder.ts';
export { scoreHeldOut, textBytes, tokensScored } from './held-out.ts';
export { readMadeFile } from './made-files.ts';
export type { LodgingRequest, OfficeClient } from './office.ts';
export { parentShape, weightsDigest } from './parent.ts';
export { countReferences, openReferences, REFERENCE_BYTES } from './references.ts';
export type { MakeResult } from './result.ts';
export { interleaved } from './text.ts';
export { marksFile, type TokensManifest, tokenLeaves, tokensFile, tokensManifestSchema } from './tokens-manifest.ts';

/** Failures that neither recipe nor texts cause: the run's folder stays, and the run can resume. */
const RESUMABLE: readonly string[] = [
  'disk-full',
  'disk-broken',
  'not-writable',
  'no-memory',
  'no-fma',
  'rank-lost',
  'run-taken',
] satisfies ErrorCode[];

/** Whether a statement of this run has been signed: others may have it already. */
const hasStatements = (folder: string): boolean =>
  existsSync(runPaths(folder).request) || existsSync(runPaths(folder).genesis);

function claim(folder: string, recipe: Recipe, resume: boolean): Claim {
  try {
    return claimFolder(folder, recipe, resume);
  } catch (error) {
    throw folderFailure(error, folder);
  }
}

type PlanOptions = Pick<MakeOptions, 'recipe' | 'recipeFolder' | 'out' | 'threads'> & {
  ranks?: { rank: number; size: number } | undefined;
};

/** Fails before anything is written where memory, engine or sources will not do. */
function checkPlan({ recipe, recipeFolder, out, threads, ranks }: PlanOptions): void {
  planTraining(modelOf(recipe, recipe.tokenizer.vocabSize), recipe.train, threads, ranks);
  checkEngine();
  if (!existsSync(runPaths(out).corpus)) checkSources(recipe.corpus.sources, recipeFolder, recipe.corpus.validation);
}

/**
 * Checks a run that another process will make, later or elsewhere, and creates its folder, with a seed where the recipe names none.
 * Returns a function that removes the folder again if this call created it.
 * @throws JikjiError what `makeRun` throws before its first stage
 */
export function prepareRun(options: PlanOptions & Pick<MakeOptions, 'resume' | 'lodge' | 'onEvent'>): () => void {
  const { recipe, out, resume } = options;
  checkPlan(options);
  const claimed = claim(out, recipe, resume);
  const { fresh, release } = claimed;
  release();
  saySeed(claimed, options);
  noteRun(out);
  return () => fresh && forgetRun(out);
}

/**
 * Makes a run, or resumes it. Every file that it leaves is complete. A resumed run gives the same bits, with any number of ranks and
 * threads.
 * @throws JikjiError for everything a user can cause; `interrupted` when `signal` was aborted
 */
export async function makeRun(options: MakeOptions): Promise<MakeResult> {
  const { ranks } = options;
  if (!ranks) return make(options, [machineName()]);
  const machines = agreeOnProgram(ranks);
  return conduct(ranks, () => make(options, machines));
}

/** Checks that all ranks run the same program; gives their machines. @throws JikjiError `ranks-differ`, in all ranks */
const agreeOnProgram = (ranks: Ranks): Machines =>
  agree(ranks, { version: packageVersion(), arithmetic: `version ${ARITHMETIC_VERSION}`, code: codeDigest() });

/**
 * The work of a rank other than 0, from the start of rank 0's `makeRun` to its end. It needs no recipe and no run folder. Where the
 * programs differ it returns silently: rank 0 reports that.
 * @throws JikjiError `rank-lost`
 */
export function followRun(ranks: Ranks, threads: number): void {
  try {
    agreeOnProgram(ranks);
  } catch (error) {
    if (error instanceof JikjiError && error.code === 'ranks-differ') return;
    throw error;
  }
  follow(ranks, threads);
}

/** Results of the stages before training. */
interface TextStages {
  manifest: CorpusManifest;
  tokenizer: RunTokenizer;
  tokens: TokensManifest;
}

/**
 * Runs the stages before training, which need one process only. `makeRun` with `resume` finds their results.
 * @throws JikjiError as `makeRun`
 */
export async function makeText(options: Omit<MakeOptions, 'ranks' | 'signer' | 'lodge'>): Promise<void> {
  checkPlan(options);
  await inFolder(options, (runTextStages) => runTextStages());
}

type SeedOptions = Pick<MakeOptions, 'recipe' | 'lodge' | 'office' | 'onEvent'>;

/** Says the seed of a run that begins, where it was drawn. */
function saySeed({ fresh, recipe: { seed } }: Claim, { recipe, lodge, office, onEvent }: SeedOptions): void {
  if (!fresh || recipe.seed !== undefined) return;
  const text =
    lodge === undefined && !office
      ? `seed ${seed}, drawn for this run; give it as \`seed:\` to make the same run again`
      : `seed ${seed}, drawn for this run's recipe; the seed that the run uses follows from its recipe and the office's answer`;
  onEvent({ kind: 'note', text });
}

/** The validations of a finished run; none where the file is damaged, for nothing but a remark depends on it. */
function validationsOf(folder: string, sources: number): { step: number; bitsPerByte: number | null }[] {
  try {
    return [...readValidations(folder, sources)];
  } catch (error) {
    if (error instanceof JikjiError) return [];
    throw error;
  }
}

async function make(options: MakeOptions, machines: Machines): Promise<MakeResult> {
  const { out, signal, office, onEvent } = options;
  const started = performance.now();
  const paths = runPaths(out);
  checkPlan(options);
  const signer = options.signer ?? defaultSigner((text) => onEvent({ kind: 'note', text })); // before the folder: it may fail
  return inFolder(options, async (runTextStages, { recipe, holds }) => {
    if (existsSync(paths.result)) {
      const result = readMadeFile(RESULT, paths.result, 'delete it, and --resume makes it again');
      onEvent({ kind: 'note', text: 'This run is finished.' });
      if (office && !existsSync(paths.sealLodging)) {
        await lodgeHandOvers({ folder: out, office, signer, onEvent }, signal);
        const lodger = openLodger({ folder: out, office, signer, onEvent }, result.steps);
        await lodgeSeal(out, lodger, signal);
      }
      return { run: out, seed: recipe.seed, ...result };
    }
    const text = await runTextStages();
    const { manifest, tokenizer } = text;
    const config = modelOf(recipe, tokenizer.vocabSize);
    const expected = expectationOf({ folder: out, recipe, config, ...text });
    onEvent({ kind: 'note', text: sayExpected(expected) });
    const input = { ...options, ...text, recipe, folder: out, config, machines, holds, signer };
    const trained = await trainStage(input);
    const { lodger, trainer, validation } = trained;
    if (validation.pairs) onEvent({ kind: 'note', text: `Preferences: ${pairsInWords(validation.pairs)}.` });
    try {
      onEvent({ kind: 'stage', stage: 'model', state: 'start' });
      const files = recipe.chat
        ? await chatFiles(readTemplate(paths.chatTemplate), tokenizer, config.maxPositionEmbeddings)
        : {};
      try {
        writeModel({ folder: out, recipe, config, tokenizer, manifest, files, trained });
      } finally {
        trainer.close();
      }
      onEvent({ kind: 'stage', stage: 'model', state: 'done', detail: paths.model });
      const result: MakeResult = {
        run: out,
        seed: recipe.seed,
        steps: recipe.train.steps,
        tokens: recipe.train.steps * recipe.train.batchSize * recipe.train.sequenceLength,
        ...(trained.usedTokens !== undefined && { usedTokens: trained.usedTokens }),
        parameters: parameterCount(config),
        stateRoot: trained.stateRoot,
        head: trained.head,
        valBitsPerByte: validation.bitsPerByte,
        expected,
        tokensPerSecond: trained.tokensPerSecond,
        seconds: (performance.now() - started) / 1000,
      };
      writeSeal(input, result);
      writeFileAtomic(paths.result, `${JSON.stringify(result, null, 2)}\n`);
      syncFolder(dirname(paths.result));
      if (lodger) await lodgeSeal(out, lodger, signal);
      const memorised = sayMemorised(validationsOf(out, recipe.corpus.sources.length), recipe.chat !== undefined);
      if (memorised !== undefined) onEvent({ kind: 'note', text: memorised });
      return result;
    } finally {
      lodger?.close();
    }
  });
}

/**
 * Holds the run's folder while `work` runs. `work` gets a function that runs the stages before training, and the claim of the folder,
 * with the run's recipe.
 */
async function inFolder<T>(
  options: Omit<MakeOptions, 'signer'>,
  work: (runTextStages: () => Promise<TextStages>, claimed: Claim) => Promise<T>,
): Promise<T> {
  const { recipeFolder, out, resume, textFrom, signal, onEvent } = options;
  const claimed = claim(out, options.recipe, resume);
  const { fresh, recipe, release } = claimed;
  if (fresh && resume) onEvent({ kind: 'note', text: `There is no run in ${out} to resume: a new one begins.` });
  saySeed(claimed, options);
  const pause = async (): Promise<void> => {
    await setImmediate(); // lets signal handlers run
    signal.throwIfAborted();
  };
  try {
    return await work(async () => {
      if (textFrom !== undefined && copyText(textFrom, out, recipe))
        onEvent({ kind: 'note', text: `Texts, tokenizer and tokens are copied from ${textFrom}.` });
      takeParent(out, recipe, recipeFolder);
      takeTemplate(out, recipe, recipeFolder);
      const manifest = await corpusStage({ folder: out, recipe, recipeFolder, onEvent, signal });
      noteRun(out);
      await pause();
      const tokenizer = await tokenizerStage(out, recipe, manifest, onEvent);
      await pause();
      const findPlace = sourcePlaces(runPaths(out).corpus, recipe.corpus.sources, recipeFolder);
      const template = templateName(out, recipe, recipeFolder);
      const tokens = await tokensStage(out, manifest, tokenizer, { template, findPlace, onEvent });
      await pause();
      return { manifest, tokenizer, tokens };
    }, claimed);
  } catch (error) {
    if (signal.aborted && error === signal.reason) {
      throw new JikjiError('interrupted', 'stopped before training began', out, 'go on with --resume');
    }
    const failure = folderFailure(error, out);
    const isFinal = failure instanceof JikjiError && !RESUMABLE.includes(failure.code);
    if (fresh && isFinal && !hasStatements(out)) forgetRun(out);
    throw failure;
  } finally {
    release();
  }
}

interface ExpectationInput {
  /** The run folder. */
  folder: string;
  recipe: Recipe;
  config: ModelConfig;
  manifest: CorpusManifest;
  tokens: TokensManifest;
}

/** What training will reach, from corpus and sizes, before it begins. */
function expectationOf({ folder, recipe, config, manifest, tokens }: ExpectationInput): Expected {
  const { train } = recipe;
  const unknown = reasonOfKind(recipe);
  if (unknown !== undefined) return { unknown };
  const read = train.steps * train.batchSize * train.sequenceLength;
  return expectedBitsPerByte({
    difficulty: () => corpusDifficulty(runPaths(folder).corpus, manifest),
    corpusTokens: tokens.sources.reduce((sum, source) => sum + source.train.tokens, 0),
    tokens: read,
    flops: read * flopsPerToken(config, train.sequenceLength),
    hiddenSize: config.hiddenSize,
    train,
  });
}
