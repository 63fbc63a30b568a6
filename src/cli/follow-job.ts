// Follows a run that a job makes on another machine: turns new files and curve points in its folder into the events of a local run.
// Knows nothing of launchers.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Recipe } from '../foundry/recipe/index.ts';
import { GENESIS, LODGING, MANIFEST, REQUEST, RESULT, TOKENIZER, TOKENS } from '../run-folder/index.ts';
import { calledAs } from './called-as.ts';
import { WARNING } from './progress.ts';
import {
  type CurveReader,
  fleet,
  type JobRecord,
  type JobReport,
  type MakeEvent,
  runFolder,
  type Stage,
} from './rooms.ts';
import { watchJob } from './watch-job.ts';

/** The most points read at once. */
const MAX_POINTS = 1 << 16;
/** Milliseconds over which the speed is measured. */
const SPEED_WINDOW_MS = 30_000;

/** The file or folder that exists once a stage is done. */
const STAGE_OUTPUTS: [Stage, string][] = [
  ['corpus', MANIFEST],
  ['tokenizer', TOKENIZER],
  ['tokens', TOKENS],
  ['train', 'model'],
  ['model', RESULT],
];

const TRAIN_INDEX = STAGE_OUTPUTS.findIndex(([stage]) => stage === 'train');

/** Emits an event for everything that is new in a run folder since the last poll. */
class FolderEvents {
  readonly #folder: string;
  readonly #train: Recipe['train'];
  readonly #curve: CurveReader;
  readonly #emit: (event: MakeEvent) => void;
  #steps = 0;
  #validations = 0;
  #generation = 0;
  #stage: number;
  #started = false;
  #asked = false;
  #times: { at: number; step: number }[] = [];

  constructor(folder: string, train: Recipe['train'], curve: CurveReader, emit: (event: MakeEvent) => void) {
    this.#folder = folder;
    this.#train = train;
    this.#curve = curve;
    this.#emit = emit;
    this.#stage = this.#done(); // finished stages are not reported again
  }

  #done(): number {
    const missing = STAGE_OUTPUTS.findIndex(([, path]) => !existsSync(join(this.#folder, path)));
    return missing < 0 ? STAGE_OUTPUTS.length : missing;
  }

  async poll(): Promise<void> {
    const done = this.#done(); // read before the curve, so that the curve is complete once training is done
    await this.#curve.refresh();
    this.#emitRequest();
    this.#emitStages(Math.min(done, TRAIN_INDEX));
    this.#emitSteps();
    this.#emitStages(done);
  }

  /** A run that waits for an office's answer stands still, so the follower is told why. */
  #emitRequest(): void {
    const there = (name: string) => existsSync(join(this.#folder, name));
    const waits = there(REQUEST) && !there(LODGING) && !there(GENESIS);
    if (waits && !this.#asked) {
      const request = join(this.#folder, REQUEST);
      const text = `It waits for the office's answer to ${request} (${calledAs()} lodge FILE --key KEY gives it).`;
      this.#emit({ kind: 'note', text });
    }
    this.#asked = waits;
  }

  /** Reports the stages before index `done` as done, and that one as started. */
  #emitStages(done: number): void {
    for (this.#emitStart(); this.#stage < done; this.#emitStart()) {
      this.#emit({ kind: 'stage', stage: STAGE_OUTPUTS[this.#stage++]![0], state: 'done' });
      this.#started = false;
    }
  }

  #emitStart(): void {
    if (this.#started || this.#stage === STAGE_OUTPUTS.length) return;
    this.#started = true;
    this.#emit({ kind: 'stage', stage: STAGE_OUTPUTS[this.#stage]![0], state: 'start' });
  }

  #emitSteps(): void {
    const curve = this.#curve;
    if (curve.generation !== this.#generation) {
      // A killed session wrote steps after the checkpoint from which the next session resumes.
      this.#generation = curve.generation;
      this.#steps = Math.min(this.#steps, curve.steps);
      this.#validations = Math.min(this.#validations, curve.validations);
      this.#times = [];
    }
    if (curve.steps === this.#steps && curve.validations === this.#validations) return;
    const first = this.#steps === 0 && this.#times.length === 0;
    const now = performance.now();
    const { step, loss, gradNorm, learningRate, validations } = curve.since(this.#steps, this.#validations, MAX_POINTS);
    this.#steps += step.length;
    this.#validations += validations.length;
    // Points that existed at the first poll do not count for the speed.
    if (!first && this.#times.length === 0) this.#times.push({ at: now, step: this.#steps - step.length });
    this.#times.push({ at: now, step: this.#steps });
    while (this.#times.length > 2 && now - this.#times[0]!.at > SPEED_WINDOW_MS) this.#times.shift();
    const from = this.#times[0]!;
    const { steps, batchSize, sequenceLength } = this.#train;
    const secondsEach = (now - from.at) / 1000 / (this.#steps - from.step);
    for (const { bitsPerByte, step } of validations) {
      this.#emit({ kind: 'validation', step, bitsPerByte: bitsPerByte ?? Number.NaN });
    }
    for (const [i, at] of step.entries()) {
      this.#emit({
        kind: 'step',
        step: at,
        steps,
        loss: loss[i] ?? Number.NaN,
        learningRate: learningRate[i] ?? Number.NaN,
        gradNorm: gradNorm[i] ?? Number.NaN,
        tokensPerSecond: (batchSize * sequenceLength) / secondsEach,
        gflops: Number.NaN,
        peakShare: Number.NaN,
        secondsLeft: (steps - at) * secondsEach,
      });
    }
  }
}

export interface Followed {
  record: JobRecord;
  report: JobReport;
}

/**
 * Follows jobs one after the other until the last has ended or one has failed, and returns the last report. Aborting `signal` only
 * stops the following.
 * @throws JikjiError `interrupted`; `slurm-...` if the launcher gives no answer about a job for ten minutes
 */
export async function followJobs(options: {
  /** At least one, in the order in which they start. */
  records: readonly JobRecord[];
  /** The run folder and its recipe. */
  run: string;
  recipe: Recipe;
  signal: AbortSignal;
  emit: (event: MakeEvent) => void;
}): Promise<Followed> {
  const { records, run, recipe, signal, emit } = options;
  const { CurveReader } = await runFolder();
  const { jobPaths, OutputLines } = await fleet();
  const events = new FolderEvents(run, recipe.train, new CurveReader(run), emit);
  let followed: Followed | undefined;
  for (const record of records) {
    const warnings = new OutputLines(jobPaths(record.folder).output, WARNING);
    const onReport = async ({ state }: JobReport): Promise<void> => {
      for (const text of warnings.read()) emit({ kind: 'warning', text });
      if (state !== 'waiting') await events.poll();
    };
    const report = await watchJob(record, {
      signal,
      note: (text) => emit({ kind: 'note', text }),
      onReport,
      cancelledBy: run,
    });
    followed = { record, report };
    if (followed.report.state !== 'done') break;
  }
  return followed!;
}
