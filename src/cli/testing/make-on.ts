// A small run and the calls of the command line that make it by jobs, for tests of faults in jobs.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { argv, typed } from '../../base/testing/argv.ts';
import { until } from '../../fleet/launch/testing/slurm.ts';
import { bitsOf, jikjiBeside, type ProcessEnd, writeTexts } from '../../foundry/make/testing/cli.ts';

export const folder = mkdtempSync(join(tmpdir(), 'jikji-make-on-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

export const RECIPE = `
name: on
seed: 1377
corpus: { sources: [{ files: texts, language: ko, licence: CC0-1.0 }], validation: 0.1 }
tokenizer: { vocabSize: 700 }
model: { hiddenSize: 64, numHiddenLayers: 2, numAttentionHeads: 4, numKeyValueHeads: 2 }
train: { steps: 300, batchSize: 4, sequenceLength: 32, microBatchSize: 2, gradientGroups: 2, checkpointEvery: 7, keepEvery: 6, validateEvery: 50, validationTokens: 500 }
`;
/** Long enough that a minute ends in the middle of it. */
export const LONG = argv`--set train.steps=12000 --set train.checkpointEvery=500`;

const makes = (out: string) => argv`make recipe.yaml --json --out ${out} --threads 1`;

export const call = typed((args) => jikjiBeside(args, folder));
export const make = (out: string, ...more: string[]) => call`${makes(out)} ${more}`;
/** A call whose trainings take at least `ms` for a step. */
export const paced = (ms: number, ...args: string[]) => {
  const pace = `--import ${new URL(`paced.ts?${ms}`, import.meta.url).href}`;
  return jikjiBeside(args, folder, { NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} ${pace}` });
};
/** One that trains long enough for a fault to strike in the middle of it. */
export const makePaced = (out: string, ...more: string[]) => paced(20, ...makes(out), ...more);
/** One whose 300 steps take two minutes: a minute ends in the middle of them. */
export const makeForMinutes = (out: string, ...more: string[]) => paced(400, ...makes(out), ...more);

export const bits = (out: string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(bitsOf(join(folder, out))).filter(([name]) => !name.startsWith('job/')));

export const steps = (out: string): number => {
  const path = join(folder, out, 'transcript.jsonl');
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0;
};
export const trains = (out: string) =>
  until(
    () => steps(out),
    (n) => n >= 20,
  );
export const jobOf = (out: string, inside = ''): string =>
  JSON.parse(readFileSync(join(folder, out, 'job', inside, 'job.json'), 'utf8')).id;
export const sessions = (out: string): number =>
  readFileSync(join(folder, out, 'sessions.jsonl'), 'utf8').split('"event":"start"').length - 1;

/** The same run without a job. */
let straight: Record<string, unknown>;
beforeAll(async () => {
  writeTexts(join(folder, 'texts'), 80, 60);
  writeFileSync(join(folder, 'recipe.yaml'), RECIPE);
  expect(await make('straight').ended).toMatchObject({ code: 0 });
  straight = bits('straight');
});

/** That a run that a job made is the one without a job, file by file. */
export async function isWhole(out: string, made: ProcessEnd): Promise<void> {
  expect(made, made.stderr).toMatchObject({ code: 0 });
  expect(JSON.parse(made.stdout)).toMatchObject({ run: out, stateRoot: straight.stateRoot, head: straight.head });
  expect(bits(out)).toEqual(straight);
}
