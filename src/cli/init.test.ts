// What `jikji init` names a run (after its folder or file, in letters that names have, otherwise than a run that is there), and that it
// knows a folder of conversations.

import { mkdirSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { parseRecipe } from '../foundry/recipe/index.ts';
import { ends, out } from './testing/screen.ts';

vi.mock('./rooms.ts', () => ({
  foundry: async () => ({
    ...(await import('../foundry/index.ts')),
    measureStep: () => ({ idle: 0.05, clock: 0.05 }),
  }),
}));

/** What `jikji init --json` prints. */
async function init(status: number, ...args: string[]) {
  await ends(status)`init --json ${args}`;
  return JSON.parse(out);
}

/** The name in the recipe that `jikji init` wrote, and its notes. */
async function named(...args: string[]): Promise<{ name: string; notes: string }> {
  const { recipe, name, notes } = await init(0, ...args);
  expect(parseRecipe(readFileSync(recipe, 'utf8'), { file: recipe }).name).toBe(name);
  return { name, notes: notes.join('\n') };
}

function place(...path: string[]): string {
  const at = join(mkdtempSync(join(tmpdir(), 'jikji-names-')), ...path);
  mkdirSync(dirname(at), { recursive: true });
  return at;
}

function textsIn(folder: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'a.txt'), '나랏말이 중국과 달라 문자와 서로 통하지 아니하므로. '.repeat(300));
  return folder;
}

function talksIn(file: string): string {
  writeFileSync(
    file,
    `질문,답변\n${Array.from({ length: 60 }, (_, i) => `${i}번은?,목록의 ${i}입니다.`).join('\n')}\n`,
  );
  return file;
}

test('a Korean folder and a Korean file give their names, and that is said', async () => {
  const texts = await named(textsIn(place('한글폴더')));
  expect(texts.name).toBe('hangeulpoldeo');
  expect(texts.notes).toContain('the run is named hangeulpoldeo after 한글폴더');
  const talks = await named('--chat', talksIn(place('c2', '고객 상담.csv')));
  expect(talks.name).toBe('gogaek-sangdam');
  expect(talks.notes).toContain('the run is named gogaek-sangdam after 고객 상담: ');
});

test('a name without letters that a run may have falls back on the folder, and that is said', async () => {
  const talks = await named('--chat', talksIn(place('c2', '日本.csv')));
  expect(talks.name).toBe('c2');
  expect(talks.notes).toContain('the run is named c2, not after 日本: ');
  expect((await named(textsIn(place('plain')))).notes).not.toContain('the run is named');
});

test('a run or a recipe of that name that is there already keeps it: the new one gets a number, and says so', async () => {
  const here = process.cwd();
  process.chdir(place());
  try {
    const texts = textsIn('texts');
    expect((await named(texts)).name).toBe('texts');
    mkdirSync('runs/texts', { recursive: true });
    renameSync('texts/recipe.yaml', 'texts/old.yaml');
    const second = await named(texts);
    expect(second.name).toBe('texts-2');
    expect(second.notes).toContain('the run is named texts-2: the name texts is taken (runs/texts)');
    // The moved recipe has its name still, though nobody has made its run yet.
    renameSync('texts/recipe.yaml', 'texts/second.yml');
    const third = await named(texts);
    expect(third.name).toBe('texts-3');
    expect((await named('--chat', talksIn(place('texts.csv')))).name).toBe('texts-2');
  } finally {
    process.chdir(here);
  }
});

test('a folder of conversations: the call that is for them, whether the reader of texts takes the file or not', async () => {
  const hint = async (folder: string) => (await init(2, folder)).error.hint;
  const table = place('faq', 'FAQ 2.csv');
  talksIn(table);
  writeFileSync(join(dirname(table), 'A list.csv'), 'Name,Town\nKim,Seoul\n');
  expect(await hint(dirname(table))).toContain(`init --chat '${table}'`);
  const lines = place('faq', 'faq.jsonl');
  const line = (i: number) =>
    JSON.stringify({ question: `What is the number of ${i}?`, answer: `As in the list: ${'so '.repeat(100)}${i}.` });
  const write = (n: number) => writeFileSync(lines, Array.from({ length: n }, (_, i) => line(i)).join('\n'));
  write(5);
  expect(await hint(dirname(lines))).toContain(`init --chat ${lines}`); // too short to train on as text
  write(60);
  expect((await named(dirname(lines))).notes).toContain(`init --chat ${lines}`);
  // Texts that nobody says to another.
  const texts = place('texts', 'a.jsonl');
  writeFileSync(
    texts,
    Array.from({ length: 300 }, (_, i) => JSON.stringify({ text: `${'so '.repeat(100)}${i}?` })).join('\n'),
  );
  expect((await named(dirname(texts))).notes).not.toContain('--chat');
  const towns = place('towns', 'towns.csv');
  writeFileSync(towns, 'Name,Town\nKim,Seoul\n');
  expect(await hint(dirname(towns))).toMatch(/if it holds conversations: .*init --chat .*towns\.csv/);
});
