// The check of the optimizer's step: steps that PyTorch made (testing/adamw-steps.json), moved by single units; states with tensors beside it.

import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { writeSafetensors } from '../../formats/index.ts';
import { RunFolder } from '../folder.ts';
import type { CheckContext } from '../structure.ts';
import { compareStep, waysOf } from './adamw-step.ts';
import { checkWitnessMotion } from './motion.ts';
import { checkOptimizer } from './optimizer.ts';
import { groupOf, type Numbers } from './parameters.ts';
import type { WitnessEvidence } from './structure.ts';
import type { WitnessCheck } from './types.ts';

interface StepOfPyTorch {
  class: string;
  dtype: 'F64' | 'F32' | 'F16' | 'BF16';
  options: Record<string, unknown>;
  path: string;
  step: number;
  learningRate: number;
  before: Record<keyof Numbers, string>;
  after: Record<keyof Numbers, string>;
}
const steps: StepOfPyTorch[] = JSON.parse(readFileSync(join(import.meta.dirname, 'testing/adamw-steps.json'), 'utf8'));

const doubles = (hex: string): Float64Array => new Float64Array(new Uint8Array(Buffer.from(hex, 'hex')).buffer);
const numbersOf = (of: StepOfPyTorch['before']): Numbers => ({
  weights: doubles(of.weights),
  first: doubles(of.first),
  second: doubles(of.second),
});
const follows = (of: StepOfPyTorch, after: Numbers, { rate = 1, isNamed = true } = {}): boolean => {
  const ways = waysOf(of.options);
  const step = {
    group: groupOf(of.class, of.options)!,
    learningRate: of.learningRate * rate,
    steps: of.step,
    weights: of.dtype,
    moments: of.dtype,
  };
  return (isNamed ? ways.named : ways.unnamed).some(
    (way) => !compareStep(numbersOf(of.before), after, step, way).fault,
  );
};
const BITS = { F64: 53, F32: 24, F16: 11, BF16: 8 };
const outward = (x: number, dtype: keyof typeof BITS, units = 1): number =>
  x + Math.sign(x) * units * 2 ** (Math.floor(Math.log2(Math.abs(x))) + 1 - BITS[dtype]);

const isLarge = (of: StepOfPyTorch): boolean => of.options.lr === 0.1;

/** Of PyTorch. */
const DIVIDED = {
  weights: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN, Number.NaN],
  first: [1.0132789611816406e-6, -1.0132789611816406e-6, 0.0, Number.POSITIVE_INFINITY],
  second: [0.0, 0.0, 0.0, Number.POSITIVE_INFINITY],
};

describe('steps that PyTorch made', () => {
  test.each(
    steps.map(
      (of) =>
        [
          `${of.class} ${of.dtype} ${of.path} ${of.options.weight_decay} lr ${of.options.lr} step ${of.step}`,
          of,
        ] as const,
    ),
  )('%s follow', (_, of) => expect(follows(of, numbersOf(of.after))).toBe(true));

  test.each([
    ['BF16', 'single', 1],
    ['BF16', 'foreach', 1],
    ['BF16', 'fused', 0.9],
    ['F16', 'single', 0.97],
    ['F16', 'foreach', 0.97],
    ['F16', 'fused', 0.9],
    ['F32', 'single', 0.85],
    ['F32', 'foreach', 0.85],
    ['F32', 'fused', 0.7],
  ] as const)('%s %s: a weight that is moved by one unit in the last place is seen', (dtype, path, share) => {
    let [seen, all] = [0, 0];
    for (const of of steps.filter((one) => one.dtype === dtype && one.path === path && !isLarge(one))) {
      const after = numbersOf(of.after);
      for (const [i, w] of after.weights.entries()) {
        const weights = after.weights.with(i, outward(w, dtype));
        if (!follows(of, { ...after, weights })) seen++;
        all++;
      }
    }
    expect(all).toBe(144);
    expect(seen / all).toBeGreaterThanOrEqual(share);
  });

  test('every weight moved outward by one unit: seen in all types but binary64, whose record has the learning rate in 24 bits', () => {
    for (const of of steps) {
      const after = numbersOf(of.after);
      const weights = after.weights.map((w) => outward(w, of.dtype));
      expect(follows(of, { ...after, weights })).toBe(of.dtype === 'F64');
    }
  });

  test('a float16 step of differentiable code, whose second moment is too small for the type, follows', () => {
    const options = {
      betas: [0.95, 0.999],
      eps: 1e-6,
      weight_decay: 0.1,
      lr: 0.0457371712721801,
      differentiable: true,
    };
    const of = {
      group: groupOf('AdamW', options)!,
      learningRate: 0.04527980089187622,
      steps: 1,
      weights: 'F16',
      moments: 'F16',
    };
    const [before, first] = [-0.00299835205078125, 0.000056803226470947266];
    const numbers = (w: number, m: number) => ({
      weights: Float64Array.of(w),
      first: Float64Array.of(m),
      second: Float64Array.of(0),
    });
    const passes = (after: number): boolean =>
      waysOf(options).named.some((way) => !compareStep(numbers(before, 0), numbers(after, first), of, way).fault);
    // Of PyTorch.
    expect(passes(-50.15625)).toBe(true);
    expect(passes(-60)).toBe(false);
  });

  test('a float16 step that divides by zero, for eps is no number of float16, follows; and one whose gradient is not finite', () => {
    // Of PyTorch: w = (0.5, 0.5, 0.5, 0.5), gradients 1e-5, -1e-5, 0, inf; eps 1e-8.
    const of = {
      group: groupOf('AdamW', steps[0]!.options)!,
      learningRate: 0.01,
      steps: 1,
      weights: 'F16',
      moments: 'F16',
    };
    const step = { ...of, group: { ...of.group, epsilon: 1e-8 } };
    const [way] = waysOf({ lr: 0.01 }).named;
    const before = { weights: new Float64Array(4).fill(0.5), first: new Float64Array(4), second: new Float64Array(4) };
    const after = {
      weights: Float64Array.from(DIVIDED.weights),
      first: Float64Array.from(DIVIDED.first),
      second: Float64Array.from(DIVIDED.second),
    };
    expect(compareStep(before, after, step, way!).fault).toBeUndefined();
    expect(compareStep(before, { ...after, weights: after.weights.with(2, 0.5) }, step, way!).fault?.index).toBe(2);
  });

  test('a learning rate that is off by 1e-6 is seen in binary64', () => {
    for (const of of steps.filter(({ dtype }) => dtype === 'F64'))
      expect(follows(of, numbersOf(of.after), { rate: 1 + 1e-6 })).toBe(false);
  });

  test('a fused step in bfloat16 that its options do not name is known as one', () => {
    const fused = steps.filter(isLarge);
    const unsaid = fused.map((of) => ({ ...of, options: { ...of.options, fused: false } }));
    expect(unsaid.filter((of) => follows(of, numbersOf(of.after)))).not.toHaveLength(unsaid.length);
    expect(unsaid.filter((of) => follows(of, numbersOf(of.after), { isNamed: false }))).toHaveLength(unsaid.length);
  });
});

const work = mkdtempSync(join(tmpdir(), 'jikji-optimizer-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const context: CheckContext = { signal: new AbortController().signal, showProgress: async () => {} };

/** A run whose states have these tensors: numbers are float32, texts are bytes. */
function evidenceOf(states: Record<number, Record<string, readonly number[] | string>>): WitnessEvidence {
  const folder = mkdtempSync(join(work, 'run-'));
  for (const [step, tensors] of Object.entries(states)) {
    const inside = join(folder, `states/step-${step.padStart(6, '0')}`);
    mkdirSync(inside, { recursive: true });
    const stored = Object.entries(tensors)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => {
        const data = typeof value === 'string' ? Buffer.from(value) : new Uint8Array(Float32Array.from(value).buffer);
        const isCount = name.startsWith('optimizer.step.');
        return {
          name,
          dtype: typeof value === 'string' ? 'U8' : 'F32',
          shape: isCount ? [] : [value.length],
          data,
        } as const;
      });
    const fd = openSync(join(inside, 'part-0000-of-0001.safetensors'), 'w');
    writeSafetensors(
      fd,
      stored.map((one) => ({ ...one, shape: [...one.shape] })),
    );
    closeSync(fd);
    const described = stored.map(({ name, dtype, shape }) => ({ dtype, name, shape }));
    const state = { formatVersion: 1, parts: 1, stateRoot: '0'.repeat(64), step: Number(step), tensors: described };
    writeFileSync(join(inside, 'state.json'), `${JSON.stringify(state)}\n`);
  }
  const options = { lr: 0.01, betas: [0.9, 0.999], eps: 1e-8, weight_decay: 0 };
  const rate = new DataView(new ArrayBuffer(4));
  rate.setFloat32(0, 0.01);
  return {
    folder: new RunFolder(folder),
    recipe: { formatVersion: 1, recipe: {}, optimizer: { class: 'AdamW', groups: [{ options, parameters: ['w'] }] } },
    steps: { count: 10, learningRate: new Uint32Array(10).fill(rate.getUint32(0)) },
    states: Object.keys(states).map(Number),
  } as unknown as WitnessEvidence;
}
/** One step of AdamW with the gradient 1 from zeros: the weight moves by the learning rate. */
const begun = { w: [1] };
const stepped = {
  w: [0.99],
  'optimizer.step.w': [1],
  'optimizer.exp_avg.w': [0.1],
  'optimizer.exp_avg_sq.w': [0.001],
};
const MUON = {
  class: 'Muon',
  groups: [
    {
      options: {
        ...{ lr: 0.01, momentum: 0.95, nesterov: true, ns_coefficients: [3.4445, -4.775, 2.0315], ns_steps: 5 },
        ...{ eps: 1e-7, weight_decay: 0, adjust_lr_fn: null },
      },
      parameters: ['w'],
    },
  ],
};
const checked = async (
  evidence: WitnessEvidence,
  held: readonly number[] = [],
  {
    told = [],
    compared = told,
    declared = [],
  }: { told?: readonly number[]; compared?: readonly number[]; declared?: readonly string[] } = {},
): Promise<WitnessCheck> => {
  const shown = {
    held: (step: number) => held.includes(step),
    told: (step: number) => told.includes(step),
    compared: (step: number) => compared.includes(step),
    blurred: () => false,
    judged: (step: number) => told.includes(step),
    declared: new Set(declared),
  };
  const found = await checkOptimizer(evidence, context, shown);
  if ('en' in found) throw new Error(found.en);
  return found;
};

test('what changes in no group of the optimizer is incomplete, until its steps are trained again', async () => {
  const names = ['frozen', 'optimizer.mine.frozen', 'optimizer.exp_avg.frozen', 'rng.frozen', 'rng.cpu.0.weight'];
  const beside = (value: number) => Object.fromEntries(names.map((name) => [name, [value]]));
  const evidence = evidenceOf({
    0: { ...begun, ...beside(1), 'rng.cpu.0': 'a' },
    1: { ...stepped, ...beside(2), 'rng.cpu.0': 'b' },
  });
  const found = await checked(evidence);
  expect(found.verdict).toBe('incomplete');
  expect(found.findings.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^5 tensors in no group of the optimizer changed .*only training these steps again/),
  ]);
  const settled = await checked(evidence, [1]);
  expect(settled.verdict).toBe('holds');
  expect(settled.findings).toEqual([]);
  expect(settled.notes.join()).toMatch(/training again changed them in the same way/);
});

test('what is declared and changes inside a segment was compared with nothing, and no note says otherwise', async () => {
  const evidence = evidenceOf({ 0: { ...begun, average: [1] }, 1: { ...stepped, average: [12345] } });
  const of = { told: [1], declared: ['average'] };
  const near = await checked(evidence, [], of);
  expect([near.verdict, near.notes.join()]).toEqual([
    'holds',
    expect.stringMatching(/in the same way but for rounding: average/),
  ]);
  const inside = await checked(evidence, [], { ...of, compared: [] });
  expect([inside.verdict, inside.notes.join()]).toEqual([
    'holds',
    expect.stringMatching(/nothing was compared with them: average/),
  ]);
  expect(inside.notes.join()).not.toMatch(/in the same way/);
});

test('between states that are no pair it is seen too', async () => {
  const evidence = evidenceOf({
    0: { ...begun, frozen: [1] },
    1: { ...stepped, frozen: [1] },
    5: { ...stepped, frozen: [2] },
  });
  expect((await checked(evidence, [1])).findings.map(({ step, text }) => [step, text])).toEqual([
    [5, expect.stringMatching(/\(frozen\), in the states of steps 5/)],
  ]);
});

test('a step that is none of AdamW by its options, and that training again gave to the bit, is a note', async () => {
  const evidence = evidenceOf({ 0: begun, 1: { ...stepped, w: [0.5] } });
  expect((await checked(evidence)).verdict).toBe('refuted');
  // Of no step a check would be a tick for nothing: it was not made.
  await expect(checked(evidence, [1])).rejects.toThrow(
    /^none of the 1 paired steps is one of AdamW .*gave them as they are/,
  );
  const two = evidenceOf({
    0: begun,
    1: { ...stepped, w: [0.5] },
    5: stepped,
    6: { ...stepped, 'optimizer.step.w': [1] },
  });
  const again = await checked(two, [1]);
  expect(again.notes.join()).toMatch(
    /1 steps are not those of AdamW with the options of recipe.json, and training again/,
  );
});

test('a step that the optimizer did not make, as a scaler skips one, is incomplete, until training again shows that the code makes none', async () => {
  const evidence = evidenceOf({ 0: begun, 1: stepped, 2: stepped });
  const found = await checked(evidence);
  expect([found.verdict, found.findings.map(({ text }) => text)]).toEqual([
    'incomplete',
    [expect.stringMatching(/^the optimizer made no step, as where a scaler/)],
  ]);
  // That a segment's end lies within rounding says nothing of the states inside it: here the record may be a copy of the state before.
  expect((await checked(evidence, [], { told: [1, 2] })).verdict).toBe('incomplete');
  const again = await checked(evidence, [2]);
  expect([again.verdict, again.detail]).toEqual(['holds', expect.stringMatching(/^1 steps are those of AdamW/)]);
  expect(again.notes.join()).toMatch(/In 1 paired steps the optimizer made no step/);
});

test('of a Muon that made no step in any pair nothing was checked', async () => {
  const evidence = evidenceOf({ 0: begun, 1: begun });
  evidence.recipe!.optimizer = MUON;
  expect((await checked(evidence)).verdict).toBe('incomplete');
  await expect(checked(evidence, [1])).rejects.toThrow(/^none of the 1 paired steps is one of Muon/);
});

test('no step that follows is no tick, also where something beside the optimizer changed', async () => {
  const evidence = () => evidenceOf({ 0: { ...begun, average: [1] }, 1: { ...begun, average: [2] } });
  const ofMuon = evidence();
  ofMuon.recipe!.optimizer = MUON;
  for (const [name, of] of [
    ['AdamW', evidence()],
    ['Muon', ofMuon],
  ] as const) {
    // What changed beside it is said there too.
    await expect(checked(of, [1])).rejects.toThrow(
      new RegExp(
        `^none of the 1 paired steps is one of ${name} .*training again changed them in the same way: average`,
        's',
      ),
    );
    const open = await checked(of);
    expect([open.verdict, open.detail]).toEqual(['incomplete', 'no step was checked']);
  }
  const other = evidenceOf({ 0: begun, 1: { ...stepped, w: [0.5], average: [2] } });
  await expect(checked(other, [1])).rejects.toThrow(/^none of the 1 paired steps is one of AdamW/);
});

test('steps of Muon whose states cannot be read are not counted as its steps', async () => {
  const evidence = evidenceOf({ 0: begun, 1: stepped });
  evidence.recipe!.optimizer = MUON;
  rmSync(join(evidence.folder.path, 'states/step-000001'), { recursive: true });
  expect((await checked(evidence)).detail).toBe('of 1 paired steps 1 could not be compared');
});

test('a parameter of a group that changes without a step is refuted, and the detail says so', async () => {
  const found = await checked(evidenceOf({ 0: begun, 1: { w: [0.99] } }));
  expect(found.verdict).toBe('refuted');
  expect(found.findings[0]!.text).toMatch(/changed, though the optimizer made no step of it/);
  expect(found.detail).toBe('of 1 paired steps 1 are not those of AdamW');
  expect((await checked(evidenceOf({ 0: begun, 1: stepped }))).detail).toMatch(/^1 steps are those of AdamW/);
});

test('whole numbers in a group of AdamW are no fault where they stay, and refuted where they change', async () => {
  const of = (table: string) => {
    const evidence = evidenceOf({ 0: { ...begun, table: 'abc' }, 1: { ...stepped, table } });
    evidence.recipe!.optimizer.groups[0]!.parameters.push('table');
    return checked(evidence);
  };
  expect((await of('abc')).verdict).toBe('holds');
  const [fault] = (await of('abd')).findings;
  expect([fault!.verdict, fault!.tensor, fault!.text]).toEqual(['refuted', 'table', 'is U8, which no optimizer moves']);
});

test('steps whose states cannot be read are not counted as those of AdamW', async () => {
  const evidence = evidenceOf({ 0: begun, 1: stepped });
  rmSync(join(evidence.folder.path, 'states/step-000001'), { recursive: true });
  const found = await checked(evidence);
  expect(found.verdict).toBe('incomplete');
  expect(found.detail).toBe('of 1 paired steps 1 could not be compared');
});

test('moments of another shape, or a number of steps that is none, are refuted', async () => {
  const odds = [
    { 'optimizer.exp_avg_sq.w': [0.001, 0.001] },
    { 'optimizer.step.w': 'abcd' },
    { 'optimizer.step.w': [Number.NaN] },
  ];
  for (const odd of odds) {
    const found = await checked(evidenceOf({ 0: begun, 1: { ...stepped, ...odd } }));
    expect(found.verdict).toBe('refuted');
  }
});

test('the detail of the motion follows its verdict', async () => {
  const at = (step: number, w: number) => ({
    w: [w],
    'optimizer.step.w': [step],
    'optimizer.exp_avg.w': [0.1],
    'optimizer.exp_avg_sq.w': [0.01],
  });
  const detail = async (w: number): Promise<string> => {
    const found = await checkWitnessMotion(
      evidenceOf({ 1: at(1, 1), 5: at(5, w) }),
      [{ index: 0, from: 1, to: 5 }],
      context,
      () => false,
    );
    return 'en' in found ? found.en : `${found.verdict}: ${found.detail}`;
  };
  expect(await detail(1.01)).toMatch(/^holds: 1 times a parameter moved no further/);
  expect(await detail(3)).toBe('refuted: 1 times a parameter moved further between two states than AdamW can move it');
});
