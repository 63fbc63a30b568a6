// Weights that somebody holds beside what a run sealed, of our own trainer and of PyTorch. Rounding is judged by looking for the nearest number.

import { appendFileSync, closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type DType, Safetensors, writeSafetensors } from '../formats/index.ts';
import { compareExported } from './exported.ts';
import { editBytes, TestBench } from './testing/audit-run.ts';
import { writeToyRun } from './witness/testing/toy-run.ts';
import type { ToyState } from './witness/testing/toy-training.ts';

const bench = new TestBench();
const { signer: maker } = bench;
const run = await bench.make(maker, { train: { steps: 4 } });
const toy = writeToyRun(bench.path(), { maker, steps: 6, every: 3 }).folder;

interface Tensor {
  name: string;
  dtype: DType;
  shape: number[];
  data: Uint8Array;
}

function tensorsIn(path: string): Tensor[] {
  const file = Safetensors.open(path);
  const tensors = [...file.tensors].map(([name, { dtype, shape, byteLength }]) => {
    const data = new Uint8Array(byteLength);
    file.read(name, data);
    return { name, dtype: dtype as DType, shape: [...shape], data };
  });
  file.close();
  return tensors;
}

function written(tensors: Tensor[]): string {
  const path = `${bench.path()}.safetensors`;
  const fd = openSync(path, 'wx');
  writeSafetensors(fd, tensors, { format: 'pt' });
  closeSync(fd);
  return path;
}

const compare = (files: string[], of = run) => compareExported(files, of, new AbortController().signal);
/** Weights of a run, without what a state has beside them. */
const weightsOf = (of: string): Tensor[] =>
  of === run
    ? tensorsIn(join(run, 'model/model.safetensors'))
    : tensorsIn(join(toy, 'states/step-000006/part-0000-of-0001.safetensors')).filter(
        ({ name }) => !/^(optimizer|rng)\./.test(name),
      );

/** The nearest number of eight bits after the leading one, ties to the even one: of all three neighbours. */
function nearestBfloat16(x: number): number {
  const bits = new Uint32Array(Float32Array.of(x).buffer)[0]! >>> 16;
  const value = (half: number): number => new Float32Array(Uint32Array.of((half << 16) >>> 0).buffer)[0]!;
  const candidates = [bits - 1, bits, bits + 1].filter((half) => half >= 0 && half <= 0xffff);
  return candidates.reduce((best, half) => {
    const [a, b] = [Math.abs(value(half) - x), Math.abs(value(best) - x)];
    return a < b || (a === b && half % 2 === 0) ? half : best;
  });
}

describe.each([
  ['our own trainer', run],
  ['PyTorch', toy],
])('a run of %s', (_, of) => {
  test('its own weights, in one file and in several, are the same; a part leaves the others open', async () => {
    const tensors = weightsOf(of);
    const halves = [tensors.slice(0, 1), tensors.slice(1)].map(written);
    for (const files of [[written(tensors)], halves])
      expect(await compare(files, of)).toMatchObject({ verdict: 'holds', same: tensors.length, left: [] });
    const part = await compare(halves.slice(0, 1), of);
    expect(part).toMatchObject({ verdict: 'partial', same: 1, left: tensors.slice(1).map(({ name }) => name) });
  });

  test('rounded to bfloat16 they are called so, and another rounding differs', async () => {
    const tensors = weightsOf(of).filter(({ dtype }) => dtype === 'F32');
    const rounded = tensors.map((tensor): Tensor => {
      const values = new Float32Array(tensor.data.slice().buffer);
      return { ...tensor, dtype: 'BF16', data: new Uint8Array(Uint16Array.from(values, nearestBfloat16).buffer) };
    });
    expect(await compare([written(rounded)], of)).toMatchObject({
      verdict: 'holds',
      same: 0,
      rounded: tensors.length,
    });
    rounded[0]!.data[0]! ^= 1;
    const found = await compare([written(rounded)], of);
    expect(found).toMatchObject({ verdict: 'refuted', differing: [rounded[0]!.name] });
  });

  test('one bit, another shape, a tensor that the run does not have, nothing at all', async () => {
    const [first, ...rest] = weightsOf(of) as [Tensor, ...Tensor[]];
    const bit = { ...first, data: first.data.with(0, first.data[0]! ^ 1) };
    expect(await compare([written([bit, ...rest])], of)).toMatchObject({
      verdict: 'refuted',
      differing: [first.name],
    });
    const flat = { ...first, shape: [first.shape.reduce((a, b) => a * b, 1), 1] };
    expect(await compare([written([flat])], of)).toMatchObject({ verdict: 'refuted', differing: [first.name] });
    const foreign = { ...first, name: 'another.weight' };
    const found = await compare([written([first, foreign])], of);
    expect(found).toMatchObject({ verdict: 'refuted', foreign: ['another.weight'], same: 1 });
    expect(await compare([written([])], of)).toMatchObject({ verdict: 'refuted', same: 0 });
    const twice = written([first]);
    await expect(compare([twice, twice], of)).rejects.toMatchObject({ code: 'usage' });
  });
});

test('a module that is called optimizer has weights like any other', async () => {
  const beside = { 'optimizer.weight': Float32Array.of(1, 2), 'optimizer.block.layer': Float32Array.of(3) };
  const plant = (state: ToyState): ToyState => ({ ...state, beside });
  const { folder } = writeToyRun(bench.path(), { maker, steps: 6, every: 3, plantOrigin: plant, plant });
  const state = tensorsIn(join(folder, 'states/step-000006/part-0000-of-0001.safetensors'));
  const layers = state.filter(({ name }) => name.startsWith('layer.'));
  const modules = state.filter(({ name }) => name in beside);
  const { verdict, left } = await compare([written(layers)], folder);
  expect([verdict, left.toSorted()]).toEqual(['partial', Object.keys(beside).toSorted()]);
  expect(await compare([written([...layers, ...modules])], folder)).toMatchObject({ verdict: 'holds', left: [] });
});

test('an output layer that is tied to the embedding is there once or twice', async () => {
  const weights = tensorsIn(join(run, 'model/model.safetensors'));
  const embedding = weights.find(({ name }) => name === 'model.embed_tokens.weight')!;
  const tied = { ...embedding, name: 'lm_head.weight' };
  expect(await compare([written([...weights, tied])])).toMatchObject({
    verdict: 'holds',
    foreign: [],
    same: weights.length + 1,
  });
  const head = { ...tied, data: tied.data.with(0, tied.data[0]! ^ 1) };
  expect(await compare([written([...weights, head])])).toMatchObject({ verdict: 'refuted', foreign: [head.name] });
  const rest = weights.filter(({ name }) => name !== embedding.name);
  expect(await compare([written([...rest, tied])])).toMatchObject({ verdict: 'holds', left: [] });
});

test('more copies of it, or one inside a layer, are none of the run', async () => {
  const weights = tensorsIn(join(run, 'model/model.safetensors'));
  const embedding = weights.find(({ name }) => name === 'model.embed_tokens.weight')!;
  const named = (...names: string[]) => names.map((name) => ({ ...embedding, name }));
  for (const [names, foreign] of [
    [['lm_head.weight', 'score.head.weight'], ['score.head.weight']],
    [['model.layers.0.self_attn.gate.head.weight'], ['model.layers.0.self_attn.gate.head.weight']],
  ] as const)
    expect(await compare([written([...weights, ...named(...names)])])).toMatchObject({ verdict: 'refuted', foreign });
});

test('of a run whose output layer is its own the two are not taken for each other', async () => {
  const untied = await bench.make(maker, { train: { steps: 2 }, model: { tieWordEmbeddings: false } });
  const weights = tensorsIn(join(untied, 'model/model.safetensors'));
  const of = (name: string): Tensor => weights.find((one) => one.name === name)!;
  const [embedding, head] = [of('model.embed_tokens.weight'), of('lm_head.weight')];
  const rest = weights.filter((one) => one !== embedding && one !== head);
  const swapped = [...rest, { ...head, name: 'wte.weight' }, { ...embedding, name: 'output.weight' }];
  expect(await compare([written(swapped)], untied)).toMatchObject({ verdict: 'refuted' });
});

test('a run whose sealed weights are not there any more shows nothing', async () => {
  const file = written(weightsOf(run));
  const copy = bench.copy(run);
  editBytes(join(copy, 'model/model.safetensors'), (bytes) => {
    bytes[bytes.length - 1]! ^= 1;
  });
  await expect(compare([file], copy)).rejects.toMatchObject({ code: 'run-unsound' });
  const other = bench.copy(toy);
  appendFileSync(join(other, 'transcript.jsonl'), ' ');
  await expect(compare([file], other)).rejects.toMatchObject({ code: 'run-unsound' });
  await expect(compare([join(bench.folder, 'none')])).rejects.toMatchObject({ code: 'file-missing' });
});
