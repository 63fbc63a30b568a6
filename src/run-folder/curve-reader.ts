// The curves of one run in memory: read once, then only what the run has added. 20 bytes a step. Thins any range of steps for a picture in
// milliseconds, however long the run is. Checks forms and order, not the hash chain.

import { join } from 'node:path';
import { finiteOrNull, prefixLength } from '../base/index.ts';
import { lastRecord, MAX_RECORD, TranscriptReader } from '../ledger/index.ts';
import { MAX_VALIDATION, parseValidation } from './curves.ts';
import { LineTail } from './line-tail.ts';
import { TRANSCRIPT, VALIDATION } from './paths.ts';
import { thin } from './thin.ts';

/** A range of a run's curves. */
export interface ThinCurve {
  /** The first and the last step; `last` is 0 if the range is empty. */
  first: number;
  last: number;
  /** Steps in the transcript. */
  steps: number;
  /** 1: every step is included. Otherwise, of every `every` steps, those with the lowest and highest loss and gradient norm. */
  every: number;
  step: number[];
  /** Nats a token; null if not finite. */
  loss: (number | null)[];
  gradNorm: (number | null)[];
  learningRate: (number | null)[];
  validations: CurveValidation[];
  /** File, line and fault of the first line that could not be read; the curve ends before it. */
  damaged: string | null;
}

export interface CurveValidation {
  step: number;
  /** Null without held-out text. */
  bitsPerByte: number | null;
}

/** What a curve can be drawn of. */
export type Measure = 'loss' | 'validation' | 'gradNorm' | 'learningRate';

/** The same limit as in an audit. */
const MAX_STEPS = 10_000_000;
/** A curve is never thinned to fewer points. */
const MIN_POINTS = 16;

/** A typed array that grows. */
class Column<T extends Float64Array | Float32Array | Uint32Array> {
  values: T;
  constructor(values: T) {
    this.values = values;
  }
  set(i: number, x: number): void {
    if (i >= this.values.length) {
      const longer = new (this.values.constructor as new (length: number) => T)(2 * this.values.length);
      longer.set(this.values);
      this.values = longer;
    }
    this.values[i] = x;
  }
}

export class CurveReader {
  validations = 0;
  /** Records read that have a state root. */
  roots = 0;
  readonly #loss = new Column(new Float64Array(1024));
  readonly #gradNorm = new Column(new Float64Array(1024));
  readonly #learningRate = new Column(new Float32Array(1024));
  readonly #validationStep = new Column(new Uint32Array(64));
  readonly #bitsPerByte = new Column(new Float64Array(64));
  readonly #rootStep = new Column(new Uint32Array(64));
  #rootBytes = Buffer.alloc(64 * 32);
  readonly #records = new TranscriptReader();
  readonly #transcript: LineTail;
  /** Undefined for a run that has none: a file of this name is then somebody else's. */
  readonly #validationLines: LineTail | undefined;

  constructor(folder: string, { validates = true }: { validates?: boolean } = {}) {
    this.#transcript = new LineTail(join(folder, TRANSCRIPT), {
      longest: MAX_RECORD,
      take: (bytes, from, to) => this.#takeRecord(bytes, from, to),
      forget: () => {
        this.#records.steps = 0;
        this.roots = 0;
      },
    });
    if (!validates) return;
    this.#validationLines = new LineTail(join(folder, VALIDATION), {
      longest: MAX_VALIDATION,
      take: (bytes, from, to) => this.#takeValidation(bytes.toString('utf8', from, to)),
      forget: () => {
        this.validations = 0;
      },
    });
  }

  /** Steps read. */
  get steps(): number {
    return this.#records.steps;
  }

  /** Rises each time that the records read before are no longer valid: the run was started again, or continues from an earlier state. */
  get generation(): number {
    return this.#transcript.generation + (this.#validationLines?.generation ?? 0);
  }

  /** File, line and fault of the first line that could not be read. */
  get damaged(): string | undefined {
    if (this.#transcript.problem !== undefined) return `transcript.jsonl, ${this.#transcript.problem}`;
    const problem = this.#validationLines?.problem;
    return problem === undefined ? undefined : `validation.jsonl, ${problem}`;
  }

  /** Bytes of memory in use. */
  get bytes(): number {
    const columns = [this.#loss, this.#gradNorm, this.#learningRate, this.#validationStep, this.#bitsPerByte];
    return columns.reduce((sum, { values }) => sum + values.byteLength, this.#rootBytes.length);
  }

  /** The last link of the hash chain, as its record states it. */
  get head(): string | null {
    return lastRecord(this.#transcript.last)?.link ?? null;
  }

  /**
   * Reads what the run has added. Stops at a line that is not valid, which `damaged` then describes.
   * @throws JikjiError `run-damaged` if a file cannot be read or is not a regular file
   */
  async refresh(): Promise<void> {
    // In this order: a run writes the validation after a step before the next record, so no validation before the last step is missing.
    await this.#transcript.refresh();
    await this.#validationLines?.refresh();
  }

  #takeRecord(bytes: Buffer, from: number, to: number): string | undefined {
    if (this.steps === MAX_STEPS) return `there are more than ${MAX_STEPS} steps`;
    const i = this.steps;
    const problem = this.#records.take(bytes, from, to);
    if (problem !== undefined) return problem.en;
    const { record } = this.#records;
    this.#loss.set(i, record.loss);
    this.#gradNorm.set(i, record.gradNorm);
    this.#learningRate.set(i, record.learningRate);
    if (record.stateRoot !== undefined) {
      const at = 32 * this.roots;
      if (at === this.#rootBytes.length) this.#rootBytes = Buffer.concat([this.#rootBytes, Buffer.alloc(at)]);
      this.#rootBytes.write(record.stateRoot, at, 'hex');
      this.#rootStep.set(this.roots++, this.steps);
    }
    return undefined;
  }

  #takeValidation(line: string): string | undefined {
    const validation = parseValidation(line, this.#validationStep.values[this.validations - 1] ?? -1);
    if (typeof validation === 'string') return validation;
    if (validation.step > MAX_STEPS) return `step is larger than ${MAX_STEPS}`;
    this.#validationStep.set(this.validations, validation.step);
    this.#bitsPerByte.set(this.validations++, validation.bitsPerByte ?? Number.NaN);
    return undefined;
  }

  /** Root of the state after a step; null if its record has none. */
  rootOf(step: number): string | null {
    const steps = this.rootSteps();
    const i = prefixLength(steps.length, (k) => steps[k]! < step);
    if (steps[i] !== step) return null;
    return this.#rootBytes.toString('hex', 32 * i, 32 * (i + 1));
  }

  /** Steps whose records have a state root, ascending. */
  rootSteps(): Uint32Array {
    return this.#rootStep.values.subarray(0, this.roots);
  }

  /** Number of validations before a step. */
  validationsBefore(step: number): number {
    return prefixLength(this.validations, (i) => this.#validationStep.values[i]! < step);
  }

  /** Steps `from` to `to` (with step 1 also a validation before it), thinned to at most `points` points (at least 16), with at most as many validations. */
  curve({
    from = 1,
    to = Number.POSITIVE_INFINITY,
    points,
  }: {
    from?: number | undefined;
    to?: number | undefined;
    points: number;
  }): ThinCurve {
    const maxPoints = Math.max(MIN_POINTS, Math.floor(points));
    const first = Math.max(1, Math.ceil(from));
    const last = Math.min(this.steps, Math.floor(to));
    const { every, kept } = thin([this.#loss.values, this.#gradNorm.values], first - 1, last - 1, maxPoints);
    const firstScore = first === 1 ? 0 : this.validationsBefore(first);
    const lastScore = this.validationsBefore(Math.floor(to) + 1) - 1;
    const scores = thin([this.#bitsPerByte.values], firstScore, lastScore, maxPoints);
    return {
      first,
      last: Math.max(last, 0),
      steps: this.steps,
      every,
      ...this.#points(kept),
      validations: this.#validationsAt(scores.kept),
      damaged: this.damaged ?? null,
    };
  }

  /** All values of a measure so far, and the steps that they belong to. The values stay the reader's own. */
  series(measure: Measure): { values: Float64Array; stepAt: (index: number) => number } {
    if (measure === 'validation') {
      const steps = this.#validationStep.values;
      return { values: this.#bitsPerByte.values.subarray(0, this.validations), stepAt: (i) => steps[i]! };
    }
    const { values } = { loss: this.#loss, gradNorm: this.#gradNorm, learningRate: this.#learningRate }[measure];
    const known = values.subarray(0, this.steps);
    return { values: known instanceof Float64Array ? known : Float64Array.from(known), stepAt: (i) => i + 1 };
  }

  /** The points after the first `steps` and the validations after the first `validations`, at most `maxCount` of each. */
  since(steps: number, validations: number, maxCount: number) {
    const indices = (from: number, to: number) =>
      Array.from({ length: Math.max(0, Math.min(to - from, maxCount)) }, (_, i) => from + i);
    return {
      ...this.#points(indices(steps, this.steps)),
      validations: this.#validationsAt(indices(validations, this.validations)),
    };
  }

  #points(indices: readonly number[]) {
    const of = ({ values }: { values: Float64Array | Float32Array }) => indices.map((i) => finiteOrNull(values[i]!));
    return {
      step: indices.map((i) => i + 1),
      loss: of(this.#loss),
      gradNorm: of(this.#gradNorm),
      learningRate: of(this.#learningRate),
    };
  }

  #validationsAt(indices: readonly number[]): CurveValidation[] {
    return indices.map((i) => ({
      step: this.#validationStep.values[i]!,
      bitsPerByte: finiteOrNull(this.#bitsPerByte.values[i]!),
    }));
  }
}
