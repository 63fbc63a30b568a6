// Differences of recipes: the same keys and values as `jikji compare` lists; a run that cannot be compared is said to be left out.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { compareRuns } from '../../foundry/runs/index.ts';
import { Runs } from './index.ts';
import { Home } from './testing/home.ts';

const home = new Home();
let runs: Runs;
beforeEach(() => {
  runs = new Runs({ threads: 1 });
});
afterEach(async () => {
  await runs.close();
  home.clear();
});

const idOf = async (folder: string): Promise<string> =>
  (await runs.list()).map(({ id }) => id).find((id) => runs.folder(id) === folder)!;

function withRecipe(name: string, more: string): string {
  const folder = home.run(name, 0);
  writeFileSync(join(folder, 'recipe.yaml'), `name: ${name}\n${more}`);
  return folder;
}
const SOURCES = 'corpus: { sources: [{ files: a.txt }] }\n';

test('the keys and values of `jikji compare`, without the name', async () => {
  const folders = [
    withRecipe('one', `${SOURCES}seed: 1\n`),
    withRecipe('two', `${SOURCES}seed: 2\ntrain: { optimizer: muon }\n`),
    withRecipe('three', 'corpus: { sources: [{ files: [a.txt, b.txt] }, { files: c }] }\nseed: 1\n'),
  ];
  const ids = await Promise.all(folders.map(idOf));
  const found = await runs.differences(ids);
  const { keys, notes } = compareRuns(folders);
  const differing = keys.filter(({ key, differs }) => differs && key !== 'name');
  expect(differing.length).toBeGreaterThan(3);
  expect(found.keys).toEqual(
    differing.map(({ key, values }) => ({ key, values: values.map((value) => value ?? null) })),
  );
  expect(found).toMatchObject({ runs: ids, left: [], more: 0 });
  expect(found.remarks).toHaveLength(notes.length);
});

test('broken, deleted, unknown: left out by name, the others are compared', async () => {
  const [one, two] = [withRecipe('one', `${SOURCES}seed: 1\n`), withRecipe('two', `${SOURCES}seed: 2\n`)];
  const broken = withRecipe('broken', 'seed: [\n');
  const deleted = withRecipe('deleted', SOURCES);
  const ids = await Promise.all([one, broken, deleted, two].map(idOf));
  rmSync(deleted, { recursive: true });
  const found = await runs.differences([...ids, 'none-0']);
  expect(found.runs).toEqual([ids[0], ids[3]]);
  expect(found.keys).toEqual([{ key: 'seed', values: [1, 2] }]);
  expect(found.left.map(({ id, why }) => [id, why])).toEqual([
    [ids[1], 'unreadable'],
    [ids[2], 'unreadable'],
    ['none-0', 'unknown'],
  ]);
  expect(await runs.differences([])).toEqual({ runs: [], keys: [], more: 0, remarks: [], left: [] });
  expect(await runs.differences([ids[0]!])).toMatchObject({ runs: [ids[0]], keys: [], remarks: [] });
});
