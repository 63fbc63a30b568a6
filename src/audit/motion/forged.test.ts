// Motion must find states of other runs, moments that no steps give, and single elements slightly beyond a limit. The forgeries are made
// in copies of an honest training's states; the honest states pass.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, test } from 'vitest';
import { Safetensors } from '../../formats/index.ts';
import { EMBEDDING, FINAL_NORM, parameters } from '../../foundry/model/index.ts';
import { momentNames, saveCheckpoint } from '../../foundry/train/index.ts';
import { bound, momentLimits } from './adamw.ts';
import type { SegmentMotion } from './input.ts';
import { speedRank } from './rank.ts';
import { segmentMotion } from './segment.ts';
import { stateInFile } from './states.ts';
import {
  Bench,
  copyOf,
  floatsOf,
  forge,
  motionOf,
  reader,
  smallModel,
  smallTraining,
  type Traces,
} from './testing/motion.ts';

const EVERY = 6;
const AT = Array.from({ length: 21 }, (_, i) => i * EVERY);
const layerName = (i: number, part: string): string => `model.layers.${i}.${part}.weight`;
const UP = layerName(1, 'mlp.up_proj');
const Q = layerName(0, 'self_attn.q_proj');
const O = layerName(0, 'self_attn.o_proj');
const recipe = { train: { steps: 120, warmupSteps: 12 }, model: { initializerRange: 0.02 } };

// An embedding longer than one piece, so that every test has several pieces.
const model = smallModel({ vocabSize: 4100 });
const bench = new Bench(model, smallTraining());
const honest = bench.run(recipe, 1, AT);
const other = bench.run(recipe, 2, AT);
afterAll(() => bench.close());

const takeFrom = (j: number, ...names: string[]): Traces =>
  forge(honest, j, (floats) => {
    for (const name of names) floats(name).set(floatsOf(other.kept[j]!.state, name));
  });

const findingsOf = (motions: SegmentMotion[]) =>
  motions.flatMap((m) => m.findings.map((f) => ({ segment: m.segment.index, step: f.step, tensor: f.tensor })));
/** Segments from the second on, strangest first by speed. */
const ranked = (motions: SegmentMotion[]): number[] => {
  const strange = speedRank(motions);
  return motions
    .map((m) => m.segment.index)
    .slice(1)
    .sort((a, b) => strange[b]! - strange[a]!);
};
const multiply = (values: Float32Array, factor: number) => values.set(values.map((value) => value * factor));
const first = (name: string) => momentNames.first + name;
const second = (name: string) => momentNames.second + name;

test('the honest training passes', () => {
  expect(findingsOf(motionOf(honest))).toEqual([]);
  expect(findingsOf(motionOf(other))).toEqual([]);
});

describe('weights from a run with another seed, in one middle checkpoint', () => {
  test.each([2, 5, 10, 17])('checkpoint %d: any tensor breaks the bound', (j) => {
    for (const { name, std } of parameters(model)) {
      const found = findingsOf(motionOf(takeFrom(j, name)));
      // On both sides of it; norm weights all start as ones, so one side must do for them at first.
      const both = [j - 1, j].map((segment) => ({ segment, step: AT[segment + 1], tensor: name }));
      if (std === undefined && j === 2) expect(both).toEqual(expect.arrayContaining(found));
      else expect(found).toEqual(both);
      expect(found).not.toEqual([]);
    }
  });

  it('makes its segments the strangest where it is a matrix', () => {
    for (const j of [5, 10, 17]) {
      for (const { name, std } of parameters(model)) {
        if (std === undefined || name === EMBEDDING) continue;
        const forged = takeFrom(j, name);
        expect(
          ranked(motionOf(forged))
            .slice(0, 2)
            .sort((a, b) => a - b),
        ).toEqual([j - 1, j]);
      }
    }
  });

  it('found where the bound is vacuous at the root mean square', () => {
    const small = smallModel();
    const smallBench = new Bench(small, smallTraining());
    for (const [learningRate, every] of [
      [0.02, 6],
      [0.003, 30],
    ] as const) {
      const at = Array.from({ length: 11 }, (_, i) => i * every);
      const changes = { ...recipe, train: { steps: 10 * every, warmupSteps: every, learningRate } };
      const one = smallBench.run(changes, 1, at);
      const two = smallBench.run(changes, 2, at);
      expect(findingsOf(motionOf(one))).toEqual([]);
      let vacuous = 0;
      for (const j of [4, 6, 8]) {
        for (const { name, std } of parameters(small)) {
          if (std === undefined) continue;
          const forged = forge(one, j, (floats) => floats(name).set(floatsOf(two.kept[j]!.state, name)));
          const motions = motionOf(forged);
          if (motions[j - 1]!.vacuous.includes(name)) vacuous++;
          const broken = motions.some((m) => m.findings.some((f) => f.tensor === name));
          const strangest = [j - 1, j].includes(ranked(motions)[0]!);
          expect({ learningRate, j, name, caught: broken || strangest }).toMatchObject({ caught: true });
        }
      }
      expect(vacuous).toBeGreaterThan(10);
    }
    smallBench.close();
  });

  it('with honest training afterwards: only the segment before it shows it', () => {
    for (const name of [UP, FINAL_NORM, layerName(1, 'input_layernorm')]) {
      const forged = bench.run(recipe, 1, AT, (step, state) => {
        if (step === 60) {
          const { data } = other.kept[10]!.state.find((t) => t.name === name)!;
          state.find((t) => t.name === name)!.data.set(data);
        }
      });
      const motions = motionOf(forged);
      expect(findingsOf(motions)).toEqual([{ segment: 9, step: 60, tensor: name }]);
      if (name === UP) expect(ranked(motions)[0]).toBe(9);
    }
  });
});

describe('moments', () => {
  const wrong = (j: number, change: Parameters<typeof forge>[2]) => findingsOf(motionOf(forge(honest, j, change)));

  test.each([3, 12])('all zeroed at checkpoint %d: the sum and the elements show it', (j) => {
    const found = wrong(j, (floats) => {
      for (const { name } of parameters(model)) for (const n of [first(name), second(name)]) floats(n).fill(0);
    });
    expect(found).toContainEqual({ segment: j - 1, step: AT[j], tensor: undefined });
    expect(found).toContainEqual({ segment: j - 1, step: AT[j], tensor: second(UP) });
    expect(found).toContainEqual({ segment: j, step: AT[j + 1], tensor: undefined });
  });

  it('second moments of the whole state, divided by a thousand', () => {
    for (const factor of [0.999, 1.001]) {
      const found = wrong(8, (floats) => {
        for (const { name } of parameters(model)) multiply(floats(second(name)), factor);
      });
      expect(found).toContainEqual({ segment: 7, step: 48, tensor: undefined });
    }
  });

  it('first moments, scaled or zeroed', () => {
    for (const factor of [10, -10, 0]) {
      const found = wrong(8, (floats) => {
        for (const { name } of parameters(model)) multiply(floats(first(name)), factor);
      });
      expect(found.map((f) => f.tensor)).toContain(first(EMBEDDING));
    }
  });

  it('swapped between two tensors of the same shape, or taken from another run', () => {
    const swapped = forge(honest, 8, (floats) => {
      for (const kind of [first, second]) {
        const q = floats(kind(Q)).slice();
        floats(kind(Q)).set(floats(kind(O)));
        floats(kind(O)).set(q);
      }
    });
    expect(findingsOf(motionOf(swapped))).toContainEqual({ segment: 7, step: 48, tensor: second(O) });
    expect(findingsOf(motionOf(takeFrom(8, first(UP), second(UP))))).toContainEqual({
      segment: 7,
      step: 48,
      tensor: second(UP),
    });
  });

  test.each([-1e-45, -1, Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])(
    'a second moment of %d',
    (value) => {
      const found = wrong(8, (floats) => floats(second(UP)).fill(value, 5, 6));
      expect(found.filter((f) => f.segment === 7 && (f.tensor === second(UP) || f.tensor === undefined))).not.toEqual(
        [],
      );
    },
  );

  test.each([Number.NaN, Number.NEGATIVE_INFINITY, 1e30])('a first moment of %d', (value) => {
    const found = wrong(8, (floats) => floats(first(UP)).fill(value, 5, 6));
    expect(found).toContainEqual({ segment: 7, step: 48, tensor: first(UP) });
  });

  it('not zero before the first step', () => {
    const found = wrong(0, (floats) => floats(first(UP)).fill(1e-30, 0, 1));
    expect(found).toEqual([{ segment: 0, step: 0, tensor: first(UP) }]);
  });

  it('a gradient norm in the transcript that differs from the step', () => {
    for (const gradNorm of [honest.steps[50]!.gradNorm, honest.steps[50]!.gradNorm * 2, 0.5, 0, Number.NaN, -1]) {
      const steps = honest.steps.with(50, { ...honest.steps[50]!, gradNorm });
      // Above the clip the transcript may say anything: the state cannot tell.
      const isSame = Math.min(1, gradNorm) === Math.min(1, honest.steps[50]!.gradNorm);
      expect(findingsOf(motionOf({ ...honest, steps }))).toEqual(
        isSame ? [] : [{ segment: 8, step: 54, tensor: undefined }],
      );
    }
  });
});

describe('one element', () => {
  const NAMES: [string, number][] = [
    [UP, 17],
    [EMBEDDING, 65_580],
    [FINAL_NORM, 3],
  ];
  test.each(NAMES)('%s, %d: found just beyond a limit, not just within', (name, element) => {
    const j = 9;
    const before = (n: string) => floatsOf(honest.kept[j - 1]!.state, n)[element]!;
    const rates = honest.steps.slice(AT[j - 1], AT[j]).map((s) => s.learningRate);
    const { alpha, beta } = bound(honest.train, AT[j - 1]!, rates, name !== FINAL_NORM);
    const limits = momentLimits(honest.train, EVERY);
    const atEnd = (of: string, value: number) =>
      motionOf(forge(honest, j, (floats) => floats(of).fill(value, element, element + 1)))[j - 1]!.findings.map((f) => [
        f.tensor,
        f.text.match(/element (\d+)/)?.[1],
      ]);
    for (const sign of [-1, 1]) {
      const w = before(name);
      const far = (share: number) => w + sign * share * (alpha + beta * Math.abs(w));
      expect(atEnd(name, far(1.00001))).toEqual([[name, `${element}`]]);
      expect(atEnd(name, far(0.99999))).toEqual([]);

      const m = before(first(name));
      const v = floatsOf(honest.kept[j]!.state, second(name))[element]!;
      const e = v - limits.keptSecond * before(second(name)) + limits.lostSecond;
      const changed = (share: number) => limits.kept * m + sign * share * limits.factor * Math.sqrt(e);
      expect(atEnd(first(name), changed(1.0001))).toEqual([[first(name), `${element}`]]);
      expect(atEnd(first(name), changed(0.9999))).toEqual([]);
    }
    const least = limits.keptSecond * before(second(name));
    const found = atEnd(second(name), least * 0.99999);
    expect(found[0]).toEqual([second(name), `${element}`]);
  });
  it('that is not a number', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const forged = forge(honest, 8, (floats) => floats(UP).fill(value, 1, 2));
      expect(findingsOf(motionOf(forged)).map((f) => f.tensor)).toEqual([UP, UP]);
    }
  });
});

test('a finding names the fault, its place and its size', () => {
  const { findings } = motionOf(forge(honest, 8, (floats) => floats(UP).fill(1, 0, 3)))[7]!;
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({ verdict: 'refuted', file: 'state-48', step: 48, tensor: UP });
  expect(findings[0]!.text).toMatch(
    /^element 0 moved by \S+: steps 43 to 48 can move it by at most 0\.0\d+ \(the first of 3 such elements, of 384\)$/,
  );
});

test('a state of another shape is refused before the comparison', () => {
  const kept = [...honest.kept];
  const changed = copyOf(kept[4]!.state).filter((t) => t.name !== Q);
  changed.find((t) => t.name === UP)!.shape = [16, 24];
  changed.push({ name: 'extra', dtype: 'F32', shape: [1], data: new Uint8Array(4) });
  kept[4] = { step: 24, state: changed };
  const [, , , before, after] = motionOf({ ...honest, kept });
  for (const motion of [before!, after!]) {
    expect(motion.findings.map((f) => f.tensor).sort()).toEqual(['extra', Q, UP].sort());
    expect(motion.movement.size).toBe(0);
  }
});

test('states from files and from memory give the same result', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jikji-motion-'));
  try {
    const forged = takeFrom(8, UP, second(EMBEDDING));
    for (const { step, state } of forged.kept.slice(7, 9))
      saveCheckpoint(folder, '', { step, stateTensors: state, stateBytes: () => state.map(({ data }) => data) });
    const [start, end] = [42, 48].map((step) => {
      const opened = Safetensors.open(join(folder, `step-0000${step}`, 'state.safetensors'));
      return { opened, state: stateInFile(opened, `state-${step}`) };
    });
    const { model, train, steps } = forged;
    const input = { segment: { index: 7, from: 42, to: 48 }, model, train, steps: steps.slice(42, 48) };
    const fromFiles = segmentMotion({ ...input, start: start!.state, end: end!.state });
    const [a, b] = forged.kept.slice(7, 9).map(reader);
    expect(fromFiles).toEqual(segmentMotion({ ...input, start: a!, end: b! }));
    expect(fromFiles.findings.length).toBeGreaterThan(1);
    start!.opened.close();
    end!.opened.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
