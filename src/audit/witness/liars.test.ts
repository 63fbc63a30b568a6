// An auditor's Python that gives false numbers: what it can do, and what it cannot. Lies that have the wrong form are named, and end its part.

import { expect, test } from 'vitest';
import { checkOf, faults, toyBench } from './testing/toy-bench.ts';
import type { ToyOptions } from './testing/toy-run.ts';

const { audited } = toyBench();

test.each([
  ['endless', 'replay', /answered what does not belong there: \{"step":2,/],
  ['again-and-again', 'schedule', /answered what does not belong there: \{"step":1,/],
  ['another-step', 'replay', /answered step 2/],
  ['no-distance', 'origin', /answered what does not belong there: \{"done":"origin"/],
  ['below-zero', 'gradient', /answered what does not belong there: \{"done":"gradient"/],
  ['short-sketch', 'gradient', /gave an array that is not a gradient/],
] as const)('numbers that cannot be (%s) are named, and nothing is held against the run', async (mode, check, why) => {
  const found = await audited({}, { mode });
  expect(found.verdict).toBe('incomplete');
  const named = faults(found).filter((text) => text.startsWith(`${check} incomplete`));
  expect(named.join('\n')).toMatch(why);
  expect(faults(found).join('\n')).not.toContain('refuted');
});

test('false roots of every segment refute nothing by themselves, but false losses of first steps are numbers', async () => {
  const found = await audited({}, { mode: 'falsely', replay: 'all' });
  expect([found.verdict, found.extent]).toEqual(['refuted', 'none']);
  const [replay, segments, ...others] = faults(found);
  expect([replay, segments]).toEqual([
    expect.stringMatching(/^replay incomplete: this machine is what the run declares, and no segment is the same/),
    expect.stringMatching(/^segments incomplete: no other setting of this machine gives other bits/),
  ]);
  expect(others.filter((text) => !/^segments refuted \d+: the (loss|gradient norm) is recorded/.test(text))).toEqual(
    [],
  );
});

test('a false segment among true ones is refuted by its number and step, so that others can train it again', async () => {
  const found = await audited({ every: 0 }, { mode: 'one-segment', replay: 'all' });
  expect(found.verdict).toBe('refuted');
  expect(faults(found)).toEqual([
    expect.stringMatching(
      /^replay refuted 21: segment 3: steps 21 to 40: the loss is recorded as [0-9.]+, trained again it is NaN/,
    ),
  ]);
});

test('a liar that repeats the record makes every step hold, and the audit still says which steps are not what recipe.json declares', async () => {
  const echoed = (of: Partial<ToyOptions>) => audited(of, { mode: 'echoes', replay: 'all' });
  expect((await echoed({})).verdict).toBe('holds');
  // docs/witness.md: code that gives other numbers where it sees that it is audited can make anything come out the same.
  const inPair = await echoed({ change: (step) => (step === 1 ? { rate: 1.01 } : {}) });
  expect(inPair.verdict).toBe('holds');
  expect(checkOf(inPair, 'optimizer').notes.join(' ')).toMatch(/training again gave them to the bit/);
});
