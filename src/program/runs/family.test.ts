// Families of runs, real ones made here: back through what is on this machine, through a copy where it is not, and to foreign weights.

import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Bench } from '../../audit/testing/run.ts';
import { exportModel } from '../../foundry/index.ts';
import { digestOfFile } from '../../ledger/index.ts';
import { familyOf } from './family.ts';

const bench = new Bench();
const TRAIN = { steps: 2, checkpointEvery: 1 };
let [first, second, third, ofModel] = ['', '', '', ''];
const sealOf = (run: string): string => digestOfFile(join(run, 'seal.json'));
const here = (...folders: string[]) => folders.map((folder, i) => ({ id: `id-${i}`, name: `run ${i}`, folder }));

beforeAll(async () => {
  const maker = bench.strangersKey('maker');
  const from = (run: string) => ({ from: { run: basename(run) } });
  first = await bench.make(maker, { train: TRAIN });
  second = await bench.make(maker, { name: 'second', ...from(first), train: TRAIN });
  third = await bench.make(maker, { name: 'third', ...from(second), train: TRAIN });
  const model = join(bench.folder, 'foreign');
  await exportModel({ model: first, to: 'hf', out: model, type: 'f32' });
  ofModel = await bench.make(maker, { name: 'of-model', from: { model: 'foreign' }, train: TRAIN });
});
afterAll(() => bench.remove());

test('a run that began with drawn weights: no ancestor, its children', () => {
  expect(familyOf(first, here(second, third, ofModel))).toEqual({
    learned: 'text',
    ancestors: [],
    complete: true,
    children: [{ id: 'id-0', name: 'run 0', learned: 'text' }],
  });
});

test('back through runs of this machine', () => {
  expect(familyOf(third, here(first, second))).toEqual({
    learned: 'text',
    ancestors: [
      { kind: 'run', seal: sealOf(second), run: { id: 'id-1', name: 'run 1' }, learned: 'text' },
      { kind: 'run', seal: sealOf(first), run: { id: 'id-0', name: 'run 0' }, learned: 'text' },
    ],
    complete: true,
    children: [],
  });
});

test('a parent that is not here: its copied genesis tells its parent, and no more', () => {
  expect(familyOf(third, [])).toEqual({
    learned: 'text',
    ancestors: [
      { kind: 'run', seal: sealOf(second), run: null, learned: null },
      { kind: 'run', seal: sealOf(first), run: null, learned: null },
    ],
    complete: false,
    children: [],
  });
});

test('a genesis that is not of the seal tells nothing', () => {
  const copy = join(bench.folder, 'copy');
  cpSync(third, copy, { recursive: true });
  cpSync(join(ofModel, 'genesis.json'), join(copy, 'start', 'genesis.json'));
  expect(familyOf(copy, [])).toEqual({
    learned: 'text',
    ancestors: [{ kind: 'run', seal: sealOf(second), run: null, learned: null }],
    complete: false,
    children: [],
  });
  writeFileSync(join(copy, 'start', 'genesis.json'), '{');
  rmSync(join(copy, 'seal.json'));
  expect(familyOf(copy, here(first))).toMatchObject({ ancestors: [{ seal: sealOf(second) }], complete: false });
  rmSync(join(copy, 'genesis.json'));
  expect(familyOf(copy, here(first))).toEqual({
    learned: 'text',
    ancestors: [],
    complete: false,
    children: [],
  });
});

test('a model whose making nobody showed ends it', () => {
  const { ancestors, complete } = familyOf(ofModel, here(first, second));
  expect(complete).toBe(true);
  expect(ancestors).toHaveLength(1);
  expect(ancestors[0]).toMatchObject({ kind: 'model' });
  const files = ancestors[0]!.kind === 'model' ? ancestors[0]!.files : [];
  expect(files.find(({ name }) => name === 'model.safetensors')?.sha256).toBe(
    digestOfFile(join(bench.folder, 'foreign', 'model.safetensors')),
  );
});
