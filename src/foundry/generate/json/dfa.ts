// Deterministic automata over code points: which texts a pattern or a bounded number has, and how many bytes the shortest end of each takes.
// Knows no regular expressions and no JSON but how long characters are when they are written.

import { leastWritten } from './characters.ts';
import { type Budget, refuse } from './refusal.ts';

/** Code points, as ranges with both ends: sorted, apart. */
export type Ranges = readonly (readonly [low: number, high: number])[];

export const MAX_CODE_POINT = 0x10ffff;
/** States of one automaton. */
const MAX_STATES = 20_000;

/** Code points by symbols: those that no set tells apart are one symbol. */
export interface Alphabet {
  /** Where each interval begins; the first at 0. */
  readonly starts: readonly number[];
  /** Symbols of the intervals. */
  readonly symbols: readonly number[];
  readonly size: number;
}

function intervalOf(starts: readonly number[], codePoint: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle] <= codePoint) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Intervals with the same signature are one symbol. */
function alphabetBy(starts: readonly number[], signatures: readonly string[]): Alphabet {
  const known = new Map<string, number>();
  const symbols = signatures.map((signature) => {
    const symbol = known.get(signature) ?? known.size;
    known.set(signature, symbol);
    return symbol;
  });
  return { starts, symbols, size: known.size };
}

/** The alphabet that tells some sets apart, and the symbols of each. */
export function alphabetOf(sets: readonly Ranges[], spend: (steps: number) => void): [Alphabet, ReadonlySet<number>[]] {
  const edges = new Set([0]);
  for (const set of sets) {
    for (const [low, high] of set) {
      edges.add(low);
      if (high < MAX_CODE_POINT) edges.add(high + 1);
    }
  }
  const starts = [...edges].sort((a, b) => a - b);
  const signatures = starts.map(() => '');
  const firsts = sets.map((set, i) => {
    const covered: number[] = [];
    for (const [low, high] of set) {
      for (let at = intervalOf(starts, low); at < starts.length && starts[at] <= high; at++) covered.push(at);
    }
    spend(covered.length);
    for (const at of covered) signatures[at] += `${i},`;
    return covered;
  });
  const alphabet = alphabetBy(starts, signatures);
  return [alphabet, firsts.map((covered) => new Set(covered.map((at) => alphabet.symbols[at])))];
}

/** A deterministic automaton whose states are made as they are found. */
export interface Machine<S> {
  readonly alphabet: Alphabet;
  readonly start: S;
  keyOf(state: S): string | number;
  /** undefined: no text goes on so. */
  next(state: S, symbol: number): S | undefined;
  isEnd(state: S): boolean;
}

export interface DfaContext {
  budget: Budget;
  path: string;
  /** What is refused where there are too many states. */
  name: string;
}

/** @throws JikjiError `schema-unsupported` where it has too many states */
export function explore<S>(machine: Machine<S>, { budget, path, name }: DfaContext): Dfa {
  const { alphabet, start } = machine;
  const states: S[] = [start];
  const known = new Map<string | number, number>([[machine.keyOf(start), 0]]);
  const table: number[] = [];
  for (let at = 0; at < states.length; at++) {
    budget.spend(alphabet.size, path);
    for (let symbol = 0; symbol < alphabet.size; symbol++) {
      const next = machine.next(states[at]!, symbol);
      if (next === undefined) {
        table.push(-1);
        continue;
      }
      const key = machine.keyOf(next);
      let place = known.get(key);
      if (place === undefined) {
        place = states.length;
        if (place >= MAX_STATES) throw refuse(`${name} with more than ${MAX_STATES} states is not supported`, path);
        known.set(key, place);
        states.push(next);
      }
      table.push(place);
    }
  }
  return new Dfa(
    alphabet,
    Int16Array.from(table),
    Uint8Array.from(states, (state) => (machine.isEnd(state) ? 1 : 0)),
  );
}

/** States are numbers; the first is 0, and -1 is where no text goes on. */
export class Dfa {
  readonly alphabet: Alphabet;
  /** By state: bytes of the shortest text from it to an end; Infinity where there is none. */
  readonly least: Float64Array;
  readonly #table: Int16Array;
  readonly #ends: Uint8Array;

  constructor(alphabet: Alphabet, table: Int16Array, ends: Uint8Array) {
    this.alphabet = alphabet;
    this.#table = table;
    this.#ends = ends;
    this.least = leastBytes(alphabet, table, ends);
    // What leads to no end leads nowhere.
    for (let i = 0; i < table.length; i++) if (table[i] >= 0 && this.least[table[i]] === Infinity) table[i] = -1;
  }

  isEnd(state: number): boolean {
    return this.#ends[state] === 1;
  }

  bySymbol(state: number, symbol: number): number {
    return this.#table[state * this.alphabet.size + symbol];
  }

  next(state: number, codePoint: number): number {
    return this.bySymbol(state, this.alphabet.symbols[intervalOf(this.alphabet.starts, codePoint)]);
  }

  /** Bytes to an end after a character from `low` to `high`, without its own; Infinity where none leads to one. */
  leastAfter(state: number, low: number, high: number): number {
    const { starts, symbols } = this.alphabet;
    let least = Number.POSITIVE_INFINITY;
    for (let at = intervalOf(starts, low); at < starts.length && starts[at] <= high; at++) {
      const next = this.bySymbol(state, symbols[at]);
      if (next >= 0) least = Math.min(least, this.least[next]);
    }
    return least;
  }

  has(text: string): boolean {
    let state = 0;
    for (const character of text) {
      state = this.next(state, character.codePointAt(0)!);
      if (state < 0) return false;
    }
    return this.isEnd(state);
  }
}

/** Bytes from each state to an end: shortest paths backwards from the ends. */
function leastBytes({ starts, symbols, size }: Alphabet, table: Int16Array, ends: Uint8Array): Float64Array {
  const costs = new Array<number>(size).fill(Number.POSITIVE_INFINITY);
  starts.forEach((start, i) => {
    const cost = leastWritten(start, (starts[i + 1] ?? MAX_CODE_POINT + 1) - 1);
    costs[symbols[i]] = Math.min(costs[symbols[i]], cost);
  });
  const before: [from: number, cost: number][][] = Array.from(ends, () => []);
  table.forEach((to, i) => {
    const cost = costs[i % size]!;
    if (to >= 0 && Number.isFinite(cost)) before[to]!.push([Math.floor(i / size), cost]);
  });
  const least = new Float64Array(ends.length).fill(Number.POSITIVE_INFINITY);
  const byLength: number[][] = [[]];
  const reach = (state: number, length: number): void => {
    if (length >= least[state]) return;
    least[state] = length;
    byLength[length] ??= [];
    byLength[length].push(state);
  };
  ends.forEach((isEnd, state) => {
    if (isEnd) reach(state, 0);
  });
  for (let length = 0; length < byLength.length; length++) {
    for (const state of byLength[length] ?? []) {
      if (least[state] !== length) continue;
      for (const [from, cost] of before[state]!) reach(from, length + cost);
    }
  }
  return least;
}

/** Texts that both have. */
export function productOf(a: Dfa, b: Dfa, context: DfaContext): Dfa {
  const starts = [...new Set([...a.alphabet.starts, ...b.alphabet.starts])].sort((x, y) => x - y);
  const pairs = starts.map((start): [number, number] => [
    a.alphabet.symbols[intervalOf(a.alphabet.starts, start)],
    b.alphabet.symbols[intervalOf(b.alphabet.starts, start)],
  ]);
  const alphabet = alphabetBy(
    starts,
    pairs.map((pair) => pair.join()),
  );
  const symbols = new Array<[number, number]>(alphabet.size);
  pairs.forEach((pair, i) => {
    symbols[alphabet.symbols[i]] = pair;
  });
  return explore<readonly [number, number]>(
    {
      alphabet,
      start: [0, 0],
      keyOf: ([one, other]) => one * MAX_STATES + other,
      next: ([one, other], symbol) => {
        const [first, second] = symbols[symbol];
        const next = [a.bySymbol(one, first), b.bySymbol(other, second)] as const;
        return next[0] < 0 || next[1] < 0 ? undefined : next;
      },
      isEnd: ([one, other]) => a.isEnd(one) && b.isEnd(other),
    },
    context,
  );
}

/** Texts of so many characters. */
export function countedOf(dfa: Dfa, [least, most]: readonly [number, number], context: DfaContext): Dfa {
  if (least === 0 && most === Number.POSITIVE_INFINITY) return dfa;
  const isBounded = Number.isFinite(most);
  // Beyond the bounds all counts are alike.
  const limit = isBounded ? most : least;
  return explore<readonly [number, number]>(
    {
      alphabet: dfa.alphabet,
      start: [0, 0],
      keyOf: ([state, count]) => count * MAX_STATES + state,
      next: ([state, count], symbol) => {
        const next = dfa.bySymbol(state, symbol);
        if (next < 0 || (isBounded && count >= limit)) return undefined;
        return [next, Math.min(count + 1, limit)];
      },
      isEnd: ([state, count]) => count >= least && count <= most && dfa.isEnd(state),
    },
    context,
  );
}
