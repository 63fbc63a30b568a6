// Every word is used by a page.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { WORDS } from '../testing/words.ts';

const HERE = new URL('..', import.meta.url).pathname;
type Tree = { [key: string]: unknown };
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

/** Paths of words in a source, such as `stage.reasons`; a path of a group stands for all in it. */
function* pathsIn(source: string): Generator<string> {
  // `const w = words.stage`, `const own = words ?? ...`, `const { common, overview } = words`: names for groups
  const names = new Map([['words', '']]);
  const naming = source
    .replaceAll('useConsole().words', 'words')
    .replace(/const (\w+|\{[^}]*\}) = words(?:\.([\w.]+)| \?\? [^;]*)?;/g, (_, given: string, path?: string) => {
      const group = path === undefined ? '' : `${path}.`;
      if (!given.startsWith('{')) names.set(given, group);
      else for (const key of given.match(/\w+/g) ?? []) names.set(key, `${group}${key}.`);
      return '';
    });
  for (const [, name, path] of naming.matchAll(/(?<![\w.'])(\w+)((?:\.\w+)+)/g)) {
    const group = names.get(name);
    if (group !== undefined) yield group + path.slice(1);
  }
  // A destructured word is used by its name alone.
  for (const [name, path] of names)
    if (path !== '' && new RegExp(`(?<![\\w.'])${name}(?![\\w.])`).test(naming)) yield path.slice(0, -1);
}

/** The word or group that a path leads to, without members of its value (`.length`, `.map`). */
function known(path: string): string {
  const keys = path.split('.');
  let at: unknown = WORDS.en;
  const found: string[] = [];
  for (const key of keys) {
    if (!isTree(at) || !Object.hasOwn(at, key)) break;
    at = at[key];
    found.push(key);
  }
  return found.join('.');
}

function* leaves(tree: Tree, path = ''): Generator<string> {
  for (const [key, value] of Object.entries(tree))
    if (isTree(value)) yield* leaves(value, `${path}${key}.`);
    else yield path + key;
}

test('every word is used', () => {
  const files = readdirSync(HERE, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.tsx?$/.test(name) && !/\.(test|testing)\.ts$/.test(name) && !/^words\/(en|ko)\//.test(name),
  );
  const used = new Set<string>();
  for (const name of files) for (const path of pathsIn(readFileSync(join(HERE, name), 'utf8'))) used.add(known(path));
  const unused = [...leaves(WORDS.en as Tree)].filter((leaf) => {
    for (let path = leaf; path !== ''; path = path.slice(0, Math.max(0, path.lastIndexOf('.'))))
      if (used.has(path)) return false;
    return true;
  });
  expect(unused).toEqual([]);
});
