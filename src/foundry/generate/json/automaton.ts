// Reads a JSON text byte by byte and knows after each whether it can still become one of a shape: a pushdown automaton. A state is a stack
// of what is begun, innermost first, and what a byte leads to is one or several states. Texts are written as JSON.stringify does: names and
// strings have no escapes but those that they need. Between tokens there may be a space, or a line break and up to 20 spaces.

import type { Free } from '../token-walk.ts';
import { characterNext, endingsOf, leastOfPart, type PartialCharacter, partNext, QUOTE } from './characters.ts';
import type { Dfa } from './dfa.ts';
import { type LiteralNode, literalTree } from './literal-tree.ts';
import { type Later, type Lengths, type List, type Members, now, type Shape, type Union } from './shape.ts';

/** A stack, innermost first; undefined: nothing is begun. */
export interface State {
  readonly key: string;
  readonly rest: State | undefined;
  /** States after a byte that belongs to it. */
  next(byte: number): readonly State[];
  /** States after what it can end with without a byte. */
  ends?(): State | undefined;
  /** Bytes at least until all of it, with what is below it, is complete; Infinity where it never is. */
  readonly least: number;
  /** The only bytes that lead anywhere, where they are few. */
  readonly bytes?: readonly number[] | undefined;
  /** Set where nothing but the end of a string decides anything; its bytes count what is below too. */
  readonly free?: Free | undefined;
}

const byteOf = (text: string) => text.charCodeAt(0);
const [COMMA, COLON] = [',', ':'].map(byteOf) as [number, number];
const [OPEN_LIST, CLOSE_LIST, OPEN_MEMBERS, CLOSE_MEMBERS] = ['[', ']', '{', '}'].map(byteOf) as [
  number,
  number,
  number,
  number,
];
const [SPACE, LINE_BREAK, TAB] = [' ', '\n', '\t'].map(byteOf) as [number, number, number];

/** Spaces after a line break. */
const MAX_INDENT = 20;

/** What follows whitespace that has begun; -1 where it may not go on so. 0: none yet, 1: a space, 2 and up: a line break and spaces. */
function whitespace(seen: number, byte: number): number {
  if (seen === 0) return byte === SPACE ? 1 : byte === LINE_BREAK ? 2 : -1;
  return seen >= 2 && seen < 2 + MAX_INDENT && (byte === SPACE || byte === TAB) ? seen + 1 : -1;
}

/** What a value of a union may be: one of the texts of a tree, or of another shape. */
interface Parts {
  literals: LiteralNode | undefined;
  others: readonly Exclude<Shape, Later | Union>[];
}

/** Makes states; the same ones are the same object. */
export class Automaton {
  readonly #lengths: Lengths;
  readonly #states = new Map<string, State>();
  readonly #numbers = new Map<object, number>();
  /** Of literals and unions. */
  readonly #parts = new Map<Shape, Parts>();
  /** `Lengths.afterMember` by object and members that are there. */
  readonly #left = new Map<string, (name: string) => number>();

  constructor(lengths: Lengths) {
    this.#lengths = lengths;
  }

  /** States kept so far. */
  get size(): number {
    return this.#states.size;
  }

  /** Forgets its states: those that are held go on, and lead to new ones. */
  forget(): void {
    this.#states.clear();
  }

  /** Before a whole text of a shape. */
  start(shape: Shape): State {
    return this.#value(shape, 0, undefined);
  }

  #numberOf(of: object): number {
    const known = this.#numbers.get(of) ?? this.#numbers.size;
    this.#numbers.set(of, known);
    return known;
  }

  /** `make` says how many bytes the state needs at least without what is below it. */
  #state(own: string, rest: State | undefined, make: () => Omit<State, 'key' | 'rest'>): State {
    const key = rest ? `${own} ${rest.key}` : own;
    const known = this.#states.get(key);
    if (known) return known;
    const made = make();
    const below = rest?.least ?? 0;
    const free = made.free && { ...made.free, after: made.free.after + below };
    const state: State = { ...made, key, rest, least: made.least + below, free };
    this.#states.set(key, state);
    return state;
  }

  /** The end of a whole text. */
  #done(seen: number): State {
    return this.#state(`done${seen}`, undefined, () => ({
      least: 0,
      next: (byte) => {
        const more = whitespace(seen, byte);
        return more < 0 ? [] : [this.#done(more)];
      },
    }));
  }

  /** What is below a value that is complete. */
  #below(rest: State | undefined): State {
    return rest ?? this.#done(0);
  }

  /** Before a value. */
  #value(shape: Shape, seen: number, rest: State | undefined): State {
    const one = now(shape);
    return this.#state(`v${this.#numberOf(one)}.${seen}`, rest, () => ({
      least: this.#lengths.of(one),
      next: (byte) => {
        const more = whitespace(seen, byte);
        return more < 0 ? this.#begin(one, byte, rest) : [this.#value(one, more, rest)];
      },
    }));
  }

  /** The first byte of a value. */
  #begin(shape: Shape, byte: number, rest: State | undefined): State[] {
    const one = now(shape);
    if (!Number.isFinite(this.#lengths.of(one))) return [];
    switch (one.kind) {
      case 'union':
      case 'literal': {
        const { literals, others } = this.#partsOf(one);
        const begun = literals ? this.#literalAfter(literals, 0, byte, rest) : [];
        return [...begun, ...others.flatMap((part) => this.#begin(part, byte, rest))];
      }
      case 'text':
        if (byte !== QUOTE || one.least > one.most) return [];
        return [one.dfa ? this.#pattern(one.dfa, 0, undefined, rest) : this.#text(one, 0, undefined, rest)];
      case 'numeral':
        return this.#numeralAfter(one.dfa, 0, byte, rest);
      case 'list':
        return byte === OPEN_LIST && one.least <= one.most ? [this.#list(one, 0, 'open', 0, rest)] : [];
      case 'members':
        return byte === OPEN_MEMBERS && one.least <= one.most ? [this.#members(one, NONE, 'open', 0, rest)] : [];
    }
  }

  /** A shape's parts, and those of unions within it: each part once, so that what comes twice is no more. */
  #partsOf(shape: Shape): Parts {
    const known = this.#parts.get(shape);
    if (known) return known;
    const texts = new Set<string>();
    const others: Exclude<Shape, Later | Union>[] = [];
    const open = new Set([now(shape)]);
    for (const one of open) {
      if (one.kind === 'union') for (const part of one.of) open.add(now(part));
      else if (one.kind === 'literal') texts.add(one.text);
      else others.push(one);
    }
    const made = { literals: texts.size > 0 ? literalTree(texts) : undefined, others };
    this.#parts.set(shape, made);
    return made;
  }

  /** Inside texts that have their first `at` bytes in common. */
  #literal(node: LiteralNode, at: number, rest: State | undefined): State {
    const { shared, least, isText } = node;
    const isFork = at === shared.length;
    return this.#state(`l${this.#numberOf(node)}.${at}`, rest, () => ({
      least: isFork ? least : shared.length - at + (isText ? 0 : least),
      bytes: isFork ? [...node.children.keys()] : [shared[at]],
      next: (byte) => this.#literalAfter(node, at, byte, rest),
    }));
  }

  /** After a byte more of such texts: one of them may be complete, and others go on. */
  #literalAfter(node: LiteralNode, at: number, byte: number, rest: State | undefined): State[] {
    const isFork = at === node.shared.length;
    const to = isFork ? node.children.get(byte) : node.shared[at] === byte ? node : undefined;
    if (!to) return [];
    const isEnd = at + 1 === to.shared.length;
    return [
      ...(isEnd && to.isText ? [this.#below(rest)] : []),
      ...(!isEnd || Number.isFinite(to.least) ? [this.#literal(to, at + 1, rest)] : []),
    ];
  }

  /** Inside a string: `begun` is a character that has begun. */
  #text(
    of: { least: number; most: number },
    count: number,
    begun: PartialCharacter | undefined,
    rest: State | undefined,
  ): State {
    const { least, most } = of;
    // Beyond the bounds all counts are alike.
    const limit = Number.isFinite(most) ? most : least;
    const part = begun?.part ?? '';
    return this.#state(`s${least}.${most}.${count}.${part}`, rest, () => ({
      least: Math.max(0, least - count - (begun ? 1 : 0)) + 1 + leastOfPart(part),
      next: (byte) => {
        if (!begun && byte === QUOTE) return count >= least ? [this.#below(rest)] : [];
        if (!begun && count >= most && Number.isFinite(most)) return [];
        const to = begun ? partNext(begun, byte) : characterNext(byte);
        if (to === undefined) return [];
        if (typeof to !== 'number') return [this.#text(of, count, to, rest)];
        return [this.#text(of, Math.min(count + 1, limit), undefined, rest)];
      },
    }));
  }

  /** Inside a string of a pattern. */
  #pattern(dfa: Dfa, at: number, begun: PartialCharacter | undefined, rest: State | undefined): State {
    const own = `p${this.#numberOf(dfa)}.${at}`;
    return this.#state(begun ? `${own}.${begun.part}.${begun.value}` : own, rest, () => ({
      least: 1 + (begun ? leastBegun(dfa, at, begun) : dfa.least[at]),
      next: (byte) => {
        if (!begun && byte === QUOTE) return dfa.isEnd(at) ? [this.#below(rest)] : [];
        const to = begun ? partNext(begun, byte) : characterNext(byte);
        if (to === undefined) return [];
        if (typeof to !== 'number') return [this.#pattern(dfa, at, to, rest)];
        const next = dfa.next(at, to);
        return next < 0 ? [] : [this.#pattern(dfa, next, undefined, rest)];
      },
    }));
  }

  #numeral(dfa: Dfa, at: number, rest: State | undefined): State {
    const isComplete = dfa.isEnd(at);
    return this.#state(`n${this.#numberOf(dfa)}.${at}`, rest, () => ({
      least: dfa.least[at],
      ...(isComplete && { ends: () => this.#below(rest) }),
      next: (byte) => [...this.#numeralAfter(dfa, at, byte, rest), ...(isComplete ? this.#below(rest).next(byte) : [])],
    }));
  }

  #numeralAfter(dfa: Dfa, at: number, byte: number, rest: State | undefined): State[] {
    const to = byte < 0x80 ? dfa.next(at, byte) : -1;
    return to < 0 ? [] : [this.#numeral(dfa, to, rest)];
  }

  /** A list with `count` items: just opened, after an item, or after a comma. */
  #list(of: List, count: number, phase: 'open' | 'after' | 'comma', seen: number, rest: State | undefined): State {
    const { first, rest: others, least, most } = of;
    // Beyond all bounds all counts are alike.
    const limit = Math.max(first.length, least, Number.isFinite(most) ? most : 0);
    const n = Math.min(count, limit + 1);
    const item = (byte: number): State[] => {
      if (count >= most) return [];
      return this.#begin(first[count] ?? others, byte, this.#list(of, n + 1, 'after', 0, rest));
    };
    const left = this.#lengths.items(of, n);
    return this.#state(`a${this.#numberOf(of)}.${n}.${phase}.${seen}`, rest, () => ({
      least: phase === 'comma' ? this.#lengths.of(first[n] ?? others) + this.#lengths.items(of, n + 1) : left,
      next: (byte) => {
        const more = whitespace(seen, byte);
        if (more >= 0) return [this.#list(of, n, phase, more, rest)];
        if (byte === CLOSE_LIST && phase !== 'comma') return count >= least ? [this.#below(rest)] : [];
        if (phase === 'after') return byte === COMMA && count < most ? [this.#list(of, n, 'comma', 0, rest)] : [];
        return item(byte);
      },
    }));
  }

  /** An object with the members `seen`. */
  #members(of: Members, seen: Seen, phase: 'open' | 'after' | 'comma', blank: number, rest: State | undefined): State {
    const { required, least, most } = of;
    const isComplete = () => seen.names.size >= least && [...required].every((name) => seen.names.has(name));
    const own = `o${this.#numberOf(of)}.${seen.key}.${phase}.${blank}`;
    return this.#state(own, rest, () => ({
      least: this.#leastMembers(of, seen, phase),
      next: (byte) => {
        const more = whitespace(blank, byte);
        if (more >= 0) return [this.#members(of, seen, phase, more, rest)];
        if (byte === CLOSE_MEMBERS && phase !== 'comma') return isComplete() ? [this.#below(rest)] : [];
        if (phase === 'after') {
          const room = seen.names.size < most && this.#hasMore(of, seen);
          return byte === COMMA && room ? [this.#members(of, seen, 'comma', 0, rest)] : [];
        }
        return byte === QUOTE && seen.names.size < most ? [this.#name(of, seen, { text: '' }, rest)] : [];
      },
    }));
  }

  #hasMore({ properties, rest }: Members, { names }: Seen): boolean {
    if (Number.isFinite(this.#lengths.of(rest))) return true;
    return [...properties].some(([name, shape]) => !names.has(name) && Number.isFinite(this.#lengths.of(shape)));
  }

  #leastMembers(of: Members, { names }: Seen, phase: 'open' | 'after' | 'comma'): number {
    const left = this.#lengths.members(of, names, names.size);
    if (phase !== 'comma') return left;
    // What is missing anyway is counted with its comma; else a member that nobody needs has to come.
    if (left > 1) return left - 1;
    const { properties, rest } = of;
    const own = [...properties].filter(([name]) => !names.has(name));
    const lengths = own.map(([name, shape]) => Buffer.byteLength(JSON.stringify(name)) + 1 + this.#lengths.of(shape));
    return left + Math.min(4 + this.#lengths.of(rest), ...lengths);
  }

  /** Bytes until the end of an object inside the name of a member; `open` has the names that it can become. */
  #leastNamed(of: Members, seen: Seen, { text, part }: NameSoFar, open: readonly [string, string][]): number {
    const { properties, rest } = of;
    const { names } = seen;
    const left = this.#afterMember(of, seen);
    const after = (name: string, shape: Shape) => 2 + this.#lengths.of(shape) + left(name);
    const lengths = open.map(([written, name]) => written.length - text.length + after(name, properties.get(name)!));
    // Another name; one byte longer where this one is taken.
    const isTaken = part === '' && (namesOf(properties).has(text) || names.has(nameOf(text)));
    const other = leastOfPart(part) + (isTaken ? 1 : 0) + after('', rest);
    return lengths.reduce((least, one) => Math.min(least, one), other);
  }

  #afterMember(of: Members, seen: Seen): (name: string) => number {
    const key = `${this.#numberOf(of)}.${seen.key}`;
    const known = this.#left.get(key) ?? this.#lengths.afterMember(of, seen.names);
    this.#left.set(key, known);
    return known;
  }

  /** Inside the name of a member; `text` is the name so far as it is written, in Latin-1 for its bytes. */
  #name(of: Members, seen: Seen, soFar: { text: string; begun?: PartialCharacter }, rest: State | undefined): State {
    const { properties, rest: others } = of;
    const { text, begun } = soFar;
    const mayBeOther = Number.isFinite(this.#lengths.of(others));
    const part = begun?.part ?? '';
    const own = `k${this.#numberOf(of)}.${seen.key}.${part}.${text}`;
    return this.#state(own, rest, () => {
      const open = [...namesOf(properties)].filter(([name, own]) => name.startsWith(text) && !seen.names.has(own));
      const least = this.#leastNamed(of, seen, { text, part }, open);
      const isFree = mayBeOther && !mayCollide(text, properties, seen);
      const next = (byte: number): readonly State[] => {
        if (!begun && byte === QUOTE) return this.#named(of, seen, text, rest);
        const to = begun ? partNext(begun, byte) : characterNext(byte);
        const written = text + String.fromCharCode(byte);
        if (to === undefined || (!mayBeOther && !open.some(([name]) => name.startsWith(written)))) return [];
        return [this.#name(of, seen, { text: written, ...(typeof to !== 'number' && { begun: to }) }, rest)];
      };
      return { least, next, ...(isFree && { free: { begun, after: least - leastOfPart(part) } }) };
    });
  }

  /** After the name of a member. */
  #named(of: Members, seen: Seen, text: string, rest: State | undefined): State[] {
    const { properties, rest: others } = of;
    const name = nameOf(text);
    const shape = properties.get(name) ?? others;
    if (seen.names.has(name) || !Number.isFinite(this.#lengths.of(shape))) return [];
    return [this.#colon(shape, 0, this.#members(of, seen.with(name), 'after', 0, rest))];
  }

  #colon(shape: Shape, blank: number, rest: State): State {
    return this.#state(`c${this.#numberOf(now(shape))}.${blank}`, rest, () => ({
      least: 1 + this.#lengths.of(shape),
      next: (byte) => {
        const more = whitespace(blank, byte);
        if (more >= 0) return [this.#colon(shape, more, rest)];
        return byte === COLON ? [this.#value(shape, 0, rest)] : [];
      },
    }));
  }
}

/** The names of members that are there. */
class Seen {
  readonly names: ReadonlySet<string>;
  readonly key: string;

  constructor(names: ReadonlySet<string>) {
    this.names = names;
    this.key = JSON.stringify([...names].sort());
  }

  with(name: string): Seen {
    return new Seen(new Set([...this.names, name]));
  }
}

interface NameSoFar {
  text: string;
  part: string;
}

const NONE = new Seen(new Set());

/** The name that is written so. */
const nameOf = (text: string) => JSON.parse(`"${Buffer.from(text, 'latin1').toString()}"`) as string;

/** Whether a name that begins so can still be one of these. */
const mayCollide = (text: string, properties: ReadonlyMap<string, unknown>, { names }: Seen) =>
  [...namesOf(properties).keys(), ...[...names].map(writtenOf)].some((name) => name.startsWith(text));

/** A name as it is written between its quotes, in Latin-1 for the bytes. */
const writtenOf = (name: string) => Buffer.from(JSON.stringify(name).slice(1, -1)).toString('latin1');

const written = new WeakMap<object, ReadonlyMap<string, string>>();

/** Names by how they are written between their quotes, in Latin-1 for the bytes. */
function namesOf(properties: ReadonlyMap<string, unknown>): ReadonlyMap<string, string> {
  const known = written.get(properties);
  if (known) return known;
  const names = new Map([...properties.keys()].map((name) => [writtenOf(name), name]));
  written.set(properties, names);
  return names;
}

/** Bytes until the end of a string's content whose next character has begun. */
function leastBegun(dfa: Dfa, at: number, begun: PartialCharacter): number {
  const lengths = endingsOf(begun).map(([low, high, bytes]) => bytes + dfa.leastAfter(at, low, high));
  return Math.min(...lengths);
}
