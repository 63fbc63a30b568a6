// The curves of one run in memory, as long as somebody looks at them: read once, then only what the run has added. 20 bytes a step.
// Any stretch of them is thinned for a picture in milliseconds, however long the run. Checks forms and order, not the hash chain.

import { join } from 'node:path';
import { finiteOrNull, prefixLength } from '../base/index.ts';
import { MAX_RECORD, RecordLine, recordProblem } from '../ledger/index.ts';
import { MAX_VALIDATION, parseValidation } from './curves.ts';
import { LineTail } from './line-tail.ts';
import { TRANSCRIPT, VALIDATION } from './paths.ts';
import { thin } from './thin.ts';

/** A stretch of a run's curves. */
export interface ThinCurve {
  /** Steps it covers; `last` is 0 where there are none. */
  first: number;
  last: number;
  /** Steps in the transcript. */
  steps: number;
  /** 1: every step is there. Else of so many steps those with the lowest and the highest loss and gradient norm. */
  every: number;
  step: number[];
  /** Nats a token. Null where it is not finite. */
  loss: (number | null)[];
  gradNorm: (number | null)[];
  learningRate: (number | null)[];
  validations: CurveValidation[];
  /** What is wrong with the first line that could not be read, file and line; the curve ends before it. */
  damaged: string | null;
}

export interface CurveValidation {
  step: number;
  /** Null where the corpus held nothing back. */
  bitsPerByte: number | null;
}

/** Steps, as many as an audit takes. */
const MAX_STEPS = 10_000_000;
/** Fewest points that a thinned stretch can be asked for. */
const MIN_POINTS = 16;

/** Numbers that are added at the end. */
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
  /** Steps read, 1 to this one. */
  steps = 0;
  validations = 0;
  /** States that records name a root of. */
  roots = 0;
  readonly #loss = new Column(new Float64Array(1024));
  readonly #gradNorm = new Column(new Float64Array(1024));
  readonly #learningRate = new Column(new Float32Array(1024));
  readonly #validationStep = new Column(new Uint32Array(64));
  readonly #bitsPerByte = new Column(new Float64Array(64));
  readonly #rootStep = new Column(new Uint32Array(64));
  #rootBytes = Buffer.alloc(64 * 32);
  readonly #record = new RecordLine();
  readonly #transcript: LineTail;
  readonly #scores: LineTail;

  constructor(folder: string) {
    this.#transcript = new LineTail(join(folder, TRANSCRIPT), {
      longest: MAX_RECORD,
      take: (bytes, from, to) => this.#takeRecord(bytes, from, to),
      forget: () => {
        this.steps = 0;
        this.roots = 0;
      },
    });
    this.#scores = new LineTail(join(folder, VALIDATION), {
      longest: MAX_VALIDATION,
      take: (bytes, from, to) => this.#takeValidation(bytes.toString('utf8', from, to)),
      forget: () => {
        this.validations = 0;
      },
    });
  }

  /** Rises each time what was read before no longer stands: the run was begun anew, or goes on from an earlier state. */
  get generation(): number {
    return this.#transcript.generation + this.#scores.generation;
  }

  /** What is wrong with the first line that could not be read. */
  get damaged(): string | undefined {
    if (this.#transcript.problem !== undefined) return `transcript.jsonl, ${this.#transcript.problem}`;
    return this.#scores.problem === undefined ? undefined : `validation.jsonl, ${this.#scores.problem}`;
  }

  /** Bytes of memory that it holds. */
  get bytes(): number {
    const columns = [this.#loss, this.#gradNorm, this.#learningRate, this.#validationStep, this.#bitsPerByte];
    return columns.reduce((sum, { values }) => sum + values.byteLength, this.#rootBytes.length);
  }

  /** The last link of the hash chain, as its record says. */
  get head(): string | null {
    const line = this.#transcript.last;
    const record = new RecordLine();
    return record.read(line, 0, line.length) ? record.link : null;
  }

  /**
   * Reads what the run has added. What a line says that is no record ends the reading there, and `damaged` says so.
   * @throws JikjiError `run-damaged` where the files are none, or cannot be read
   */
  async refresh(): Promise<void> {
    // In this order: the validation after a step is written before the next step's record, so none is missing below the last one.
    await this.#transcript.refresh();
    await this.#scores.refresh();
  }

  #takeRecord(bytes: Buffer, from: number, to: number): string | undefined {
    if (this.steps === MAX_STEPS) return `there are more than ${MAX_STEPS} steps`;
    const record = this.#record;
    const wrong = recordProblem(record, { bytes, from, to }, this.steps + 1);
    if (wrong !== undefined) return wrong;
    const i = this.steps++;
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
    const found = parseValidation(line, this.#validationStep.values[this.validations - 1] ?? 0);
    if (typeof found === 'string') return found;
    if (found.step > MAX_STEPS) return `step is larger than ${MAX_STEPS}`;
    this.#validationStep.set(this.validations, found.step);
    this.#bitsPerByte.set(this.validations++, found.bitsPerByte ?? Number.NaN);
    return undefined;
  }

  /** Root of the state after a step, where its record names one. */
  rootOf(step: number): string | null {
    const steps = this.rootSteps();
    const i = prefixLength(steps.length, (k) => steps[k]! < step);
    if (steps[i] !== step) return null;
    return this.#rootBytes.toString('hex', 32 * i, 32 * (i + 1));
  }

  /** Steps of the states that records name, ascending. */
  rootSteps(): Uint32Array {
    return this.#rootStep.values.subarray(0, this.roots);
  }

  /** How many validations were done before a step. */
  validationsBefore(step: number): number {
    return prefixLength(this.validations, (i) => this.#validationStep.values[i]! < step);
  }

  /** Steps `from` to `to` in at most `points` points (16 at least), their validations in as many. */
  curve({
    from = 1,
    to = Number.POSITIVE_INFINITY,
    points,
  }: {
    from?: number | undefined;
    to?: number | undefined;
    points: number;
  }): ThinCurve {
    const most = Math.max(MIN_POINTS, Math.floor(points));
    const first = Math.max(1, Math.ceil(from));
    const last = Math.min(this.steps, Math.floor(to));
    const { every, kept } = thin([this.#loss.values, this.#gradNorm.values], first - 1, last - 1, most);
    const firstScore = this.validationsBefore(first);
    const lastScore = this.validationsBefore(Math.floor(to) + 1) - 1;
    const scores = thin([this.#bitsPerByte.values], firstScore, lastScore, most);
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

  /** The points after the first `steps` and the validations after the first `validations`, at most so many of each. */
  since(steps: number, validations: number, most: number) {
    const indices = (from: number, to: number) =>
      Array.from({ length: Math.max(0, Math.min(to - from, most)) }, (_, i) => from + i);
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
