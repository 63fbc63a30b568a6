// Reads a JSON text byte by byte and knows after each whether it can still become one of a shape: a pushdown automaton. A state is a stack
// of what is begun, innermost first, and what a byte leads to is one or several states. Texts are written as JSON.stringify does: names and
// strings have no escapes but those that they need. Between tokens there may be a space, or a line break and up to 20 spaces.

import { type Lengths, type List, type Members, now, type Shape } from './shape.ts';

/** A stack, innermost first; undefined: nothing is begun. */
export interface State {
  readonly key: string;
  readonly rest: State | undefined;
  /** States after a byte that belongs to it. */
  next(byte: number): readonly State[];
  /** States after what it can end with without a byte. */
  ends?(): State | undefined;
  /** Bytes at least until all of it, without what is below it, is complete. */
  least: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const byteOf = (text: string): number => text.charCodeAt(0);
const [COMMA, COLON, MINUS, ZERO, DOT] = [',', ':', '-', '0', '.'].map(byteOf) as [
  number,
  number,
  number,
  number,
  number,
];
const [OPEN_LIST, CLOSE_LIST, OPEN_MEMBERS, CLOSE_MEMBERS] = ['[', ']', '{', '}'].map(byteOf) as [
  number,
  number,
  number,
  number,
];
const [SPACE, LINE_BREAK, TAB] = [' ', '\n', '\t'].map(byteOf) as [number, number, number];

/** Spaces after a line break. */
const MAX_INDENT = 20;

const isDigit = (byte: number): boolean => byte >= ZERO && byte <= ZERO + 9;

/** What follows whitespace that has begun; -1 where it may not go on so. 0: none yet, 1: a space, 2 and up: a line break and spaces. */
function whitespace(seen: number, byte: number): number {
  if (seen === 0) return byte === SPACE ? 1 : byte === LINE_BREAK ? 2 : -1;
  return seen >= 2 && seen < 2 + MAX_INDENT && (byte === SPACE || byte === TAB) ? seen + 1 : -1;
}

/** Makes states; the same ones are the same object. */
export class Automaton {
  readonly #lengths: Lengths;
  readonly #states = new Map<string, State>();
  readonly #numbers = new Map<object, number>();
  readonly #literals = new Map<string, Buffer>();
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

  #state(own: string, rest: State | undefined, make: () => Omit<State, 'key' | 'rest'>): State {
    const key = rest ? `${own} ${rest.key}` : own;
    const known = this.#states.get(key);
    if (known) return known;
    const state: State = { key, rest, ...make() };
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

  /** The first byte of a value. `begun` has the unions on the way: what comes twice leads to the same states. */
  #begin(shape: Shape, byte: number, rest: State | undefined, begun = new Set<Shape>()): State[] {
    const one = now(shape);
    if (!Number.isFinite(this.#lengths.of(one))) return [];
    switch (one.kind) {
      case 'union':
        if (begun.has(one)) return [];
        begun.add(one);
        return one.of.flatMap((part) => this.#begin(part, byte, rest, begun));
      case 'literal': {
        const bytes = this.#bytesOf(one.text);
        return byte === bytes[0] ? [this.#literal(bytes, 1, rest)] : [];
      }
      case 'text':
        return byte === QUOTE && one.least <= one.most ? [this.#text(one, 0, '', rest)] : [];
      case 'numeral':
        return this.#numeralAfter(byte, 'start', one.isWhole, rest);
      case 'list':
        return byte === OPEN_LIST && one.least <= one.most ? [this.#list(one, 0, 'open', 0, rest)] : [];
      case 'members':
        return byte === OPEN_MEMBERS && one.least <= one.most ? [this.#members(one, NONE, 'open', 0, rest)] : [];
    }
  }

  /** The same bytes for the same text: states hold no copies of a long one. */
  #bytesOf(text: string): Buffer {
    const bytes = this.#literals.get(text) ?? Buffer.from(text);
    this.#literals.set(text, bytes);
    return bytes;
  }

  #literal(bytes: Buffer, at: number, rest: State | undefined): State {
    if (at === bytes.length) return this.#below(rest);
    return this.#state(`l${this.#numberOf(bytes)}.${at}`, rest, () => ({
      least: bytes.length - at,
      next: (byte) => (byte === bytes[at] ? [this.#literal(bytes, at + 1, rest)] : []),
    }));
  }

  /** Inside a string: `part` is what an escape or a character of several bytes still needs. */
  #text(of: { least: number; most: number }, count: number, part: string, rest: State | undefined): State {
    const { least, most } = of;
    const after = (): State => {
      // Beyond the bounds all counts are alike.
      const limit = Number.isFinite(most) ? most : least;
      return this.#text(of, Math.min(count + 1, limit), '', rest);
    };
    return this.#state(`s${least}.${most}.${count}.${part}`, rest, () => ({
      least: Math.max(0, least - count - (part === '' ? 0 : 1)) + 1 + PARTS_LEAST(part),
      next: (byte) => {
        if (part !== '') return partNext(part, byte, after, (more) => this.#text(of, count, more, rest));
        if (byte === QUOTE) return count >= least ? [this.#below(rest)] : [];
        if (count >= most && Number.isFinite(most)) return [];
        return characterNext(byte, after, (more) => this.#text(of, count, more, rest));
      },
    }));
  }

  #numeral(phase: Phase, isWhole: boolean, rest: State | undefined): State {
    const isComplete = COMPLETE.has(phase);
    return this.#state(`n${phase}${isWhole ? 'w' : ''}`, rest, () => ({
      least: isComplete ? 0 : 1,
      ...(isComplete && { ends: () => this.#below(rest) }),
      next: (byte) => [
        ...this.#numeralAfter(byte, phase, isWhole, rest),
        ...(isComplete ? this.#below(rest).next(byte) : []),
      ],
    }));
  }

  #numeralAfter(byte: number, phase: Phase, isWhole: boolean, rest: State | undefined): State[] {
    const to = numeralNext(byte, phase, isWhole);
    return to ? [this.#numeral(to, isWhole, rest)] : [];
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
    const isComplete = (): boolean => seen.names.size >= least && [...required].every((name) => seen.names.has(name));
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
        return byte === QUOTE && seen.names.size < most ? [this.#name(of, seen, '', '', rest)] : [];
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
  #leastNamed(of: Members, seen: Seen, text: string, part: string, open: readonly [string, string][]): number {
    const { properties, rest } = of;
    const { names } = seen;
    const left = this.#afterMember(of, seen);
    const after = (name: string, shape: Shape): number => 2 + this.#lengths.of(shape) + left(name);
    const lengths = open.map(([written, name]) => written.length - text.length + after(name, properties.get(name)!));
    // Another name; one byte longer where this one is taken.
    const isTaken = part === '' && (namesOf(properties).has(text) || names.has(nameOf(text)));
    const other = PARTS_LEAST(part) + (isTaken ? 1 : 0) + after('', rest);
    return lengths.reduce((least, one) => Math.min(least, one), other);
  }

  #afterMember(of: Members, seen: Seen): (name: string) => number {
    const key = `${this.#numberOf(of)}.${seen.key}`;
    const known = this.#left.get(key) ?? this.#lengths.afterMember(of, seen.names);
    this.#left.set(key, known);
    return known;
  }

  /** Inside the name of a member; `text` is the name so far as it is written, in Latin-1 for its bytes. */
  #name(of: Members, seen: Seen, text: string, part: string, rest: State | undefined): State {
    const { properties, rest: others } = of;
    const mayBeOther = Number.isFinite(this.#lengths.of(others));
    const own = `k${this.#numberOf(of)}.${seen.key}.${part}.${text}`;
    return this.#state(own, rest, () => {
      const open = [...namesOf(properties)].filter(([name, own]) => name.startsWith(text) && !seen.names.has(own));
      const least = this.#leastNamed(of, seen, text, part, open);
      const next = (byte: number): readonly State[] => {
        if (part === '' && byte === QUOTE) return this.#named(of, seen, text, rest);
        const written = text + String.fromCharCode(byte);
        const follow = (more: string): State => this.#name(of, seen, written, more, rest);
        const states =
          part === '' ? characterNext(byte, () => follow(''), follow) : partNext(part, byte, () => follow(''), follow);
        if (states.length === 0 || mayBeOther) return states;
        return open.some(([name]) => name.startsWith(written)) ? states : [];
      };
      return { least, next };
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

const NONE = new Seen(new Set());

/** The name that is written so. */
const nameOf = (text: string): string => JSON.parse(`"${Buffer.from(text, 'latin1').toString()}"`) as string;

const written = new WeakMap<object, ReadonlyMap<string, string>>();

/** Names by how they are written between their quotes, in Latin-1 for the bytes. */
function namesOf(properties: ReadonlyMap<string, unknown>): ReadonlyMap<string, string> {
  const known = written.get(properties);
  if (known) return known;
  const names = new Map(
    [...properties.keys()].map((name) => [Buffer.from(JSON.stringify(name).slice(1, -1)).toString('latin1'), name]),
  );
  written.set(properties, names);
  return names;
}

type Phase = 'start' | 'minus' | 'zero' | 'digits' | 'dot' | 'fraction' | 'e' | 'sign' | 'exponent';
const COMPLETE: ReadonlySet<Phase> = new Set(['zero', 'digits', 'fraction', 'exponent']);

function numeralNext(byte: number, phase: Phase, isWhole: boolean): Phase | undefined {
  const digit = isDigit(byte);
  switch (phase) {
    case 'start':
      if (byte === MINUS) return 'minus';
      return digit ? (byte === ZERO ? 'zero' : 'digits') : undefined;
    case 'minus':
      return digit ? (byte === ZERO ? 'zero' : 'digits') : undefined;
    case 'zero':
    case 'digits':
      if (digit) return phase === 'digits' ? 'digits' : undefined;
      if (isWhole) return undefined;
      return byte === DOT ? 'dot' : isE(byte) ? 'e' : undefined;
    case 'dot':
      return digit ? 'fraction' : undefined;
    case 'fraction':
      return digit ? 'fraction' : isE(byte) ? 'e' : undefined;
    case 'e':
      return digit ? 'exponent' : byte === MINUS || byte === byteOf('+') ? 'sign' : undefined;
    case 'sign':
    case 'exponent':
      return digit ? 'exponent' : undefined;
  }
}

const isE = (byte: number): boolean => byte === byteOf('e') || byte === byteOf('E');

/** Bytes that a part of a character needs at least. */
const PARTS_LEAST = (part: string): number =>
  part === '' ? 0 : part.startsWith('u') ? 5 - part.length : part.startsWith('\\') ? 1 : Number(part[0]);

/** The first byte of a character of a string. */
function characterNext(byte: number, after: () => State, follow: (part: string) => State): State[] {
  if (byte === BACKSLASH) return [follow('\\')];
  if (byte < 0x20 || byte === QUOTE) return [];
  if (byte < 0x80) return [after()];
  // UTF-8 without surrogates, overlong forms and what is beyond the last character: the second byte of some is bounded.
  if (byte >= 0xc2 && byte <= 0xdf) return [follow('1')];
  if (byte >= 0xe0 && byte <= 0xef) return [follow(byte === 0xe0 ? '2a' : byte === 0xed ? '2b' : '2')];
  if (byte >= 0xf0 && byte <= 0xf4) return [follow(byte === 0xf0 ? '3a' : byte === 0xf4 ? '3b' : '3')];
  return [];
}

/** The second byte of a character: its bounds, by what was begun. */
const BOUNDS: Record<string, [number, number]> = {
  '2a': [0xa0, 0xbf],
  '2b': [0x80, 0x9f],
  '3a': [0x90, 0xbf],
  '3b': [0x80, 0x8f],
};

const SHORT_ESCAPES = new Set([...'"\\bfnrt'].map(byteOf));
/** Control characters that have a short escape. */
const HAS_SHORT = new Set(['08', '09', '0a', '0c', '0d']);

/** The next byte of a character that has begun. */
function partNext(part: string, byte: number, after: () => State, follow: (part: string) => State): State[] {
  const [first] = part;
  if (first === '\\') {
    if (SHORT_ESCAPES.has(byte)) return [after()];
    return byte === byteOf('u') ? [follow('u')] : [];
  }
  if (first === 'u') return unicodeNext(part.slice(1) + String.fromCharCode(byte), after, follow);
  const [low, high] = BOUNDS[part] ?? [0x80, 0xbf];
  if (byte < low || byte > high) return [];
  return first === '1' ? [after()] : [follow(String(Number(first) - 1))];
}

/** \u00xx of a control character that has no short escape. */
function unicodeNext(digits: string, after: () => State, follow: (part: string) => State): State[] {
  if (!/^0(0([01][0-9a-f]?)?)?$/.test(digits)) return [];
  if (digits.length < 4) return [follow(`u${digits}`)];
  return HAS_SHORT.has(digits.slice(2)) ? [] : [after()];
}
