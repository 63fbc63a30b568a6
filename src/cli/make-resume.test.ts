// How an unfinished run goes on: with the recipe in its own folder, and with what an error says where another recipe was named. One that
// never began is in no list.

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { callsIn, errorOf, RECIPE, succeed, workFolder } from './testing/bad-input.ts';

const folder = workFolder();
const { jikji, result } = callsIn(folder);
const RUN = 'runs/it is shorter';
const make = (recipe: string, ...args: string[]) => jikji`make ${recipe} --threads 1 ${args}`;

beforeAll(async () => {
  await succeed(make('t.yaml', '--set', 'train.steps=6', '--out', RUN));
});
/** As it is where the training was stopped before its end. */
beforeEach(() => {
  for (const name of ['result.json', 'seal.json']) rmSync(join(folder, RUN, name), { force: true });
});

test('the recipe in its own folder is the run: --resume goes on there, whatever its name', async () => {
  const made = await succeed(make(`${RUN}/recipe.yaml`, '--resume'));
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
  await succeed(make(quoted!, '--resume'));
  const { hint: other } = errorOf(await make('t.yaml', '--out', RUN, '--resume', '--set', 'seed=5'));
  expect(other).not.toContain('jikji make'); // the run is finished
  expect(readFileSync(join(folder, RUN, 'recipe.yaml'), 'utf8')).toContain('steps: 6\n');
});

test('a run that was refused before it began is in no list', async () => {
  const talk = (i: number, words: number) => JSON.stringify({ Q: `What is ${i}?`, A: 'so it is '.repeat(words) });
  const lines = Array.from({ length: 200 }, (_, i) => talk(i, i === 150 ? 300 : 2));
  writeFileSync(join(folder, 'talks.jsonl'), lines.join('\n'));
  const source = 'files: talks.jsonl, read: conversations';
  writeFileSync(join(folder, 'faq.yaml'), RECIPE.replace('name: t', 'name: faq').replace('files: texts.jsonl', source));
  const listed = async () => (await result`runs`).runs.map((run: { name: string }) => run.name);
  expect(await listed()).toEqual(['t']);
  expect(errorOf(await make('faq.yaml')).code).toBe('conversation-long');
  expect(existsSync(join(folder, 'runs/faq'))).toBe(false);
  expect(await listed()).toEqual(['t']);
});
