// `jikji program rule-book` and `rehearse`: no programme is needed, and nothing is recorded.

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test, vi } from 'vitest';
import { run } from './main.ts';
import { call, workFolder } from './testing/bad-input.ts';

const folder = workFolder();
const database = join(folder, 'none');
afterAll(() => {
  for (const path of [folder, `${folder}.home`]) rmSync(path, { recursive: true, force: true });
});
const programs = (path: string) => fileURLToPath(new URL(`../../programs/${path}`, import.meta.url));
const program = (...args: string[]) => call(folder, ['program', ...args], { JIKJI_DATABASE: database });

/** What people are told. */
async function page(...args: string[]): Promise<string> {
  let out = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text;
    return true;
  });
  try {
    expect(await run(['program', ...args])).toBe(0);
  } finally {
    write.mockRestore();
  }
  return out;
}

test('templates are listed and printed as they are', async () => {
  const list = JSON.parse((await program('rule-book')).stdout);
  expect(list.templates.map(({ id }: { id: string }) => id)).toEqual(['korea-2026', 'research-grant', 'company-gate']);
  expect(await page('rule-book', '--template', 'research-grant')).toBe(
    readFileSync(programs('templates/research-grant.yaml'), 'utf8'),
  );
  expect((await program('rule-book', '--template', 'grant')).status).toBe(2);
});

test('a rehearsal says what it assumes and what it cannot tell; JSON has the same figures', {
  timeout: 600_000,
}, async () => {
  const args = ['rehearse', programs('practice/stage-1.yaml'), '--seed', '9', '--repetitions', '60', '--veto', '0.2'];
  const stdout = await page(...args);
  expect(stdout).toContain('Made-up teams by these assumptions. No forecast of any stage.');
  expect(stdout).toContain('Seed: 9');
  expect(stdout).toContain('out by veto');
  const found = JSON.parse((await program(...args)).stdout);
  expect(found).toMatchObject({
    repetitions: 60,
    assumptions: { seed: 9, veto: 0.2, qualities: [0.745, 0.715, 0.685, 0.655] },
  });
  expect(stdout).toContain(`${(found.teams[0].stays.share * 100).toFixed(1)}%`);
  expect(existsSync(database)).toBe(false);
});

test('qualities in any order, and wrong options', async () => {
  const book = programs('practice/stage-1.yaml');
  const given = ['--quality', '50', '--quality', '90', '--repetitions', '50', '--seed', '1'];
  const found = JSON.parse((await program('rehearse', book, ...given)).stdout);
  expect(found.assumptions.qualities).toEqual([0.9, 0.5]);
  const wrong = async (...args: string[]) => JSON.parse((await program('rehearse', ...args)).stdout).error.code;
  expect(await wrong(book, '--spread', 'huge')).toBe('usage');
  expect(await wrong(book, '--veto', '2')).toBe('usage');
  expect(await wrong(book, '--quality', '101')).toBe('usage');
  expect(await wrong(programs('templates/korea-2026.yaml'))).toBe('rule-book-choose');
  expect(await wrong(join(folder, 'none.yaml'))).toBe('file-missing');
  const file = join(folder, 'many.yaml');
  writeFileSync(file, readFileSync(book, 'utf8').replace('kept: 2', 'kept: 900'));
  expect(await wrong(file)).toBe('rehearsal-too-much');
});
