// The parts of a model that no test reads, and why: collected in the order in which they are met, the same reason once for all layers.

import type { Anatomy } from './types.ts';

/** The limit of parts that are named. */
const MAX_PARTS = 64;

/** `0 to 5 and 9` */
function rangesOf(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const n of numbers) {
    const last = ranges.at(-1);
    if (last && n === last[1] + 1) last[1] = n;
    else if (last?.[1] !== n) ranges.push([n, n]);
  }
  const texts = ranges.map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`));
  if (texts.length > 8) texts.splice(7, Infinity, 'more');
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`;
}

export class Untested {
  readonly #found = new Map<string, { part: string; why: string; layers: number[] }>();
  #more = 0;

  /** Notes a part, of a layer where one is given: layers in rising order. */
  add(part: string, why: string, layer?: number): void {
    const key = `${part} ${why}`;
    const found = this.#found.get(key) ?? { part, why, layers: [] };
    if (!this.#found.has(key) && this.#found.size >= MAX_PARTS) {
      this.#more++;
      return;
    }
    this.#found.set(key, found);
    if (layer !== undefined) found.layers.push(layer);
  }

  list(): Anatomy['untested'] {
    const list = [...this.#found.values()].map(({ part, why, layers }) => {
      const where = layers.length === 0 ? '' : ` of ${layers.length === 1 ? 'layer' : 'layers'} ${rangesOf(layers)}`;
      return { part: part + where, why };
    });
    if (this.#more > 0) list.push({ part: `${this.#more} more`, why: 'too many parts to name' });
    return list;
  }
}
