// The curves of a run as its folder holds them: a record a step from the transcript, validations beside it. One pass, bounded
// memory, whatever the length. Checks forms and order, not the hash chain: that is the audit's.

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { type JikjiError, systemCode } from '../../base/index.ts';
import type { RecipeSource } from '../recipe/index.ts';
import { damaged } from './line-tail.ts';
import { numberOrBits } from './runs.ts';

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

/** Longest line that is read; ours have a few hundred bytes, and some more for each source. */
const LONGEST_LINE = 1 << 20;
const MOST_SOURCES = 10_000;

/** The whole lines of a file; what comes after the last newline is none, for a run may be writing it. */
function* linesOf(path: string): Generator<string> {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK); // a pipe must not be waited for
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw damaged(path, `cannot be read (${systemCode(error)})`, error);
  }
  try {
    if (!fstatSync(fd).isFile()) throw damaged(path, 'is not a file');
    const piece = Buffer.alloc(1 << 16);
    let rest: Buffer = Buffer.alloc(0);
    for (;;) {
      const n = readSync(fd, piece);
      if (n === 0) return;
      rest = Buffer.concat([rest, piece.subarray(0, n)]);
      let from = 0;
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10, from)) {
        yield rest.toString('utf8', from, end);
        from = end + 1;
      }
      rest = rest.subarray(from);
      if (rest.length > LONGEST_LINE) throw damaged(path, `has a line of more than ${LONGEST_LINE} bytes`);
    }
  } finally {
    closeSync(fd);
  }
}

type Loose = { [key: string]: unknown };

/** The JSON objects of a file's lines, with the numbers of the lines. */
function* objectsOf(path: string): Generator<{ value: Loose; fail: (what: string) => JikjiError }> {
  let number = 0;
  for (const line of linesOf(path)) {
    number++;
    const fail = (what: string): JikjiError => damaged(path, `line ${number}: ${what}`);
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      throw fail('is not JSON');
    }
    if (value === null || typeof value !== 'object' || Array.isArray(value)) throw fail('is not an object');
    yield { value: value as Loose, fail };
  }
}

/** Validations by their step, which rises. */
function* validations(path: string, sources: number): Generator<ValidationPoint> {
  let before = 0;
  for (const { value, fail } of objectsOf(path)) {
    const { step, bitsPerByte = null, bySource } = value;
    if (typeof step !== 'number' || !Number.isSafeInteger(step) || step <= before) throw fail('step does not rise');
    const figure = (x: unknown): x is number | null => x === null || (typeof x === 'number' && Number.isFinite(x));
    if (!figure(bitsPerByte)) throw fail('bitsPerByte is no number');
    if (!Array.isArray(bySource) || bySource.length !== sources || !bySource.every(figure)) {
      throw fail(`bySource is not ${sources === 1 ? 'a number' : `${sources} numbers`}`);
    }
    yield { step, bitsPerByte, bySource };
    before = step;
  }
}

/**
 * The curves of the run in `folder`, step by step from 1; none where training has not begun. `sources` is the number of its
 * recipe's sources. A record that a run is writing at this moment is left out.
 * @throws JikjiError `run-damaged` where a line is not what a run writes
 */
export function* readCurves(folder: string, sources: number): Generator<CurvePoint> {
  if (sources > MOST_SOURCES) throw damaged(folder, `has more than ${MOST_SOURCES} sources`);
  const scores = validations(join(folder, 'validation.jsonl'), sources);
  try {
    let next = scores.next();
    let step = 0;
    for (const { value, fail } of objectsOf(join(folder, 'transcript.jsonl'))) {
      step++;
      if (value.step !== step) throw fail(`step is not ${step}`);
      const read = (name: 'loss' | 'gradNorm' | 'learningRate'): number => {
        const x = numberOrBits(value[name]);
        if (x === null) throw fail(`${name} is no number`);
        return x;
      };
      while (!next.done && next.value.step < step) next = scores.next();
      const validation = !next.done && next.value.step === step ? next.value : undefined;
      yield { step, loss: read('loss'), gradNorm: read('gradNorm'), learningRate: read('learningRate'), validation };
    }
  } finally {
    scores.return(undefined);
  }
}

/** A short name for each source, no two alike: the package or the files, and the path inside where it is needed. */
export function sourceNames(sources: readonly RecipeSource[]): string[] {
  const list = (value: string | string[] | undefined): string => [value ?? []].flat().join(', ').slice(0, 100);
  const short = sources.map((s) => s.npm ?? list(s.files));
  const alike = (names: string[], i: number) => names.some((name, j) => j !== i && name === names[i]);
  const long = short.map((name, i) => (alike(short, i) ? `${name} ${list(sources[i]!.path)}`.trim() : name));
  return long.map((name, i) => (alike(long, i) ? `${i + 1}: ${name}` : name));
}
