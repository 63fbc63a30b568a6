// Exports the curves of a run as a CSV file, or as a folder for TensorBoard. Reads the run once, in bounded memory.

import { closeSync, fsyncSync, lstatSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError, writeFailure, writeFileAtomic, writeFolderAtomic, writeFully } from '../../base/index.ts';
import { type CurvePoint, RECIPE, readCurves, readRun, timesOf } from '../../run-folder/index.ts';
import { type Recipe, type RecipeSource, readRecipe } from '../recipe/index.ts';

export interface ExportCurvesOptions {
  /** The run folder; the run may be unfinished. */
  run: string;
  /** A file that ends in `.csv`, or a folder for TensorBoard. It must not exist. */
  out: string;
}

export interface ExportedCurves {
  run: string;
  format: 'csv' | 'tensorboard';
  /** The file that was written. */
  file: string;
  steps: number;
  validations: number;
}

/** The minimum of bytes per write. */
const PIECE = 1 << 16;

/**
 * The recipe of a run.
 * @throws JikjiError `run-missing`, `not-a-run`, and what reading a recipe throws
 */
export function recipeOf(folder: string): Recipe {
  const hint = 'see what was made here: jikji runs';
  if (!statSync(folder, { throwIfNoEntry: false }))
    throw new JikjiError('run-missing', 'there is no such run', folder, hint);
  const recipe = join(folder, RECIPE);
  if (!statSync(recipe, { throwIfNoEntry: false })?.isFile()) {
    throw new JikjiError('not-a-run', 'is not a run folder', folder, hint);
  }
  return readRecipe(recipe);
}

/** Writes rows in pieces of at least PIECE bytes, then syncs. */
function writeAll(fd: number, rows: Iterable<string | Uint8Array>): void {
  let pending: Uint8Array[] = [];
  let length = 0;
  const flush = () => {
    writeFully(fd, Buffer.concat(pending));
    pending = [];
    length = 0;
  };
  for (const row of rows) {
    const data = typeof row === 'string' ? Buffer.from(row) : row;
    pending.push(data);
    length += data.length;
    if (length >= PIECE) flush();
  }
  flush();
  fsyncSync(fd);
}

const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Rows of CSV by RFC 4180. Numbers have all digits, so reading them gives the same bits; a missing number is an empty cell. */
function* csvRows(points: Iterable<CurvePoint>, sources: string[]): Generator<string> {
  const names = ['step', 'loss', 'gradNorm', 'learningRate', 'valBitsPerByte'];
  yield `${[...names, ...sources.map((name) => `valBitsPerByte ${name}`)].map(quoted).join(',')}\r\n`;
  for (const { step, loss, gradNorm, learningRate, validation } of points) {
    const scores = validation ? [validation.bitsPerByte, ...validation.bySource] : sources.map(() => null);
    if (!validation) scores.push(null);
    yield `${[step, loss, gradNorm, learningRate, ...scores.map((x) => x ?? '')].join(',')}\r\n`;
  }
}

/** Events of TensorBoard, which groups tags by the part before the slash. */
function* events(points: Iterable<CurvePoint>, sources: string[], time: (step: number) => number): Generator<Buffer> {
  yield fileVersion(time(0));
  const tags = ['validation/bitsPerByte', ...sources.map((name) => `validation/bitsPerByte ${name}`)];
  for (const { step, loss, gradNorm, learningRate, validation } of points) {
    const values: [string, number][] = [
      ['train/loss', loss],
      ['train/gradNorm', gradNorm],
      ['train/learningRate', learningRate],
    ];
    const scores = validation ? [validation.bitsPerByte, ...validation.bySource] : [];
    scores.forEach((x, i) => {
      if (x !== null) values.push([tags[i], x]);
    });
    yield scalars(time(step), step, values);
  }
}

/**
 * Writes the curves of a run: loss, norm of the gradient and learning rate by step, bits per byte of the validation text by
 * source. The output appears complete or not at all.
 * @throws JikjiError `file-exists`, `run-empty`, `run-damaged`, or as `recipeOf`
 */
export function exportCurves({ run, out }: ExportCurvesOptions): ExportedCurves {
  const sources = sourceNames(recipeOf(run).corpus.sources);
  const counts = { steps: 0, validations: 0 };
  function* counted(): Generator<CurvePoint> {
    for (const point of readCurves(run, sources.length)) {
      counts.steps++;
      if (point.validation) counts.validations++;
      yield point;
    }
    if (counts.steps > 0) return;
    throw new JikjiError('run-empty', 'this run has no steps yet', run, 'go on with it: jikji make RECIPE --resume');
  }
  try {
    if (lstatSync(out, { throwIfNoEntry: false })) {
      throw new JikjiError('file-exists', 'exists already', out, 'choose another name with --export');
    }
    if (/\.csv$/i.test(out)) {
      writeFileAtomic(out, (fd) => writeAll(fd, csvRows(counted(), sources)));
      return { run, format: 'csv', file: out, ...counts };
    }
    const time = timesOf(run, readRun(run).stepsDone ?? 0);
    const name = `events.out.tfevents.${Math.floor(time(0)).toString().padStart(10, '0')}.jikji`;
    writeFolderAtomic(out, (folder) => {
      const fd = openSync(join(folder, name), 'wx');
      try {
        writeAll(fd, events(counted(), sources, time));
      } finally {
        closeSync(fd);
      }
    });
    return { run, format: 'tensorboard', file: join(out, name), ...counts };
  } catch (error) {
    const failure = writeFailure(error, out);
    if (!(failure instanceof JikjiError) || failure.code !== 'not-writable') throw failure;
    throw new JikjiError(failure.code, failure.message, out, 'choose another place with --export', { cause: error });
  }
}

/** A short, unique name for each source: the package or the files, with the path inside if two are equal. */
export function sourceNames(sources: readonly RecipeSource[]): string[] {
  const list = (value: string | string[] | undefined): string => [value ?? []].flat().join(', ').slice(0, 100);
  const short = sources.map((s) => s.npm ?? list(s.files));
  const isRepeated = (names: string[], i: number) => names.some((name, j) => j !== i && name === names[i]);
  const long = short.map((name, i) => (isRepeated(short, i) ? `${name} ${list(sources[i].path)}`.trim() : name));
  return long.map((name, i) => (isRepeated(long, i) ? `${i + 1}: ${name}` : name));
}

// Writes TensorBoard's event file: TFRecord frames around protobuf Events with scalars. Needs too little of protobuf for a library.
// Sources: tensorflow/core/util/event.proto, summary.proto, lib/io/record_writer.cc. Knows nothing of runs.

/** CRC-32C (Castagnoli), reflected polynomial 0x82f63b78. */
const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1;
  return c;
});

function crc32c(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = TABLE[(c ^ byte) & 0xff] ^ (c >>> 8);
  return ~c >>> 0;
}

/** TFRecord masks its checksums, so that a checksum of data that contains checksums is not a special case. */
function maskedCrc(bytes: Uint8Array): Buffer {
  const crc = crc32c(bytes);
  const out = Buffer.alloc(4);
  out.writeUInt32LE((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  return out;
}

/** Frame: length (uint64, little-endian), its masked checksum, the data, its masked checksum. */
function frame(data: Uint8Array): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(data.length));
  return Buffer.concat([length, maskedCrc(length), data, maskedCrc(data)]);
}

function varint(n: number): Buffer {
  const bytes: number[] = [];
  for (let rest = BigInt(n); ; rest >>= 7n) {
    if (rest < 128n) return Buffer.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 127n) | 128);
  }
}

const field = (number: number, wire: 0 | 1 | 2 | 5) => varint((number << 3) | wire);
const bytes = (number: number, data: Uint8Array) => Buffer.concat([field(number, 2), varint(data.length), data]);

function double(number: number, x: number): Buffer {
  const value = Buffer.alloc(8);
  value.writeDoubleLE(x);
  return Buffer.concat([field(number, 1), value]);
}

function float(number: number, x: number): Buffer {
  const value = Buffer.alloc(4);
  value.writeFloatLE(x);
  return Buffer.concat([field(number, 5), value]);
}

/** The first event of a file; `seconds` since 1970. */
const fileVersion = (seconds: number): Buffer =>
  frame(Buffer.concat([double(1, seconds), bytes(3, Buffer.from('brain.Event:2'))]));

/** The event with the scalars of one step by tag, as binary32. `seconds` since 1970, `step` a whole number from 0 on. */
function scalars(seconds: number, step: number, values: readonly (readonly [tag: string, x: number])[]): Buffer {
  const summary = values.map(([tag, x]) => bytes(1, Buffer.concat([bytes(1, Buffer.from(tag)), float(2, x)])));
  return frame(Buffer.concat([double(1, seconds), field(2, 0), varint(step), bytes(5, Buffer.concat(summary))]));
}
