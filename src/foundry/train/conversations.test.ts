// Batches of conversations against docs/arithmetic.md written once more, naively: the order, the packing, the masks, the positions.

import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { randomNumbers, wholeBelow } from '../../base/testing/random-numbers.ts';
import { Batches, batchDigest, conversationWindows } from './index.ts';
import { marksReader, pairFiles, randomTalks, type Talk, talkFiles } from './testing/conversations.ts';
import { randomTokens, reader } from './testing/small.ts';

const MASK = 0xffffffffn;

/** Philox 4x32-10 as the page has it, in whole numbers of any size. */
function philox(counter: [bigint, bigint, bigint, bigint], seed: bigint) {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = [seed & MASK, seed >> 32n];
  for (let round = 0; round < 10; round++) {
    const [p, q] = [0xd2511f53n * c0, 0xcd9e8d57n * c2];
    [c0, c1, c2, c3] = [(q >> 32n) ^ c1 ^ k0, q & MASK, (p >> 32n) ^ c3 ^ k1, p & MASK];
    k0 = (k0 + 0x9e3779b9n) & MASK;
    k1 = (k1 + 0xbb67ae85n) & MASK;
  }
  return [c0, c1, c2, c3];
}

/** perm_e on N, with the stream of a name. */
function perm(name: string, seed: bigint, [e, N]: [number, number], index: number) {
  const s = BigInt(createHash('sha256').update(name).digest().readUInt32LE(0));
  let h = 1n;
  while (4n ** h < BigInt(N)) h++;
  let value = BigInt(index);
  do {
    let [L, R] = [value >> h, value & (2n ** h - 1n)];
    for (let round = 0n; round < 6n; round++) [L, R] = [R, L ^ (philox([R, round, BigInt(e), s], seed)[0] % 2n ** h)];
    value = (L << h) + R;
  } while (value >= BigInt(N));
  return Number(value);
}

/** Token, target and position of each slot. */
type Window = [number, number, number][];

const UNUSED: Window[number] = [0, -1, -1];

const rowsOfTalk = ({ ids, isLearned }: Talk): Window =>
  ids.slice(1).map((next, i) => [ids[i], isLearned[i + 1] ? next : -1, i]);

/** Packs conversations in this order. */
function pack(talks: readonly Talk[], T: number): Window[] {
  const windows: Window[] = [];
  for (const rows of talks.map(rowsOfTalk)) {
    const last = windows.at(-1);
    if (last && last.length + rows.length <= T) last.push(...rows);
    else windows.push([...rows]);
  }
  return windows.map((window) => [...window, ...new Array<Window[number]>(T - window.length).fill(UNUSED)]);
}

const textWindows = (ids: readonly number[], T: number): Window[] =>
  Array.from({ length: Math.floor((ids.length - 1) / T) }, (_, k) =>
    Array.from({ length: T }, (_, i) => [ids[k * T + i], ids[k * T + i + 1], i]),
  );

interface Source {
  talks?: Talk[];
  text?: number[];
  weight: number;
}

/** The slots of sequences [0, count) of a training. */
function expected(sources: readonly Source[], seed: bigint, T: number, count: number): Window[] {
  const ofSources = sources.map(({ talks, text, weight }, i) => {
    const order = talks?.map((_, n) => talks[perm('conversations', seed, [i, talks.length], n)]);
    const windows = order ? pack(order, T) : textWindows(text!, T);
    return { windows, c: windows.length === 0 ? 0 : Math.max(1, Math.floor(weight * windows.length + 0.5)) };
  });
  const N = ofSources.reduce((sum, { c }) => sum + c, 0);
  return Array.from({ length: count }, (_, g) => {
    const e = Math.floor(g / N);
    let place = perm('batches', seed, [e, N], g % N);
    for (const { windows, c } of ofSources) {
      if (place < c) return windows[(e * c + place) % windows.length];
      place -= c;
    }
    throw new Error('no such place');
  });
}

const windowsOf = (slots: Window, T: number): Window[] =>
  Array.from({ length: slots.length / T }, (_, g) => slots.slice(g * T, (g + 1) * T));

const files = ({ talks, text, weight }: Source) => ({
  ...(talks ? talkFiles(talks) : { tokens: reader(Uint32Array.from(text!)) }),
  weight,
});

const text = (length: number, seed: number) => [...randomTokens(length, 500, seed)];

const cases: [string, Source[], number][] = [
  ['one source', [{ talks: randomTalks(60, 20, 500, 1), weight: 1 }], 32],
  ['each fills its window', [{ talks: randomTalks(30, 2, 500, 2), weight: 1 }], 1],
  ['one conversation', [{ talks: randomTalks(1, 9, 500, 3), weight: 1 }], 16],
  [
    'two sources of conversations and one of text, with weights',
    [
      { talks: randomTalks(41, 30, 500, 4), weight: 0.6 },
      { text: text(333, 5), weight: 0.5 },
      { talks: randomTalks(25, 12, 500, 6), weight: 2.3 },
    ],
    29,
  ],
  [
    'a source of text that is too short',
    [
      { text: text(5, 7), weight: 1 },
      { talks: randomTalks(9, 8, 500, 8), weight: 1 },
    ],
    11,
  ],
];

test.each(cases)('%s: every slot of three epochs', (_, sources, T) => {
  for (const seed of [1377n, 2n ** 63n + 5n]) {
    const batches = new Batches(sources.map(files), seed, T);
    const steps = Math.ceil((3 * batches.windows) / 3);
    const wanted = expected(sources, seed, T, 3 * steps).flat();
    for (let step = 0; step < steps; step++) {
      const { tokens, targets, positions } = batches.batch(step, 3);
      const own = wanted.slice(step * 3 * T, (step + 1) * 3 * T);
      expect([[...tokens], [...targets], [...positions!]]).toEqual(
        [0, 1, 2].map((part) => own.map((slot) => slot[part])),
      );
    }
    expect(batches.windows).toBeGreaterThanOrEqual(batches.leastWindows);
    // The same number without reading an id, at every length.
    let used = 0;
    for (const [g, window] of windowsOf(wanted, T).entries()) {
      expect(batches.used(g)).toBe(used);
      used += window.filter(([, , position]) => position >= 0).length;
    }
  }
});

test('pairs: every slot of three epochs, each pair in one window, and where each begins its reference', () => {
  const [T, seed] = [32, 1377n];
  const talks = randomTalks(82, 17, 500, 13);
  const { tokens, marks, references } = pairFiles(talks);
  const batches = new Batches([{ tokens, marks, references, weight: 1 }], seed, T);
  const windows: { slots: Window; begin: number[] }[] = [];
  for (let n = 0; n < 41; n++) {
    const pair = perm('conversations', seed, [0, 41], n);
    const both = [2 * pair, 2 * pair + 1].map((one) => ({ one, rows: rowsOfTalk(talks[one]) }));
    const rows = both.reduce((sum, one) => sum + one.rows.length, 0);
    if (!windows.length || windows.at(-1)!.slots.length + rows > T) windows.push({ slots: [], begin: [] });
    const last = windows.at(-1)!;
    for (const { one, rows } of both) {
      last.begin[last.slots.length] = references[one];
      last.slots.push(...rows);
    }
  }
  expect(batches.windows).toBe(windows.length);
  for (let g = 0; g < 3 * windows.length; g++) {
    const place = perm('batches', seed, [Math.floor(g / windows.length), windows.length], g % windows.length);
    const { slots, begin } = windows[place];
    const wanted = Array.from({ length: T }, (_, i) => [...(slots[i] ?? UNUSED), begin[i] ?? 0]);
    const batch = batches.batch(g, 1);
    const { tokens: ids, targets, positions } = batch;
    expect([...ids.keys()].map((i) => [ids[i], targets[i], positions![i], batch.references![i]])).toEqual(wanted);
  }
});

test('every conversation comes once among the windows, whole and in one of them', () => {
  const talks = randomTalks(500, 40, 60_000, 9);
  const T = 64;
  const batches = new Batches([{ ...talkFiles(talks), weight: 1 }], 5, T);
  const found: string[] = [];
  for (let g = 0; g < batches.windows; g++) {
    const { tokens, targets, positions } = batches.batch(g, 1);
    const starts = [...positions!.keys()].filter((slot) => positions![slot] === 0);
    const used = positions!.filter((position) => position >= 0).length;
    for (const [i, start] of starts.entries()) {
      const end = starts[i + 1] ?? used;
      expect([...positions!.subarray(start, end)]).toEqual([...Array(end - start).keys()]);
      found.push(JSON.stringify([[...tokens.subarray(start, end)], [...targets.subarray(start, end)]]));
    }
  }
  const wanted = talks
    .map((talk) => rowsOfTalk(talk))
    .map((rows) => JSON.stringify([0, 1].map((part) => rows.map((row) => row[part]))));
  expect(found.sort()).toEqual(wanted.sort());
  // Packing is worth it: fewer than half as many windows as conversations, and few slots are left.
  expect(batches.windows).toBeLessThan(talks.length / 2);
});

test('seeds and sources order conversations in their own way', () => {
  const talks = randomTalks(100, 10, 500, 10);
  const first = (seed: number, sources = 1) => {
    const batches = new Batches(Array(sources).fill({ ...talkFiles(talks), weight: 1 }), seed, 500);
    return JSON.stringify([...batches.batch(0, 1).tokens]);
  };
  expect(first(1)).toBe(first(1));
  expect(first(1)).not.toBe(first(2));
  const [a, b] = [0, 1].map((source) =>
    expected(
      [
        { talks, weight: 1 },
        { talks, weight: 1 },
      ].slice(source),
      1n,
      60,
      1,
    ),
  );
  expect(a).not.toEqual(b);
});

test('a batch of text has no positions, and its digest is that of tokens and targets', () => {
  const source = { tokens: reader(randomTokens(100, 500, 1)), weight: 1 };
  const plain = new Batches([source], 1, 16).batch(0, 2);
  expect(plain.positions).toBeUndefined();
  const bytes = (all: Int32Array) => Buffer.from(all.buffer, all.byteOffset, all.byteLength);
  const sha256 = (parts: Int32Array[]) =>
    createHash('sha256')
      .update(Buffer.concat(parts.map(bytes)))
      .digest('hex');
  expect(batchDigest(plain)).toBe(sha256([plain.tokens, plain.targets]));
  const mixed = new Batches([source, { ...talkFiles(randomTalks(3, 9, 500, 1)), weight: 1 }], 1, 16).batch(0, 2);
  expect(batchDigest(mixed)).toBe(sha256([mixed.tokens, mixed.targets, mixed.positions!]));
});

test('windowsOver names the windows that read some ids, of texts and of conversations', () => {
  const random = randomNumbers(11);
  const talks = randomTalks(40, 12, 1 << 20, 12);
  const sources = [
    { tokens: reader(Uint32Array.from({ length: 203 }, (_, i) => 2 ** 21 + i)), weight: 1 },
    { ...talkFiles(talks), weight: 1 },
  ];
  const batches = new Batches(sources, 3, 16);
  // Which ids the windows have in them, by what their batches hold.
  const held = new Map<string, Set<number>>();
  for (let g = 0; g < batches.windows; g++) {
    const { source, window } = batches.windowAt(g);
    const { tokens, targets, positions } = batches.batch(g, 1);
    const ids = new Set(source === 0 ? [...tokens, ...targets] : []);
    if (source === 1) for (const [slot, position] of positions!.entries()) if (position >= 0) ids.add(tokens[slot]);
    held.set(`${source} ${window}`, ids);
  }
  for (let i = 0; i < 300; i++) {
    const source = wholeBelow(random, 2);
    const { tokens } = sources[source];
    const start = wholeBelow(random, tokens.length - 1);
    const end = Math.min(tokens.length, start + 1 + wholeBelow(random, 30));
    const ids = [...tokens.read(start, end - start)];
    const over = batches.windowsOver(source, start, end);
    for (const [name, has] of held) {
      if (!name.startsWith(`${source} `)) continue;
      const isOver = over.includes(Number(name.split(' ')[1]));
      if (ids.some((id) => has.has(id))) expect(isOver, `${name}: ${start} to ${end}`).toBe(true);
      else if (source === 0) expect(isOver, `${name}: ${start} to ${end}`).toBe(false);
    }
    expect(over.length).toBeLessThanOrEqual(ids.length + 1);
  }
});

describe('what cannot be a source of conversations', () => {
  const open = (marks: number[], T = 10, below?: number) => {
    const tokens = reader(Uint32Array.from(marks.keys()));
    const options = { T, ...(below !== undefined && { below }) };
    return () => conversationWindows({ tokens, marks: marksReader(marks) }, options);
  };
  test.each([
    ['no beginning', [0, 1, 2, 1], 'the marks are damaged: the first one begins no conversation'],
    ['nothing learned', [2, 0, 2, 1], 'conversation 1: nothing in it is learned'],
    ['nothing learned at the end', [2, 1, 2], 'conversation 2: nothing in it is learned'],
    ['its first token learned', [2, 1, 3, 1], 'conversation 2: its first token is learned'],
    ['another bit', [2, 1, 8], 'conversation 1: a mark is 8'],
    ['rejected behind its first token', [2, 1, 4], 'conversation 1: it is rejected behind its first token'],
    ['rejected alone', [6, 1], 'conversation 1: it is rejected, and no chosen one is before it'],
    ['rejected twice', [2, 1, 6, 1, 6, 1], 'conversation 3: it is rejected, and no chosen one is before it'],
    [
      'a pair after a conversation',
      [2, 1, 2, 1, 6, 1],
      'conversation 3: it is rejected, and no chosen one is before it',
    ],
    ['not rejected', [2, 1, 6, 1, 2, 1], 'conversation 3: it is chosen, and no rejected one follows'],
  ])('%s', (_, marks, message) => {
    expect(open(marks)).toThrow(
      expect.objectContaining({ code: 'marks-broken', message: expect.stringContaining(message) }),
    );
  });
  test('marks that are too few', () => {
    const tokens = reader(Uint32Array.of(1, 2, 3));
    expect(() => conversationWindows({ tokens, marks: marksReader([2, 1]) }, { T: 10 })).toThrow(
      'the marks are damaged: 2 stand beside 3 tokens',
    );
  });
  test('a conversation of one row more than a window has slots', () => {
    const marks = [2, 1, 2, 0, 0, 0, 1];
    expect(open(marks, 4)().count).toBe(2);
    expect(open(marks, 3)).toThrow(
      expect.objectContaining({
        code: 'conversation-long',
        document: 1,
        message: expect.stringContaining('has 5 tokens'),
      }),
    );
  });
  test('a pair of one row more than a window has slots', () => {
    const marks = [2, 1, 6, 1, 2, 0, 1, 6, 0, 1];
    expect(open(marks, 4)().count).toBe(2);
    expect(open(marks, 4, 2)().count).toBe(1);
    // Also behind those that are asked for.
    for (const below of [undefined, 2])
      expect(open(marks, 3, below)).toThrow(
        expect.objectContaining({
          document: 1,
          message: 'pair 2 has 6 tokens; with a train.sequenceLength of 3 at most 5 fit',
        }),
      );
  });
  test('the limit that counts is named: the context where it is the smaller one, else the sequence length', () => {
    const windows =
      (marks: number[], options: { T: number; longest: number }): (() => unknown) =>
      () =>
        conversationWindows({ tokens: reader(new Uint32Array(marks.length)), marks: marksReader(marks) }, options);
    const long = [2, 0, 0, 0, 1];
    expect(windows(long, { T: 3, longest: 8 })).toThrow('with a train.sequenceLength of 3 at most 4 fit');
    expect(windows(long, { T: 2, longest: 3 })).toThrow('with a train.sequenceLength of 2 at most 3 fit');
    expect(windows([2, 1, 6, 0, 0, 0, 1], { T: 6, longest: 3 })).toThrow(
      expect.objectContaining({
        message: 'an answer of pair 1, with what is said before it, has 5 tokens; with a context of 3 at most 4 fit',
        hint: 'shorten it, or leave the pair out',
      }),
    );
  });
  test('references of other conversations', () => {
    const tokens = reader(Uint32Array.of(1, 2, 3, 4));
    const one = (marks: number[], references: number[]) => () =>
      conversationWindows({ tokens, marks: marksReader(marks), references: Float64Array.from(references) }, { T: 9 });
    expect(one([2, 1, 6, 1], [1, 2])().count).toBe(1);
    expect(one([2, 1, 6, 1], [1])).toThrow('1 references stand beside 2 conversations');
    expect(one([2, 1, 2, 1], [1, 2])).toThrow('2 references stand beside 2 conversations');
  });
  test('none at all: no windows', () => {
    expect(open([])()).toMatchObject({ count: 0, least: 0 });
    expect(new Batches([{ ...talkFiles([]), weight: 1 }], 1, 8).windows).toBe(0);
  });
});
