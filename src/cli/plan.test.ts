// `jikji plan`: its output, and what it says to wrong calls. Whether its numbers hold, src/planner tests.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ends, err, out } from './testing/screen.ts';

const root = mkdtempSync(join(tmpdir(), 'jikji-plan-'));
afterAll(() => rmSync(root, { recursive: true }));
const SHIPPED = join(import.meta.dirname, '../../catalogue/models/llama3-8b.json');

test('a shipped model by name and its config.json give the same plans; the front trades time for memory', async () => {
  await ends(0)`plan llama3-8b --on nvidia-h100-sxm:16 --json`;
  const [byName] = JSON.parse(out).plans;
  writeFileSync(join(root, 'config.json'), readFileSync(SHIPPED));
  await ends(0)`plan ${root} --on nvidia-h100-sxm:16 --json`;
  const { parameters, plans } = JSON.parse(out);
  expect(plans[0]).toEqual(byName);
  expect(parameters).toBe(8_030_261_248);
  const { best } = byName;
  expect(best.length).toBeGreaterThan(1);
  for (const [i, plan] of best.entries()) {
    expect(plan.memory.total).toBeLessThan(80e9);
    expect(plan.step.low).toBeLessThan(plan.time.total);
    expect(plan.step.high).toBeGreaterThan(plan.time.total);
    if (i === 0) continue;
    expect(plan.time.total).toBeGreaterThanOrEqual(best[i - 1].time.total);
    expect(plan.memory.total).toBeLessThan(best[i - 1].memory.total);
  }
});

test('several places are compared, and twice the chips take between half the time and all of it', async () => {
  await ends(0)`plan solar-open-100b --on nvidia-b200:256 --on nvidia-b200:512 --tokens 1000 --price 4 --json`;
  const [few, many] = JSON.parse(out).plans;
  const ratio = many.best[0].time.total / few.best[0].time.total;
  expect(ratio).toBeGreaterThan(0.5);
  expect(ratio).toBeLessThan(1);
  expect(few.ofFirst).toBeNull();
  // From the slow end of one run over the fast end of the other; and the same run of 256 chips does its work once.
  expect(many.ofFirst.low).toBeCloseTo(few.best[0].run.low / many.best[0].run.high, 9);
  expect(many.ofFirst.high).toBeCloseTo(few.best[0].run.high / many.best[0].run.low, 9);
  expect(many.ofFirst.low).toBeLessThan(1 / ratio);
  expect(many.ofFirst.high).toBeGreaterThan(1 / ratio);
  expect(many.unchecked.cost.low / many.unchecked.energyMWh.low).toBeCloseTo(4 / 1e-3, 6);
});

test('people see a table, what limits the run, and what nobody checked', async () => {
  await ends(0)`plan llama3-8b --on nvidia-h100-sxm:16`;
  expect(out).toMatch(/^llama3-8b: 8\.\d+ G parameters/);
  expect(out).toMatch(/t1 p\d.* m\d zero\d/);
  expect(out).toContain('a quarter more of one figure makes it faster by: compute');
  expect(out).toContain('unchecked: memory against a measured peak');
  await ends(0)`plan llama3-8b --on nvidia-h100-sxm:16 --on nvidia-h100-sxm:8`;
  expect(out).toMatch(/in the same time it does \d+% to \d+% of the work of nvidia-h100-sxm:16\n/);
  await ends(0)`plan ax-k1 --on nvidia-h100-sxm:8`;
  expect(out).toContain('No layout fits into the memory');
});

test('a recipe is planned by a step that is measured here', async () => {
  await ends(0)`plan ${join(import.meta.dirname, '../../recipes/hello.yaml')} --json`;
  const { steps, secondsPerStep, seconds, secondsNow } = JSON.parse(out);
  expect(seconds).toBeCloseTo(steps * secondsPerStep.idle, 6);
  expect(secondsNow).toBeCloseTo(steps * secondsPerStep.clock, 6);
});

test.each([
  ['nothing --on nvidia-b200:8', 'neither a file nor a model that comes with Jikji'],
  ['llama3-8b --on nvidia-b200', 'how many chips is not known'],
  ['llama3-8b --on nvidia-z1:8', 'the catalogue has no such chip or cluster'],
  ['llama3-8b --on furiosaai-rngd:8', 'the catalogue does not have link, domain, network of this chip'],
  ['llama3-8b --on nvidia-b200:8 --precision fp7', 'not a format'],
  ['llama3-8b --on nvidia-b200:8 --tokens -1', '--tokens takes'],
  ['llama3-8b', 'on which chips is missing'],
  ['recipe.yaml', 'there is no such recipe'],
  ['recipe.yaml --on nvidia-b200:8', 'a recipe is planned for this machine'],
])('plan %s: %s', async (call, message) => {
  await ends(2)`plan ${call.split(' ')}`;
  expect(err).toContain(message);
});

test.each([
  ['not JSON', '{'],
  ['no shape is known', JSON.stringify({ architectures: ['T5Model'], vocab_size: 9 })],
  ['expected object', '[]'],
])('a config.json that is wrong: %s', async (message, text) => {
  const file = join(root, 'wrong.json');
  writeFileSync(file, text);
  await ends(2)`plan ${file} --on nvidia-b200:8`;
  expect(err).toContain(message);
});
