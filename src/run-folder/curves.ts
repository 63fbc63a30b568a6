// The curves of a run as its folder holds them: a record a step from the transcript, validations beside it. One pass, bounded
// memory, whatever the length. Checks forms and order, not the hash chain: that is the audit's.

import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { filePieces, isObject, type JikjiError, systemCode } from '../base/index.ts';
import { TranscriptReader } from '../ledger/index.ts';
import { damaged } from './line-tail.ts';
import { TRANSCRIPT, VALIDATION } from './paths.ts';

/** What one step left, and the validation that followed it, if one did. */
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
  /** Of all validation text; null where the corpus held nothing back. */
  bitsPerByte: number | null;
  /** By source, in the recipe's order; null for a source without validation text. */
  bySource: (number | null)[];
}

/** Longest validation that is read, in bytes: it has some more for each source. */
export const MAX_VALIDATION = 1 << 20;
const MAX_SOURCES = 10_000;

/** The pieces of a file; none where it is not there. @throws JikjiError `run-damaged` where it cannot be read */
function* pieces(path: string): Generator<Buffer> {
  try {
    yield* filePieces(path);
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    if (code !== 'ENOENT') throw damaged(path, `cannot be read (${code})`, error);
  }
}

/** The whole lines of a file; what comes after the last newline is none, for a run may be writing it. */
function* linesOf(path: string): Generator<string> {
  let rest = '';
  const decoder = new StringDecoder('utf8');
  for (const piece of pieces(path)) {
    const lines = (rest + decoder.write(piece)).split('\n');
    rest = lines.pop()!;
    yield* lines;
    if (rest.length > MAX_VALIDATION) throw damaged(path, `has a line of more than ${MAX_VALIDATION} bytes`);
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
    value = JSON.parse(line);
  } catch {
    return 'is not JSON';
  }
  if (!isObject(value)) return 'is not an object';
  const { step, bitsPerByte = null, bySource } = value;
  if (typeof step !== 'number' || !Number.isSafeInteger(step) || step <= after) return 'step does not rise';
  return isFigure(bitsPerByte) ? { step, bitsPerByte, bySource } : 'bitsPerByte is not a number';
}

/** Validations in the order of their steps. `sources` is the number of the recipe's sources. */
function* validations(path: string, sources: number): Generator<ValidationPoint> {
  let number = 0;
  let after = 0;
  for (const line of linesOf(path)) {
    const fail = (problem: string): JikjiError => damaged(path, `line ${number}: ${problem}`);
    number++;
    const found = parseValidation(line, after);
    if (typeof found === 'string') throw fail(found);
    const { bySource } = found;
    if (!Array.isArray(bySource) || bySource.length !== sources || !bySource.every(isFigure)) {
      throw fail(`bySource is not ${sources === 1 ? 'a number' : `${sources} numbers`}`);
    }
    yield { ...found, bySource };
    after = found.step;
  }
}

/**
 * The curves of the run in `folder`, step by step from 1; none where training has not begun. `sources` is the number of its
 * recipe's sources. A record that a run is writing at this moment is left out.
 * @throws JikjiError `run-damaged` where a line is not what a run writes
 */
export function* readCurves(folder: string, sources: number): Generator<CurvePoint> {
  if (sources > MAX_SOURCES) throw damaged(folder, `has more than ${MAX_SOURCES} sources`);
  const scores = validations(join(folder, VALIDATION), sources);
  const path = join(folder, TRANSCRIPT);
  const reader = new TranscriptReader(pieces(path));
  try {
    let next = scores.next();
    for (const { step, loss, gradNorm, learningRate } of reader) {
      const numbers = { loss, gradNorm, learningRate };
      for (const [name, x] of Object.entries(numbers)) {
        if (!Number.isFinite(x)) throw damaged(path, `line ${step}: ${name} is not a number`);
      }
      while (!next.done && next.value.step < step) next = scores.next();
      const validation = !next.done && next.value.step === step ? next.value : undefined;
      yield { step, ...numbers, validation };
    }
    if (reader.problem !== undefined) throw damaged(path, `line ${reader.steps + 1}: ${reader.problem}`);
  } finally {
    scores.return(undefined);
  }
}
