// safetensors against hostile bytes: an error that users can fix, or a result that agrees with an independent reader (python3-safetensors, the
// format's own library). JIKJI_TORTURE sets many more.

import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { JikjiError } from '../base/index.ts';
import { skipped } from '../base/testing/skipped.ts';
import { temporaryFolder } from '../base/testing/temporary-folder.ts';
import { type DType, Safetensors, writeSafetensors } from './index.ts';

const FLIPS = process.env.JIKJI_TORTURE ? 20_000 : 500;
const PYTHON = '/usr/bin/python3';
const hasPython = spawnSync(PYTHON, ['-c', 'import safetensors']).status === 0;
skipped("the format's own library", hasPython ? undefined : 'python3-safetensors is not installed');
if (!hasPython) {
  if (process.env.CI === 'true') throw new Error('python3-safetensors must be there in CI');
  console.warn('skipped: what python3-safetensors says: it is not installed');
}

const folder = temporaryFolder();
const path = join(folder, 'x.safetensors');

/** name, dtype, shape and bytes in hex of every tensor, by name; undefined where the file is refused. */
type Read = [name: string, dtype: string, shape: number[], hex: string][] | undefined;
const byName = (a: { 0: string }, b: { 0: string }) => (a[0] < b[0] ? -1 : 1);

function readAll(bytes: Uint8Array): Read {
  writeFileSync(path, bytes);
  let file: Safetensors;
  try {
    file = Safetensors.open(path);
  } catch (error) {
    if (!(error instanceof JikjiError)) throw error;
    expect(error).toMatchObject({ code: 'safetensors-broken', input: path });
    expect(error.message.length).toBeLessThan(500);
    expect(error.message).not.toMatch(/[\u0000-\u001f]|undefined|\[object/);
    return undefined;
  }
  try {
    return [...file.tensors]
      .map(([name, { dtype, shape, byteLength }]): NonNullable<Read>[number] => {
        const data = new Uint8Array(byteLength);
        file.read(name, data);
        return [name, dtype, shape, Buffer.from(data).toString('hex')];
      })
      .sort(byName);
  } finally {
    file.close();
  }
}

/** What the format's own library reads in each of many files, in one process. */
function readByPython(files: readonly Uint8Array[]): Read[] {
  const script = `
import json, struct, sys, safetensors
data = open(sys.argv[1], "rb").read()
at = 0
while at < len(data):
    (n,) = struct.unpack_from("<Q", data, at)
    try:
        read = [[k, v["dtype"], v["shape"], bytes(v["data"]).hex()] for k, v in safetensors.deserialize(data[at + 8:at + 8 + n])]
    except safetensors.SafetensorError:
        read = None
    print(json.dumps(read))
    at += 8 + n`;
  const batch = join(folder, 'batch');
  const framed = files.flatMap((bytes) => {
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(bytes.length));
    return [size, bytes];
  });
  writeFileSync(batch, Buffer.concat(framed));
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-c', script, batch], { encoding: 'utf8', maxBuffer: 1 << 30 });
  if (status !== 0) throw new Error(stderr);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as Read)?.sort(byName) ?? undefined);
}

/** A file of this header, and so many bytes of data. */
function fileOf(header: string | Uint8Array, data: Uint8Array | number = 0): Buffer {
  const text = Buffer.from(header as string);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([size, text, typeof data === 'number' ? Buffer.alloc(data, 0x5a) : data]);
}

const TENSORS: { name: string; dtype: DType; shape: number[] }[] = [
  { name: 'model.embed_tokens.weight', dtype: 'F32', shape: [3, 5] },
  { name: '한글 "\\\n', dtype: 'BF16', shape: [7] },
  { name: '__proto__', dtype: 'I64', shape: [1, 2] },
  { name: 'constructor', dtype: 'U8', shape: [] },
  { name: '10', dtype: 'F16', shape: [2, 2, 2] },
  { name: '2', dtype: 'F64', shape: [0, 4] },
  { name: '', dtype: 'BOOL', shape: [3] },
];
const size = {
  ...{ F64: 8, F32: 4, F16: 2, BF16: 2, F8_E5M2: 1, F8_E4M3: 1, F8_E8M0: 1 },
  ...{ I64: 8, U64: 8, I32: 4, U32: 4, I16: 2, U16: 2, I8: 1, U8: 1, BOOL: 1 },
};

function ours(): { bytes: Buffer; read: NonNullable<Read> } {
  let n = 0;
  const tensors = TENSORS.map((t) => {
    const data = new Uint8Array(t.shape.reduce((a, b) => a * b, size[t.dtype]));
    return { ...t, data: data.map(() => (t.dtype === 'BOOL' ? n++ & 1 : (n++ * 37) & 255)) };
  });
  const fd = openSync(path, 'w');
  writeSafetensors(fd, tensors, { format: 'pt', __proto__x: 'y' });
  closeSync(fd);
  const read = tensors.map((t): NonNullable<Read>[number] => [
    t.name,
    t.dtype,
    t.shape,
    Buffer.from(t.data).toString('hex'),
  ]);
  return { bytes: readFileSync(path), read: read.sort(byName) };
}
const { bytes: WHOLE, read: CONTENT } = ours();

test('written files are read back, with metadata and parts of tensors', () => {
  expect(readAll(WHOLE)).toEqual(CONTENT);
  const file = Safetensors.open(path);
  expect(file.metadata).toEqual({ format: 'pt', __proto__x: 'y' });
  const part = new Uint8Array(8);
  file.read('model.embed_tokens.weight', part, 12);
  expect(Buffer.from(part).toString('hex')).toBe(CONTENT.find(([name]) => name.startsWith('model'))![3].slice(24, 40));
  expect(() => file.read('model.embed_tokens.weight', part, 56)).toThrow('no such range');
  expect(() => file.read('none', part)).toThrow('no such range');
  file.close();
  expect((8 + Number(WHOLE.readBigUInt64LE())) % 8).toBe(0); // tensors begin where every reader can map them
});

test.skipIf(!hasPython)("the format's own library reads what we write, and we what it writes", () => {
  expect(readByPython([WHOLE])).toEqual([CONTENT]);
  const script = `
import sys, safetensors
tensors = {f"t{i}": {"dtype": d, "shape": [i, 2], "data": bytes(range(2 * i * s))} for i, (d, s) in
  enumerate([("float32", 4), ("bfloat16", 2), ("float16", 2), ("int64", 8), ("uint8", 1), ("int8", 1), ("float64", 8), ("bool", 1)])}
open(sys.argv[1], "wb").write(safetensors.serialize(tensors, {"a": "b"}))`;
  const theirs = join(folder, 'theirs');
  expect(spawnSync(PYTHON, ['-c', script, theirs]).status).toBe(0);
  const bytes = readFileSync(theirs);
  expect(readAll(bytes)).toEqual(readByPython([bytes])[0]);
  expect(readAll(bytes)).toHaveLength(8);
});

test('truncated at every length, or one byte too long', () => {
  for (let length = 0; length < WHOLE.length; length++) {
    expect(readAll(WHOLE.subarray(0, length)), `${length} bytes`).toBeUndefined();
  }
  expect(readAll(Buffer.concat([WHOLE, Buffer.alloc(1)]))).toBeUndefined();
});

test(`${FLIPS} flips of a bit: refused, or read as the format's own library reads it`, { timeout: 600_000 }, () => {
  let state = 1;
  const below = (n: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const headerEnd = 8 + Number(WHOLE.readBigUInt64LE());
  const files: Buffer[] = [];
  for (let i = 0; i < FLIPS; i++) {
    const flipped = Buffer.from(WHOLE);
    // Two of three in the header, and sometimes two at once.
    for (let flips = 1 + below(2); flips > 0; flips--) {
      const at = below(3) < 2 ? below(headerEnd) : below(flipped.length);
      flipped[at] = flipped[at] ^ (1 << below(8));
    }
    files.push(flipped);
  }
  const reads = files.map(readAll);
  const accepted = reads.filter((read) => read !== undefined).length;
  expect(accepted).toBeGreaterThan(FLIPS / 20);
  expect(accepted).toBeLessThan((FLIPS * 3) / 4);
  if (!hasPython) return;
  readByPython(files).forEach((theirs, i) => {
    // We may refuse more: doubtful headers.
    if (reads[i] !== undefined) expect(reads[i], files[i].toString('latin1')).toEqual(theirs);
  });
});

const U8 = (at: number, n = 1) => `{"dtype":"U8","shape":[${n}],"data_offsets":[${at},${at + n}]}`;
const entry = (dtype: string, shape: string, offsets: string) =>
  `{"a":{"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}}}`;

describe('hostile headers', () => {
  const CASES: [string, Buffer][] = [
    ['a header longer than the file', Buffer.from('ffffffffffffff7f7b7d', 'hex')],
    ['a header of 2^64 - 1 bytes', Buffer.from('ffffffffffffffff7b7d', 'hex')],
    ['a header of nothing', fileOf('', 4)],
    ['no object', fileOf('[]')],
    ['null', fileOf('null')],
    ['a number', fileOf('1')],
    ['half an object', fileOf('{"a":')],
    ['not UTF-8', fileOf(Buffer.from('{"\xff":1}', 'latin1'))],
    ['a byte order mark', fileOf(`\ufeff{"a":${U8(0)}}`, 1)],
    ['white space first', fileOf(` {"a":${U8(0)}}`, 1)],
    ['something after it', fileOf(`{"a":${U8(0)}}\0`, 1)],
    ['deep nesting', fileOf(`{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`)],
    ['deep objects', fileOf(`${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`)],
    ['two tensors in one place', fileOf(`{"a":${U8(0, 4)},"b":${U8(0, 4)}}`, 4)],
    ['two that overlap', fileOf(`{"a":${U8(0, 4)},"b":${U8(2, 4)}}`, 6)],
    ['one inside another', fileOf(`{"a":${U8(0, 8)},"b":${U8(2, 4)}}`, 8)],
    ['a gap', fileOf(`{"a":${U8(0, 4)},"b":${U8(5, 4)}}`, 9)],
    ['a gap before the first', fileOf(`{"a":${U8(1, 4)}}`, 5)],
    ['bytes after the last', fileOf(`{"a":${U8(0, 4)}}`, 5)],
    ['no tensor, but bytes', fileOf('{}', 1)],
    ['an end before the start', fileOf(entry('"U8"', '[1]', '[1,0]'), 1)],
    ['offsets that are too few', fileOf(entry('"U8"', '[1]', '[1]'), 1)],
    ['offsets that are too many', fileOf(entry('"U8"', '[1]', '[0,1,1]'), 1)],
    ['a shape of other size', fileOf(entry('"F32"', '[2]', '[0,4]'), 4)],
    ['a negative size', fileOf(entry('"U8"', '[-1]', '[0,-1]'))],
    ['two negative sizes', fileOf(entry('"U8"', '[-1,-1]', '[0,1]'), 1)],
    ['minus zero', fileOf(entry('"U8"', '[-0]', '[0,0]'))],
    ['a fraction', fileOf(entry('"U8"', '[1.5]', '[0,1]'), 1)],
    ['1.0', fileOf(entry('"U8"', '[1.0]', '[0,1]'), 1)],
    ['1e0', fileOf(entry('"U8"', '[1e0]', '[0,1]'), 1)],
    ['1e999', fileOf(entry('"U8"', '[1e999]', '[0,1]'), 1)],
    ['an offset of 1e999', fileOf(entry('"U8"', '[1]', '[0,1e999]'), 1)],
    ['a size as text', fileOf(entry('"U8"', '["1"]', '[0,1]'), 1)],
    ['a size of null', fileOf(entry('"U8"', '[null]', '[0,0]'))],
    ['2^53 + 1', fileOf(entry('"U8"', '[9007199254740993]', '[0,9007199254740993]'), 1)],
    ['a product of 2^64', fileOf(entry('"U8"', '[4294967296,4294967296]', '[0,0]'))],
    ['a product of 2^64 + 4 bytes', fileOf(entry('"F32"', '[4611686018427387905]', '[0,4]'), 4)],
    ['a product of 2^94 and nothing', fileOf(entry('"U8"', '[140737488355327,140737488355327,0]', '[0,0]'))],
    ['a product beyond all numbers', fileOf(entry('"U8"', `[${Array(16).fill('140737488355327').join()}]`, '[0,0]'))],
    ['a thousand dimensions', fileOf(entry('"U8"', `[${Array(1000).fill('1').join()}]`, '[0,1]'), 1)],
    ['no dtype', fileOf('{"a":{"shape":[1],"data_offsets":[0,1]}}', 1)],
    ['an unknown dtype', fileOf(entry('"F33"', '[1]', '[0,4]'), 4)],
    ['a dtype of every object', fileOf(entry('"toString"', '[1]', '[0,4]'), 4)],
    ['a dtype in a list', fileOf(entry('["F32"]', '[1]', '[0,4]'), 4)],
    ['no shape', fileOf('{"a":{"dtype":"U8","data_offsets":[0,1]}}', 1)],
    ['a shape that is an object', fileOf(entry('"U8"', '{"0":1,"length":1}', '[0,1]'), 1)],
    ['a description of null', fileOf('{"a":null}')],
    ['a description that is a list', fileOf('{"a":[]}')],
    ['metadata that is no text', fileOf('{"__metadata__":{"a":1}}')],
    ['metadata in a list', fileOf('{"__metadata__":[]}')],
    ['metadata of null', fileOf('{"__metadata__":null}')],
    ['a name twice, the same', fileOf(`{"a":${U8(0)},"a":${U8(0)}}`, 1)],
    ['a name twice, two places', fileOf(`{"a":${U8(0)},"a":${U8(1)}}`, 2)],
    ['a name twice, once with escapes', fileOf(String.raw`{"a":${U8(0)},"\u0061":${U8(0)}}`, 1)],
    ['a member twice', fileOf('{"a":{"dtype":"U8","dtype":"I8","shape":[1],"data_offsets":[0,1]}}', 1)],
    ['metadata twice', fileOf(`{"__metadata__":{},"__metadata__":{"x":"y"},"a":${U8(0)}}`, 1)],
    ['a name twice in the metadata', fileOf(`{"__metadata__":{"x":"1","x":"2"},"a":${U8(0)}}`, 1)],
    ['__proto__ twice', fileOf(`{"__proto__":${U8(0)},"__proto__":${U8(0)}}`, 1)],
    ['__proto__ that lends its members', fileOf(`{"a":{"__proto__":${U8(0)}}}`, 1)],
    ['a lone surrogate for a name', fileOf(String.raw`{"\ud800":${U8(0)}}`, 1)],
    ['a name that speaks to terminals', fileOf(String.raw`{"\u001b[2J${'x'.repeat(5000)}":0}`)],
  ];

  test.each(CASES)('%s', (_, bytes) => {
    expect(readAll(bytes)).toBeUndefined();
  });

  // Odd, and right all the same.
  const ODD: [string, Buffer, string[]][] = [
    ['nothing', fileOf('{}'), []],
    ['metadata only', fileOf('{"__metadata__":{"a":"b"}}'), []],
    ['__proto__ for a name', fileOf(`{"__proto__":${U8(0)}}`, 1), ['__proto__']],
    [
      'names of every object',
      fileOf(`{"toString":${U8(0)},"hasOwnProperty":${U8(1)}}`, 2),
      ['hasOwnProperty', 'toString'],
    ],
    ['the order of bytes is not the order of names', fileOf(`{"a":${U8(4)},"b":${U8(0, 4)}}`, 5), ['a', 'b']],
    [
      'empty ones anywhere',
      fileOf(`{"a":${U8(0, 0)},"b":${U8(0, 3)},"c":${U8(3, 0)},"d":${U8(0, 0)}}`, 3),
      ['a', 'b', 'c', 'd'],
    ],
    ['spaces and newlines inside and after', fileOf(`{ "a" :\n${U8(0)} }\n  `, 1), ['a']],
    ['braces and quotes in a name', fileOf(String.raw`{"}\"{:\\":${U8(0)}}`, 1), ['}"{:\\']],
    ['a member more', fileOf('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"note":"x"}}', 1), ['a']],
    ['no dimensions', fileOf(entry('"U8"', '[]', '[0,1]'), 1), ['a']],
  ];
  test.each(ODD)('%s is read', (_, bytes, names) => {
    expect(readAll(bytes)?.map(([name]) => name)).toEqual(names);
  });

  test.skipIf(!hasPython)("the format's own library reads the same in them as we do", () => {
    const all = [...CASES.filter(([name]) => !name.startsWith('deep')), ...ODD];
    const theirs = readByPython(all.map(([, bytes]) => bytes));
    let same = 0;
    all.forEach(([name, bytes], i) => {
      const read = readAll(bytes);
      if (read === undefined) return;
      expect(theirs[i], name).toEqual(read);
      same++;
    });
    expect(same).toBe(ODD.length);
  });
});

test('a folder, a missing file', () => {
  mkdirSync(join(folder, 'd'));
  expect(() => Safetensors.open(join(folder, 'd'))).toThrow(expect.objectContaining({ code: 'safetensors-broken' }));
  expect(() => Safetensors.open(join(folder, 'none'))).toThrow(expect.objectContaining({ code: 'file-missing' }));
});

test('a file that becomes shorter while it is open', () => {
  writeFileSync(path, WHOLE);
  const file = Safetensors.open(path);
  writeFileSync(path, WHOLE.subarray(0, WHOLE.length - 60));
  expect(() => file.read('', new Uint8Array(3))).toThrow(expect.objectContaining({ code: 'safetensors-broken' }));
  file.close();
});
