// README.md, CONTRIBUTING.md, CHANGELOG.md and docs/ name only existing files, links, scripts, floors, rooms and, for readers of the console, buttons.
// Checks no sentences.

import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { en } from '../src/console/words/en/index.ts';
import { ko } from '../src/console/words/ko/index.ts';
import { FLOORS, ROOMS } from './check-floors.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
const MAIN = ['README.md', 'CONTRIBUTING.md', 'docs/adding.md', 'docs/design.md'];
const ALL = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...globSync('{bench,docs}/**/*.md', { cwd: ROOT }).sort()];
/** A page for each kind of reader; each leads to the rest in order. */
const READERS = [
  'CONTRIBUTING.md',
  ...['engineer', 'team', 'auditor', 'expert', 'officer', 'administrator'].map((name) => `docs/${name}.md`),
];
/** Paths that a run or a build makes. */
const MADE = /^(runs|dist|kernels\/build|node_modules|corpus|model|tokenizer|checkpoints)\//;

const withoutFences = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '');

/** Code in backticks that looks like a path of the repository: with a slash, without a space. */
const pathsIn = (text: string): string[] =>
  [...withoutFences(text).matchAll(/`([^`\n]+)`/g)]
    .map(([, code]) => code!)
    .filter((code) => /^[\w.-][\w.*-]*\/[\w./*-]*$/.test(code) && !MADE.test(code));

/** Targets of links into the repository, without the place in the page. */
const linksIn = (text: string): string[] =>
  [...withoutFences(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target!)
    .filter((target) => !/^([a-z]+:|#)/.test(target))
    .map((target) => target.replace(/#.*/, ''));

const scriptsIn = (text: string): string[] => [...text.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name]) => name!);

const isThere = (path: string): boolean =>
  path.includes('*') ? globSync(path, { cwd: ROOT }).length > 0 : existsSync(join(ROOT, path));

const missingPaths = (text: string): string[] => pathsIn(text).filter((path) => !isThere(path));
const missingLinks = (text: string, page: string): string[] =>
  linksIn(text).filter((target) => !existsSync(join(ROOT, dirname(page), target)));

describe.each(MAIN)('%s', (page) => {
  test('every path in backticks exists', () => {
    expect(pathsIn(read(page)).length).toBeGreaterThan(0);
    expect(missingPaths(read(page))).toEqual([]);
  });
});

describe.each(ALL)('%s', (page) => {
  test('every link leads somewhere, and every script that npm runs is there', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    expect(missingLinks(read(page), page)).toEqual([]);
    expect(scriptsIn(read(page)).filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});

/** The places of a page that links can name: its headings, as GitHub spells them. */
const placesIn = (text: string): string[] =>
  [...withoutFences(text).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );

test.each(ALL)('%s: every link to a place in a page finds it', (page) => {
  const links = [...withoutFences(read(page)).matchAll(/\]\(((?![a-z]+:)[^)\s#]*)#([^)\s]+)\)/g)];
  const lost = links.filter(([, target, place]) => {
    const text = read(target === '' ? page : join(dirname(page), target!));
    return !placesIn(text).includes(place!);
  });
  expect(lost.map(([link]) => link)).toEqual([]);
});

/** Lines of prose that are longer than 120 characters, where they could be broken: code and addresses cannot, nor before a sign. */
const longLines = (text: string): string[] =>
  withoutFences(text)
    .split('\n')
    .filter((line) => !/^\s*\||^ {4}/.test(line))
    .filter((line) => line.replace(/`[^`]*`|\([^)\s]*\)/g, '`').length > 120 && line.length > 124);

test.each(ALL)('%s is wrapped at 120', (page) => expect(longLines(read(page))).toEqual([]));

/** Pages that the links of these pages lead to, by their paths in the repository. */
const ledTo = (pages: readonly string[]): string[] =>
  pages.flatMap((page) => linksIn(read(page)).map((target) => join(dirname(page), target)));

test('README and CONTRIBUTING are short; README leads to a page for each reader, and these lead to every page', () => {
  expect(read('README.md').split('\n').length).toBeLessThan(130);
  expect(Buffer.byteLength(read('CONTRIBUTING.md'))).toBeLessThanOrEqual(12_000);
  expect(READERS.filter((page) => !ledTo(['README.md']).includes(page))).toEqual([]);
  const led = ledTo(['README.md', ...READERS, 'bench/README.md']);
  expect(ALL.filter((page) => page !== 'README.md' && !led.includes(page))).toEqual([]);
});

test('the changelog begins with the version of the package', () => {
  const { version } = JSON.parse(read('package.json')) as { version: string };
  expect(/^## (\S+)/m.exec(read('CHANGELOG.md'))?.[1]).toBe(version);
});

/** Every text of a tree of words; of a function, its source. */
const textsOf = (words: object): string[] =>
  Object.values(words).flatMap((word) =>
    typeof word === 'string' ? [word] : typeof word === 'function' ? [String(word)] : textsOf(word),
  );

describe.each(['team', 'expert', 'officer'])('the page for a reader of the console: %s', (name) => {
  test.each([
    ['docs', en],
    ['docs/ko', ko],
  ])('in %s, names in bold are those of pages and buttons, word for word', (folder, words) => {
    const page = join(folder, `${name}.md`);
    const shown = new Set(textsOf(words));
    const bold = [...read(page).matchAll(/\*\*([^*]+)\*\*/g)].map(([, name]) => name!.replace(/\s+/g, ' '));
    expect(bold.length).toBeGreaterThan(5);
    expect(bold.filter((name) => !shown.has(name))).toEqual([]);
  });
});

test('the map has every floor and every room', () => {
  const places = new Set(pathsIn(read('CONTRIBUTING.md')));
  const floors = FLOORS.filter((floor) => existsSync(join(ROOT, 'src', floor)));
  const rooms = floors.flatMap((floor) => (ROOMS[floor] ?? []).map((room) => `${floor}/${room}`));
  expect([...floors, ...rooms].filter((place) => !places.has(`src/${place}`))).toEqual([]);
  const folders = readdirSync(join(ROOT, 'src')).map((name) => `src/${name}`);
  expect(folders.filter((folder) => !places.has(folder))).toEqual([]);
});

/** Files that a file imports, now or later, or passes on; not those of packages. */
const importsIn = (file: string, pattern = /\b(?:from|import)\s*\(?\s*'(\.[^']+)'/g): string[] =>
  [...read(file).matchAll(pattern)].map(([, target]) => join(dirname(file), target!));

/** Whether a file imports another one, itself or from a room's public file that passes it on. */
const leadsTo = (file: string, other: string): boolean => {
  const passes = (index: string): boolean =>
    index.endsWith('/index.ts') &&
    importsIn(index, /^export\b[^;]*? from '(\.[^']+)'/gm).some((file) => file === other || passes(file));
  return importsIn(file).some((file) => file === other || passes(file));
};

test.each([
  ['From `jikji make` to the training loop', 6],
  ['From an act at the command line to its row in the log', 8],
])('%s: each file of the path imports the next one, and there are no more than %i', (begin, most) => {
  const [, list] = read('CONTRIBUTING.md').split(`${begin}:`);
  const files = pathsIn(list!.split('\n\n')[0]!);
  expect(files.length).toBeGreaterThan(1);
  expect(files.length).toBeLessThanOrEqual(most);
  expect(files.slice(1).filter((file, i) => !leadsTo(files[i]!, file))).toEqual([]);
});

test('a file leads to what a room passes on, not to what this imports', () => {
  expect(leadsTo('src/cli/program/opened.ts', 'src/program/office/acts.ts')).toBe(true);
  expect(leadsTo('src/cli/program/opened.ts', 'src/program/database/append.ts')).toBe(false);
  expect(leadsTo('src/cli/main.ts', 'src/foundry/index.ts')).toBe(false);
});

test('docs/serving.md names every client that is tried, with its version', () => {
  const { zod: _, ...clients } = JSON.parse(read('checks/clients/package.json')).dependencies as Record<string, string>;
  const page = read('docs/serving.md').replace(/\s+/g, ' ');
  expect(Object.entries(clients).filter(([name, version]) => !page.includes(`${name} ${version}`))).toEqual([]);
});

test('what is not there is found', () => {
  const text = 'See `src/base`, `src/bass`, `src/*/index.ts`, `src/*/indices.ts`, `runs/hello`, `--to hf`, `a / b`.';
  expect(missingPaths(text)).toEqual(['src/bass', 'src/*/indices.ts']);
  expect(missingPaths('```sh\n`no/where`\n```\n')).toEqual([]);
  const links = '[a](docs/proof.md) [b](docs/proofs.md#x) [c](https://example.org/x) [d](#here)';
  expect(missingLinks(links, 'README.md')).toEqual(['docs/proofs.md']);
  expect(missingLinks('[a](proof.md)', 'docs/proof.md')).toEqual([]);
  expect(scriptsIn('`npm run check:proof` or npm run no-such-thing')).toEqual(['check:proof', 'no-such-thing']);
});
