// Forgeries of toy runs by where they lie: in a pair that an office drew another environment sees them, between pairs only training again
// in the same one does, and that with the chance that the audit states.

import { expect, test } from 'vitest';
import { chooseSegments, segmentsOf } from '../segments.ts';
import { checkOf, toyBench } from './testing/toy-bench.ts';
import type { ToyOptions } from './testing/toy-run.ts';
import { advance, begin, type ToyState } from './testing/toy-training.ts';
import type { WitnessAudit, WitnessCheckName } from './types.ts';

const { office, make, audited } = toyBench();
const refutedSteps = (found: WitnessAudit, name: WitnessCheckName): (number | undefined)[] =>
  checkOf(found, name)
    .findings.filter(({ verdict }) => verdict === 'refuted')
    .map(({ step }) => step);

/** The state that another run has after so many steps. */
function ofAnotherRun(steps: number): ToyState {
  let state = begin('another run');
  for (let i = 0; i < steps; i++) ({ state } = advance(state));
  return state;
}

type Plant = Pick<ToyOptions, 'plant' | 'change'>;
/** What a forger does to the step that `isAt` names; a plant sees the states of all steps in turn. */
const FORGERIES: readonly [string, (isAt: (step: number) => boolean) => Plant][] = [
  ['one sequence of six from another step', (isAt) => ({ change: (step) => (isAt(step) ? { sequence: 1000 } : {}) })],
  [
    'moments of another step',
    (isAt) => {
      let [first, second]: Partial<ToyState>[] = [{}, {}];
      return {
        plant: (state) => {
          if (state.step === 5) [first, second] = [{ first: state.first }, { second: state.second }];
          return isAt(state.step) ? { ...state, ...first, ...second } : state;
        },
      };
    },
  ],
  [
    'weights of another run',
    (isAt) => ({
      plant: (state) => (isAt(state.step) ? { ...state, weights: ofAnotherRun(state.step).weights } : state),
    }),
  ],
  [
    'a step left out',
    (isAt) => {
      let before: ToyState | undefined;
      return {
        plant: (state) => {
          before = isAt(state.step) ? { ...before!, step: state.step } : state;
          return before;
        },
      };
    },
  ],
  [
    'two steps merged',
    (isAt) => ({
      plant: (state) => (isAt(state.step) ? { ...advance(state).state, step: state.step } : state),
    }),
  ],
];

test.each(FORGERIES)('%s, between pairs: found by training again in the same environment', async (_, forgery) => {
  const run = make({ every: 0, ...forgery((step) => step === 25) });
  const here = await audited(run, { mode: 'honest', replay: 'all' });
  expect(here.verdict).toBe('refuted');
  // The segment of steps 21 to 40: its record differs from step 25 on; from 26 where weights were changed after it; from 27 where moments were.
  expect(refutedSteps(here, 'replay')).toEqual([expect.toBeOneOf([25, 26, 27])]);
  expect(here.pairs.steps).toEqual([1]);
});

test.each(FORGERIES)('%s, in a pair that an office drew: found in another environment too', async (_, forgery) => {
  // The office draws the step while the run is made, so the forger learns it from the lodging: the first pair after step 12.
  let drawn: number | undefined;
  const isAt = (step: number): boolean => step === drawn;
  const run = make({
    office,
    kept: [40],
    onPair: ({ step, byOffice }) => {
      if (byOffice && step > 12) drawn ??= step;
    },
    ...forgery(isAt),
  });
  const found = await audited(run, { mode: 'rounds' });
  expect(found.verdict).toBe('refuted');
  const steps = new Set([...refutedSteps(found, 'optimizer'), ...refutedSteps(found, 'gradient')]);
  expect([...steps]).toEqual([drawn]);
  expect(found.pairs.drawnByOffice).toBe(4);
});

test('weights of another run at a kept state that lies in no pair: in another environment the way they moved shows it', async () => {
  const [, forgery] = FORGERIES[2]!;
  const run = make({ every: 0, ...forgery((step) => step === 20) });
  const here = await audited(run, { mode: 'honest', replay: 'all' });
  expect(refutedSteps(here, 'replay')).toEqual([20]);
  const elsewhere = await audited(run, { mode: 'rounds', replay: 'all' });
  expect(refutedSteps(elsewhere, 'motion').length).toBeGreaterThan(0);
});

/** Challenges as auditors would draw them. */
const challengeOf = (i: number): string => i.toString(16).padStart(64, '0');

test('the chance that an audit states is the share of challenges that find a forgery of one segment', async () => {
  const kept = Array.from({ length: 20 }, (_, i) => 2 * (i + 1));
  const run = make({ every: 0, kept, change: (step) => (step === 22 ? { rate: 1.01 } : {}) });
  const segments = segmentsOf([1, ...kept]);
  const forged = segments.findIndex(({ to }) => to === 22);
  const one = await audited(run, { mode: 'honest', challenge: challengeOf(0) });
  const stated = one.detection.chances.find((chance) => chance.forged === 1)!.chance;
  const isDrawn = (i: number): boolean =>
    chooseSegments(segments, [], undefined, { challenge: challengeOf(i), seal: one.run.seal! }).drawn.includes(forged);
  const challenges = 20_000;
  const found = Array.from({ length: challenges }, (_, i) => isDrawn(i)).filter(Boolean).length;
  expect(one.detection.candidates).toBe(segments.length - 2);
  // Five standard deviations of so many draws.
  expect(Math.abs(found - stated * challenges)).toBeLessThan(5 * Math.sqrt(challenges * stated * (1 - stated)));
  // And whole audits refute the run exactly where its segment was drawn: the first that draw it, and the first that do not.
  const most = process.env.JIKJI_TORTURE ? 50 : 2;
  const numbers = Array.from({ length: challenges }, (_, i) => i);
  for (const drawn of [true, false])
    for (const i of numbers.filter((number) => isDrawn(number) === drawn).slice(0, most)) {
      const { verdict, detection } = await audited(run, { mode: 'honest', challenge: challengeOf(i) });
      expect([verdict, detection.claimed]).toEqual(drawn ? ['refuted', false] : ['holds', true]);
    }
});
