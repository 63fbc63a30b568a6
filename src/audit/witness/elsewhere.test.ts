// Runs whose every segment has other bits here: honest ones lie within rounding, and liars who behave in pairs alone do not.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Findings } from '../findings.ts';
import { RunFolder } from '../folder.ts';
import { claimOfWitness } from './claim.ts';
import { type Apart, judgeSegment, measureSegment } from './distances.ts';
import { spansOf } from './elsewhere.ts';
import { OTHER_ENVIRONMENT } from './sentences/elsewhere.ts';
import { WitnessState } from './states.ts';
import { checkOf, faults, toyBench } from './testing/toy-bench.ts';
import { type ToyOptions, writeState } from './testing/toy-run.ts';
import { begin, type ToyState } from './testing/toy-training.ts';
import type { WitnessAudit, WitnessCheckName } from './types.ts';
import { withChanged } from './ungrouped-tensors.ts';

const { work, office, make, audited: auditedHow } = toyBench();
const audited = (of: Partial<ToyOptions>, options: Parameters<typeof auditedHow>[1] = {}) =>
  auditedHow(make({ every: 3, ...of }), { mode: 'rounds', replay: 'all', ...options });
const segmentFaults = (found: WitnessAudit) => faults(found, 'segments');

test('an honest run: every step is told, and consistent is said with what could hide in it', async () => {
  const found = await audited({});
  expect([found.verdict, found.elsewhere!.told, segmentFaults(found)]).toEqual(['consistent', 40, []]);
  // Both checks that compare losses and norms say within what.
  const within = /^Recorded losses and gradient norms of \d+ steps were compared within [0-9.e-]+ and [0-9.e-]+ of/;
  for (const name of ['gradient', 'segments'] as const)
    expect(checkOf(found, name).notes).toContainEqual(expect.stringMatching(within));
  const { headline, limits } = claimOfWitness(found, 'en');
  expect(headline).toMatch(/^nothing was reproduced to the bit; every segment ends as near/);
  expect(limits.join(' ')).toMatch(/Pairs give no chance of detection/);
  expect(limits.join(' ')).toMatch(
    /What is no larger than rounding is not seen: in each segment a tensor may have been moved unseen by up to [0-9.e-]+ of/,
  );
});

test('segments that come out to the bit by chance, elsewhere: an honest run is consistent, and a liar is refuted still', async () => {
  const mode = 'rounds-sometimes';
  const found = await audited({}, { mode });
  expect([found.verdict, found.elsewhere!.told, segmentFaults(found)]).toEqual(['consistent', 40, []]);
  const held = found.replayed.filter(({ verdict }) => verdict === 'holds').length;
  expect(held).toBeGreaterThan(0);
  const { headline } = claimOfWitness(found, 'en');
  expect(headline).toMatch(
    new RegExp(`^only ${held} of ${found.replayed.length} segments were reproduced to the bit; `),
  );
  expect(claimOfWitness(found, 'ko').headline).toContain(`${found.replayed.length}개 가운데 ${held}개만`);
  const lied = await audited(betweenPairs(LIES[0]![1]), { mode });
  expect([lied.verdict, segmentFaults(lied).length > 0]).toEqual(['refuted', true]);
  // In the environment that it declares nothing is by chance.
  const here = await audited(betweenPairs(LIES[0]![1]), { mode: 'honest' });
  expect([here.verdict, here.elsewhere]).toEqual(['refuted', null]);
});

test('fewer threads share a product here than the run declares: another environment, in which no honest run is refuted', async () => {
  const found = await audited({}, { mode: 'rounds-threads' });
  expect([found.verdict, faults(found, 'replay')]).toEqual(['consistent', []]);
});

test('batches of floating-point numbers may come out otherwise elsewhere: what was learned from them shows in segments, and only there', async () => {
  const honest = await audited({}, { mode: 'rounds-floats' });
  expect([honest.verdict, checkOf(honest, 'schedule').verdict]).toEqual(['consistent', 'holds']);
  expect(checkOf(honest, 'schedule').detail).toMatch(/^the learning rate of 40 steps and the batch of 0 are those/);
  const liar = betweenPairs(() => ({ change: () => ({ batch: 3 }) }));
  expect((await audited(liar, { mode: 'rounds-floats' })).verdict).toBe('refuted');
  // Where steps come out to the bit, so do their batches: another one was learned from something else.
  const held = await audited({}, { mode: 'floats', replay: undefined });
  expect(faults(held, 'schedule')).toEqual([expect.stringMatching(/^schedule refuted 12: the batch is not the one/)]);
});

test('learning rates that are rounded otherwise elsewhere are no others', async () => {
  const honest = await audited({}, { mode: 'rounds-rates' });
  expect([honest.verdict, faults(honest, 'schedule')]).toEqual(['consistent', []]);
  expect(checkOf(honest, 'schedule').notes.join()).toMatch(/learning rates of \d+ steps/);
  for (const mode of ['rounds-other-rates', 'rates'] as const) {
    const found = await audited({}, { mode });
    expect(faults(found, 'schedule')).toContainEqual(
      expect.stringMatching(/^schedule refuted 40: the learning rate is not the one/),
    );
  }
});

test('batches that are drawn from generators of which nobody knows the state are compared where steps are trained again', async () => {
  const found = await audited({}, { mode: 'draws' });
  expect([found.verdict, faults(found, 'schedule')]).toEqual(['holds', []]);
  const { detail, notes } = checkOf(found, 'schedule');
  expect(detail).toMatch(/^the learning rate of 40 steps and the batch of 20 are those/);
  expect(notes.join()).toMatch(/batches of 20 steps/);
});

test('one pair that an office drew takes none of the others from the maker, and neither do neighbours among the kept states', async () => {
  const ownDraw = async (of: Partial<ToyOptions>) => {
    const found = await audited({ every: 10, ...of });
    const said = (['en', 'ko'] as const).map((lang) => claimOfWitness(found, lang).limits.join(' '));
    return { pairs: found.pairs, said };
  };
  const none = await ownDraw({});
  expect(none.said[0]).toContain('The maker drew the pairs himself.');
  const kept = Array.from({ length: 20 }, (_, i) => i + 21);
  const some = await ownDraw({ office, kept });
  const free = some.pairs.steps.length - 1 - some.pairs.drawnByOffice;
  expect(some.pairs.drawnByOffice).toBe(4);
  expect(free).toBeGreaterThan(10);
  expect(some.said[0]).toContain(`The maker could choose ${free} of the ${some.pairs.steps.length} paired steps`);
  expect(some.said[1]).toContain(`${some.pairs.steps.length}개 가운데 ${free}개`);
});

test('fewer than twelve pairs, or a sample of the segments, or no state of step 0: not told, and no tick', async () => {
  for (const found of [
    await audited({ every: 10 }),
    await audited({}, { replay: 2 }),
    await audited({ steps: 4, every: 0 }),
  ]) {
    expect(found.verdict).toBe('not-told');
    expect(claimOfWitness(found, 'en').word).toBe('Not told');
    expect(claimOfWitness(found, 'ko').word).toBe('판단 유보');
  }
});

/** What a liar does to steps that lie in no pair; he knows each pair before he computes it. */
function betweenPairs(lie: (step: number) => Pick<ToyOptions, 'change' | 'plant'>): Partial<ToyOptions> {
  const pairs = new Set([1]);
  const isFree = (step: number): boolean => !pairs.has(step) && !pairs.has(step + 1) && step > 4;
  return {
    every: 3,
    onPair: ({ step }) => void pairs.add(step),
    change: (step) => (isFree(step) ? (lie(step).change?.(step) ?? {}) : {}),
    plant: (state) => (isFree(state.step) ? (lie(state.step).plant?.(state) ?? state) : state),
  };
}
const LIES: [string, (step: number) => Pick<ToyOptions, 'change' | 'plant'>][] = [
  ['other data', () => ({ change: () => ({ batch: 3 }) })],
  ['one sequence of six', () => ({ change: () => ({ sequence: 1000 }) })],
  ['a learning rate 1% higher', () => ({ change: () => ({ rate: 1.01 }) })],
  [
    'weights that are planted',
    () => ({
      plant: (state) => ({
        ...state,
        weights: { ...state.weights, 'layer.bias': state.weights['layer.bias']!.map((w) => w + 1e-3) },
      }),
    }),
  ],
  [
    'moments that are planted',
    () => ({
      plant: (state) => ({
        ...state,
        first: { ...state.first, 'layer.weight': state.first['layer.weight']!.map((m) => m + 1e-2) },
      }),
    }),
  ],
];
test.each(LIES)('%s between pairs is refuted by its segments', async (_, lie) => {
  const found = await audited(betweenPairs(lie));
  expect(found.verdict).toBe('refuted');
  // Which of both depends on the pairs that were drawn: the tensor that lies furthest may be one that hardly moves.
  expect(segmentFaults(found).join('\n')).toMatch(
    /refuted \d+: steps \d+ to \d+: (the recorded weights lie [0-9.]+ times as far|this tensor is not what training again gives)/,
  );
});

test('weights that are not trained between pairs, with the losses that they truly have, are refuted', async () => {
  const pairs = new Set([1]);
  let last: ToyState | undefined;
  const found = await audited({
    onPair: ({ step }) => void pairs.add(step),
    plant: (state) => {
      last = last && !pairs.has(state.step) ? { ...last, step: state.step } : state;
      return last;
    },
  });
  expect(found.verdict).toBe('refuted');
  expect(segmentFaults(found).join('\n')).toMatch(/refuted \d+: steps \d+ to \d+: the recorded weights lie/);
});

test('a loss that was invented for the step after a recorded state is refuted, pairs or not', async () => {
  // The batch of another step: the record has its own digest, and the loss of the other.
  const found = await audited({ every: 0, kept: [20, 40], change: (step) => (step === 21 ? { batch: 3 } : {}) });
  expect(segmentFaults(found).join('\n')).toMatch(/refuted 21: the loss is recorded as/);
});

test('adjoining segments are joined until each has five steps; what is left at the end goes with the one before', () => {
  const of = (...ends: number[]) => ends.map((to, i) => ({ from: ends[i - 1] ?? 0, to }));
  expect(spansOf(of(1, 4, 5, 10, 11, 12))).toEqual({
    spans: [
      { from: 0, to: 5 },
      { from: 5, to: 12 },
    ],
    short: [],
  });
  expect(spansOf(of(1, 4))).toEqual({ spans: [], short: [{ from: 0, to: 4 }] });
  const apart = [...of(5), { from: 8, to: 9 }, { from: 20, to: 26 }];
  expect(spansOf(apart)).toEqual({
    spans: [
      { from: 0, to: 5 },
      { from: 20, to: 26 },
    ],
    short: [{ from: 8, to: 9 }],
  });
});

/** A state of the toy, as a file: each tensor's elements by their number. */
function stateOf(name: string, step: number, weight: (i: number) => number): WitnessState {
  const { first, second, weights } = begin('00');
  const of = Object.entries(weights).map(([key, all]) => [key, all.map((_, i) => weight(i))]);
  const folder = join(work, name);
  writeState(folder, { step, first, second, weights: Object.fromEntries(of) });
  return WitnessState.open(new RunFolder(folder), step);
}

/** A number of each tensor is huge, and goes far or stays; the others go from i to i + 1/100, here and in other settings but for rounding. */
async function besideHuge(name: string, huge: { from: number; to: number }, recorded: (i: number) => number) {
  const end = (noise: number) => (i: number) => (i === 0 ? huge.to : i + 0.01 + noise * (i % 3));
  const states = {
    start: stateOf(`${name}-start`, 0, (i) => (i === 0 ? huge.from : i)),
    recorded: stateOf(`${name}-recorded`, 6, (i) => (i === 0 ? huge.to : recorded(i))),
    here: stateOf(`${name}-here`, 6, end(0)),
    others: [stateOf(`${name}-older`, 6, end(1e-6)), stateOf(`${name}-moved`, 6, end(-1e-6))],
  };
  try {
    return judgeSegment(await measureSegment(states, new Set(Object.keys(begin('00').weights)), async () => {}))
      .verdict;
  } finally {
    for (const state of [states.start, states.recorded, states.here, ...states.others]) state.close();
  }
}

test.each([
  ['goes-far', { from: 1e8, to: 1.01e8 }],
  ['stays', { from: 1e7, to: 1e7 }],
] as const)('a huge number that %s hides none of the others', async (name, huge) => {
  const ofTensor = (what: string, recorded: (i: number) => number) => besideHuge(`${name}-${what}`, huge, recorded);
  expect(await ofTensor('true', (i) => i + 0.01 + 1e-6 * (i % 2))).not.toBe('refuted');
  expect(await ofTensor('frozen', (i) => i)).toBe('refuted');
  expect(await ofTensor('pulled', (i) => i + 0.0125)).toBe('refuted');
});

/** Ten weights that moved by 1, and were rounded by 1e-6 of that; the last one's record is `times` that away. */
const judged = (times: number, more: Partial<Apart> = {}, others = times) => {
  const weights = Array.from({ length: 10 }, (_, i): Apart => {
    const recorded = 1e-6 * (i === 9 ? times : others);
    return { name: `w${i}`, size: 10, move: 1, rounding: 1e-6, recorded, unit: 0, ...more };
  });
  return judgeSegment({ tensors: { weights, kept: [], others: [] }, other: null, blind: null }).verdict;
};

test.each([
  ['all of them four times as far as rounding', judged(4), 'within'],
  ['all of them five times', judged(5), 'refuted'],
  ['one of them ten times', judged(10, {}, 1), 'within'],
  ['one of them twenty times', judged(20, {}, 1), 'not-told'],
  ['one of them forty times', judged(40, {}, 1), 'refuted'],
  ['rounding above 1% of the way, all within it', judged(1, { rounding: 0.02 }), 'not-told'],
  ['a tensor that is not told, within a quarter of its way', judged(1, { rounding: 0.02 }), 'not-told'],
  // Half a unit of float32 in a tensor of length 10: what is stored cannot lie nearer.
  ['less than their type can hold', judged(0.5, { rounding: 0, unit: 2 ** -24 }), 'within'],
  [
    'a tensor that does not move, planted',
    judged(1, { rounding: 0, move: 0, size: 1, unit: 2 ** -24, recorded: 1e-3 }),
    'refuted',
  ],
  [
    'a tensor that does not move, where it was',
    judged(1, { rounding: 0, move: 0, unit: 2 ** -24, recorded: 0 }),
    'not-told',
  ],
  ['a record that is no number', judged(Number.NaN), 'refuted'],
] as const)('the rule: %s', (_, found, wanted) => expect(found).toBe(wanted));

test('steps in which no weight moves, as at a learning rate of 0, are not told in words that say so', () => {
  const still = judgeSegment({
    tensors: { weights: [{ name: 'w', size: 1, move: 0, rounding: 1e-7, recorded: 0, unit: 0 }], kept: [], others: [] },
    ...{ other: null, blind: null },
  });
  expect(still.verdict).toBe('not-told');
  const { en, ko } = OTHER_ENVIRONMENT.notTold({ first: 1, last: 5 }, still.own);
  expect(en).toBe(
    'steps 1 to 5: not told. The weights did not move as far as can be measured, so nothing shows what rounding does to their way.',
  );
  expect(ko).not.toMatch(/Infinity|NaN/);
  expect(OTHER_ENVIRONMENT.notTold({ first: 1, last: 5 }, 0.02).en).toMatch(
    /Rounding moves the weights here by 2.0e-2 of/,
  );
});

/** Weights of which nothing is to be said, and beside them a tensor of another kind, which moved by 1: `own` rounding, its record this far. */
const besideWeights = (
  kind: 'kept' | 'others',
  own: number,
  recorded: number,
  more: readonly Partial<Apart>[] = [],
) => {
  const one: Apart = { name: 'average', size: 10, move: 1, rounding: own, recorded, unit: 0 };
  const still: Apart = { ...one, name: 'w', rounding: 1e-6, recorded: 1e-6 };
  const all = [one, ...more.map((other) => ({ ...one, ...other }))];
  return judgeSegment({
    tensors: { weights: [still], kept: [], others: [], [kind]: all },
    other: null,
    blind: null,
  });
};

test.each(['kept', 'others'] as const)('what hides in %s has the limit that weights have', (kind) => {
  const verdict = (own: number, recorded: number) => besideWeights(kind, own, recorded).verdict;
  // Rounding is half its way, so ten times that is five of its ways: it may be another model's.
  expect(verdict(0.5, 4.9)).toBe('not-told');
  expect(verdict(0.5, 0.2)).toBe('within');
  // One that is told may lie no further than one that is not.
  expect([verdict(0.09, 0.8), verdict(0.09, 0.2)]).toEqual(['not-told', 'within']);
  expect(besideWeights(kind, 0.5, 4.9).astray).toBe('average');
  expect(besideWeights(kind, 0.5, 0.2).astray).toBeNull();
});

test('what could hide is that of the tensor and of the part in which most could, of every kind', () => {
  expect(besideWeights('others', 1e-6, 1e-6).hidden).toBeCloseTo(1e-5, 9);
  for (const kind of ['kept', 'others'] as const) {
    expect(besideWeights(kind, 0.01, 0.01).hidden).toBeCloseTo(0.1, 9);
    expect(besideWeights(kind, 0.5, 0.2).hidden).toBe(0.25);
    expect(besideWeights(kind, 1e-6, 1e-6, [{ rounding: 0.02 }]).hidden).toBeCloseTo(0.2, 9);
  }
  const weights: Apart[] = [0.0001, 0.009].map((rounding) => ({
    ...{ name: 'w', size: 10, move: 1, rounding, recorded: 0.0001, unit: 0 },
  }));
  const found = judgeSegment({ tensors: { weights, kept: [], others: [] }, other: null, blind: null });
  expect([found.verdict, found.hidden]).toEqual(['within', expect.closeTo(0.09, 9)]);
});

test('of a declared tensor that rounding blurs it is not said that training again changed it in the same way', () => {
  expect(besideWeights('others', 0.5, 0.2).blurred).toEqual(['average']);
  expect(besideWeights('others', 0.01, 0.01).blurred).toEqual([]);
  const shown = { held: () => false, told: () => true, judged: () => true, declared: new Set(['average']) };
  const notes = (compared: boolean) =>
    withChanged(
      new Findings<WitnessCheckName>('optimizer').check({ en: 'x', ko: 'x' }),
      [{ from: 0, to: 5, tensors: ['average'] }],
      { ...shown, compared: () => true, blurred: () => !compared },
    ).notes.join(' ');
  expect(notes(true)).toMatch(/changed them in the same way but for rounding: average/);
  expect(notes(false)).not.toMatch(/in the same way/);
  expect(notes(false)).toMatch(/within a quarter of their way.*: average/);
});
