// GPT-2's split of a text into pre-tokens, over UTF-8 bytes. Merges never cross the border of a pre-token. Knows no vocabulary.

import { CLASS_OF, characterAt, SPACE } from './classes.ts';

/**
 * The split as a pattern that means the same to Oniguruma, Rust's regex crates and JavaScript. It has \p{White_Space} in place of
 * GPT-2's \s, because JavaScript's \s includes U+FEFF and lacks U+0085.
 */
export const SPLIT_PATTERN =
  "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\p{White_Space}\\p{L}\\p{N}]+|\\p{White_Space}+(?!\\P{White_Space})|\\p{White_Space}+";

/** End of the pre-token that starts at `at`; `end` is the end of the text. */
export function pieceEnd(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at];
  if (first === 0x27) {
    const length = contraction(bytes, at, end);
    if (length > 0) return at + length;
  }
  let next = first === 0x20 && at + 1 < end ? at + 1 : at; // a space belongs to what follows, unless that is white space
  let character = characterAt(bytes, next, end);
  const kind = character & 3;
  if (kind !== SPACE) {
    do {
      next += character >> 2;
      // The next loop is the same test without the call: most text is ASCII.
      while (next < end && bytes[next] < 0x80 && CLASS_OF[bytes[next]] === kind) next++;
      if (next >= end) return next;
      character = characterAt(bytes, next, end);
    } while ((character & 3) === kind);
    return next;
  }
  next = at;
  let last = at;
  character = characterAt(bytes, next, end);
  while ((character & 3) === SPACE) {
    last = next;
    next += character >> 2;
    if (next >= end) return next;
    character = characterAt(bytes, next, end);
  }
  return last > at ? last : next; // the last of several spaces belongs to the next word
}

/** Bytes of the 's 't 're 've 'm 'll 'd at an apostrophe, or 0. Lower case only, as in GPT-2. */
function contraction(bytes: Uint8Array, at: number, end: number): number {
  if (at + 1 >= end) return 0;
  const a = bytes[at + 1];
  if (a === 0x73 || a === 0x74 || a === 0x6d || a === 0x64) return 2; // s t m d
  if (at + 2 >= end) return 0;
  const b = bytes[at + 2];
  return ((a === 0x72 || a === 0x76) && b === 0x65) || (a === 0x6c && b === 0x6c) ? 3 : 0; // re ve ll
}
