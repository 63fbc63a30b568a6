// `jikji program rule-book` and `rehearse`: no programme is needed, and nothing is recorded.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { argv, typed } from '../base/testing/argv.ts';
import { workFolder } from './testing/bad-input.ts';
import { programmeCalls } from './testing/open-programmes.ts';

const folder = workFolder();
const database = join(folder, 'none');
const programs = (path: string) => fileURLToPath(new URL(`../../programs/${path}`, import.meta.url));
const { page, program, refused } = programmeCalls(folder, []);

test('templates are listed and printed as they are', async () => {
  const list = await program`rule-book`;
  expect(list.templates.map(({ id }: { id: string }) => id)).toEqual(['korea-2026', 'research-grant', 'company-gate']);
  expect(await page`rule-book --template research-grant`).toBe(
    readFileSync(programs('templates/research-grant.yaml'), 'utf8'),
  );
  await refused`rule-book --template grant`;
});

test('a rehearsal says what it assumes and what it cannot tell; JSON has the same figures', {
  timeout: 600_000,
}, async () => {
  const args = argv`rehearse ${programs('practice/stage-1.yaml')} --seed 9 --repetitions 60 --veto 0.2`;
  const stdout = await page`${args}`;
  expect(stdout).toContain('Made-up teams by these assumptions. No forecast of any stage.');
  expect(stdout).toContain('Seed: 9');
  expect(stdout).toContain('out by veto');
  const found = await program`${args}`;
  expect(found).toMatchObject({
    repetitions: 60,
    assumptions: { seed: 9, veto: 0.2, qualities: [0.745, 0.715, 0.685, 0.655] },
  });
  expect(stdout).toContain(`${(found.teams[0].stays.share * 100).toFixed(1)}%`);
  expect(existsSync(database)).toBe(false);
});

test('qualities in any order, and wrong options', async () => {
  const book = programs('practice/stage-1.yaml');
  const given = argv`--quality 50 --quality 90 --repetitions 50 --seed 1`;
  const found = await program`rehearse ${book} ${given}`;
  expect(found.assumptions.qualities).toEqual([0.9, 0.5]);
  const wrong = typed(async (args) => (await refused`rehearse ${args}`).code);
  expect(await wrong`${book} --spread huge`).toBe('usage');
  expect(await wrong`${book} --veto 2`).toBe('usage');
  expect(await wrong`${book} --quality 101`).toBe('usage');
  expect(await wrong`${programs('templates/korea-2026.yaml')}`).toBe('rule-book-choose');
  expect(await wrong`${join(folder, 'none.yaml')}`).toBe('file-missing');
  const file = join(folder, 'many.yaml');
  writeFileSync(file, readFileSync(book, 'utf8').replace('kept: 2', 'kept: 900'));
  expect(await wrong`${file}`).toBe('rehearsal-too-much');
});
