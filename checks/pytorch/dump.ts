// Writes what the engine computes for each case, for PyTorch to judge: `node checks/pytorch/dump.ts FOLDER`. Judges nothing.
//
// FOLDER/<case>/case.json             sizes, training keys, the records of ten steps
// FOLDER/<case>/start.safetensors     weights before the first step
// FOLDER/<case>/batches.safetensors   tokens.<step> and targets.<step> [B, T], steps 0 to 9
// FOLDER/<case>/gradients.safetensors the first step's gradients, before clipping
// FOLDER/<case>/end.safetensors       weights after ten steps
// FOLDER/<case>/logits.safetensors    logits [B, T, V] of the first batch; changed.<p>: with the token of sequence 0 at p altered

import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyOf, normal64, philox4x32 } from '../../src/engine/index.ts';
import { type DType, writeSafetensors } from '../../src/formats/index.ts';
import { parameters } from '../../src/foundry/model/index.ts';
import { openWhole, wholeLogits } from '../../src/foundry/model/testing/whole-pass.ts';
import { Batches, type StepRecord, Trainer } from '../../src/foundry/train/index.ts';
import { CASES, type Case } from './cases.ts';

const STEPS = 10;
const THREADS = 2;

type Tensor = { name: string; dtype: DType; shape: number[]; data: Uint8Array };

const bytes = (a: Float32Array | Int32Array): Uint8Array =>
  new Uint8Array(a.buffer, a.byteOffset, a.byteLength).slice();
const f32 = (name: string, shape: number[], a: Float32Array): Tensor => ({ name, dtype: 'F32', shape, data: bytes(a) });
const i32 = (name: string, shape: number[], a: Int32Array): Tensor => ({ name, dtype: 'I32', shape, data: bytes(a) });

function write(path: string, tensors: Tensor[]): void {
  const fd = openSync(path, 'w');
  writeSafetensors(fd, tensors);
  closeSync(fd);
}

/** Word `i` of the random numbers of `stream`. */
const random = (stream: number, i: number): number => philox4x32([i, 0, stream, 0], keyOf(1))[0];

/** Logits of one batch, and again with one token altered at each of a few positions. */
function logits({ model: c, train }: Case, weights: Map<string, Float32Array>, tokens: Int32Array): Tensor[] {
  const { batchSize: B, sequenceLength: T } = train;
  const decoder = openWhole(c, [B, T], { read: (name, values) => values.set(weights.get(name)!) });
  try {
    const shape = [B, T, c.vocabSize];
    const places = [...new Set([1, 47, 48, Math.floor(T / 2), T - 1])].filter((p) => p > 0 && p < T);
    return [
      f32('logits', shape, wholeLogits(decoder, tokens, T)),
      ...places.slice(c.vocabSize > 10_000 ? -1 : 0).map((place) => {
        const changed = tokens.slice();
        changed[place] = (changed[place]! + 1) % c.vocabSize;
        return f32(`changed.${place}`, shape, wholeLogits(decoder, changed, T));
      }),
    ];
  } finally {
    decoder.close();
  }
}

function dump(one: Case, folder: string): void {
  const { model: c, train } = one;
  const { batchSize: B, sequenceLength: T } = train;
  const list = parameters(c);
  const ids = Uint32Array.from({ length: STEPS * B * T + 1 }, (_, i) => random(1, i) % one.drawBelow);
  const tokens = { length: ids.length, read: (start: number, count: number) => ids.subarray(start, start + count) };
  const batches = new Batches([{ tokens, weight: 1 }], 1, T);
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
    const records: StepRecord[] = [trainer.next(batches)];
    const gradients = list.map(({ name, shape }) => f32(name, shape, trainer.gradient(name)));
    while (records.length < STEPS) records.push(trainer.next(batches));

    mkdirSync(folder, { recursive: true });
    const steps = [...Array(STEPS).keys()].map((step) => batches.batch(step, B));
    write(
      join(folder, 'batches.safetensors'),
      steps.flatMap((batch, s) => [
        i32(`tokens.${s}`, [B, T], batch.tokens),
        i32(`targets.${s}`, [B, T], batch.targets),
      ]),
    );
    const weights = (from: Map<string, Float32Array>) => list.map((p) => f32(p.name, p.shape, from.get(p.name)!));
    write(join(folder, 'start.safetensors'), weights(start));
    write(join(folder, 'gradients.safetensors'), gradients);
    write(join(folder, 'end.safetensors'), weights(state));
    write(join(folder, 'logits.safetensors'), logits(one, start, steps[0]!.tokens));
    writeFileSync(join(folder, 'case.json'), JSON.stringify({ model: c, train, records }));
  } finally {
    trainer.close();
  }
}

const floats = (data: Uint8Array): Float32Array => new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4);

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
for (const one of CASES) if (only.length === 0 || only.includes(one.name)) dump(one, join(folder, one.name));
