// Formats texts for people: cut to a width, durations, counts, sizes, tables. Pure functions.

import { stripVTControlCharacters } from 'node:util';
import { textWidth } from '../base/index.ts';

/** A text of at most `width` columns, without styles: a cut text ends in an ellipsis. Control characters become blanks. */
export function fit(text: string, width: number): string {
  const plain = stripVTControlCharacters(text).replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
  if (textWidth(plain) <= width) return plain;
  let out = '';
  let used = 0;
  for (const c of plain) {
    const w = textWidth(c);
    if (used + w > width - 1) break;
    out += c;
    used += w;
  }
  return width > 0 ? `${out}…` : '';
}

/** A model's text without characters that control the terminal. */
export const stripControls = (text: string): string => text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');

/** `48s`, `3m 05s`, `2h 07m`, `3d 04h`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '?';
  const s = Math.round(seconds);
  const two = (n: number) => String(n).padStart(2, '0');
  if (s < 60) return `${s}s`;
  if (s < 3600) return `${Math.floor(s / 60)}m ${two(s % 60)}s`;
  if (s < 86_400) return `${Math.floor(s / 3600)}h ${two(Math.floor(s / 60) % 60)}m`;
  return `${Math.floor(s / 86_400)}d ${two(Math.floor(s / 3600) % 24)}h`;
}

/** Local time, to the minute. */
export const clock = (time: string | null): string =>
  time === null ? '-' : new Date(time).toLocaleString('sv').slice(0, 16);

/** `40%` of a share from 0 to 1. Prints 0% and 100% only for exactly 0 and 1. */
export const percent = (share: number): string =>
  share > 0 && share < 0.01 ? '<1%' : share < 1 && share > 0.99 ? '>99%' : `${Math.round(share * 100)}%`;

/** ` 40%` of a share from 0 to 1, rounded down, always four columns: for progress. */
export const percentColumn = (share: number): string => `${Math.floor(share * 100)}%`.padStart(4);

/** `10% to 100%`: rounded outwards, so that the range contains both values; `40%` where both ends are the same. */
export function percents({ low, high }: { low: number; high: number }): string {
  if (low === high) return percent(low);
  const digits = 1e-9; // of a product such as 0.29 x 100
  return `${Math.floor(low * 100 + digits)}% to ${Math.ceil(high * 100 - digits)}%`;
}

/** `1.9 M`: three digits and a unit of a thousand. */
export function short(n: number): string {
  for (const [unit, name] of [
    [1e12, 'T'],
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    if (Math.abs(n) >= unit * 0.9995) return `${Number((n / unit).toPrecision(3))} ${name}`;
  }
  return String(Number(n.toPrecision(3)));
}

/** `5.3 MB` */
export function bytes(n: number): string {
  return `${short(n)}${n >= 999.5 ? 'B' : ' B'}`;
}

/** Left-aligned columns; `right` names the ones that are numbers. */
export function table(rows: string[][], right: readonly number[] = []): string[] {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => textWidth(row[i]))));
  return rows.map((row) =>
    row
      .map((cell, i) => {
        const space = ' '.repeat(widths[i] - textWidth(cell));
        return right.includes(i) ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd(),
  );
}
