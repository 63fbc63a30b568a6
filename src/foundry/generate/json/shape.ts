// What a JSON text may look like: the shapes that a schema is compiled to. Knows no keywords and no bytes.

import type { Dfa } from './dfa.ts';

export type Shape = Union | Literal | Text | Numeral | List | Members | Later;

/** One of several; none of them is a shape that no text has. */
export interface Union {
  kind: 'union';
  of: readonly Shape[];
}

/** Exactly this text. */
export interface Literal {
  kind: 'literal';
  text: string;
}

/** A string of so many characters (code points). */
export interface Text {
  kind: 'text';
  least: number;
  most: number;
  /** Which strings, where not all: it has counted their characters. */
  dfa?: Dfa;
  /** Others are valid too, but are not written. */
  isNarrow?: boolean;
}

/** Which numbers; both bounds are among them. */
export interface NumeralBounds {
  isWhole: boolean;
  low: number;
  high: number;
  /** What a whole number is a multiple of; 0: of anything. */
  divisor: number;
}

interface Numeral extends NumeralBounds {
  kind: 'numeral';
  /** How it may be written. */
  dfa: Dfa;
}

export interface List {
  kind: 'list';
  /** Shapes of the first items. */
  first: readonly Shape[];
  rest: Shape;
  least: number;
  most: number;
}

export interface Members {
  kind: 'members';
  /** Required names are among them. */
  properties: ReadonlyMap<string, Shape>;
  required: ReadonlySet<string>;
  /** Shape of members of other names. */
  rest: Shape;
  least: number;
  most: number;
}

/** A shape that is compiled when it is needed: shapes may contain themselves. */
export interface Later {
  kind: 'later';
  name: string;
  shape(): Shape;
}

export const NOTHING: Union = { kind: 'union', of: [] };

export const unionOf = (parts: readonly Shape[]): Shape =>
  parts.length === 0 ? NOTHING : parts.length === 1 ? parts[0] : { kind: 'union', of: parts };

/** A shape that is not `Later`. */
export function now(shape: Shape): Exclude<Shape, Later> {
  let one = shape;
  for (let turns = 0; one.kind === 'later'; turns++) {
    // A reference that leads to itself without anything in between has no text.
    if (turns > 1000) return NOTHING;
    one = one.shape();
  }
  return one;
}

/** Characters of the shortest text of each shape that was asked for; Infinity where there is none. */
export class Lengths {
  readonly #known = new Map<Shape, number>();
  readonly #open = new Set<Shape>();

  of(shape: Shape): number {
    const one = now(shape);
    const known = this.#known.get(one);
    if (known !== undefined) return known;
    // A text that contains itself is never the shortest one.
    if (this.#open.has(one)) return Number.POSITIVE_INFINITY;
    this.#open.add(one);
    const length = this.#compute(one);
    this.#open.delete(one);
    // What was cut off here may be shorter when it is asked for by itself.
    if (this.#open.size === 0 || Number.isFinite(length)) this.#known.set(one, length);
    return length;
  }

  #compute(shape: Exclude<Shape, Later>): number {
    switch (shape.kind) {
      case 'union':
        return shape.of.reduce((least, one) => Math.min(least, this.of(one)), Number.POSITIVE_INFINITY);
      case 'literal':
        return Buffer.byteLength(shape.text);
      case 'text':
        return shape.least > shape.most ? Number.POSITIVE_INFINITY : 2 + (shape.dfa?.least[0] ?? shape.least);
      case 'numeral':
        return shape.dfa.least[0];
      case 'list':
        return shape.least > shape.most ? Number.POSITIVE_INFINITY : 1 + this.items(shape, 0);
      case 'members':
        return 1 + this.members(shape, new Set(), 0);
    }
  }

  /** Of the rest of a list that has `count` items, without a comma before the next one, with its bracket. */
  items({ first, rest, least }: List, count: number): number {
    if (count >= least) return 1;
    let length = count > 0 ? 1 : 0; // the bracket; each item below has a comma, and the first of a list has none
    const own = Math.min(least, first.length);
    for (let i = count; i < own; i++) length += this.of(first[i]) + 1;
    const others = least - Math.max(count, own);
    return others > 0 ? length + others * (this.of(rest) + 1) : length;
  }

  /** Of the rest of an object that has `count` members, those in `seen` among them, with its brace. */
  members({ properties, required, rest, least, most }: Members, seen: ReadonlySet<string>, count: number): number {
    let length = 1;
    let n = count;
    const add = (name: string, shape: Shape): void => {
      length += Buffer.byteLength(JSON.stringify(name)) + 1 + this.of(shape) + (n > 0 ? 1 : 0);
      n++;
    };
    for (const name of required) if (!seen.has(name)) add(name, properties.get(name) ?? rest);
    if (Math.max(n, least) > most) return Number.POSITIVE_INFINITY;
    for (const [name, shape] of properties) {
      if (n >= least) break;
      if (!seen.has(name) && !required.has(name) && Number.isFinite(this.of(shape))) add(name, shape);
    }
    // Names of their own: a digit more for each ten.
    for (let i = 0; n < least; i++) add(String(i), rest);
    return length;
  }

  /**
   * `members` after one more member, by its name: of an object that has those in `seen`. What it needs is counted once, for all names.
   */
  afterMember(of: Members, seen: ReadonlySet<string>): (name: string) => number {
    const { properties, required, rest, least, most } = of;
    const costs = new Map<string, number>();
    const cost = (name: string, shape: Shape) => Buffer.byteLength(JSON.stringify(name)) + 2 + this.of(shape);
    let missing = 1;
    let impossible = 0;
    for (const name of required) {
      if (seen.has(name)) continue;
      const own = cost(name, properties.get(name) ?? rest);
      costs.set(name, own);
      if (Number.isFinite(own)) missing += own;
      else impossible++;
    }
    const count = seen.size + 1 + costs.size;
    /** Costs of the first members that nobody requires, together; and where a name is among them. */
    const sums = [0];
    const places = new Map<string, number>();
    for (const [name, shape] of properties) {
      if (places.size > least - count + 1) break;
      if (seen.has(name) || required.has(name) || !Number.isFinite(this.of(shape))) continue;
      places.set(name, places.size);
      sums.push(sums.at(-1)! + cost(name, shape));
    }
    return (name) => {
      const own = costs.get(name);
      const there = own === undefined ? count : count - 1;
      if (Math.max(there, least) > most) return Number.POSITIVE_INFINITY;
      const wanted = least - there;
      const isImpossible = impossible > (own === Number.POSITIVE_INFINITY ? 1 : 0);
      if (isImpossible) return Number.POSITIVE_INFINITY;
      const length = missing - (own !== undefined && Number.isFinite(own) ? own : 0);
      if (wanted <= 0) return length;
      const place = places.get(name);
      const taken = Math.min(wanted, place === undefined ? places.size : places.size - 1);
      const isAmong = place !== undefined && place < taken;
      let sum = isAmong ? sums[taken + 1] - (sums[place + 1] - sums[place]) : sums[taken];
      for (let i = 0; i < wanted - taken; i++) sum += cost(String(i), rest);
      return length + sum;
    };
  }
}
