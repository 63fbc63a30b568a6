// The search for plans: what limits a run against a search that plans again with a better chip, and what is said where nothing fits.

import { expect, test } from 'vitest';
import { deviceOfChip, measuredBehind, measuredSteps } from './measured-steps.ts';
import { type Limits, type PlanRequest, planPlace } from './plans.ts';
import { shippedShape } from './shipped-models.ts';
import type { Device } from './step-time.ts';

const asked = (model: string, chip: string, devices: number, sequences = 512): PlanRequest => ({
  shape: shippedShape(model),
  device: deviceOfChip(chip),
  devices,
  batch: { sequence: 4096, sequences, precision: 'bf16' },
  tokens: 1e12,
});

test.each([
  ['llama3-8b', 'h100', 64],
  ['llama3-70b', 'h200', 256],
  ['qwen3-30b-a3b', 'gb200', 128],
  ['nemotron-3-nano', 'a100', 64],
  // Four of its layouts fit, and more with more memory.
  ['solar-open-100b', 'h100', 32],
])('what limits %s on %s x %d is what a search with a better chip finds', (model, chip, devices) => {
  const request = asked(model, chip, devices);
  const { device } = request;
  const { limits, plans } = planPlace(request);
  const more = (change: Partial<Device>) =>
    planPlace({ ...request, device: { ...device, ...change } }).plans[0]!.time.total / plans[0]!.time.total;
  const { bf16, fp8, fp4, power, bandwidth, link, network, memory } = device;
  const expected: Limits = {
    compute: more({ bf16: bf16 * 1.25, fp8: fp8 * 1.25, fp4: fp4 * 1.25, power: power * 1.25 }),
    bandwidth: more({ bandwidth: bandwidth * 1.25 }),
    link: more({ link: link * 1.25 }),
    network: more({ network: network * 1.25 }),
    memory: more({ memory: memory * 1.25 }),
  };
  expect(limits).toEqual(expected);
  expect(Math.min(...Object.values(expected))).toBeLessThan(1);
});

test('the front: no plan of it is beaten in both time and memory by any other, and each plan is beaten or nearly equal to one of it', () => {
  const { front, plans } = planPlace(asked('qwen3-30b-a3b', 'b200', 64));
  expect(front[0]).toBe(plans[0]);
  for (const one of front)
    expect(plans.filter(({ time, memory }) => time.total < one.time.total && memory.total < one.memory.total)).toEqual(
      [],
    );
  for (const { time, memory } of plans)
    expect(front.some((one) => one.time.total <= time.total && one.memory.total <= memory.total * 1.021)).toBe(true);
});

test('where nothing fits: the memory that the leanest layout needs is just enough', () => {
  const request = asked('ax-k1', 'h100', 16);
  const { lacking, plans, limits, front } = planPlace(request);
  expect([plans, front, limits]).toEqual([[], [], null]);
  if (lacking?.what !== 'memory') throw new Error('it fits');
  const fits = (share: number) =>
    planPlace({ ...request, device: { ...request.device, memory: (lacking.least / 0.9) * share } }).plans.length > 0;
  expect([fits(0.999), fits(1.001)]).toEqual([false, true]);
});

test.each([
  [1000, 512],
  [96, 512],
  [7, 4],
  [24, 1],
])('%d devices do not divide %d sequences: the nearest number that they divide', (devices, sequences) => {
  const found = planPlace(asked('llama3-8b', 'h100', devices, sequences)).lacking;
  if (found?.what !== 'sequences') throw new Error('they divide');
  const divides = (n: number) => planPlace(asked('llama3-8b', 'h100', devices, n)).lacking?.what !== 'sequences';
  expect(divides(found.nearest)).toBe(true);
  const distance = Math.abs(found.nearest - sequences);
  for (let n = Math.max(1, sequences - distance + 1); n < sequences + distance; n++)
    expect(divides(n), `${n}`).toBe(false);
});

test('a short sequence has plans too', () => {
  const request = asked('llama3-8b', 'h100', 8);
  expect(planPlace({ ...request, batch: { ...request.batch, sequence: 512 } }).plans).not.toEqual([]);
});

test('rows behind a plan are those of the file', () => {
  const rows = measuredSteps();
  const counted = (of: (row: (typeof rows)[number]) => boolean) => rows.filter(of).length;
  expect(measuredBehind('nvidia-h100-sxm', 'llama3-70b')).toEqual({
    chip: counted(({ chip }) => chip === 'h100'),
    model: counted(({ model }) => model === 'llama3-70b'),
    both: counted(({ chip, model }) => chip === 'h100' && model === 'llama3-70b'),
  });
  expect(measuredBehind('amd-mi355x', 'config.json').chip).toBeGreaterThan(0);
  expect(measuredBehind('furiosaai-rngd', '__proto__')).toEqual({ chip: 0, model: 0, both: 0 });
});
