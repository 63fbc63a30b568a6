// Stop strings against a search in the whole text, however it is cut into pieces.

import { expect, test } from 'vitest';
import { randomNumbers } from '../../base/testing/random-numbers.ts';
import { StopStrings } from './growing-text.ts';

test('the text ends before the first of them that is complete, and what surely belongs to it comes at once', () => {
  const random = randomNumbers(4);
  const letters = (most: number) =>
    Array.from({ length: Math.floor(random() * most) }, () => 'ab안'[Math.floor(random() * 3)]).join('');
  for (let i = 0; i < 3000; i++) {
    const text = letters(20);
    const stops = Array.from({ length: 1 + Math.floor(random() * 3) }, () => letters(5));
    const real = stops.filter((stop) => stop !== '');
    // The shortest beginning of the text that ends with one, without the longest that it ends with.
    const lengths = [...Array(text.length + 1).keys()];
    const end = lengths.find((length) => real.some((stop) => text.slice(0, length).endsWith(stop)));
    const last = text.slice(0, end);
    const longest = Math.max(0, ...real.filter((stop) => last.endsWith(stop)).map(({ length }) => length));
    const wanted = end === undefined ? text : last.slice(0, last.length - longest);
    const one = new StopStrings(stops);
    let shown = '';
    let found = false;
    for (let at = 0; at < text.length && !found; ) {
      const to = at + 1 + Math.floor(random() * 4);
      const next = one.push(text.slice(at, to));
      shown += next.text;
      found = next.found;
      at = to;
      // What is held back could be the beginning of a stop string.
      const held = text.slice(shown.length, at);
      if (!found) expect(held === '' || real.some((stop) => stop.startsWith(held))).toBe(true);
    }
    if (!found) shown += one.end();
    expect({ text, stops, shown, found }).toEqual({ text, stops, shown: wanted, found: end !== undefined });
  }
});
