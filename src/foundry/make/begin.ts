// Finds the state where training begins or resumes: the newest undamaged checkpoint, or S_0, and the transcript at that step. Trains
// nothing.

import { existsSync, readFileSync } from 'node:fs';
import { JikjiError, writeFileAtomic } from '../../base/index.ts';
import { type Commitment, digestOfFile, digestOfJson, parentOf, referencesOf, Transcript } from '../../ledger/index.ts';
import { checkpointSteps, requireHolder, runPaths } from '../../run-folder/index.ts';
import { checkpointBroken, loadCheckpoint, loadStart, type Trainer } from '../train/index.ts';
import { ARITHMETIC_VERSION, seedOf, subjectsOf, writeGenesis } from './evidence.ts';
import type { HeldOutScore } from './held-out.ts';
import type { TrainingInput } from './training-input.ts';

export interface TrainingStart {
  /** Open at the trainer's step. It still holds the records of later steps that an earlier session wrote. */
  transcript: Transcript;
  seed: bigint;
  /** State root of the trainer's state. */
  root: string;
  /** Steps of damaged checkpoints, newest first. They stay on disk until training writes them again. */
  passedOver: number[];
  /** The score of S_0, of a run with a parent. */
  before: HeldOutScore | undefined;
}

export interface AtStart {
  /** Of a run with pairs: makes the references, if they are not there. The trainer is at S_0. */
  writeReferences?: (() => Promise<void>) | undefined;
  /** The score of the trainer's weights. */
  score: () => HeldOutScore;
}

/**
 * Loads a state into the trainer and opens the transcript at its step. Signs genesis if the run has none. Passes over damaged
 * checkpoints, with a warning; the steps that are then taken again must give the records that the transcript already has.
 * @throws JikjiError `run-broken`, `key-changed`, `run-handed-over`, `hand-over-broken`, `commitment-differs`, `state-differs`, `transcript-broken`, `checkpoint-version`
 */
export async function beginTraining(input: TrainingInput, trainer: Trainer, atStart: AtStart): Promise<TrainingStart> {
  const paths = runPaths(input.folder);
  const steps = checkpointSteps(paths.checkpoints).reverse();
  let initial: string | undefined;
  if (!existsSync(paths.genesis)) {
    if (steps.length > 0) {
      throw new JikjiError(
        'run-broken',
        'checkpoints without a genesis',
        paths.genesis,
        'choose another folder with --out',
      );
    }
    const { seed, lodging } = await seedOf(input);
    beginState(input, trainer, seed);
    await atStart.writeReferences?.();
    initial = trainer.stateRoot();
    writeGenesis(input, seed, lodging, initial);
  }
  const { commitment } = requireHolder(input.folder, input.signer.fingerprint).genesis.predicate;
  checkCommitment(input, commitment);
  const seed = BigInt(`0x${commitment.seed}`);
  // In every session: what an earlier one noted of it lies in a file that nothing has signed.
  if (input.recipe.from && initial === undefined) {
    beginState(input, trainer, seed);
    await atStart.writeReferences?.();
  }
  checkReferences(input, commitment);
  const before = input.recipe.from && atStart.score();
  const passedOver = new Map<number, JikjiError>();
  const begun = (transcript: Transcript, root: string): TrainingStart => {
    for (const { message, input: path } of passedOver.values()) {
      input.onEvent({ kind: 'warning', text: `This checkpoint is passed over: ${message} (${path}).` });
    }
    if (passedOver.size > 0) input.onEvent({ kind: 'warning', text: goesOnFrom(trainer.step, transcript.ahead) });
    return { transcript, seed, root, passedOver: [...passedOver.keys()], before };
  };
  for (const step of steps) {
    try {
      const root = loadCheckpoint(paths.checkpoints, step, trainer);
      return begun(await openTranscript(input.folder, commitment, step, root), root);
    } catch (error) {
      if (!(error instanceof JikjiError && error.code === 'checkpoint-broken')) throw error;
      passedOver.set(step, error);
    }
  }
  const root = initial ?? firstState(input, trainer, commitment);
  return begun(await openTranscript(input.folder, commitment, 0, root), root);
}

/** Sets the trainer to S_0: drawn from the seed, or with the parent's weights. */
function beginState({ folder, recipe, tokenizer }: TrainingInput, trainer: Trainer, seed: bigint): void {
  const partsOf = tokenizer.partsOf.bind(tokenizer);
  if (recipe.from) loadStart(runPaths(folder).start, trainer, { seed, partsOf });
  else trainer.initialise(seed);
}

/** Makes S_0 again and gives its root. */
function firstState(input: TrainingInput, trainer: Trainer, commitment: Commitment): string {
  beginState(input, trainer, BigInt(`0x${commitment.seed}`));
  const root = trainer.stateRoot();
  if (root === commitment.stateRoot) return root;
  throw new JikjiError(
    'state-differs',
    'the initial weights here differ from those that the run committed to',
    runPaths(input.folder).genesis,
    'run jikji doctor: it checks whether this machine computes correctly',
  );
}

/**
 * Opens the transcript at `step`; `root` is the state root of that step.
 * @throws JikjiError `transcript-broken`; `checkpoint-broken` where the transcript names another state
 */
async function openTranscript(folder: string, commitment: Commitment, step: number, root: string): Promise<Transcript> {
  const paths = runPaths(folder);
  const transcript = await Transcript.open(paths.transcript, digestOfJson(commitment), step);
  if (!transcript) {
    throw new JikjiError(
      'transcript-broken',
      `the transcript is broken before the checkpoint of step ${step}`,
      paths.transcript,
      'this run cannot resume; begin it again in another folder with --out',
    );
  }
  try {
    const written = transcript.openedAtRoot;
    if (written !== undefined && written !== root) {
      throw checkpointBroken(paths.checkpoints, step, 'the checkpoint is not the state that the transcript names');
    }
    cutValidations(paths.validation, step);
  } catch (error) {
    transcript.close();
    throw error;
  }
  return transcript;
}

function goesOnFrom(step: number, ahead: number): string {
  const from = step === 0 ? 'from the beginning' : `from the checkpoint of step ${step}`;
  if (ahead === 0) return `It goes on ${from}.`;
  const again = ahead === 1 ? `Step ${step + 1} is` : `Steps ${step + 1} to ${step + ahead} are`;
  return `It goes on ${from}. ${again} taken again and must come out as the transcript has them.`;
}

/** @throws JikjiError `commitment-differs` where the inputs are not those that the run began with */
function checkCommitment(input: TrainingInput, commitment: Commitment): void {
  const current = { arithmeticVersion: ARITHMETIC_VERSION, ...subjectsOf(input) };
  const differences = {
    arithmeticVersion: `version ${commitment.arithmeticVersion} of the arithmetic, this is version ${ARITHMETIC_VERSION}`,
    recipe: 'another recipe',
    corpusRoot: 'another corpus',
    corpusManifest: 'another manifest of its corpus',
    tokenizer: 'another tokenizer',
    tokensRoot: 'other tokens',
    tokensManifest: 'another list of tokens',
  };
  if (digestOfJson(parentOf(commitment) ?? null) !== digestOfJson(parentOf(current) ?? null)) {
    throw other(input, 'another parent');
  }
  for (const [name, difference] of Object.entries(differences) as [keyof typeof differences, string][]) {
    if (commitment[name] !== current[name]) throw other(input, difference);
  }
}

/** @throws JikjiError `commitment-differs` */
function checkReferences(input: TrainingInput, commitment: Commitment): void {
  const committed = referencesOf(commitment);
  if (committed !== undefined && digestOfFile(runPaths(input.folder).references) !== committed)
    throw other(input, 'other references');
}

const other = ({ folder }: TrainingInput, what: string) =>
  new JikjiError(
    'commitment-differs',
    `this run began with ${what}`,
    runPaths(folder).genesis,
    'restore the files that it began with, or begin again in another folder with --out',
  );

/** Removes the validations from `step` on: training repeats them. */
function cutValidations(path: string, step: number): void {
  if (!existsSync(path)) return;
  const lines = readFileSync(path, 'utf8').split('\n');
  const kept = lines.filter((line) => {
    try {
      return JSON.parse(line).step < step;
    } catch {
      return false;
    }
  });
  writeFileAtomic(path, kept.map((line) => `${line}\n`).join(''));
}
