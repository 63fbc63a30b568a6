// Runs of a recipe that names no seed: each begins with weights of its own, states its seed, and audits like any other run.

import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { makeRun, parseRecipe, recipeToYaml } from '../foundry/index.ts';
import { readStatement } from '../ledger/index.ts';
import { auditRun, commitmentOf, TestBench } from './testing/audit-run.ts';
import type { RecipeChanges } from './testing/run.ts';

const bench = new TestBench();
const { signer } = bench;

const recipeOf = (run: string) =>
  parseRecipe(readFileSync(join(run, 'recipe.yaml'), 'utf8'), { file: join(run, 'recipe.yaml') });

/** Makes a run of the small recipe without its seed. */
async function make(changes: RecipeChanges = {}): Promise<{ run: string; notes: string[]; seed: number }> {
  const notes: string[] = [];
  const options = bench.options({ train: { steps: 2 }, ...changes });
  const { seed: _, ...recipe } = options.recipe;
  const onEvent: typeof options.onEvent = (event) => event.kind === 'note' && notes.push(event.text);
  const { run, seed } = await makeRun({ ...options, recipe, signer, onEvent });
  return { run, notes, seed };
}

test('two runs of one recipe have two seeds and two initial states, and both hold', async () => {
  const [a, b] = [await make(), await make()];
  expect(a.seed).not.toBe(b.seed);
  expect(commitmentOf(a.run).stateRoot).not.toBe(commitmentOf(b.run).stateRoot);
  expect(commitmentOf(a.run).corpusRoot).toBe(commitmentOf(b.run).corpusRoot);
  for (const { run, seed, notes } of [a, b]) {
    expect(recipeOf(run).seed).toBe(seed);
    expect(commitmentOf(run).seed).toBe(seed.toString(16).padStart(16, '0'));
    expect(notes.filter((text) => text.includes('seed'))).toEqual([
      `seed ${seed}, drawn for this run; give it as \`seed:\` to make the same run again`,
    ]);
    expect((await auditRun(run)).verdict).toBe('holds');
  }

  // The words of the note are true.
  const again = await bench.make(signer, { train: { steps: 2 }, seed: a.seed });
  const roots = [a.run, again].map((run) => readStatement(join(run, 'seal.json'), 'seal').subjects.get('state'));
  expect(roots[0]).toBe(roots[1]);
  expect(commitmentOf(again).stateRoot).toBe(commitmentOf(a.run).stateRoot);
  expect(readFileSync(join(again, 'transcript.jsonl'), 'utf8')).toBe(
    readFileSync(join(a.run, 'transcript.jsonl'), 'utf8'),
  );
});

test('a run that begins with the weights of another draws its own too', async () => {
  const parent = await make();
  const child = await make({ from: { run: basename(parent.run) } });
  expect(child.seed).not.toBe(parent.seed);
  expect(recipeToYaml(recipeOf(child.run))).toContain(`\nseed: ${child.seed}\nfrom:`);
  expect((await auditRun(child.run)).verdict).toBe('holds');
});
