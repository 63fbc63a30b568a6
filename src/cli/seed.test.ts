// The seed of a run as people and programs see it: drawn where the recipe names none, said once, kept by --resume, taken from --set.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { parseRunRecipe } from '../foundry/index.ts';
import { callsIn, errorOf, RECIPE, succeed, workFolder } from './testing/bad-input.ts';

const folder = workFolder();
const { jikji } = callsIn(folder);
beforeAll(() => {
  writeFileSync(join(folder, 't.yaml'), RECIPE.replace('seed: 1377\n', ''));
});

const make = (out: string, ...args: string[]) => jikji`make t.yaml --threads 1 --out ${out} ${args}`;
const seedIn = (out: string): number =>
  parseRunRecipe(readFileSync(join(folder, out, 'recipe.yaml'), 'utf8'), 'recipe.yaml').seed;
const DRAWN = /seed (\d{1,10}), drawn for this run; give it as `seed:` to make the same run again/g;

test('drawn when the texts are made, and kept by the training; said once, and in --json of both', async () => {
  const begun = await succeed(make('run', '--until', 'tokens'));
  const seed = seedIn('run');
  expect([...begun.stderr.matchAll(DRAWN)].map(([, said]) => Number(said))).toEqual([seed]);
  expect(JSON.parse(begun.stdout)).toMatchObject({ until: 'tokens', seed });

  const made = await succeed(make('run', '--resume'));
  expect(made.stderr).not.toContain('drawn');
  expect(JSON.parse(made.stdout)).toMatchObject({ steps: 12, seed });
  expect(seedIn('run')).toBe(seed);
  const { predicate } = JSON.parse(
    Buffer.from(JSON.parse(readFileSync(join(folder, 'run', 'genesis.json'), 'utf8')).payload, 'base64').toString(),
  );
  expect(Number(`0x${predicate.commitment.seed}`)).toBe(seed);

  // A recipe that names another seed is another run's.
  const other = await make('run', '--resume', '--set', `seed=${seed + 1}`);
  expect(errorOf(other)).toMatchObject({ code: 'folder-holds-another-run' });
  await succeed(make('run', '--resume', '--set', `seed=${seed}`));
});

test('--set seed is taken, and nothing is said of it', async () => {
  const { stderr, stdout } = await make('set', '--set', 'seed=5', '--set', 'train.steps=2');
  expect(stderr).not.toContain('drawn');
  expect(JSON.parse(stdout)).toMatchObject({ seed: 5 });
  expect(seedIn('set')).toBe(5);
});

test('a sweep shares one; the best recipe and the same call later have it too', async () => {
  const sweep = (...over: string[]) => jikji`sweep t.yaml --threads 1 --set train.steps=2 --over ${over}`;
  const first = await succeed(sweep('train.learningRate=1e-3,1e-2'));
  const [, said] = /^seed (\d+), drawn for the runs of this sweep; give it as `seed:`/m.exec(first.stderr) ?? [];
  const seedsOf = (stdout: string) => JSON.parse(stdout).runs.map(({ seed }: { seed: number }) => seed);
  expect(seedsOf(first.stdout)).toEqual([Number(said), Number(said)]);
  expect(seedIn('runs/t-sweep/learning-rate-0.01')).toBe(Number(said));
  expect(readFileSync(join(folder, 'runs/t-sweep/best.yaml'), 'utf8')).toContain(`\nseed: ${said}\n`);
  const more = await sweep('train.weightDecay=0,0.2');
  expect(more.stderr).not.toContain('drawn');
  expect(new Set(seedsOf(more.stdout))).toEqual(new Set([Number(said)]));
  const seeds = await sweep('seed=1,2', '--out', 'seeds');
  expect(seeds.stderr).not.toContain('drawn');
  expect(seedsOf(seeds.stdout)).toEqual([1, 2]);
});
