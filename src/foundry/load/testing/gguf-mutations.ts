// Changes GGUF files as an attacker or a broken disk would: each part by itself, once in its bytes and once in what they mean, so that a
// changed file also gets past the checks of its structure. Each change follows from a seed.

import { mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { mutateBytes, type Random } from '../../../base/testing/mutate.ts';
import { elementsOf } from '../../../engine/index.ts';
import { Gguf, type GgufInput, type GgufTensorType, type GgufValue, ggufPieces } from '../../../formats/index.ts';

/** An unchanged file. */
export interface WholeFile {
  bytes: Buffer;
  metadata: readonly (readonly [string, GgufValue])[];
  tensors: readonly (GgufInput & { at: number; byteLength: number })[];
  /** The place of the first tensor's bytes. */
  dataAt: number;
}

export function readWholeFile(path: string): WholeFile {
  const gguf = Gguf.open(path);
  try {
    const tensors = [...gguf.tensors].map(([name, { type, shape, at, byteLength }]) => {
      const values = new Float32Array(elementsOf(shape));
      gguf.read(name, values);
      return { name, type: type as GgufTensorType, shape, at, byteLength, values: () => [values] };
    });
    const dataAt = Math.min(...tensors.map(({ at }) => at));
    return { bytes: readFileSync(path), metadata: [...gguf.metadata], tensors, dataAt };
  } finally {
    gguf.close();
  }
}

/** Each kind of change: the bytes of a file, or undefined where it has put them in place itself. */
export const GGUF_KINDS = {
  'GGUF header': (file, random) => changeFields(file, random, 0, 24),
  'GGUF metadata': (file, random) =>
    random.below(3) === 0 ? changeFields(file, random, 24, file.dataAt) : changeMetadata(file, random),
  'GGUF tensor descriptions': (file, random) =>
    random.below(3) === 0 ? changeFields(file, random, descriptionsAt(file), file.dataAt) : changeTensors(file, random),
  'GGUF data': changeData,
  'GGUF length': changeLength,
} as const satisfies Record<string, (file: WholeFile, random: Random, path: string) => Buffer | undefined>;
export type GgufKind = keyof typeof GGUF_KINDS;

/** Writes a changed file in the place of a whole one. */
export function mutateGguf(kind: GgufKind, path: string, file: WholeFile, random: Random): void {
  for (;;) {
    const changed = GGUF_KINDS[kind](file, random, path);
    if (changed?.equals(file.bytes)) continue;
    if (changed) writeFileSync(path, changed);
    return;
  }
}

const HUGE = [0n, 1n, 2n, 7n, 31n, 255n, 65_536n, 2n ** 24n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n];
const LONG = [...HUGE, 2n ** 40n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 32n, 2n ** 64n - 1n];

/** Where the descriptions of tensors begin: before the first name of one. */
const descriptionsAt = ({ bytes, tensors }: WholeFile) => bytes.indexOf(`${tensors[0].name}`) - 8;

/** Numbers of 4 and 8 bytes, bits and pieces between two places. */
function changeFields({ bytes }: WholeFile, random: Random, from: number, to: number): Buffer {
  const out = Buffer.from(bytes);
  const at = from + random.below(to - from - 7);
  switch (random.below(4)) {
    case 0:
      out.writeBigUInt64LE(random.of(LONG), at);
      return out;
    case 1:
      out.writeUInt32LE(Number(random.of(HUGE)), at);
      return out;
    case 2:
      for (let i = random.of([1, 1, 3, 20]); i > 0; i--) out[from + random.below(to - from)] ^= 1 << random.below(8);
      return out;
    default: {
      const part = mutateBytes(bytes.subarray(from, to), random);
      return Buffer.concat([bytes.subarray(0, from), part, bytes.subarray(to)]);
    }
  }
}

const written = (metadata: WholeFile['metadata'], tensors: readonly GgufInput[]): Buffer =>
  Buffer.concat([...ggufPieces(metadata as [string, GgufValue][], tensors)]);

const NUMBERS = [
  0,
  1,
  2,
  3,
  7,
  31,
  32,
  33,
  64,
  255,
  1024,
  2 ** 16,
  2 ** 20,
  2 ** 24,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
];
const FLOATS = [0, -0, -1, 1, 1e-45, 3e38, 1e30, Number.NaN, Infinity, -Infinity, 0.5];
const TEXTS = [
  '',
  'x',
  'xy'.repeat(1 << 19),
  'gpt2',
  'llama',
  'bert',
  'linear',
  'yarn',
  '\u0000',
  '__proto__',
  '▁',
  '<0x41>',
  'a b',
  'Ġ',
  '{{',
];

/** Another value in the place of one: of its type, most of the time. */
function otherValue(value: GgufValue, random: Random): GgufValue {
  if (random.below(10) === 0) return random.of(STRANGERS);
  switch (value.type) {
    case 'string':
      return { type: 'string', value: random.below(8) ? random.of(TEXTS) : 'x'.repeat(1 << 20) };
    case 'bool':
      return { type: 'bool', value: !value.value };
    case 'float32':
    case 'float64':
      return { type: value.type, value: random.of(FLOATS) };
    case 'uint32':
      return { type: 'uint32', value: random.of(NUMBERS) };
    case 'array':
      return { ...value, value: otherList(value.value as unknown[], value.of, random) as never };
    default:
      return { type: 'int32', value: -1 };
  }
}

const STRANGERS: readonly GgufValue[] = [
  { type: 'int32', value: -1 },
  { type: 'uint64', value: 2n ** 64n - 1n },
  { type: 'float64', value: Number.NaN },
  { type: 'string', value: '1' },
  { type: 'bool', value: true },
  { type: 'array', of: 'string', value: [] },
  { type: 'array', of: 'array', value: [{ type: 'array', of: 'uint8', value: [1] }] },
];

/** A list with items left out, doubled, exchanged or replaced. */
function otherList(list: readonly unknown[], of: string, random: Random) {
  const out = [...list];
  const at = random.below(list.length);
  const other = random.below(list.length);
  switch (random.below(6)) {
    case 0:
      return out.slice(0, at);
    case 1:
      out.splice(at, 1 + random.below(4));
      return out;
    case 2:
      out.splice(at, 0, list[other]);
      return out;
    case 3:
      [out[at], out[other]] = [list[other], list[at]];
      return out;
    case 4:
      return [...list, ...list];
    default:
      out[at] = of === 'string' ? random.of(TEXTS) : random.of(of === 'float32' ? FLOATS : NUMBERS.slice(0, 14));
      return out;
  }
}

/** Metadata with another meaning, in a file whose structure is whole. */
function changeMetadata({ metadata, tensors }: WholeFile, random: Random): Buffer {
  const out = metadata.map(([key, value]) => [key, value] as const);
  const at = random.below(out.length);
  const [key, value] = out[at];
  switch (random.below(6)) {
    case 0:
      out.splice(at, 1);
      break;
    case 1:
      out.push(
        random.of([
          [key, value],
          [`${key}x`, value],
          ['general.alignment', random.of(STRANGERS)],
        ] as const),
      );
      break;
    case 2:
      out[at] = [random.of(metadata)[0], value];
      break;
    default:
      out[at] = [key, otherValue(value, random)];
  }
  return written(out, tensors);
}

const TYPES: readonly GgufTensorType[] = ['F32', 'F16', 'Q8_0'];

/** Tensors of other names, shapes and types, with bytes for them. */
function changeTensors({ metadata, tensors }: WholeFile, random: Random): Buffer {
  const out: GgufInput[] = [...tensors];
  const at = random.below(out.length);
  const one = out[at];
  const of = (type: GgufTensorType, shape: readonly number[]): GgufInput => {
    const rows = shape.at(-1)! % 32 === 0 ? type : 'F16';
    return { name: one.name, type: rows, shape, values: () => [new Float32Array(elementsOf(shape)).fill(0.5)] };
  };
  switch (random.below(6)) {
    case 0:
      out.splice(at, 1);
      break;
    case 1:
      out.push({
        ...one,
        name: random.of([one.name, 'output.weight', 'rope_freqs.weight', 'x', 'blk.9.attn_q.weight']),
      });
      break;
    case 2:
      out[at] = { ...one, name: random.of(tensors).name };
      break;
    case 3:
      out[at] = of(one.type, one.shape.toReversed());
      break;
    case 4:
      out[at] = of(one.type, random.of([[...one.shape, 1], one.shape.map((n) => n * 2), [elementsOf(one.shape)]]));
      break;
    default:
      out[at] = of(random.of(TYPES), one.shape);
  }
  return written(metadata, out);
}

/** Halves and floats that are no finite numbers, or as large as numbers are. */
const SCALES = [0x7c00, 0xfc00, 0x7e00, 0x7c01, 0x7bff, 0xfbff, 0x0001, 0x8000, 0];

function changeData({ bytes, tensors, dataAt }: WholeFile, random: Random): Buffer {
  const out = Buffer.from(bytes);
  const { type, at, byteLength } = random.of(tensors);
  switch (random.below(5)) {
    case 0:
    case 1: {
      const step = type === 'Q8_0' ? 34 : type === 'F32' ? 4 : 2;
      const place = at + step * random.below(byteLength / step);
      if (type === 'F32') out.writeFloatLE(random.of(FLOATS), place);
      else out.writeUInt16LE(random.of(SCALES), place);
      return out;
    }
    case 2:
      return out.fill(random.of([0, 0x7f, 0x80, 0xff]), at, at + 1 + random.below(byteLength));
    case 3:
      for (let i = random.of([1, 20, 1000]); i > 0; i--)
        out[dataAt + random.below(bytes.length - dataAt)] ^= 1 << random.below(8);
      return out;
    default: {
      const from = random.of(tensors);
      bytes.copy(out, at, from.at + random.below(2), Math.min(from.at + byteLength, from.at + from.byteLength));
      return out;
    }
  }
}

/** Files that end too early or too late, have holes, or are none. */
function changeLength({ bytes, dataAt, tensors }: WholeFile, random: Random, path: string): Buffer | undefined {
  const edges = [24, descriptionsAt({ bytes, dataAt, tensors } as WholeFile), dataAt, ...tensors.map(({ at }) => at)];
  const put = (make: () => void): undefined => {
    rmSync(path);
    make();
  };
  switch (random.below(8)) {
    case 0:
      return bytes.subarray(0, random.below(bytes.length));
    case 1:
      return bytes.subarray(0, random.below(dataAt));
    case 2:
      return bytes.subarray(0, Math.max(0, random.of(edges) - random.below(2)));
    case 3:
      return Buffer.concat([bytes, random.of([Buffer.alloc(1), Buffer.alloc(1 << 20, 0xff), bytes])]);
    case 4: {
      const at = random.of(edges);
      return Buffer.concat([bytes.subarray(0, at), Buffer.alloc(1 + random.below(64)), bytes.subarray(at)]);
    }
    case 5:
      writeFileSync(path, bytes.subarray(0, random.below(dataAt)));
      truncateSync(path, 2 ** (20 + random.below(14)) + random.below(3)); // holes
      return undefined;
    case 6:
      return put(() => symlinkSync(random.of(['/dev/zero', path]), path));
    default:
      return put(() => mkdirSync(path));
  }
}
