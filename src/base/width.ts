// The width of a text on a terminal. Knows nothing of output.

import { stripVTControlCharacters } from 'node:util';

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const ZERO = /[\p{Mn}\p{Me}\u200b-\u200f\u2060\ufeff\u1160-\u11ff]/u;

/** Columns of a text on a terminal; Hangul and Han characters take two. */
export function textWidth(text: string): number {
  let width = 0;
  for (const c of stripVTControlCharacters(text)) width += ZERO.test(c) ? 0 : WIDE.test(c) ? 2 : 1;
  return width;
}

/** Lines of at most `width` columns, broken at spaces; only a word that is longer than a line is broken inside. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  const columns = Math.max(2, width);
  for (let word of text.split(' ')) {
    if (line && textWidth(line) + 1 + textWidth(word) <= columns) {
      line += ` ${word}`;
      continue;
    }
    if (line) lines.push(line);
    while (textWidth(word) > columns) {
      let head = '';
      let used = 0;
      for (const c of word) {
        const w = textWidth(c);
        if (used + w > columns) break;
        head += c;
        used += w;
      }
      lines.push(head);
      word = word.slice(head.length);
    }
    line = word;
  }
  if (line || lines.length === 0) lines.push(line);
  return lines;
}
