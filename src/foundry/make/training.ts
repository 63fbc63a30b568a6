// The training stage: steps, records, validation, checkpoints. It can stop, fail and resume without losing a bit.

import { appendFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { JikjiError, writeFailure } from '../../base/index.ts';
import { bits32, bits64, type Transcript } from '../../ledger/index.ts';
import { checkpointSteps, runPaths } from '../../run-folder/index.ts';
import { flopsPerToken } from '../model/index.ts';
import {
  Batches,
  machineName,
  NotFinite,
  removeCheckpoint,
  saveCheckpoint,
  type TokenFiles,
  Trainer,
} from '../train/index.ts';
import { beginTraining, type TrainingStart } from './begin.ts';
import { checkConversations } from './conversations.ts';
import { reporter } from './events.ts';
import { checkpointPlan } from './evidence.ts';
import { FolderHold } from './folder-hold.ts';
import { type HeldOutScore, scoreHeldOut, textBytes } from './held-out.ts';
import { lodgeHandOvers, openLodger } from './lodge-run.ts';
import type { Lodger } from './office.ts';
import { openReferences, writeReferences } from './references.ts';
import { sourcePlaces } from './source-place.ts';
import { openShards } from './text.ts';
import type { TrainingInput } from './training-input.ts';

export interface Trained {
  trainer: Trainer;
  stateRoot: string;
  head: string;
  /** The last validation. */
  validation: Validation;
  /** The score of S_0, of a run with a parent. */
  before: HeldOutScore | undefined;
  tokensPerSecond: number;
  seed: bigint;
  /** Of a run with conversations: places of all its batches that hold a token. */
  usedTokens: number | undefined;
  /** With an office: the heads that still wait for its answer. */
  lodger: Lodger | undefined;
}

interface Validation extends HeldOutScore {
  step: number;
}

/**
 * Trains to the last step, from the newest checkpoint if there is one. The caller closes the trainer.
 * @throws JikjiError `corpus-too-small`, `conversation-long`, `marks-broken`, `interrupted`, `not-finite`, `run-taken`, or as `beginTraining`
 */
export async function trainStage(input: TrainingInput): Promise<Trained> {
  const { folder, recipe, recipeFolder, config, manifest, tokens, tokenizer, threads, ranks, office, onEvent } = input;
  const shards = openShards(folder, tokens, tokenizer.vocabSize);
  const { train } = recipe;
  const sources = shards.sources.map((s, i) => ({ ...s.train, weight: manifest.sources[i].weight }));
  let trainer: Trainer | undefined;
  let transcript: Transcript | undefined;
  let lodger: Lodger | undefined;
  try {
    const lengths = { sequenceLength: train.sequenceLength, context: config.maxPositionEmbeddings };
    const { corpus } = runPaths(folder);
    await checkConversations(
      corpus,
      shards.sources,
      lengths,
      sourcePlaces(corpus, recipe.corpus.sources, recipeFolder),
    );
    // The seed is not drawn yet: so many windows there are with any.
    const windows = new Batches(sources, 0, train.sequenceLength).leastWindows;
    if (windows < train.batchSize) {
      const trainTokens = tokens.sources.reduce((sum, s) => sum + s.train.tokens, 0);
      throw new JikjiError(
        'corpus-too-small',
        `the corpus has ${trainTokens} training tokens, ${windows} sequences of ${train.sequenceLength}: fewer than a batch of ${train.batchSize}`,
        folder,
        'add text to corpus.sources, or lower train.batchSize or train.sequenceLength (and choose another --out)',
      );
    }
    onEvent({ kind: 'stage', stage: 'train', state: 'start' });
    trainer = new Trainer(config, train, { threads, ranks });
    const references = train.dpoBeta === undefined ? undefined : referencesStage(input, trainer, shards);
    const validation = validator(input, trainer, { shards, references });
    const begun = await beginTraining(input, trainer, { writeReferences: references?.write, score: validation.score });
    transcript = begun.transcript;
    const trained = sources.map((source, i) => ({ ...source, references: references?.of(i, 'train') }));
    const batches = new Batches(trained, begun.seed, train.sequenceLength);
    if (office) await lodgeHandOvers({ ...input, office }, input.signal);
    lodger = office && openLodger({ ...input, office }, trainer.step);
    const tools = { trainer, batches, validation, transcript, lodger };
    const usedTokens = recipe.chat && batches.used(train.steps * train.batchSize);
    return {
      trainer,
      lodger,
      seed: begun.seed,
      before: begun.before,
      usedTokens,
      ...(await runSession(input, tools, begun)),
    };
  } catch (error) {
    lodger?.close();
    trainer?.close();
    throw error;
  } finally {
    transcript?.close();
    shards.close();
  }
}

interface Validator {
  /** The score of the trainer's weights. */
  score(): HeldOutScore;
  /** Writes and shows a score. */
  note(step: number, score: HeldOutScore): Validation;
}

type Shards = ReturnType<typeof openShards>;

/** The references of a run with pairs: written at S_0, and from then on read, once. */
interface ReferencesStage {
  write(): Promise<void>;
  of: ReturnType<typeof openReferences>;
}

function referencesStage(
  { folder, tokens, signal, onEvent }: TrainingInput,
  trainer: Trainer,
  shards: Shards,
): ReferencesStage {
  const { references: path } = runPaths(folder);
  const report = reporter('train', onEvent);
  let opened: ReferencesStage['of'] | undefined;
  return {
    write: () =>
      writeReferences(path, trainer, shards.sources, async (fraction) => {
        report('progress', { detail: 'references', fraction });
        await setImmediate();
        signal.throwIfAborted();
      }),
    of: (source, split) => {
      opened ??= openReferences(path, tokens);
      return opened(source, split);
    },
  };
}

function validator(
  { folder, recipe, tokenizer, onEvent }: TrainingInput,
  trainer: Trainer,
  { shards, references }: { shards: Shards; references: ReferencesStage | undefined },
): Validator {
  const bytesOf = textBytes(tokenizer);
  const heldOut = shards.sources.map(({ validation }) => validation);
  /** Beside the references, which are there from S_0 on. */
  const files = (): TokenFiles[] => {
    if (references === undefined) return heldOut;
    return heldOut.map(({ tokens, marks }, i) => ({ tokens, marks, references: references.of(i, 'validation') }));
  };
  // Without held-out text no figure is written or shown.
  const isEmpty = heldOut.every(({ tokens }) => tokens.length === 0);
  return {
    score: () =>
      isEmpty
        ? { bitsPerByte: Number.NaN, bySource: heldOut.map(() => null) }
        : scoreHeldOut(trainer, files(), bytesOf, recipe.train.validationTokens),
    note: (step, score) => {
      const validation = { step, ...score };
      if (isEmpty) return validation;
      append(runPaths(folder).validation, validation);
      onEvent({ kind: 'validation', step, bitsPerByte: validation.bitsPerByte });
      return validation;
    },
  };
}

function append(path: string, value: object): void {
  try {
    appendFileSync(path, `${JSON.stringify(value)}\n`);
  } catch (error) {
    throw writeFailure(error, path);
  }
}

/** What is open during a session. */
interface Tools {
  trainer: Trainer;
  batches: Batches;
  validation: Validator;
  transcript: Transcript;
  lodger: Lodger | undefined;
}

/** Takes all steps that are left, and notes start and end of the session in the run's folder. */
async function runSession(input: TrainingInput, tools: Tools, begun: TrainingStart): Promise<Session> {
  const { folder, ranks, threads, machines } = input;
  const { trainer } = tools;
  const paths = runPaths(folder);
  const size = ranks?.size ?? 1;
  const peak = trainer.engine.measurePeak() * size; // measured on this rank; the other ranks are assumed to be as fast
  const from = trainer.step;
  const shared = size > 1 ? { ranks: size, machines } : {};
  const start = new Date().toISOString();
  append(paths.sessions, {
    event: 'start',
    start,
    device: machineName(),
    threads,
    ...shared,
    from,
    ...(begun.passedOver.length > 0 && { passedOver: begun.passedOver }),
  });
  const hold = new FolderHold(input);
  try {
    return await takeSteps(input, tools, { hold, peak, begun });
  } catch (error) {
    throw error instanceof NotFinite ? divergedFailure(error, folder) : error;
  } finally {
    const end = new Date().toISOString();
    if (!hold.isLost) appendSessionEnd(paths.sessions, { event: 'end', end, from, to: trainer.step });
  }
}

/**
 * How long steps take: the median of the last few for the screen, the mean of all for the result. And how many tokens a second they learn
 * from: conversations do not fill all slots of a batch.
 */
class StepSpeed {
  #last: number[] = [];
  #sum = 0;
  #count = 0;
  #tokens = 0;

  add(milliseconds: number, tokens: number): void {
    this.#tokens += tokens;
    this.#last.push(milliseconds);
    if (this.#last.length > 9) this.#last.shift();
    this.#sum += milliseconds;
    this.#count++;
  }

  get milliseconds(): number {
    const sorted = [...this.#last].sort((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? Number.NaN;
  }

  /** Now, from the median; a step has as many tokens as the mean of all. */
  get tokensPerSecond(): number {
    return (this.#tokens / this.#count / this.milliseconds) * 1000;
  }

  /** Of all steps together. */
  get meanTokensPerSecond(): number {
    return (this.#tokens / this.#sum) * 1000;
  }
}

/** What a session comes to. */
type Session = Omit<Trained, 'trainer' | 'lodger' | 'seed' | 'before' | 'usedTokens'>;

interface SessionStart {
  hold: FolderHold;
  /** Peak of all ranks together, in GFLOP/s. */
  peak: number;
  begun: TrainingStart;
}

/** Takes the steps up to the last one, each with its record; saves checkpoints and validates when due. */
async function takeSteps(
  { folder, recipe, config, signal, onEvent }: TrainingInput,
  { trainer, batches, validation: validator, transcript, lodger }: Tools,
  { hold, peak, begun }: SessionStart,
): Promise<Session> {
  const { train } = recipe;
  const plan = checkpointPlan(train);
  const planned = new Set(plan.steps);
  const kept = new Set(plan.kept);
  const flops = flopsPerToken(config, train.sequenceLength);
  const speed = new StepSpeed();
  const states = new SavedStates(runPaths(folder).checkpoints, kept, trainer.step);
  let { root } = begun;
  const save = (): void => {
    hold.check();
    states.save(root, trainer, transcript);
    onEvent({ kind: 'checkpoint', step: trainer.step, stateRoot: root });
  };

  states.prune(); // a killed session may have missed this, and the validation below
  const from = trainer.step;
  let validation: Validation | undefined;
  const validate = (step: number) => validator.note(step, validator.score());
  if (from === 0 && begun.before) validator.note(0, begun.before);
  if (from > 0 && from < train.steps && from % train.validateEvery === 0) validation = validate(from);
  while (trainer.step < train.steps) {
    await setImmediate(); // lets signal handlers and the screen run
    if (signal.aborted) {
      if (trainer.step > states.saved) {
        root = trainer.stateRoot();
        save();
      }
      throw new JikjiError(
        'interrupted',
        `stopped after step ${trainer.step} of ${train.steps}`,
        folder,
        'go on with --resume',
      );
    }
    const started = performance.now();
    const record = trainer.next(batches);
    speed.add(performance.now() - started, record.rows);
    hold.checkIfDue();
    const { step, loss, gradNorm, learningRate, batch } = record;
    const line = { step, loss: bits64(loss), gradNorm: bits64(gradNorm), learningRate: bits32(learningRate), batch };
    if (planned.has(step)) {
      root = trainer.stateRoot();
      transcript.append({ ...line, stateRoot: root });
      save();
      if (kept.has(step)) lodger?.head(step, transcript.head);
    } else transcript.append(line);
    const { tokensPerSecond } = speed;
    const gflops = (tokensPerSecond * flops) / 1e9;
    const secondsLeft = ((train.steps - step) * speed.milliseconds) / 1000;
    // Faster than the peak: others used the machine when it was measured.
    const peakShare = gflops <= peak ? gflops / peak : Number.NaN;
    const figures = { loss, learningRate, gradNorm, tokensPerSecond, gflops, peakShare, secondsLeft };
    onEvent({ kind: 'step', step, steps: train.steps, ...figures });
    if (step % train.validateEvery === 0 && step < train.steps) validation = validate(step);
  }
  if (validation?.step !== train.steps) validation = validate(train.steps);
  const detail = `${trainer.step} steps${from === 0 ? '' : `, ${trainer.step - from} of them in this session`}`;
  onEvent({ kind: 'stage', stage: 'train', state: 'done', detail });
  return { stateRoot: root, head: transcript.head, validation, tokensPerSecond: speed.meanTokensPerSecond };
}

/** The error that explains diverged training to the user. */
function divergedFailure(error: NotFinite, folder: string): JikjiError {
  const lastGood = checkpointSteps(runPaths(folder).checkpoints).at(-1);
  const broken =
    error.tensor === 'loss' ? 'the loss' : error.of === 'state' ? error.tensor : `the gradient of ${error.tensor}`;
  return new JikjiError(
    'not-finite',
    `training diverged: ${broken} is not finite at step ${error.step}`,
    folder,
    `lower train.learningRate or set train.gradClip, and make the run again; ${lastGood === undefined ? 'no checkpoint was written yet' : `the checkpoint of step ${lastGood} is intact`}`,
    { cause: error },
  );
}

/** Notes the end of a session. A failure to write must not hide the error that ended the session. */
function appendSessionEnd(path: string, value: object): void {
  try {
    append(path, value);
  } catch {
    // the disk may be full: the session's own error reports that
  }
}

/** The checkpoints of a run on disk: those that are kept, and the newest one. */
class SavedStates {
  /** Step of the newest checkpoint. */
  saved: number;
  readonly #folder: string;
  readonly #kept: ReadonlySet<number>;

  constructor(folder: string, kept: ReadonlySet<number>, saved: number) {
    this.#folder = folder;
    this.#kept = kept;
    this.saved = saved;
  }

  /** Removes checkpoints that are older than the newest one and not kept. */
  prune(): void {
    for (const old of checkpointSteps(this.#folder)) {
      if (old < this.saved && !this.#kept.has(old)) removeCheckpoint(this.#folder, old);
    }
  }

  /** Saves the trainer's state, after the records that lead to it are on disk; then prunes. @throws NotFinite */
  save(root: string, trainer: Trainer, transcript: Transcript): void {
    const broken = trainer.notFinite(); // the next step would find it too, but this save would replace the last good checkpoint
    if (broken !== undefined) throw new NotFinite(trainer.step, broken, 'state');
    transcript.sync();
    saveCheckpoint(this.#folder, root, trainer);
    this.saved = trainer.step;
    this.prune();
  }
}
