// The examples of docs/library.md run from the sources, one after the other, and print what the page says; `jikji sample` says the same.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../base/testing/temporary-folder.ts';
import { jikji } from '../foundry/make/testing/cli.ts';
import { promised, readExamples } from './testing/examples.ts';

const ENTRY = pathToFileURL(join(import.meta.dirname, 'index.ts')).href;
const folder = temporaryFolder();

function run(name: string, code: string) {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(file, code.replaceAll("'@jikji/jikji'", `'${ENTRY}'`));
  return execFileSync(process.execPath, [file], { cwd: folder, encoding: 'utf8' });
}

const examples = readExamples();

test('the page has an example of each use', () => {
  expect(examples.map(({ name }) => name)).toEqual(['make', 'audit', 'load', 'generate']);
});

test.each(examples)('$name', ({ name, code }) => {
  const printed = run(name, code).split('\n');
  expect(printed).toEqual(expect.arrayContaining(promised(code)));
});

test('a text goes on as with `jikji sample`, in pieces as whole', async () => {
  const code = `
    import { openGenerator } from '@jikji/jikji';
    const generator = openGenerator('runs/tiny');
    const { text, tokenIds } = await generator.complete('Page 7');
    const pieces = await Array.fromAsync(generator.generate('Page 7'));
    console.log(JSON.stringify({ text, tokenIds, pieces }));
    generator.close();`;
  const { text, tokenIds, pieces } = JSON.parse(run('complete', code));
  const { stdout } = await jikji(['sample', 'runs/tiny', '--prompt', 'Page 7', '--json'], { cwd: folder });
  expect({ text, tokenIds }).toEqual(JSON.parse(stdout));
  expect(pieces.map((piece: { text: string }) => piece.text).join('')).toBe(text);
  expect(pieces.flatMap((piece: { tokenIds: number[] }) => piece.tokenIds)).toEqual(tokenIds);
});
