// A run that a job makes elsewhere, shown as if it were made here: what its folder gains becomes the events that making tells.
// Knows nothing of launchers but what a job's report says.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { JikjiError } from '../base/index.ts';
import type { Recipe } from '../foundry/recipe/index.ts';
import { calledAs } from './called-as.ts';
import {
  type CurveReader,
  fleet,
  foundry,
  type JobRecord,
  type JobReport,
  type MakeEvent,
  type Stage,
} from './rooms.ts';

/** Milliseconds between looks into the folder, and between questions about the job. */
const LOOK = 500;
const ASK = 2000;
/** Milliseconds without an answer about the job after which nobody waits for one. */
const PATIENCE = 600_000;
/** Points that are told at once. */
const MOST = 1 << 16;
/** Milliseconds over which the speed is taken. */
const WINDOW = 30_000;

/** What there is when a stage is done. */
const LEAVES: [Stage, string][] = [
  ['corpus', 'corpus/manifest.json'],
  ['tokenizer', 'tokenizer/tokenizer.json'],
  ['tokens', 'corpus/tokens.json'],
  ['train', 'model'],
  ['model', 'result.json'],
];

const TRAIN = LEAVES.findIndex(([stage]) => stage === 'train');

/** Tells what a run's folder has gained since the last time. */
class FolderEvents {
  readonly #folder: string;
  readonly #train: Recipe['train'];
  readonly #curve: CurveReader;
  readonly #tell: (event: MakeEvent) => void;
  #steps = 0;
  #validations = 0;
  #generation = 0;
  #stage: number;
  #started = false;
  #times: { at: number; step: number }[] = [];

  constructor(folder: string, train: Recipe['train'], curve: CurveReader, tell: (event: MakeEvent) => void) {
    this.#folder = folder;
    this.#train = train;
    this.#curve = curve;
    this.#tell = tell;
    this.#stage = this.#done(); // what was done before is no news
  }

  #done(): number {
    const missing = LEAVES.findIndex(([, path]) => !existsSync(join(this.#folder, path)));
    return missing < 0 ? LEAVES.length : missing;
  }

  async look(): Promise<void> {
    const done = this.#done(); // before the curve: then its end is there when training is said to be over
    await this.#curve.refresh();
    this.#tellStages(Math.min(done, TRAIN));
    this.#tellSteps();
    this.#tellStages(done);
  }

  /** Those before `done` have ended, and that one has begun. */
  #tellStages(done: number): void {
    for (this.#tellStart(); this.#stage < done; this.#tellStart()) {
      this.#tell({ kind: 'stage', stage: LEAVES[this.#stage++]![0], state: 'done' });
      this.#started = false;
    }
  }

  #tellStart(): void {
    if (this.#started || this.#stage === LEAVES.length) return;
    this.#started = true;
    this.#tell({ kind: 'stage', stage: LEAVES[this.#stage]![0], state: 'start' });
  }

  #tellSteps(): void {
    const curve = this.#curve;
    if (curve.generation !== this.#generation) {
      // A session that was killed had written more than the one after it goes on from.
      this.#generation = curve.generation;
      this.#steps = Math.min(this.#steps, curve.steps);
      this.#validations = Math.min(this.#validations, curve.validations);
      this.#times = [];
    }
    if (curve.steps === this.#steps && curve.validations === this.#validations) return;
    const first = this.#steps === 0 && this.#times.length === 0;
    const now = performance.now();
    const { step, loss, gradNorm, learningRate, validations } = curve.since(this.#steps, this.#validations, MOST);
    this.#steps += step.length;
    this.#validations += validations.length;
    // What was there at the first look was not made since then.
    if (!first && this.#times.length === 0) this.#times.push({ at: now, step: this.#steps - step.length });
    this.#times.push({ at: now, step: this.#steps });
    while (this.#times.length > 2 && now - this.#times[0]!.at > WINDOW) this.#times.shift();
    const from = this.#times[0]!;
    const { steps, batchSize, sequenceLength } = this.#train;
    const secondsEach = (now - from.at) / 1000 / (this.#steps - from.step);
    for (const { bitsPerByte, step } of validations) {
      this.#tell({ kind: 'validation', step, bitsPerByte: bitsPerByte ?? Number.NaN });
    }
    for (const [i, at] of step.entries()) {
      this.#tell({
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

/** Says how the job fares, where that has changed. */
function describe({ launcher, id }: JobRecord, { state, why, nodes, expectedStart }: JobReport): string {
  const job = launcher === 'slurm' ? `Job ${id}` : `Process ${id}`;
  if (state === 'running') return `${job} runs on ${nodes}.`;
  if (state !== 'waiting') return `${job}: ${state}${why ? ` (${why})` : ''}.`;
  const start = expectedStart === null ? '' : `; it may begin at ${new Date(expectedStart).toLocaleString('sv')}`;
  return `${job} waits${why ? ` (${why})` : ''}${start}.`;
}

export interface Followed {
  record: JobRecord;
  report: JobReport;
}

/**
 * Follows jobs, one after the other, until the last has ended or one came to nothing, and gives its last report. Aborting `signal`
 * only ends the following.
 * @throws JikjiError `interrupted`; `slurm-...` where nobody knows about a job for ten minutes
 */
export async function followJobs(options: {
  /** At least one, in the order in which they begin. */
  records: readonly JobRecord[];
  /** The run folder and its recipe. */
  run: string;
  recipe: Recipe;
  signal: AbortSignal;
  tell: (event: MakeEvent) => void;
}): Promise<Followed> {
  const { records, run, recipe, signal, tell } = options;
  const { CurveReader } = await foundry();
  const events = new FolderEvents(run, recipe.train, new CurveReader(run), tell);
  let followed: Followed | undefined;
  for (const record of records) {
    followed = { record, report: await followJob(record, events, { run, signal, tell }) };
    if (followed.report.state !== 'done') break;
  }
  return followed!;
}

async function followJob(
  record: JobRecord,
  events: FolderEvents,
  { run, signal, tell }: { run: string; signal: AbortSignal; tell: (event: MakeEvent) => void },
): Promise<JobReport> {
  const { hasEnded, launcherOf } = await fleet();
  const launcher = launcherOf(record);
  const note = (text: string) => tell({ kind: 'note', text });
  let said = '';
  let report: JobReport | undefined;
  let asked = Number.NEGATIVE_INFINITY;
  let answered = performance.now();
  for (;;) {
    if (signal.aborted) throw detached(record, run);
    if (performance.now() - asked >= ASK) {
      asked = performance.now();
      try {
        report = await launcher.report(record);
        answered = performance.now();
        if (hasEnded(report)) await events.look(); // its last words come before ours
        const words = describe(record, report);
        if (words !== said) note(words);
        said = words;
      } catch (error) {
        if (!(error instanceof JikjiError) || performance.now() - answered > PATIENCE) throw error;
        if (said !== error.code) note(`${error.message}; the job may go on. Asking again ...`);
        said = error.code;
      }
    }
    if (report && hasEnded(report)) return report;
    if (report && report.state !== 'waiting') await events.look();
    await setTimeout(LOOK, undefined, { signal }).catch(() => {});
  }
}

const detached = (record: JobRecord, run: string): JikjiError =>
  new JikjiError(
    'interrupted',
    'the job goes on without this terminal',
    `${record.launcher} ${record.id}`,
    `${calledAs()} runs shows it, ${calledAs()} runs cancel ${run} ends it`,
  );

/** The error with which the command of a job ended, as its output tells it. */
export function errorOf(output: string): JikjiError | undefined {
  let last: string | undefined;
  try {
    last = readFileSync(output, 'utf8')
      .trimEnd()
      .split('\n')
      .findLast((line) => line.startsWith('{"error":'));
    const { code, message, input, hint } = JSON.parse(last ?? '').error;
    if (![code, message, input, hint].every((word) => typeof word === 'string')) return undefined;
    return new JikjiError(code, message, input, hint);
  } catch {
    return undefined;
  }
}
