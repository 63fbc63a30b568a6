// Classifies characters for GPT-2's split: letter, number, white space or other. Knows UTF-8, not words.

import { CLASS_TABLE } from './unicode-table.ts';

export const OTHER = 0;
export const LETTER = 1;
export const NUMBER = 2;
export const SPACE = 3;

/** Class by code point. White space is Unicode's White_Space (so U+0085 is, U+FEFF is not), unlike JavaScript's \s. */
export const CLASS_OF: Uint8Array = unpack();

function unpack(): Uint8Array {
  const classes = new Uint8Array(0x110000);
  let at = 0;
  for (const [, kind, gap, length = '1'] of CLASS_TABLE.runs.matchAll(/([LNS])([0-9a-z]+)(?:,([0-9a-z]+))?/g)) {
    at += Number.parseInt(gap!, 36);
    const end = at + Number.parseInt(length, 36);
    classes.fill(kind === 'L' ? LETTER : kind === 'N' ? NUMBER : SPACE, at, end);
    at = end;
  }
  return classes;
}

const isTail = (byte: number) => (byte & 0xc0) === 0x80; // false for undefined too

/**
 * Class and length of the character at `at`, as `class | length << 2`. A byte that belongs to no well-formed UTF-8
 * sequence (stray, overlong, surrogate, beyond U+10FFFF, cut off) is one character of class OTHER, as U+FFFD would be.
 */
export function characterAt(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at];
  if (first < 0x80) return CLASS_OF[first] | (1 << 2);
  if (first < 0xc2 || first > 0xf4 || at + 1 >= end) return OTHER | (1 << 2);
  const second = bytes[at + 1];
  if (!isTail(second)) return OTHER | (1 << 2);
  if (first < 0xe0) return CLASS_OF[((first & 0x1f) << 6) | (second & 0x3f)] | (2 << 2);
  if (at + 2 >= end || !isTail(bytes[at + 2])) return OTHER | (1 << 2);
  const third = bytes[at + 2];
  if (first < 0xf0) {
    const code = ((first & 0x0f) << 12) | ((second & 0x3f) << 6) | (third & 0x3f);
    if (code < 0x800 || (code >= 0xd800 && code < 0xe000)) return OTHER | (1 << 2);
    return CLASS_OF[code] | (3 << 2);
  }
  if (at + 3 >= end || !isTail(bytes[at + 3])) return OTHER | (1 << 2);
  const code = ((first & 0x07) << 18) | ((second & 0x3f) << 12) | ((third & 0x3f) << 6) | (bytes[at + 3] & 0x3f);
  if (code < 0x10000 || code > 0x10ffff) return OTHER | (1 << 2);
  return CLASS_OF[code] | (4 << 2);
}
