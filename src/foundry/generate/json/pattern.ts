// A regular expression as an automaton that has the strings in which it is found: anywhere, as JSON Schema asks, unless it names the edges.

import { alphabetOf, type Dfa, type DfaContext, explore, type Ranges } from './dfa.ts';
import { type Expression, ExpressionError, parseExpression } from './expression.ts';
import { refuse } from './refusal.ts';

/** States of the automaton that is not deterministic yet. */
const MAX_PLACES = 10_000;

/** What may come at a place of the expression. */
type Place =
  | { kind: 'set'; set: number; to: number }
  | { kind: 'edge'; edge: 'start' | 'end'; to: number }
  | { kind: 'split'; to: number[] }
  | { kind: 'found' };

/** The places of an expression; each leads on by a character, by an edge, or without anything. */
class Places {
  readonly all: Place[] = [];
  readonly sets: Ranges[] = [];
  readonly #numbers = new Map<Ranges, number>();
  readonly #context: DfaContext;
  readonly #after = new Map<number, readonly number[]>();
  #turns = 0;

  constructor(context: DfaContext) {
    this.#context = context;
  }

  add(place: Place): number {
    this.all.push(place);
    return this.all.length - 1;
  }

  /** Places for an expression, before the place `to`. Returns the first of them. */
  build(of: Expression, to: number): number {
    // Repeated nothing makes no places, but takes its time.
    if (++this.#turns > MAX_PLACES) {
      const { name, path } = this.#context;
      throw refuse(`${name} with more than ${MAX_PLACES} parts, its repetitions counted, is not supported`, path);
    }
    switch (of.kind) {
      case 'set':
        return this.add({ kind: 'set', set: this.#numberOf(of.set), to });
      case 'edge':
        return this.add({ kind: 'edge', edge: of.edge, to });
      case 'sequence':
        return of.of.reduceRight((next, one) => this.build(one, next), to);
      case 'choice':
        return this.add({ kind: 'split', to: of.of.map((one) => this.build(one, to)) });
      case 'repeat':
        return this.#repeat(of, to);
    }
  }

  #repeat({ of, least, most }: Expression & { kind: 'repeat' }, to: number): number {
    let next = to;
    if (most === Number.POSITIVE_INFINITY) {
      const again: number[] = [];
      next = this.add({ kind: 'split', to: again });
      again.push(this.build(of, next), to);
    } else {
      for (let i = least; i < most; i++) next = this.add({ kind: 'split', to: [this.build(of, next), to] });
    }
    for (let i = 0; i < least; i++) next = this.build(of, next);
    return next;
  }

  #numberOf(set: Ranges): number {
    const known = this.#numbers.get(set);
    if (known !== undefined) return known;
    this.#numbers.set(set, this.sets.length);
    this.sets.push(set);
    return this.sets.length - 1;
  }

  /** Where one may be without a character more: places of sets, of ends, and the last one. */
  reach(from: readonly number[], { atStart, atEnd }: { atStart: boolean; atEnd: boolean }): number[] {
    const seen = new Set(from);
    const reached: number[] = [];
    for (const at of seen) {
      const place = this.all[at];
      if (place.kind === 'split') for (const to of place.to) seen.add(to);
      else if (place.kind === 'edge' && (place.edge === 'start' ? atStart : atEnd)) seen.add(place.to);
      else if (place.kind !== 'edge' || place.edge === 'end') reached.push(at);
    }
    this.#context.budget.spend(seen.size, this.#context.path);
    return reached.sort((a, b) => a - b);
  }

  /** `reach` from one place in the middle of a text. */
  after(place: number): readonly number[] {
    const known = this.#after.get(place) ?? this.reach([place], { atStart: false, atEnd: false });
    this.#after.set(place, known);
    return known;
  }
}

/** Places at which the text so far may be. */
interface Spread {
  readonly at: readonly number[];
  readonly isStart: boolean;
}

/** @throws JikjiError `schema-unsupported` where it has a form that is not supported, or is too large */
export function compilePattern(source: string, context: DfaContext): Dfa {
  const { budget, path, name } = context;
  const places = new Places(context);
  const found = places.add({ kind: 'found' });
  let first: number;
  try {
    first = places.build(parseExpression(source), found);
  } catch (error) {
    if (error instanceof ExpressionError) throw refuse(`${name} ${error.message} is not supported`, path);
    throw error;
  }
  const [alphabet, symbols] = alphabetOf(places.sets, (steps) => budget.spend(steps, path));
  /** It may begin at any character. */
  const later = places.after(first);
  const spread = (at: readonly number[], isStart: boolean): Spread =>
    // Once it is found, it stays so whatever follows.
    at.includes(found) ? { at: [found], isStart: false } : { at, isStart };
  return explore<Spread>(
    {
      alphabet,
      start: spread(places.reach([first], { atStart: true, atEnd: false }), true),
      keyOf: ({ at, isStart }) => (isStart ? 'start' : at.join()),
      next: ({ at }, symbol) => {
        if (at[0] === found) return FOUND;
        const all = new Set(later);
        for (const one of at) {
          const place = places.all[one];
          if (place.kind !== 'set' || !symbols[place.set].has(symbol)) continue;
          for (const to of places.after(place.to)) all.add(to);
        }
        budget.spend(at.length + all.size, path);
        return all.size === 0
          ? undefined
          : spread(
              [...all].sort((a, b) => a - b),
              false,
            );
      },
      isEnd: ({ at, isStart }) => {
        const ends = at.filter((one) => one === found || places.all[one].kind === 'edge');
        return ends.length > 0 && places.reach(ends, { atStart: isStart, atEnd: true }).includes(found);
      },
    },
    context,
  );
}

const FOUND: Spread = { at: [0], isStart: false };
