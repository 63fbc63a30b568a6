// Parses JSON from outside. Knows nothing of what the values mean, and bounds nothing: callers limit size and depth.

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const LITERALS: Record<number, [string, boolean | null]> = {
  116: ['true', true],
  102: ['false', false],
  110: ['null', null],
};
/** A longer part of a string may keep the whole string in memory; a shorter one is a copy. */
const MAX_COPIED = 12;

/**
 * Parses JSON as JSON.parse does, but reads the names of members right whatever the process has parsed before.
 *
 * JSON.parse of V8 (seen in Node 24 and 26, not in 20: nodejs/node issue 63785, chromium 521080746) mistakes a name with an escape, however
 * it is spelled. Where all earlier objects with as many members (at most 127) and the same first ones have one and the same name next, and
 * that name is the first n characters of the source of ours, which has n characters, JSON.parse gives that name: after `{"\\":1}`, the text
 * `{"\n":1}` is read as `{"\\":1}`. So one text can change how the next one is read. Names without an escape and values are read right.
 *
 * Everything that somebody else may have written is parsed with this function. JSON.parse itself is for files that we write ourselves with
 * fixed names, for our own copies of values whose names are fixed, and for single strings and numbers; `scripts/check-floors.ts` lists where.
 * @throws the error that `failure` makes of JSON.parse's SyntaxError; without it that error
 */
export function parseJson(text: string, failure?: (cause: unknown) => Error): unknown {
  try {
    return hasEscapedName(text) ? new Reader(text).read() : JSON.parse(text);
  } catch (cause) {
    throw failure ? failure(cause) : cause;
  }
}

const isSpace = (c: number): boolean => c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09;

/** The first place from `at` that is no white space. */
function afterSpace(text: string, at: number): number {
  while (isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** Whether a name of a member has an escape. Right for JSON; for other texts the answer does not matter: no parser takes them. */
function hasEscapedName(text: string): boolean {
  let at = text.indexOf('\\');
  let quote = at;
  while (at >= 0) {
    at += 2;
    if (quote < at) quote = text.indexOf('"', at);
    if (quote < 0) return false;
    const next = text.indexOf('\\', at);
    const isLast = next < 0 || next > quote; // of its string, which ends at the quote
    if (isLast && text.charCodeAt(afterSpace(text, quote + 1)) === COLON) return true;
    at = next;
  }
  return false;
}

type Holder = Record<string, unknown> | unknown[];

function put(holder: Holder, name: string, value: unknown): void {
  if (Array.isArray(holder)) holder.push(value);
  else if (name !== '__proto__') holder[name] = value;
  else Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true });
}

/** A strict reader of one text. Not recursive: depth costs memory only. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): unknown {
    /** What is open around `holder`, outermost first, and the names that the inner ones have there. */
    const around: [Holder | undefined, string][] = [];
    let holder: Holder | undefined;
    let name = '';
    for (;;) {
      let value: unknown;
      const c = this.#token();
      if (c === OPEN_OBJECT || c === OPEN_LIST) {
        const opened: Holder = c === OPEN_LIST ? [] : {};
        if (this.#isNext(c === OPEN_LIST ? CLOSE_LIST : CLOSE_OBJECT)) value = opened;
        else {
          around.push([holder, name]);
          holder = opened;
          if (c === OPEN_OBJECT) name = this.#name();
          continue;
        }
      } else value = this.#scalar(c);
      // A value is complete, and perhaps what holds it.
      for (;;) {
        if (holder === undefined) return this.#end(value);
        put(holder, name, value);
        const isList = Array.isArray(holder);
        const after = this.#token();
        if (after === COMMA) {
          if (!isList) name = this.#name();
          break;
        }
        if (after !== (isList ? CLOSE_LIST : CLOSE_OBJECT)) this.#fail();
        value = holder;
        [holder, name] = around.pop()!;
      }
    }
  }

  /** The next character that is no white space, and goes behind it. NaN at the end. */
  #token(): number {
    this.#at = afterSpace(this.#text, this.#at) + 1;
    return this.#text.charCodeAt(this.#at - 1);
  }

  /** Whether this character is next; goes behind it if so. */
  #isNext(c: number): boolean {
    if (this.#token() === c) return true;
    this.#at--;
    return false;
  }

  #name(): string {
    if (this.#token() !== QUOTE) this.#fail();
    const name = this.#string();
    if (this.#token() !== COLON) this.#fail();
    return name;
  }

  /** A string, a number or a literal, whose first character was just taken. */
  #scalar(first: number): unknown {
    if (first === QUOTE) return this.#string();
    const from = this.#at - 1;
    const [word, value] = LITERALS[first] ?? [];
    if (word !== undefined) {
      if (!this.#text.startsWith(word, from)) this.#fail();
      this.#at = from + word.length;
      return value;
    }
    NUMBER.lastIndex = from;
    if (!NUMBER.test(this.#text)) this.#fail();
    this.#at = NUMBER.lastIndex;
    return Number(this.#text.slice(from, this.#at));
  }

  /** A string whose first quote was just taken. */
  #string(): string {
    const text = this.#text;
    const from = this.#at;
    let isPlain = true;
    let at = from;
    for (let c = text.charCodeAt(at); c !== QUOTE; c = text.charCodeAt(++at)) {
      if (c === BACKSLASH) {
        isPlain = false;
        at++;
      } else if (!(c >= 0x20)) this.#fail();
    }
    this.#at = at + 1;
    if (isPlain && at - from <= MAX_COPIED) return text.slice(from, at);
    try {
      return JSON.parse(text.slice(from - 1, at + 1)) as string;
    } catch {
      return this.#fail();
    }
  }

  #end<T>(value: T): T {
    if (!Number.isNaN(this.#token())) this.#fail();
    return value;
  }

  /** JSON.parse refuses what this reader refuses, and its error names the place in the text. */
  #fail(): never {
    JSON.parse(this.#text);
    throw new SyntaxError('not JSON');
  }
}
