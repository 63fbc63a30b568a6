// How an unfinished run goes on: with the recipe in its own folder, and with what an error says where another recipe was named.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { call, errorOf, workFolder } from './testing/bad-input.ts';

let folder: string;
const RUN = 'runs/it is shorter';
const make = (recipe: string, ...args: string[]) => call(folder, ['make', recipe, '--threads', '1', ...args]);

beforeAll(async () => {
  folder = workFolder();
  const begun = await make('t.yaml', '--set', 'train.steps=6', '--out', RUN);
  expect(begun.status, begun.stderr).toBe(0);
});
afterAll(() => {
  for (const path of [folder, `${folder}.home`]) rmSync(path, { recursive: true, force: true });
});
/** As it is where the training was stopped before its end. */
beforeEach(() => {
  for (const name of ['result.json', 'seal.json']) rmSync(join(folder, RUN, name), { force: true });
});

test('the recipe in its own folder is the run: --resume goes on there, whatever its name', async () => {
  const made = await make(`${RUN}/recipe.yaml`, '--resume');
  expect(made.status, made.stderr).toBe(0);
  expect(JSON.parse(made.stdout)).toMatchObject({ run: RUN, steps: 6 });
  expect(existsSync(join(folder, 'runs/t'))).toBe(false);
  // Another recipe in that place is not the run that genesis names.
  const other = errorOf(await make(`${RUN}/recipe.yaml`, '--resume', '--set', 'train.steps=7'));
  expect(other).toMatchObject({ code: 'folder-holds-another-run', input: RUN });
});

test('a forgotten --set: the error has the call that goes on, and that call does', async () => {
  const { code, message, hint } = errorOf(await make('t.yaml', '--out', RUN, '--resume'));
  expect([code, message]).toEqual(['folder-holds-another-run', 'holds another run: its train.steps is 6, not 12']);
  const [, quoted] = /jikji make '(.*)' --resume/.exec(hint) ?? [];
  expect(quoted).toBe(`${RUN}/recipe.yaml`);
  const made = await make(quoted!, '--resume');
  expect(made.status, made.stderr).toBe(0);
  const { hint: other } = errorOf(await make('t.yaml', '--out', RUN, '--resume', '--set', 'seed=5'));
  expect(other).not.toContain('jikji make'); // the run is finished
  expect(readFileSync(join(folder, RUN, 'recipe.yaml'), 'utf8')).toContain('steps: 6\n');
});
