// Writes what the engine computes for each case, for PyTorch to judge: `node checks/pytorch/dump.ts FOLDER`. Judges nothing.
//
// FOLDER/<case>/case.json             sizes, training keys, the records of ten steps
// FOLDER/<case>/start.safetensors     weights before the first step
// FOLDER/<case>/batches.safetensors   tokens.<step> and targets.<step> [B, T], of conversations positions.<step> too, steps 0 to 9
// FOLDER/<case>/gradients.safetensors the first step's gradients, before clipping
// FOLDER/<case>/end.safetensors       weights after ten steps
// FOLDER/<case>/logits.safetensors    logits [B, T, V] of the first batch, 0 in slots that are not used; changed.<p>: with the token of
//                                     sequence 0 at p altered

import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyOf, normal64, philox4x32 } from '../../src/engine/index.ts';
import { type DType, writeSafetensors } from '../../src/formats/index.ts';
import { type Decoder, parameters } from '../../src/foundry/model/index.ts';
import { openWhole } from '../../src/foundry/model/testing/whole-pass.ts';
import {
  Batches,
  natsOfFile,
  type Slots,
  type StepRecord,
  slotsOf,
  type TokenFiles,
  Trainer,
} from '../../src/foundry/train/index.ts';
import { CASES, type Case } from './cases.ts';

const STEPS = 10;
const THREADS = 2;

type Tensor = { name: string; dtype: DType; shape: number[]; data: Uint8Array };

const bytes = (a: Float32Array | Int32Array): Uint8Array =>
  new Uint8Array(a.buffer, a.byteOffset, a.byteLength).slice();
const f32 = (name: string, shape: number[], a: Float32Array): Tensor => ({ name, dtype: 'F32', shape, data: bytes(a) });
const i32 = (name: string, shape: number[], a: Int32Array): Tensor => ({ name, dtype: 'I32', shape, data: bytes(a) });

function write(path: string, tensors: Tensor[]) {
  const fd = openSync(path, 'w');
  writeSafetensors(fd, tensors);
  closeSync(fd);
}

/** Word `i` of the random numbers of `stream`. */
const random = (stream: number, i: number) => philox4x32([i, 0, stream, 0], keyOf(1))[0];

/** The logits of tokens: those of each sequence in its slots. */
function logitsOf(decoder: Decoder, tokens: Int32Array, positions: Int32Array): Float32Array {
  const V = decoder.config.vocabSize;
  const used = [...positions.keys()].filter((slot) => positions[slot]! >= 0);
  const starts = used.filter((slot) => positions[slot] === 0);
  const pieces = starts.map((start) => {
    let end = start + 1;
    while ((positions[end] ?? 0) > 0) end++;
    return { tokens: tokens.slice(start, end), start: 0 };
  });
  decoder.forward(pieces);
  const logits = new Float32Array(tokens.length * V);
  for (const [row, slot] of used.entries()) logits.set(decoder.logits([row]), slot * V);
  return logits;
}

/** Logits of one batch, and again with one token altered at each of a few positions. */
function logits({ model: c, train }: Case, weights: Map<string, Float32Array>, { tokens, positions }: Slots): Tensor[] {
  const { batchSize: B, sequenceLength: T } = train;
  const decoder = openWhole(c, [B, T], { read: (name, values) => values.set(weights.get(name)!) });
  try {
    const shape = [B, T, c.vocabSize];
    const places = [...new Set([1, 47, 48, Math.floor(T / 2), T - 1])].filter(
      (p) => p > 0 && p < T && positions[p]! >= 0,
    );
    return [
      f32('logits', shape, logitsOf(decoder, tokens, positions)),
      ...places.slice(c.vocabSize > 10_000 ? -1 : 0).map((place) => {
        const changed = tokens.slice();
        changed[place] = (changed[place]! + 1) % c.vocabSize;
        return f32(`changed.${place}`, shape, logitsOf(decoder, changed, positions));
      }),
    ];
  } finally {
    decoder.close();
  }
}

const reader = (all: Uint32Array) => ({
  length: all.length,
  read: (start: number, count: number) => all.subarray(start, start + count),
});

/** Marks of a conversation: its last token is learned, and about half of the others behind the first. */
function mark(all: Uint32Array, [start, end]: [number, number], first = 2) {
  for (let i = start + 1; i < end; i++) all[i] = i === end - 1 ? 1 : random(1001, i) & 1;
  all[start] = first;
}

/** Cuts at most `count` ids into pairs of conversations, of 2 to T / 2 + 1 ids each. */
function pairMarks(count: number, T: number): Uint32Array {
  const all = new Uint32Array(count);
  let end = 0;
  for (let n = 0; ; n += 2) {
    const lengths = [n, n + 1].map((i) => 2 + (random(1000, i) % Math.floor(T / 2)));
    if (end + lengths[0]! + lengths[1]! > count) return all.slice(0, end);
    for (const [i, length] of lengths.entries()) {
      mark(all, [end, end + length], 2 + 4 * i);
      end += length;
    }
  }
}

/** Cuts ids into conversations of 2 to T + 1, most of them short. */
function marks(count: number, T: number): Uint32Array {
  const all = new Uint32Array(count);
  for (let start = 0, n = 0; start < count; n++) {
    const rest = count - start;
    const drawn = 2 + (random(1000, n) % (n % 4 === 0 ? T : Math.ceil(T / 3)));
    const length = rest - drawn < 2 ? Math.min(rest, T + 1) : drawn;
    const end = start + (rest - length === 1 ? length - 1 : length);
    mark(all, [start, end]);
    start = end;
  }
  return all;
}

/** The files of a case's source. */
function sourceOf({ of, drawBelow, train: { batchSize: B, sequenceLength: T } }: Case): TokenFiles {
  const ids = Uint32Array.from({ length: STEPS * B * T + 1 }, (_, i) => random(1, i) % drawBelow);
  if (of === 'text') return { tokens: reader(ids) };
  const marked = (of === 'pairs' ? pairMarks : marks)(ids.length, T);
  return { tokens: reader(ids.subarray(0, marked.length)), marks: reader(marked) };
}

async function dump(one: Case, folder: string) {
  const { model: c, train } = one;
  const { batchSize: B, sequenceLength: T } = train;
  const list = parameters(c);
  const { tokens, marks } = sourceOf(one);
  const trainer = new Trainer(c, train, { threads: THREADS });
  try {
    trainer.initialise(7);
    const state = new Map(trainer.state().map(({ name, data }) => [name, floats(data)]));
    list.forEach(({ name, std, value }, n) => {
      if (std !== undefined) return;
      const weight = state.get(name)!;
      weight.forEach((_, i) => {
        weight[i] = value + one.spread * normal64(((random(2 + n, i) >>> 9) + 0.5) * 2 ** -23);
      });
    });
    const start = new Map(list.map(({ name }) => [name, state.get(name)!.slice()]));
    const references = one.of === 'pairs' ? await natsOfFile(trainer, { tokens, marks: marks! }) : undefined;
    const batches = new Batches([{ tokens, marks, references, weight: 1 }], 1, T);
    const records: StepRecord[] = [trainer.next(batches)];
    const gradients = list.map(({ name, shape }) => f32(name, shape, trainer.gradient(name)));
    while (records.length < STEPS) records.push(trainer.next(batches));

    mkdirSync(folder, { recursive: true });
    const steps = [...Array(STEPS).keys()].map((step) => batches.batch(step, B));
    const first = slotsOf(steps[0]!, T);
    write(
      join(folder, 'batches.safetensors'),
      steps.flatMap((batch, s) => [
        i32(`tokens.${s}`, [B, T], batch.tokens),
        i32(`targets.${s}`, [B, T], batch.targets),
        ...(batch.positions ? [i32(`positions.${s}`, [B, T], batch.positions)] : []),
      ]),
    );
    const weights = (from: Map<string, Float32Array>) => list.map((p) => f32(p.name, p.shape, from.get(p.name)!));
    write(join(folder, 'start.safetensors'), weights(start));
    write(join(folder, 'gradients.safetensors'), gradients);
    write(join(folder, 'end.safetensors'), weights(state));
    write(join(folder, 'logits.safetensors'), logits(one, start, first));
    writeFileSync(join(folder, 'case.json'), JSON.stringify({ model: c, train, records }));
  } finally {
    trainer.close();
  }
}

const floats = (data: Uint8Array) => new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4);

const [folder, ...only] = process.argv.slice(2);
if (!folder) {
  console.error('usage: node checks/pytorch/dump.ts FOLDER [CASE...]');
  process.exit(2);
}
const names = CASES.map((one) => one.name);
for (const name of only) {
  if (names.includes(name)) continue;
  console.error(`no case ${name}; there are ${names.join(', ')}`);
  process.exit(2);
}
for (const one of CASES) if (only.length === 0 || only.includes(one.name)) await dump(one, join(folder, one.name));
