// Trains steps of a witnessed run again, by the auditor's own Python and the training code that the auditor names: the messages of
// docs/witness.md. What comes back is checked for its shape and judged elsewhere.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { LineChild } from '../../apart/index.ts';
import { JikjiError } from '../../base/index.ts';
import { MADE_FROM, type WitnessEnvironment } from './files.ts';

export interface ReplayerOptions {
  /** The command of the auditor's Python. */
  python: string;
  /** The first file of the training code, from a source that the auditor trusts; the others lie beside it. */
  code: string;
  /** The folder with the data, by the names of data.json. */
  data: string;
  /** The most processes that the ranks of a run may take. */
  ranks: number;
  /** Undefined: as many as the run declares. */
  threads?: number | undefined;
  /** For an answer, and again for each line of it. */
  seconds: number;
  /** Of memory. */
  bytes: number;
  /** Environment variables that decide its arithmetic, instead of the auditor's: those of threads as the run declares them. */
  declared?: Readonly<Record<string, string>>;
  /** The same, of an older instruction set. */
  settings?: Readonly<Record<string, string>>;
}

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const hex16 = z.string().regex(/^[0-9a-f]{16}$/);
/** A length: a number, infinity too, and not below 0. */
const length = hex16.refine((hex) => float64Of(hex) >= 0);
const step = z.int().min(0);
const optimizer = MADE_FROM['recipe.json'].shape.optimizer;
const environment = MADE_FROM['environment.json'];

const opened = z.strictObject({ done: z.literal('open'), environment });
const origin = z.strictObject({
  done: z.literal('origin'),
  root: digest,
  furthest: length.nullable(),
  typical: length.nullable(),
  optimizer,
});
const scheduled = z.strictObject({
  step,
  batch: digest,
  learningRate: hex16,
  /** It holds other numbers than whole ones. */
  floats: z.literal(true).optional(),
  /** It was drawn from PyTorch's own generators, and their state before the step is not recorded. */
  drawn: z.literal(true).optional(),
});
const trained = z.strictObject({
  step,
  batch: digest,
  gradNorm: hex16,
  learningRate: hex16,
  loss: hex16,
  stateRoot: digest.optional(),
  /** Where the state is another one: the first tensor that is not as it was recorded. */
  tensor: z.string().max(4096).optional(),
});
const gradient = z.strictObject({
  done: z.literal('gradient'),
  own: length,
  difference: length,
  sketch: z.base64().max(40_000),
  tensors: z.array(z.strictObject({ name: z.string().max(4096), own: length, difference: length })).max(1_000_000),
  loss: hex16,
  gradNorm: hex16,
});
const failure = z.strictObject({ failed: z.string().max(2000) });

/** A segment whose end is kept: begins at the recorded state, that of step 0 too. */
interface Kept {
  /** Where the state is written, as in the folder of a run. */
  folder: string;
  /** The start's weights are first moved by so many units in their last place. */
  moved: number;
}

export type Trained = z.infer<typeof trained>;
type Scheduled = z.infer<typeof scheduled>;

/** Numbers of a sketch. */
export const SKETCH = 4096;

export const float64Of = (hex: string): number => Buffer.from(hex, 'hex').readDoubleBE();

/** The package beside this program. */
const PACKAGE = fileURLToPath(new URL('../../../witness', import.meta.url));

const lied = (python: string, what: string): JikjiError =>
  new JikjiError(
    'program-failed',
    `answered what does not belong there: ${what}`,
    python,
    'is it the package of this release?',
  );

const failedIn = (code: string, what: string): JikjiError =>
  new JikjiError('program-failed', what, code, 'see docs/witness.md for what the code must have');

export class Replayer {
  readonly #options: ReplayerOptions;
  readonly #child: LineChild;
  readonly #temporary: string;
  #failure: JikjiError | undefined;

  constructor(run: string, options: ReplayerOptions & { threads: number }, signal: AbortSignal) {
    this.#options = options;
    this.#temporary = mkdtempSync(join(tmpdir(), 'jikji-replay-'));
    const { python, code, data, threads, bytes, declared = {}, settings = {} } = options;
    // Of the auditor's environment only what Python and PyTorch need, and what decides their arithmetic.
    const kept = Object.entries(process.env).filter(([name]) =>
      /^(PATH|HOME|LANG|LC_.*|TMPDIR|LD_LIBRARY_PATH|USE_LIBUV|OMP_.*|MKL_.*|OPENBLAS_.*|DNNL_.*|ONEDNN_.*|ATEN_.*|CUDA_.*|CUBLAS_.*|NVIDIA_.*|HIP_.*|ROCR_.*)$/.test(
        name,
      ),
    );
    const env = {
      USE_LIBUV: '0',
      ...Object.fromEntries(kept),
      ...declared,
      ...settings,
      PYTHONPATH: PACKAGE,
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONSAFEPATH: '1',
      TMPDIR: this.#temporary,
    };
    const args = [
      '-m',
      'jikji_witness.replay',
      '--code',
      resolve(code),
      '--run',
      resolve(run),
      '--data',
      resolve(data),
      '--threads',
      String(threads),
    ];
    this.#child = new LineChild({ command: python, args, cwd: resolve(data), env, bytes, signal });
  }

  /**
   * Asks, and gives each line of the answer to `onLine` until the last one, which it returns. Once it did not do its part it is not asked
   * again: what comes could be the answer to something else.
   */
  async #ask<L, D>(
    request: { do: string } & Record<string, unknown>,
    shapes: { line?: z.ZodType<L>; most?: number; done: z.ZodType<D> },
    onLine: (line: L) => void = () => {},
  ): Promise<D> {
    if (this.#failure) throw this.#failure;
    const { line: shape, most = 0 } = shapes;
    try {
      this.#child.ask(request);
      for (let lines = 0; ; lines++) {
        const answer = await this.#child.line(this.#options.seconds);
        const failed = failure.safeParse(answer);
        if (failed.success) throw failedIn(this.#options.code, failed.data.failed);
        const done = shapes.done.safeParse(answer);
        if (done.success) return done.data;
        const line = lines < most ? shape?.safeParse(answer) : undefined;
        if (!line?.success) throw lied(this.#options.python, JSON.stringify(answer).slice(0, 120));
        onLine(line.data);
      }
    } catch (error) {
      if (error instanceof JikjiError) this.#failure = error;
      throw error;
    }
  }

  open = () => this.#ask({ do: 'open' }, { done: opened });

  origin = () => this.#ask({ do: 'origin' }, { done: origin });

  schedule(from: number, to: number, onLine: (line: Scheduled) => void) {
    return this.#ask(
      { do: 'schedule', from, to },
      { line: scheduled, most: to - from + 1, done: doneOf('schedule') },
      onLine,
    );
  }

  train(from: number, to: number, onLine: (line: Trained) => void, more: Kept | undefined = undefined) {
    const request = { do: 'train', from, to, ...more };
    return this.#ask(request, { line: trained, most: to - from, done: doneOf('train') }, onLine);
  }

  /** @param moved units in their last place by which the weights are moved before */
  gradient(step: number, key: string, moved = 0) {
    return this.#ask({ do: 'gradient', step, key, ...(moved > 0 && { moved }) }, { done: gradient });
  }

  close(): void {
    this.#child.close();
    rmSync(this.#temporary, { recursive: true, force: true });
  }
}

/** A Replayer that answered, and how it was started: for a second one in other settings. */
export interface OpenedReplayer {
  replayer: Replayer;
  placed: ReplayerOptions & { threads: number };
  /** As the auditor's Python says it. */
  environment: WitnessEnvironment;
  close: () => void;
}

const doneOf = (name: string) => z.strictObject({ done: z.literal(name) });
