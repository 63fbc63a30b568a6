// The curves of a run, from the files in its folder: a record a step from the transcript, and the validations. One pass, bounded memory,
// whatever the length. Checks forms and order, not the hash chain, which the audit checks.

import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { filePieces, isObject, type JikjiError, parseJson, systemCode } from '../base/index.ts';
import { TranscriptReader } from '../ledger/index.ts';
import { runDamaged } from './line-tail.ts';
import { TRANSCRIPT, VALIDATION } from './paths.ts';

/** The figures of a step, and of the validation after it, if there was one. */
export interface CurvePoint {
  step: number;
  /** Nats a token. */
  loss: number;
  gradNorm: number;
  learningRate: number;
  validation: ValidationPoint | undefined;
}

interface ValidationPoint {
  step: number;
  /** Over all validation text; null without held-out text. */
  bitsPerByte: number | null;
  /** By source, in the recipe's order; null for a source without validation text. */
  bySource: (number | null)[];
}

/** Bytes of the longest validation line that is read: a line grows with the number of sources. */
export const MAX_VALIDATION = 1 << 20;
const MAX_SOURCES = 10_000;

/** The pieces of a file; none if it does not exist. @throws JikjiError `run-damaged` if it cannot be read */
function* pieces(path: string): Generator<Buffer> {
  try {
    yield* filePieces(path);
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    if (code !== 'ENOENT') throw runDamaged(path, `cannot be read (${code})`, error);
  }
}

/** The whole lines of a file, without text after the last newline: a run may be writing it. */
function* linesOf(path: string): Generator<string> {
  let rest = '';
  const decoder = new StringDecoder('utf8');
  for (const piece of pieces(path)) {
    const lines = (rest + decoder.write(piece)).split('\n');
    rest = lines.pop()!;
    yield* lines;
    if (rest.length > MAX_VALIDATION) throw runDamaged(path, `has a line of more than ${MAX_VALIDATION} bytes`);
  }
}

const isFigure = (value: unknown): value is number | null => value === null || Number.isFinite(value);

/**
 * A line of `validation.jsonl`, whose step must be larger than `after`; or a string that says what is wrong with it.
 * `bySource` is not checked.
 */
export function parseValidation(
  line: string,
  after: number,
): { step: number; bitsPerByte: number | null; bySource: unknown } | string {
  let value: unknown;
  try {
    value = parseJson(line);
  } catch {
    return 'is not JSON';
  }
  if (!isObject(value)) return 'is not an object';
  const { step, bitsPerByte = null, bySource } = value;
  if (typeof step !== 'number' || !Number.isSafeInteger(step) || step <= after) return 'step does not rise';
  return isFigure(bitsPerByte) ? { step, bitsPerByte, bySource } : 'bitsPerByte is not a number';
}

/** The validations of the run in `folder`, in the order of their steps. `sources` is the number of the recipe's sources. @throws JikjiError `run-damaged` */
export function* readValidations(folder: string, sources: number): Generator<ValidationPoint> {
  const path = join(folder, VALIDATION);
  let number = 0;
  let after = -1;
  for (const line of linesOf(path)) {
    const fail = (problem: string): JikjiError => runDamaged(path, `line ${number}: ${problem}`);
    number++;
    const validation = parseValidation(line, after);
    if (typeof validation === 'string') throw fail(validation);
    const { bySource } = validation;
    if (!Array.isArray(bySource) || bySource.length !== sources || !bySource.every(isFigure)) {
      throw fail(`bySource is not ${sources === 1 ? 'a number' : `${sources} numbers`}`);
    }
    yield { ...validation, bySource };
    after = validation.step;
  }
}

/**
 * The curves of the run in `folder`, step by step from 1; empty if training has not begun. `sources` is the number of the recipe's
 * sources. A record that the run is still writing is left out.
 * @throws JikjiError `run-damaged` at a line that is not valid
 */
export function* readCurves(folder: string, sources: number): Generator<CurvePoint> {
  if (sources > MAX_SOURCES) throw runDamaged(folder, `has more than ${MAX_SOURCES} sources`);
  const scores = readValidations(folder, sources);
  const path = join(folder, TRANSCRIPT);
  const reader = new TranscriptReader(pieces(path));
  try {
    let next = scores.next();
    for (const { step, loss, gradNorm, learningRate } of reader) {
      const numbers = { loss, gradNorm, learningRate };
      for (const [name, x] of Object.entries(numbers)) {
        if (!Number.isFinite(x)) throw runDamaged(path, `line ${step}: ${name} is not a number`);
      }
      while (!next.done && next.value.step < step) next = scores.next();
      const validation = !next.done && next.value.step === step ? next.value : undefined;
      yield { step, ...numbers, validation };
    }
    if (reader.problem !== undefined) throw runDamaged(path, `line ${reader.steps + 1}: ${reader.problem.en}`);
  } finally {
    scores.return(undefined);
  }
}
