// Sets of characters that regular expressions name: ranges of code points.

import { MAX_CODE_POINT, type Ranges } from './dfa.ts';

/** Sorted, and without overlaps. */
export function unionOfRanges(ranges: Ranges): Ranges {
  const merged: [number, number][] = [];
  for (const [low, high] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else merged.push([low, high]);
  }
  return merged;
}

export function complementOf(ranges: Ranges): Ranges {
  const others: [number, number][] = [];
  let next = 0;
  for (const [low, high] of unionOfRanges(ranges)) {
    if (low > next) others.push([next, low - 1]);
    next = high + 1;
  }
  if (next <= MAX_CODE_POINT) others.push([next, MAX_CODE_POINT]);
  return others;
}

const code = (text: string) => text.codePointAt(0)!;
const LINE_ENDS: Ranges = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];
export const ANY = complementOf(LINE_ENDS);
const DIGITS: Ranges = [[code('0'), code('9')]];
const WORD: Ranges = [
  [code('0'), code('9')],
  [code('A'), code('Z')],
  [code('_'), code('_')],
  [code('a'), code('z')],
];
const SPACES: Ranges = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];

/** By the letter after a backslash. */
export const CLASSES: ReadonlyMap<string, Ranges> = new Map([
  ['d', DIGITS],
  ['D', complementOf(DIGITS)],
  ['w', WORD],
  ['W', complementOf(WORD)],
  ['s', SPACES],
  ['S', complementOf(SPACES)],
]);

let everything: string | undefined;

/** All characters, one after another; surrogates have their place, but come as pairs. */
function allCharacters(): string {
  if (everything !== undefined) return everything;
  const parts: string[] = [];
  for (let from = 0; from <= MAX_CODE_POINT; from += 0x1000) {
    if (from >= 0xd000 && from < 0xe000) {
      // Without surrogates: beside each other they would become other characters.
      if (from === 0xd000) parts.push(String.fromCodePoint(...Array.from({ length: 0x800 }, (_, i) => from + i)));
      continue;
    }
    parts.push(String.fromCodePoint(...Array.from({ length: 0x1000 }, (_, i) => from + i)));
  }
  everything = parts.join('');
  return everything;
}

const properties = new Map<string, Ranges>();

/** The characters of `\p{name}`, surrogates left out; as this JavaScript engine knows Unicode. The name is a valid one. */
export function propertyRanges(name: string): Ranges {
  const known = properties.get(name);
  if (known) return known;
  const found: [number, number][] = [];
  const run = new RegExp(`\\p{${name}}+`, 'gu');
  for (const { 0: text } of allCharacters().matchAll(run)) {
    // A run has neighbours only, but for the gap of the surrogates.
    const [low, high] = [code(text), text.codePointAt(text.length - (code(text.slice(-2)) > 0xffff ? 2 : 1))!];
    if (low < 0xd800 && high >= 0xe000) found.push([low, 0xd7ff], [0xe000, high]);
    else found.push([low, high]);
  }
  const ranges = unionOfRanges(found);
  properties.set(name, ranges);
  return ranges;
}
