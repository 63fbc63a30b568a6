// The texts that several shapes have in common, as a shape. It is found when it is needed, one level at a time: shapes may contain themselves.

import { parseJson } from '../../../base/index.ts';
import { countedOf, type Dfa, type DfaContext, productOf } from './dfa.ts';
import { numeralDfa } from './numeral.ts';
import { type Budget, refuse } from './refusal.ts';
import {
  type Later,
  type List,
  type Literal,
  type Members,
  NOTHING,
  type NumeralBounds,
  type Shape,
  type Text,
  unionOf,
} from './shape.ts';

/** A shape that is no choice. */
type One = Exclude<Shape, Later | { kind: 'union' }>;

/** What two merged shapes cost beside a transition of an automaton. */
const PAIR_STEPS = 10;
/** What one divisor of whole numbers may be. */
const MAX_DIVISOR = 100;
/** Beyond it a double is not the number that was written: its remainder says nothing. */
const MAX_DIVISIBLE = Number.MAX_SAFE_INTEGER;

/** A number within bounds; `NOTHING` where there is none. */
export function numeralOf(of: NumeralBounds, context: DfaContext, known: Map<string, Shape>): Shape {
  const { divisor } = of;
  const isWhole = of.isWhole || divisor > 0;
  if (divisor > MAX_DIVISOR) throw refuse(`multipleOf above ${MAX_DIVISOR} is not supported`, context.path);
  const most = divisor > 0 ? MAX_DIVISIBLE : Number.POSITIVE_INFINITY;
  const [low, high] = [Math.max(of.low, -most), Math.min(of.high, most)];
  const own = { isWhole, low: isWhole ? Math.ceil(low) : low, high: isWhole ? Math.floor(high) : high, divisor };
  if (own.low > own.high) return NOTHING;
  const key = [isWhole, own.low, own.high, divisor].join();
  const shape = known.get(key) ?? { kind: 'numeral', ...own, dfa: numeralDfa(own, context) };
  known.set(key, shape);
  return shape;
}

/** A string of so many characters, in a pattern where there is one. */
export function textOf(least: number, most: number, dfa: Dfa | undefined, context: DfaContext): Shape {
  if (least > most) return NOTHING;
  return { kind: 'text', least, most, ...(dfa && { dfa: countedOf(dfa, [least, most], context) }) };
}

/** Whether values are valid by it that are not written: of formats, and multiples beyond what doubles tell apart. */
const isNarrow = (one: One) =>
  (one.kind === 'text' && one.isNarrow === true) || (one.kind === 'numeral' && one.divisor > 0);

const typeOf = (one: One): string =>
  one.kind === 'literal'
    ? typeof parseJson(one.text)
    : one.kind === 'text'
      ? 'string'
      : one.kind === 'numeral'
        ? 'number'
        : one.kind;

interface IntersectionsOptions {
  budget: Budget;
  anything: Shape;
  numerals: Map<string, Shape>;
  isWide?: boolean;
}

export class Intersections {
  readonly #budget: Budget;
  /** Whether it has to have all that is valid, and may have more: it shows that shapes have nothing in common. */
  readonly #isWide: boolean;
  /** What takes nothing away. */
  readonly #anything: Shape;
  readonly #ids = new Map<Shape, number>();
  readonly #known = new Map<string, Later>();
  /** The shapes of each intersection that was made here. */
  readonly #parts = new Map<Shape, readonly Shape[]>();
  readonly #numerals: Map<string, Shape>;

  constructor({ budget, anything, numerals, isWide = false }: IntersectionsOptions) {
    this.#budget = budget;
    this.#isWide = isWide;
    this.#anything = anything;
    this.#numerals = numerals;
  }

  /** What all of the shapes have in common; `path` names the place in the schema. */
  of(shapes: readonly Shape[], path: string): Shape {
    // Of an intersection its parts: so there are no more intersections than sets of shapes that were compiled.
    const parts = new Set(shapes.flatMap((shape) => this.#parts.get(shape) ?? [shape]));
    parts.delete(this.#anything);
    const [first = this.#anything] = parts;
    if (parts.size < 2) return first;
    if (parts.has(NOTHING)) return NOTHING;
    this.#budget.spend(parts.size, path);
    const byId = [...parts].map((shape): [number, Shape] => [this.#idOf(shape), shape]).sort((a, b) => a[0] - b[0]);
    const key = byId.map(([id]) => id).join();
    const known =
      this.#known.get(key) ??
      this.#later(
        key,
        byId.map(([, shape]) => shape),
        path,
      );
    this.#known.set(key, known);
    this.#parts.set(
      known,
      byId.map(([, shape]) => shape),
    );
    return known;
  }

  #idOf(shape: Shape): number {
    const id = this.#ids.get(shape) ?? this.#ids.size;
    this.#ids.set(shape, id);
    return id;
  }

  #later(name: string, parts: readonly Shape[], path: string): Later {
    let shape: Shape | undefined;
    let isOpen = false;
    return {
      kind: 'later',
      name: `all of ${name}`,
      shape: () => {
        if (shape) return shape;
        if (isOpen) throw refuse('a reference to what contains it is not supported here', path);
        isOpen = true;
        shape = this.#resolve(parts, path);
        isOpen = false;
        return shape;
      },
    };
  }

  #resolve(parts: readonly Shape[], path: string): Shape {
    let all: readonly One[] | undefined;
    for (const part of parts) {
      const more = choicesOf(part);
      this.#budget.spend(more.length, path);
      all = all ? this.#pairs(all, more, path) : more;
    }
    return unionOf(all ?? []);
  }

  #pairs(some: readonly One[], others: readonly One[], path: string): One[] {
    const isLiteral = (one: One): one is Literal => one.kind === 'literal';
    // Long lists of values meet each other by their texts.
    const texts = new Set(others.filter(isLiteral).map(({ text }) => text));
    const [plain, rest] = [others.filter((one) => !isLiteral(one)), others.filter(isLiteral)];
    return some.flatMap((one) => {
      const pairs = isLiteral(one) ? plain : others;
      this.#budget.spend(PAIR_STEPS * pairs.length + 1, path);
      const both = pairs.flatMap((other) => choicesOf(this.#both(one, other, path)));
      return isLiteral(one) && rest.length > 0 && texts.has(one.text) ? [one, ...both] : both;
    });
  }

  #both(a: One, b: One, path: string): Shape {
    if (a === b) return a;
    if (this.#isWide && (isNarrow(a) || isNarrow(b)) && typeOf(a) === typeOf(b)) return a;
    if (a.kind === 'literal') return isOf(a, b) ? a : NOTHING;
    if (b.kind === 'literal') return isOf(b, a) ? b : NOTHING;
    const context = (name: string): DfaContext => ({ budget: this.#budget, path, name });
    if (a.kind === 'text' && b.kind === 'text') return bothTexts(a, b, context('pattern'));
    if (a.kind === 'numeral' && b.kind === 'numeral') {
      const [low, high] = [Math.max(a.low, b.low), Math.min(a.high, b.high)];
      const divisor = leastMultiple(a.divisor, b.divisor);
      return numeralOf({ isWhole: a.isWhole || b.isWhole, low, high, divisor }, context('a bound'), this.#numerals);
    }
    if (a.kind === 'list' && b.kind === 'list') return this.#bothLists(a, b, path);
    if (a.kind === 'members' && b.kind === 'members') return this.#bothMembers(a, b, path);
    return NOTHING;
  }

  #bothLists(a: List, b: List, path: string): Shape {
    const [least, most] = [Math.max(a.least, b.least), Math.min(a.most, b.most)];
    if (least > most) return NOTHING;
    const longer = a.first.length > b.first.length ? a : b;
    this.#budget.spend(longer.first.length, path);
    const first = longer.first.map((_, i) => this.of([a.first[i] ?? a.rest, b.first[i] ?? b.rest], path));
    return { kind: 'list', first, rest: this.of([a.rest, b.rest], path), least, most };
  }

  #bothMembers(a: Members, b: Members, path: string): Shape {
    const names = [...new Set([...a.properties.keys(), ...b.properties.keys()])];
    this.#budget.spend(names.length + a.required.size + b.required.size, path);
    const shapeIn = (of: Members, name: string): Shape => of.properties.get(name) ?? of.rest;
    return {
      kind: 'members',
      properties: new Map(names.map((name) => [name, this.of([shapeIn(a, name), shapeIn(b, name)], path)])),
      required: new Set([...a.required, ...b.required]),
      rest: this.of([a.rest, b.rest], path),
      least: Math.max(a.least, b.least),
      most: Math.min(a.most, b.most),
    };
  }
}

/** The shapes of a choice, and of the choices in it. */
function choicesOf(shape: Shape): readonly One[] {
  const choices = new Set<One>();
  const open = new Set<Shape>([shape]);
  for (const one of open) {
    if (one.kind === 'later') open.add(one.shape());
    else if (one.kind === 'union') for (const part of one.of) open.add(part);
    else choices.add(one);
  }
  return [...choices];
}

function bothTexts(a: Text, b: Text, context: DfaContext): Shape {
  const [least, most] = [Math.max(a.least, b.least), Math.min(a.most, b.most)];
  // Where one takes nothing away from the other.
  if (!b.dfa && least === a.least && most === a.most) return a;
  if (!a.dfa && least === b.least && most === b.most) return b;
  const dfa = a.dfa && b.dfa ? productOf(a.dfa, b.dfa, context) : (a.dfa ?? b.dfa);
  const both = textOf(least, most, dfa, context);
  return both.kind === 'text' && (a.isNarrow || b.isNarrow) ? { ...both, isNarrow: true } : both;
}

function leastMultiple(a: number, b: number): number {
  if (a === 0 || b === 0) return a + b;
  let [one, other] = [a, b];
  while (other > 0) [one, other] = [other, one % other];
  return (a / one) * b;
}

/** Whether a shape has a value. */
function isOf({ text }: Literal, shape: One): boolean {
  const value = parseJson(text);
  switch (shape.kind) {
    case 'literal':
      return text === shape.text;
    case 'text': {
      if (typeof value !== 'string') return false;
      const length = [...value].length;
      return length >= shape.least && length <= shape.most && (shape.dfa?.has(value) ?? true);
    }
    case 'numeral': {
      if (typeof value !== 'number' || value < shape.low || value > shape.high) return false;
      return (!shape.isWhole || Number.isInteger(value)) && (shape.divisor === 0 || value % shape.divisor === 0);
    }
    default:
      return false;
  }
}
