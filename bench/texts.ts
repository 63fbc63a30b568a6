// Texts of random words for benchmarks: always the same, with some words far more frequent than others. Measures nothing.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes `count` files of 2,000 words, `0.txt` and so on. */
export function writeTexts(folder: string, count: number): void {
  let state = 1377;
  const below = (most: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
  const words = Array.from({ length: 6000 }, () =>
    Array.from({ length: 2 + below(8) }, () => 'etaoinshrdlucmfw'.charAt(below(16))).join(''),
  );
  for (let i = 0; i < count; i++) {
    const text = Array.from({ length: 2000 }, () => words[below(below(6000) + 1)]).join(' ');
    writeFileSync(join(folder, `${i}.txt`), text);
  }
}
