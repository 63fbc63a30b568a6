// Reads a regular expression of ECMA-262 with the flag u as a tree. What no automaton of this house has is refused by its name: assertions
// that look around, word boundaries, references back, flags inside.

import { ANY, CLASSES, complementOf, propertyRanges, unionOfRanges } from './character-sets.ts';
import type { Ranges } from './dfa.ts';

export type Expression =
  | { kind: 'set'; set: Ranges }
  | { kind: 'sequence'; of: readonly Expression[] }
  | { kind: 'choice'; of: readonly Expression[] }
  | { kind: 'repeat'; of: Expression; least: number; most: number }
  /** The beginning or the end of the text. */
  | { kind: 'edge'; edge: 'start' | 'end' };

const MAX_LENGTH = 4096;
/** Groups in groups. */
const MAX_DEPTH = 64;
/** Properties of Unicode in one expression: each is looked for among all characters once. */
const MAX_PROPERTIES = 8;

/** What is wrong with an expression. */
export class ExpressionError extends Error {}

/** @throws ExpressionError */
export function parseExpression(source: string): Expression {
  if (source.length > MAX_LENGTH) throw new ExpressionError(`with more than ${MAX_LENGTH} characters`);
  try {
    new RegExp(source, 'u');
  } catch {
    throw new ExpressionError('that is not a regular expression of ECMA-262 with the flag u');
  }
  return new Parser(source).whole();
}

const CONTROLS = new Map([...'tnvfr0'].map((letter, i) => [letter, '\t\n\v\f\r\0'.charCodeAt(i)]));

/** The expression is known to be well formed. */
class Parser {
  readonly #text: readonly string[];
  readonly #sets = new Map<string, Expression>();
  #at = 0;
  #depth = 0;
  #properties = 0;

  constructor(source: string) {
    this.#text = [...source];
  }

  whole(): Expression {
    return this.#choice();
  }

  #take(text: string): boolean {
    const characters = [...text];
    if (!characters.every((character, i) => this.#text[this.#at + i] === character)) return false;
    this.#at += characters.length;
    return true;
  }

  /** Up to a character, which is passed over. */
  #until(end: string): string {
    const start = this.#at;
    while (this.#text[this.#at] !== end) this.#at++;
    return this.#text.slice(start, this.#at++).join('');
  }

  #choice(): Expression {
    if (++this.#depth > MAX_DEPTH) throw new ExpressionError(`with more than ${MAX_DEPTH} groups in each other`);
    const of = [this.#sequence()];
    while (this.#take('|')) of.push(this.#sequence());
    this.#depth--;
    return of.length === 1 ? of[0] : { kind: 'choice', of };
  }

  #sequence(): Expression {
    const of: Expression[] = [];
    for (
      let next = this.#text[this.#at];
      next !== undefined && next !== '|' && next !== ')';
      next = this.#text[this.#at]
    )
      of.push(this.#quantified(this.#atom()));
    return of.length === 1 ? of[0] : { kind: 'sequence', of };
  }

  #quantified(of: Expression): Expression {
    const bounds = this.#bounds();
    if (!bounds) return of;
    this.#take('?'); // a lazy one finds the same texts
    return { kind: 'repeat', of, least: bounds[0], most: bounds[1] };
  }

  #bounds(): [number, number] | undefined {
    if (this.#take('*')) return [0, Number.POSITIVE_INFINITY];
    if (this.#take('+')) return [1, Number.POSITIVE_INFINITY];
    if (this.#take('?')) return [0, 1];
    if (!this.#take('{')) return undefined;
    const [least, most = least] = this.#until('}').split(',') as [string, string?];
    return [Number(least), most === '' ? Number.POSITIVE_INFINITY : Number(most)];
  }

  #atom(): Expression {
    const character = this.#text[this.#at++];
    switch (character) {
      case '^':
        return { kind: 'edge', edge: 'start' };
      case '$':
        return { kind: 'edge', edge: 'end' };
      case '.':
        return this.#set(ANY);
      case '(':
        return this.#group();
      case '[':
        return this.#set(this.#class());
      case '\\':
        return this.#set(this.#escape(false));
      default:
        return this.#set(single(character.codePointAt(0)!));
    }
  }

  /** The same for equal sets. */
  #set(set: Ranges): Expression {
    const key = set.join();
    const known = this.#sets.get(key) ?? { kind: 'set', set };
    this.#sets.set(key, known);
    return known;
  }

  #group(): Expression {
    if (this.#take('?')) {
      if (this.#take('=') || this.#take('!') || this.#take('<=') || this.#take('<!'))
        throw new ExpressionError('that looks ahead or back');
      if (this.#take('<')) this.#until('>');
      else if (!this.#take(':')) throw new ExpressionError('with flags inside');
    }
    const inner = this.#choice();
    this.#at++;
    return inner;
  }

  #class(): Ranges {
    const isNegative = this.#take('^');
    const ranges: (readonly [number, number])[] = [];
    while (!this.#take(']')) {
      const low = this.#classAtom();
      const isRange = this.#text[this.#at] === '-' && this.#text[this.#at + 1] !== ']';
      if (!isRange) {
        ranges.push(...low);
        continue;
      }
      this.#at++;
      const high = this.#classAtom();
      ranges.push([low[0][0], high[0][1]]);
    }
    return isNegative ? complementOf(ranges) : unionOfRanges(ranges);
  }

  #classAtom(): Ranges {
    const character = this.#text[this.#at++];
    return character === '\\' ? this.#escape(true) : single(character.codePointAt(0)!);
  }

  /** After a backslash. */
  #escape(isInClass: boolean): Ranges {
    const letter = this.#text[this.#at++];
    const known = CLASSES.get(letter);
    if (known) return known;
    if (letter === 'p' || letter === 'P') return this.#property(letter === 'P');
    if (/[bB]/.test(letter)) {
      if (isInClass) return single(0x08);
      throw new ExpressionError('with a word boundary');
    }
    if (/[1-9k]/.test(letter)) throw new ExpressionError('that refers back');
    const control = CONTROLS.get(letter);
    if (control !== undefined) return single(control);
    if (letter === 'c') return single(this.#text[this.#at++].charCodeAt(0) % 32);
    if (letter === 'x') return single(this.#hex(2));
    if (letter === 'u') return single(this.#unicode());
    return single(letter.codePointAt(0)!);
  }

  #property(isNegative: boolean): Ranges {
    if (++this.#properties > MAX_PROPERTIES) throw new ExpressionError(`with more than ${MAX_PROPERTIES} properties`);
    this.#at++;
    const ranges = propertyRanges(this.#until('}'));
    return isNegative ? complementOf(ranges) : ranges;
  }

  #hex(length: number): number {
    const digits = this.#text.slice(this.#at, this.#at + length).join('');
    this.#at += length;
    return Number.parseInt(digits, 16);
  }

  #unicode(): number {
    if (this.#take('{')) return Number.parseInt(this.#until('}'), 16);
    const unit = this.#hex(4);
    // Two escapes of surrogates are one character.
    const after = this.#text.slice(this.#at, this.#at + 6).join('');
    const low = /^\\u(d[c-f][0-9a-f]{2})$/i.exec(after)?.[1];
    if (unit < 0xd800 || unit > 0xdbff || low === undefined) return unit;
    this.#at += 6;
    return ((unit - 0xd800) << 10) + (Number.parseInt(low, 16) - 0xdc00) + 0x10000;
  }
}

const single = (codePoint: number): Ranges => [[codePoint, codePoint]];
