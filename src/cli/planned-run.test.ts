// What the page of plans works out from the seconds of a step is what the planner and the command line say.

import { expect, test } from 'vitest';
import {
  costOf,
  DAY,
  endsWithin,
  energyOf,
  gainOf,
  limitsIn,
  MONTH_DAYS,
  runOf,
} from '../console/state/planned-run.ts';
import { planPlace, shippedShape } from '../planner/index.ts';
import { deviceOfChip } from '../planner/measured-steps.ts';
import { ends, out } from './testing/screen.ts';

test('days of a run are those of the planner', () => {
  const batch = { sequence: 4096, sequences: 1000, precision: 'bf16' as const };
  const device = deviceOfChip('h100');
  for (const tokens of [1, 1e9, 1e12]) {
    const [plan] = planPlace({ shape: shippedShape('llama3-8b'), device, devices: 8, batch, tokens }).plans;
    expect(runOf(plan!.step, tokens, batch)).toEqual(plan!.run);
  }
});

test('energy, cost and what limits it are those of the command line', async () => {
  await ends(0)`plan llama3-8b --on nvidia-h100-sxm:16 --price 2.5 --json`;
  const [{ best, limits, unchecked }] = JSON.parse(out).plans;
  const { run } = best[0];
  const close = ({ low, high }: { low: number; high: number }) => ({
    low: expect.closeTo(low, 6),
    high: expect.closeTo(high, 6),
  });
  expect(energyOf(run, 16, 700)).toEqual(close(unchecked.energyMWh));
  expect(costOf(run, 16, 2.5)).toEqual(close(unchecked.cost));
  await ends(0)`plan llama3-8b --on nvidia-h100-sxm:16`;
  const [first] = limitsIn<string>(limits);
  expect(out).toContain(`faster by: ${first} ${(100 * gainOf(limits[first!])).toFixed(0)} %`);
});

test('what limits a run: the largest gain first, and none that nobody would see', () => {
  expect(limitsIn({ link: 1, compute: 0.85, memory: 0.999, bandwidth: 0.8 })).toEqual(['bandwidth', 'compute']);
});

test('in time where the slow end is, too late where the fast one is', () => {
  const month = MONTH_DAYS * DAY;
  expect(endsWithin({ low: 1, high: month }, 1)).toBe('in-time');
  expect(endsWithin({ low: 1, high: month + 1 }, 1)).toBe('perhaps-in-time');
  expect(endsWithin({ low: month, high: 2 * month }, 1)).toBe('perhaps-in-time');
  expect(endsWithin({ low: month + 1, high: 2 * month }, 1)).toBe('too-late');
  expect(12 * MONTH_DAYS).toBe(365.25);
});
